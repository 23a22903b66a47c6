"""Wrong wishes: every line marked here is an error to both checkers, and no other line is."""

from gatepass.testing import FakeIssuer


def wrong_tests(issuer: FakeIssuer) -> None:
    """The fake issuer."""
    issuer.token(expird=True)  # type: ignore[call-arg] # misspelt
    issuer.token(alg="RS256")  # type: ignore[arg-type] # the issuer has its own
    issuer.token(key="mine")  # type: ignore[arg-type] # other, or a key
    issuer.headers(expird=True)  # type: ignore[call-arg] # misspelt
    issuer.headers(expired="yes")  # type: ignore[arg-type] # a wish is true or false
    issuer.verifier(lewway=1)  # type: ignore[call-arg] # misspelt
