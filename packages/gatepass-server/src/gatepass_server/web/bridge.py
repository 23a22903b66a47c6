"""From Flask's request to the protocol's, and back."""

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from urllib.parse import parse_qsl

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from gatepass_server.domain.errors import (
    Forbidden,
    GatepassError,
    InvalidClient,
    InvalidGrant,
    InvalidInput,
    InvalidScope,
    OperatorError,
    RetryLater,
)
from gatepass_server.observe.logs import get_logger
from gatepass_server.protocol.errors import InvalidRequest, ProtocolError, UseDpopNonce
from gatepass_server.protocol.messages import Parameters, ProtocolRequest, ProtocolResponse
from gatepass_server.web.answers import json_answer
from gatepass_server.web.body import read_form_pairs
from gatepass_server.web.headers import client_address, request_id
from gatepass_server.web.plain_answer import of_protocol

_log = get_logger(__name__)
MOST_PARAMETERS = 100
"""Of a query or a form."""


class _Headers(Mapping[str, str]):
    """The headers of the request at hand, by name in any case."""

    def __getitem__(self, name: str) -> str:
        value = request.headers.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(request.headers.keys())

    def __len__(self) -> int:
        return len(request.headers)


class Bridge:
    """Reads requests for the protocol.

    Args:
        issuer: the public address; every URL is built from it, never from the ``Host`` header.
        trusted_proxies: that stand in front.
        certificate_header: in which they pass on the client's certificate; empty where they do not.
    """

    def __init__(self, issuer: str, *, trusted_proxies: int, certificate_header: str = "") -> None:
        self._base = issuer.rstrip("/")
        self._trusted_proxies = trusted_proxies
        self._certificate_header = certificate_header if trusted_proxies else ""

    def read(self, path: str, *, form: bool = True) -> ProtocolRequest:
        """The request at hand.

        Args:
            path: of the endpoint, below the issuer.
            form: whether to read its body, which must be a form.

        Raises:
            UnreadableBody, UnsupportedMediaType, RequestEntityTooLarge: the body is no such form.
            InvalidRequest: the query cannot be read.
        """
        return ProtocolRequest(
            method=request.method,
            url=self._base + path,
            query=read_query(),
            form=Parameters(read_form_pairs(request)) if form and request.method == "POST" else Parameters(),
            headers=_Headers(),
            proofs=tuple(request.headers.getlist("DPoP")),
            certificate=shown_certificate(self._certificate_header),
            address=client_address(self._trusted_proxies),
            device=request.headers.get("User-Agent", ""),
            request_id=request_id(),
        )


def shown_certificate(header: str) -> str:
    """The certificate of the connection, as the proxy wrote it; empty where there is none."""
    if not header:
        return ""
    # Two of them are joined by a comma, by the server or here, and are no certificate then.
    return ",".join(request.headers.getlist(header)).strip()


def read_query() -> Parameters:
    """The parameters of the query.

    Raises:
        InvalidRequest: they are not UTF-8, or too many.
    """
    text = request.query_string
    if not text:
        return Parameters()
    try:
        return Parameters(
            parse_qsl(
                text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS
            )
        )
    except ValueError:
        raise InvalidRequest("The query cannot be read: it is no form in UTF-8, or too long.") from None


def answer(response: ProtocolResponse) -> Response:
    """The answer of an endpoint that programs call."""
    plain = of_protocol(response)
    return Response(plain.body, plain.status, plain.headers)


def answers_programs(view: Callable[..., Response]) -> Callable[..., Response]:
    """Answer what ``view`` refuses as RFC 6749 section 5.2 says; the reason reaches only the log."""

    @wraps(view)
    def answered(*args: object, **kwargs: object) -> Response:
        try:
            return view(*args, **kwargs)
        except GatepassError as error:
            return refusal(error)
        except UnsupportedMediaType as error:
            return _error(InvalidRequest.code, str(error.description), 415)
        except RequestEntityTooLarge:
            return _error(InvalidRequest.code, "The body is larger than 64 KiB.", 413)

    return answered


def refusal(error: GatepassError) -> Response:
    """A refusal in the form that programs expect.

    Raises:
        GatepassError: it is none that RFC 6749 has a code for: what is wrong is ours, or passes.
    """
    if isinstance(error, OperatorError | RetryLater):
        raise error
    _log.info("refused", code=error.code, reason=error.reason or error.message)
    if isinstance(error, InvalidClient):
        found = _error(error.code, error.message, 401)
        # RFC 6749 section 5.2 asks for it where the header was used, RFC 9110 section 15.5.2 wherever it is 401.
        found.headers["WWW-Authenticate"] = 'Basic realm="gatepass clients", charset="UTF-8"'
        return found
    if isinstance(error, ProtocolError):
        found = _error(error.code, error.message, error.status)
        if isinstance(error, UseDpopNonce):
            found.headers["DPoP-Nonce"] = error.nonce
        return found
    if isinstance(error, InvalidGrant | InvalidScope):
        return _error(error.code, error.message, 400)
    if isinstance(error, Forbidden):
        return _error(error.code, error.message, 403)
    if isinstance(error, InvalidInput):
        return _error(InvalidRequest.code, error.message, 400)
    raise error


def _error(code: str, description: str, status: int) -> Response:
    return json_answer({"error": code, "error_description": description}, status)
