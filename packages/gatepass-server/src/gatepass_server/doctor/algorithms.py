"""The algorithms that are offered (RFC 8725 section 3)."""

from collections.abc import Iterator
from typing import Final

from gatepass.errors import list_of, plain
from gatepass_server.doctor.findings import Finding, failed, passed, skipped, warned
from gatepass_server.doctor.keys import published
from gatepass_server.doctor.subject import Subject

_ID_TOKENS: Final = "id_token_signing_alg_values_supported"
_CLIENTS: Final = (
    "token_endpoint_auth_signing_alg_values_supported",
    "introspection_endpoint_auth_signing_alg_values_supported",
    "revocation_endpoint_auth_signing_alg_values_supported",
    "request_object_signing_alg_values_supported",
    "dpop_signing_alg_values_supported",
)
_SHARED: Final = frozenset({"HS256", "HS384", "HS512"})


def check(subject: Subject) -> Iterator[Finding]:
    """Whether anything unsigned passes, and whether secrets and public keys could be taken for each other."""
    offered = [(name, subject.words(name)) for name in (_ID_TOKENS, *_CLIENTS)]
    known = [(name, words) for name, words in offered if words is not None]
    if not known:
        yield skipped("algorithms", "No algorithms are named.")
        return
    yield _unsigned(known)
    for name, words in known:
        if name == _ID_TOKENS:
            yield from _id_tokens(subject, words)
        elif shared := _SHARED & set(words):
            yield from _with_secrets(name, shared)


def _unsigned(known: list[tuple[str, tuple[str, ...]]]) -> Finding:
    naming = [name for name, words in known if any(word.lower() == "none" for word in words)]
    if not naming:
        return passed("algorithms.none", "Nothing unsigned is offered.")
    found = f"{list_of(naming)} offers none."
    if naming == ["request_object_signing_alg_values_supported"]:
        advice = "Take it away: an unsigned request object proves nothing (RFC 9101 section 10.2)."
        return warned("algorithms.none", found, advice)
    return failed("algorithms.none", found, "Take it away: whatever is unsigned, anybody can write.")


def _id_tokens(subject: Subject, words: tuple[str, ...]) -> Iterator[Finding]:
    if shared := _SHARED & set(words):
        yield warned(
            "algorithms.secrets",
            f"ID tokens are also offered with {list_of(shared)}, for which a shared secret signs.",
            "Offer them with public keys alone: a client that takes both may take a public key for the secret.",
        )
    else:
        yield passed("algorithms.secrets", "ID tokens are signed with private keys alone.")
    if "RS256" not in words:
        advice = (
            "Offer it (OpenID Connect Discovery section 3): it is what clients expect who were told nothing."
        )
        yield warned("algorithms.rs256", "RS256 is not offered for ID tokens.", advice)
    keyed = {alg for key in published(subject) for alg in key.algorithms}
    lacking = set(words) - _SHARED - keyed - {"none"}
    if lacking:
        advice = "Publish a key for each, or offer them no longer: clients that choose one get what they cannot check."
        found = f"ID tokens are offered with {plain(list_of(lacking))}, and no published key is for that."
        yield warned("algorithms.keys", found, advice)
    else:
        yield passed("algorithms.keys", "Each offered algorithm has a published key.")


def _with_secrets(name: str, shared: frozenset[str]) -> Iterator[Finding]:
    if name == "dpop_signing_alg_values_supported":
        advice = (
            "Take them away: a proof is checked with the public key that it carries (RFC 9449 section 4.2)."
        )
        yield failed("algorithms.dpop", f"{name} offers {list_of(shared)}.", advice)
    else:
        yield warned(
            "algorithms.clients",
            f"{name} offers {list_of(shared)} beside or instead of public keys.",
            "Prefer private_key_jwt: a shared secret lies on the server too, and leaks with it.",
        )
