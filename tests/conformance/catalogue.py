"""The plans of the OpenID Foundation's conformance suite, and what of them is not supported, with the reason."""

import json
from collections.abc import Mapping
from pathlib import Path

_FILE = json.loads(Path(__file__).with_name("catalogue.json").read_text(encoding="utf-8"))
SOURCE: str = _FILE["source"]
PLANS: Mapping[str, list[str]] = _FILE["plans"]
"""The modules of each plan, in the order of the suite."""

_FAPI = "fapi2-security-profile-final-"
_FRONT_DOOR = (
    "only response_type=code is answered: no tokens in front-channel answers (RFC 9700 section 2.1.2)"
)
_ECOSYSTEM = "a module of one national ecosystem, with endpoints and claims of its own"
_UNSIGNED = "request objects must be signed: `none` is not among the supported algorithms, so it is skipped"

UNSUPPORTED_PLANS: Mapping[str, str] = {
    "oidcc-implicit-certification-test-plan": _FRONT_DOOR,
    "oidcc-hybrid-certification-test-plan": _FRONT_DOOR,
    "oidcc-session-management-certification-test-plan": "the check_session_iframe needs third-party cookies, which "
    "browsers no longer send; back-channel log-out and `prompt=none` do what it was for",
    "oidcc-3rdparty-init-login-certification-test-plan": "nothing here begins a sign-in in a program's name",
}
"""Plans none of whose own modules are run; modules that other plans have too are run there."""

UNSUPPORTED: Mapping[str, str] = {
    "oidcc-idtoken-unsigned": "ID tokens are always signed; `none` is advertised nowhere, so the module is skipped",
    "oidcc-request-uri-unsigned": _UNSIGNED,
    "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported": _UNSIGNED,
    "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported": _UNSIGNED,
    "oidcc-ensure-request-object-with-redirect-uri": _UNSIGNED,
    f"{_FAPI}australia-connectid-ensure-invalid-purpose-fails": _ECOSYSTEM,
    f"{_FAPI}australia-connectid-test-claims-parameter-idtoken-identity-claims": _ECOSYSTEM,
    f"{_FAPI}brazil-ensure-bad-payment-signature-fails": _ECOSYSTEM,
    f"{_FAPI}ensure-server-handles-non-matching-intent-id": _ECOSYSTEM,
    f"{_FAPI}test-essential-acr-sca-claim": _ECOSYSTEM,
}

PLAN_NOTES: Mapping[str, str] = {
    "oidcc-basic-certification-test-plan": "The programs of the suite send no `code_challenge`: register them with "
    "`gatepass clients create --no-pkce`.",
    "oidcc-dynamic-certification-test-plan": "Programs that register themselves must send a `code_challenge`; those of "
    "the tests do, those of the suite do not.",
}
"""What a plan should not be read without."""

NOTES: Mapping[str, str] = {
    "oidcc-ensure-request-without-nonce-succeeds-for-code-flow": "with PKCE; a request that has neither PKCE nor a "
    "nonce is refused (RFC 9700 section 2.1.1)",
    "oidcc-scope-address": "the scope is ignored, as section 3.1.2.1 lets it: no address is kept",
    "oidcc-scope-phone": "the scope is ignored, as section 3.1.2.1 lets it: no phone number is kept",
}
"""What a passing test should not be read without."""
