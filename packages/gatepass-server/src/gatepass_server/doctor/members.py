"""The members of the metadata: those that must be there, and the form of all that are known (RFC 8414 section 2)."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from gatepass.errors import list_of, plain
from gatepass_server.doctor.findings import Finding, failed, passed, shown, skipped, warned
from gatepass_server.doctor.subject import Subject

_LISTS: Final = (
    "scopes_supported",
    "claims_supported",
    *(f"_{kind}_supported" for kind in ("values", "methods", "types", "modes", "locales")),
)
_SWITCHES: Final = tuple(f"_{kind}_supported" for kind in ("parameter", "logout", "session", "document"))
"""How the names of members end whose form is known."""

_FORMS: Final[tuple[tuple[tuple[str, ...], Callable[[Any], bool], str], ...]] = (
    (
        _LISTS,
        lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
        "lists of strings",
    ),
    (_SWITCHES, lambda value: isinstance(value, bool), "true or false"),
)
_OPENID: Final = ("subject_types_supported", "id_token_signing_alg_values_supported")


def check(subject: Subject) -> Iterator[Finding]:
    """Whether a client can read them."""
    yield from _forms(subject)
    yield _required(subject)
    yield _openid(subject)


def _forms(subject: Subject) -> Iterator[Finding]:
    broken = False
    for endings, fits, form in _FORMS:
        wrong = sorted(
            name for name, value in subject.metadata.items() if name.endswith(endings) and not fits(value)
        )
        if wrong:
            broken = True
            value = shown(subject.metadata[wrong[0]])
            found = f"{plain(list_of(wrong))} should be {form}; the first of them is {value}."
            yield failed("metadata.form", found, "Clients cannot read these members: mend them.")
    if not broken:
        yield passed("metadata.form", "The members that are known have the form they must have.")


def _required(subject: Subject) -> Finding:
    grants = subject.words("grant_types_supported")
    needed = {"issuer", "response_types_supported", "jwks_uri"}
    if grants is None or {"authorization_code", "implicit"} & set(grants):
        needed |= {"authorization_endpoint", "token_endpoint"}
    lacking = needed - subject.metadata.keys()
    if not lacking:
        return passed("metadata.required", "The members that every client needs are there.")
    if lacking == {"jwks_uri"}:
        advice = (
            "Publish the keys (OpenID Connect Discovery section 3), so that APIs can check tokens themselves."
        )
        return warned("metadata.required", "jwks_uri is not there.", advice)
    return failed("metadata.required", f"{list_of(lacking)} is not there.", "Add it (RFC 8414 section 2).")


def _openid(subject: Subject) -> Finding:
    scopes = subject.words("scopes_supported") or ()
    if "openid" not in scopes and not any(name in subject.metadata for name in _OPENID):
        return skipped("metadata.openid", "OpenID Connect is not offered.")
    lacking = [name for name in _OPENID if name not in subject.metadata]
    if lacking:
        advice = "Add it (OpenID Connect Discovery section 3): clients refuse to begin without it."
        return failed("metadata.openid", f"{list_of(lacking)} is not there.", advice)
    if "openid" not in scopes:
        advice = (
            "List it (OpenID Connect Discovery section 3): clients choose what they ask for by this list."
        )
        return warned("metadata.openid", "scopes_supported does not name openid.", advice)
    return passed("metadata.openid", "What OpenID Connect needs is there.")
