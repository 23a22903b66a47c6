"""``docs/reference/errors.md``, from the errors of the server and of the library."""

import inspect
import logging
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from typing import Any, TypeVar

from werkzeug.exceptions import default_exceptions

import gatepass_server
from docs.generate.markdown import code, page, table
from gatepass import TokenError
from gatepass.bearer import refuse
from gatepass_server.domain.errors import GatepassError, OperatorError, RetryLater
from gatepass_server.protocol.errors import ProtocolError
from gatepass_server.web import errors as web_errors

T = TypeVar("T")

_INTRODUCTION = """\
An error has a stable code for programs, a sentence for people, and a reason that reaches only the log. Codes are only
ever added."""

_SERVER = """\
## Answers of the server

JSON endpoints answer errors as problem details (RFC 9457), with the code in the member `code`; the endpoints of the
tutorial (`/signup`, `/login`, `/user`) answer what the tutorial did where it had an answer. A 429 or 503 says in
`Retry-After` how many seconds to wait."""

_HTTP = """\
### Requests that fit no endpoint"""

_FIELDS = """\
### Codes of single fields

`invalid_input` lists the fields at fault in `errors`, each with `field`, `message` and one of these codes. So does
`gatepass users import --json`, with some codes more."""

_OPERATOR = """\
## Faults that the operator must mend

They stop a command or the start of the server with a sentence; to whoever asks a running server they are
`unavailable`."""

_LIBRARY = """\
## Errors of the library

`Verifier.verify` raises a `TokenError` with one of these codes in `.code`. The status is the one that the framework
adapters answer with; the answer itself does not tell the code, but the log does. `str(error)` may be shown to
anybody, `error.reason` may not."""

FIELD_CODES = {
    "missing": "The field was not sent, or is empty.",
    "invalid": "The value cannot be taken; the message says why.",
    "wrong_type": "The value has another type than the field.",
    "unknown_field": "There is no such field; a JSON body of the admin API has no others than those it needs.",
    "too_short": "A password below the least length.",
    "too_long": "A password above the greatest length; it is never cut.",
    "too_common": "A password on the list of common ones.",
    "unchanged": "A new password that is the old one.",
    "too_personal": "A password that is one's own name or address.",
    "kept_elsewhere": "An e-mail address of a domain whose people a directory lets in (`ldap_email_domains`).",
    "not_text": "The value has characters that are no Unicode text.",
    "malformed": "(import) The row cannot be understood at all.",
    "not_hashed": "(import) The password is not a hash.",
    "duplicate": "(import) An earlier row of the file has the same value.",
    "taken": "(import) Another account has this id.",
}

_HTTP_CODES = {
    "bad_request": "The request itself is broken.",
    "body_too_large": "The body, or a field of a form, is larger than is read.",
    "method_not_allowed": "The address does not take this method; `Allow` has those it takes.",
    "not_acceptable": "What was asked for is to be had, but not as it was asked for.",
    "not_found": "There is nothing at this address.",
    "unsupported_media_type": "The body is neither a form nor JSON.",
}


def errors_page() -> str:
    """The page."""
    head = ["status", "code", "what happened"]
    return page(
        "Errors",
        _INTRODUCTION,
        _SERVER,
        table(head, sorted(_answers())),
        _HTTP,
        table(head, sorted(_http())),
        _FIELDS,
        table(["code", "what is wrong"], [[code(name), text] for name, text in FIELD_CODES.items()]),
        _OPERATOR,
        table(["code", "what it is"], sorted(_operator())),
        _LIBRARY,
        table(head, sorted(_library())),
    )


def refusals() -> list[type[GatepassError]]:
    """The refusals of the server that have a code of their own, in whatever module they are."""
    for module in walk_packages(gatepass_server.__path__, "gatepass_server."):
        if ".migrations." not in module.name:  # Alembic runs those; they cannot be imported
            import_module(module.name)
    return [kind for kind in _below(GatepassError) if "code" in vars(kind)]


def _below(kind: type[T]) -> Iterator[type[T]]:
    """Every class of ours below ``kind``."""
    for child in kind.__subclasses__():
        if child.__module__.partition(".")[0] in {"gatepass", "gatepass_server"}:
            yield child
        yield from _below(child)


def _answers() -> Iterator[list[str]]:
    for kind in refusals():
        if issubclass(kind, ProtocolError):  # as the endpoints that programs call answer it
            yield [str(kind.status), code(kind.code), _meaning(kind)]
        elif not issubclass(kind, OperatorError):
            arguments: dict[str, Any] = {"retry_after": 1} if issubclass(kind, RetryLater) else {}
            status = web_errors.answer_refusal(kind("", **arguments)).status_code
            yield [str(status), code(kind.code), _meaning(kind)]
    yield ["503", code("unavailable"), "The operator must mend something; the log says what."]
    yield [
        "500",
        code("internal_error"),
        "A fault of the server; the log has it under the answer's X-Request-Id.",
    ]


def _http() -> Iterator[list[str]]:
    for kind in default_exceptions.values():
        answer = web_errors.answer_http_error(kind())
        found = answer.get_json()["code"]
        if found != "http_error":
            yield [str(answer.status_code), code(found), _HTTP_CODES[found]]
    yield ["other", code("http_error"), "Any other status of HTTP; its title says what it is."]


def _operator() -> Iterator[list[str]]:
    for kind in refusals():
        if issubclass(kind, OperatorError):
            yield [code(kind.code), _meaning(kind)]


def _library() -> Iterator[list[str]]:
    for kind in _below(TokenError):
        yield [str(refuse(kind()).status), code(kind.code), kind.sentence]


def _meaning(kind: type) -> str:
    text = inspect.cleandoc(kind.__doc__ or "").partition("\n\n")[0]
    return text.replace("``", "`")


for _package in ("gatepass", "gatepass_server"):  # asking for an answer logs the refusal
    logging.getLogger(_package).addHandler(logging.NullHandler())
