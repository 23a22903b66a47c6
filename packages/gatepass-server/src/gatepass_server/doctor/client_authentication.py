"""How programs prove who they are, at each endpoint where they do (RFC 8414 section 2)."""

from collections.abc import Iterator

from gatepass.errors import plain
from gatepass_server.doctor.findings import Finding, failed, passed, skipped, warned
from gatepass_server.doctor.subject import Subject

_ENDPOINTS = ("token", "introspection", "revocation")
_SIGNED = frozenset({"private_key_jwt", "client_secret_jwt"})


def check(subject: Subject) -> Iterator[Finding]:
    """For the token, introspection and revocation endpoints that there are."""
    for name in _ENDPOINTS:
        if f"{name}_endpoint" in subject.metadata:
            yield _methods(subject, name)
        else:
            yield skipped(f"clients.{name}", f"There is no {name} endpoint.")


def _methods(subject: Subject, name: str) -> Finding:
    check_name = f"clients.{name}"
    member = f"{name}_endpoint_auth_methods_supported"
    methods = subject.words(member)
    if methods is None:
        advice = "Name the methods: clients read client_secret_basic alone where there is no list."
        return warned(check_name, f"{member} is not there.", advice)
    if not methods:
        advice = "Name the methods that are taken (RFC 8414 section 2)."
        return failed(check_name, f"{member} is empty, so nobody can use the endpoint.", advice)
    if name == "introspection" and "none" in methods:
        advice = "Take none away (RFC 7662 section 2.1): whoever asks must prove who they are."
        return failed(check_name, "The introspection endpoint is open to everybody.", advice)
    algorithms = f"{name}_endpoint_auth_signing_alg_values_supported"
    if _SIGNED & set(methods) and not subject.words(algorithms):
        advice = "Name the algorithms (RFC 8414 section 2): clients cannot choose one."
        return failed(
            check_name, f"Signed assertions are taken, and {algorithms} is not there or empty.", advice
        )
    if "tls_client_auth" in methods and "private_key_jwt" not in methods and len(methods) == 1:
        advice = "Offer another method too, unless every client has a certificate."
        return warned(check_name, f"The {name} endpoint takes certificates alone.", advice)
    return passed(check_name, f"The {name} endpoint takes {plain(', '.join(methods[:6]))}.")
