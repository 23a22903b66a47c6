"""The JWK set (RFC 7517), and what must never stand in it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gatepass import Key, KeyFormatError, WeakKeyError
from gatepass.errors import list_of, plain
from gatepass.jwk import MAX_KEYS, PRIVATE_MEMBERS, key_from_jwk
from gatepass_server.doctor.findings import Finding, failed, passed, shown, skipped, warned
from gatepass_server.doctor.subject import Subject
from gatepass_server.doctor.visitor import Visit

_Jwk = Mapping[str, Any]


def published(subject: Subject) -> Sequence[Key]:
    """The keys that a client can use, without what is wrong with the others."""
    return [key for key in map(_usable, _listed(subject)) if isinstance(key, Key)]


def check(subject: Subject) -> Iterator[Finding]:
    """Whether clients can check signatures with it, and strangers cannot make them."""
    if subject.key_set is None:
        yield skipped("keys.set", "jwks_uri names no address that can be asked.")
        return
    trouble = _trouble(subject.key_set)
    if trouble:
        advice = "Serve a JWK set there (RFC 7517 section 5): without it nobody can check a token."
        yield failed("keys.set", f"No keys can be read: {trouble}.", advice)
        return
    total = len(subject.key_set.members()["keys"])
    if total > MAX_KEYS:
        advice = f"Take old keys out: clients give up above a bound, as this library above {MAX_KEYS}."
        yield failed("keys.set", f"There are {total} keys.", advice)
        return
    yield from _secrets(subject)
    yield from _usability(_listed(subject), total)
    yield _names(_listed(subject))
    yield _purposes(_listed(subject))


def _trouble(visit: Visit) -> str:
    """Why it is no JWK set; empty where it is one."""
    try:
        members = visit.members()
    except ValueError as error:
        return plain(error) if visit.answer is None else f"it is {plain(error)}"
    return "" if isinstance(members.get("keys"), list) else "it has no list called keys"


def _listed(subject: Subject) -> list[_Jwk]:
    try:
        listed = subject.key_set.members().get("keys") if subject.key_set else None
    except ValueError:
        return []
    if not isinstance(listed, list):
        return []
    return [jwk for jwk in listed[:MAX_KEYS] if isinstance(jwk, dict)]


def _secrets(subject: Subject) -> Iterator[Finding]:
    leaking = [jwk for jwk in _listed(subject) if jwk.get("kty") == "oct" or PRIVATE_MEMBERS & jwk.keys()]
    if not leaking:
        yield passed("keys.private", "No private key and no shared secret is published.")
    for jwk in leaking:
        kind = "A shared secret" if jwk.get("kty") == "oct" else "A PRIVATE key"
        yield failed(
            "keys.private",
            f"{kind} is published: kid {shown(jwk.get('kid'))}.",
            "Everybody can sign as this issuer. Take the key out of use now, make a new one, and consider every "
            "token that it signed as forged.",
        )


def _usability(listed: list[_Jwk], total: int) -> Iterator[Finding]:
    good: list[Key] = []
    broken = total - len(listed)
    if broken:
        yield warned("keys.usable", f"{broken} of the keys are no JSON objects.", "Take them out.")
    for jwk in listed:
        if jwk.get("use", "sig") != "sig" or jwk.get("kty") == "oct":
            continue
        key = _usable(jwk)
        if isinstance(key, WeakKeyError):
            advice = "Forgers can break it: make a new one and take this one out of use."
            yield failed("keys.strength", f"kid {shown(jwk.get('kid'))} is weak: {plain(key)}", advice)
        elif isinstance(key, KeyFormatError):
            advice = "Clients pass it over; tokens that it signs are refused by those that cannot read it."
            yield warned(
                "keys.usable", f"kid {shown(jwk.get('kid'))} cannot be used here: {plain(key)}", advice
            )
        else:
            good.append(key)
    if good:
        kinds = Counter(f"{key.kind} {key.bits}" for key in good)
        found = ", ".join(f"{count} x {kind}" for kind, count in sorted(kinds.items()))
        yield passed("keys.usable", f"Keys that clients can use: {found}.")
    else:
        yield failed("keys.usable", "No key can check a signature.", "Publish the key that signs tokens.")


def _usable(jwk: _Jwk) -> Key | KeyFormatError:
    public = {name: value for name, value in jwk.items() if name not in PRIVATE_MEMBERS and name != "key_ops"}
    try:
        return key_from_jwk(public)
    except KeyFormatError as error:
        return error


def _names(listed: list[_Jwk]) -> Finding:
    kids = [kid for jwk in listed if isinstance(kid := jwk.get("kid"), str) and kid]
    twice = [kid for kid, count in Counter(kids).items() if count > 1]
    if twice:
        advice = "Give each its own (RFC 7517 section 4.5): a client that looks a key up by kid takes the wrong one."
        return failed("keys.kid", f"Several keys are called {plain(list_of(twice))}.", advice)
    if len(kids) < len(listed):
        advice = "Name each key: without kid clients must try them all, and many refuse to."
        return warned("keys.kid", f"{len(listed) - len(kids)} keys have no kid.", advice)
    return passed("keys.kid", "Each key has a name of its own.")


def _purposes(listed: list[_Jwk]) -> Finding:
    uses = {use if isinstance(use, str) else None for use in (jwk.get("use") for jwk in listed)}
    if "enc" in uses and None in uses:
        advice = "Say use for each (RFC 7517 section 4.2): some keys here are for encryption, and clients must choose."
        return warned("keys.use", "Some keys say what they are for, others do not.", advice)
    silent = sum("alg" not in jwk for jwk in listed)
    if silent:
        advice = (
            "Say alg for each (RFC 7517 section 4.4), so that no client takes a key for another algorithm."
        )
        return warned("keys.alg", f"{silent} keys do not say their algorithm.", advice)
    return passed("keys.use", "Each key says what it is for.")
