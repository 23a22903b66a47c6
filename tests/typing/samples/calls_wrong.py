"""Calls that must not pass: every line marked here is an error to both checkers, and no other line is.

``type: ignore`` marks them, since a checker that is told so complains of a mark that marks nothing.
"""

from gatepass import Key, Principal, Signer, TokenError, Verifier, load_key


async def wrong_calls(verifier: Verifier, principal: Principal, key: Key, error: TokenError) -> None:
    """Verifiers, principals, keys and signers."""
    Verifier("https://issuer.test")  # type: ignore[call-arg] # no audience
    Verifier("https://issuer.test", "api")  # type: ignore[call-arg] # the audience is named
    Verifier("https://issuer.test", audience=1)  # type: ignore[arg-type] # a number is no audience
    Verifier("https://issuer.test", audience="api", leeway="5")  # type: ignore[arg-type] # seconds are a number
    Verifier("https://issuer.test", audience="api", algorithm="ES256")  # type: ignore[call-arg] # algorithms
    Verifier("https://issuer.test", audience="api", keys={})  # type: ignore[arg-type] # a dictionary is no source
    Verifier("https://issuer.test", audience="api", status="always")  # type: ignore[arg-type] # auto, or a policy
    Verifier.from_pem(issuer="i", audience="a")  # type: ignore[call-arg] # no key
    Verifier.from_jwks("{}", issuer="i", audience="a")  # type: ignore[arg-type] # a text is no JWK set
    Verifier.from_secret("s", issuer="i", audience="a", lewway=1)  # type: ignore[call-arg] # no such option
    verifier.verify("token", ["orders:read"])  # type: ignore[call-arg] # scopes are named
    verifier.verify("token", scopes=1)  # type: ignore[arg-type] # a number is no scope
    len(verifier.averify("token"))  # type: ignore[arg-type] # not awaited
    str(principal.username)  # type: ignore[attr-defined] # no such attribute
    principal.subject = "root"  # type: ignore[misc] # a principal does not change
    principal.scopes.add("orders:write")  # type: ignore[attr-defined] # nor do its scopes
    str(principal.client_id.upper())  # type: ignore[union-attr] # there may be none
    str(error.retry_after)  # type: ignore[attr-defined] # only some have it
    load_key(123)  # type: ignore[arg-type] # a number is no key
    Key.generate(2048)  # type: ignore[arg-type] # the algorithm comes first
    Signer(key, audience="a")  # type: ignore[call-arg] # no issuer
    Signer(key, issuer="i", audience="a").issue(1)  # type: ignore[arg-type] # a subject is a string
    Signer(key, issuer="i", audience="a").issue("u", claims=["x"])  # type: ignore[arg-type] # claims have names
