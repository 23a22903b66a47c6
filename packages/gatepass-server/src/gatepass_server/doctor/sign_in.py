"""How people are signed in: PKCE, response types, grants, and ``iss`` in the answer (RFC 9700 section 2)."""

from collections.abc import Iterator

from gatepass.errors import list_of, plain
from gatepass_server.doctor.findings import Finding, failed, passed, skipped, warned
from gatepass_server.doctor.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Only where anything of it is offered."""
    if not subject.signs_people_in:
        yield skipped("sign_in", "Neither an authorization nor a token endpoint is offered.")
        return
    yield from _grants(subject)
    if "authorization_endpoint" not in subject.metadata:
        yield skipped("sign_in.pkce", "There is no authorization endpoint.")
        return
    yield from _pkce(subject)
    yield _response_types(subject)
    yield _issuer_parameter(subject)


def _pkce(subject: Subject) -> Iterator[Finding]:
    methods = subject.words("code_challenge_methods_supported") or ()
    if "S256" in methods:
        yield passed("sign_in.pkce", "PKCE with S256 is offered.")
    else:
        yield failed(
            "sign_in.pkce",
            "code_challenge_methods_supported does not name S256.",
            "Support PKCE and say so (RFC 9700 section 2.1.1): MCP clients refuse an issuer that does not.",
        )
    if "plain" in methods:
        advice = "Offer S256 alone: with plain, whoever sees the request can redeem the code (RFC 7636 section 7.2)."
        yield warned("sign_in.pkce_plain", "PKCE is also offered with plain.", advice)


def _response_types(subject: Subject) -> Finding:
    types = subject.words("response_types_supported") or ()
    if "code" not in types:
        advice = "Offer code: it is the only one that OAuth 2.1 and current clients use."
        return failed("sign_in.response_types", "The response type code is not offered.", advice)
    showing = [words for words in types if "token" in words.split()]
    if showing:
        return warned(
            "sign_in.response_types",
            f"Access tokens are given out through the browser: {plain(list_of(showing))}.",
            "Offer code alone (RFC 9700 section 2.1.2): addresses land in logs and in the browser's history.",
        )
    return passed("sign_in.response_types", "No access token is given out through the browser.")


def _grants(subject: Subject) -> Iterator[Finding]:
    grants = subject.words("grant_types_supported")
    if grants is None:
        advice = "Name the grants: without a list clients read authorization_code and implicit (RFC 8414 section 2)."
        yield warned("sign_in.grants", "grant_types_supported is not there.", advice)
        return
    if "password" in grants:
        advice = "Take it away (RFC 9700 section 2.4): programs must not see people's passwords."
        yield failed("sign_in.password", "The password grant is offered.", advice)
    if "implicit" in grants:
        advice = "Take it away (RFC 9700 section 2.1.2): use authorization_code with PKCE."
        yield warned("sign_in.implicit", "The implicit grant is offered.", advice)
    if not {"password", "implicit"} & set(grants):
        yield passed("sign_in.grants", "Neither the password grant nor the implicit one is offered.")


def _issuer_parameter(subject: Subject) -> Finding:
    if subject.metadata.get("authorization_response_iss_parameter_supported") is True:
        return passed("sign_in.iss", "Each answer names its issuer (RFC 9207).")
    return warned(
        "sign_in.iss",
        "Answers of the authorization endpoint do not name their issuer.",
        "Send iss and say so (RFC 9207): a client of several issuers can be made to send a code to the wrong one.",
    )
