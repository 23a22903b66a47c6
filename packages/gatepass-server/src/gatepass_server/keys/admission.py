"""Which rows of the store a process trusts: only those that were sealed under one of its master keys.

Whoever can write to the database, but has no master key, could otherwise add a public key of their own, and every
API that fetches the JWK set would take their tokens.
"""

import json
from dataclasses import dataclass, replace

from gatepass.jwk import key_from_jwk
from gatepass.keys import Key
from gatepass_server.crypto.sealing import CannotUnseal, Sealer
from gatepass_server.domain.signing_keys import KeyRecord
from gatepass_server.observe.logs import get_logger

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Admitted:
    """A row that may be used, with its public key, parsed once."""

    record: KeyRecord
    public: Key


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that neither signs nor is published, and why."""

    record: KeyRecord
    error: CannotUnseal


def judge(
    record: KeyRecord, sealer: Sealer, *, known: Admitted | Refused | None = None
) -> Admitted | Refused:
    """Trust ``record`` if its private key opens for its ``kid``, and its public key is the one so called.

    Args:
        record: a row.
        sealer: the master keys.
        known: what this returned before. A key stays admitted with the sealed bytes that opened: a server that runs
            while its keys are sealed anew does not need the new master key before its next start.
    """
    if isinstance(known, Admitted) and _public_half(known.record) == _public_half(record):
        return Admitted(replace(record, sealed=known.record.sealed), known.public)
    if isinstance(known, Refused) and _same_bytes(known.record, record):
        return Refused(record, known.error)
    try:
        sealer.open(record.sealed, purpose=sealing_purpose(record.kid))
        return Admitted(record, _public_key(record))
    except CannotUnseal as error:
        _log.error("a signing key is refused", kid=record.kid, reason=error.message)
        return Refused(record, error)


def sealing_purpose(kid: str) -> str:
    """What a sealed private key is bound to."""
    return f"signing-key:{kid}"


def _public_half(record: KeyRecord) -> tuple[str, str, str]:
    return record.kid, record.alg, record.public_jwk


def _same_bytes(one: KeyRecord, other: KeyRecord) -> bool:
    return one.sealed == other.sealed and _public_half(one) == _public_half(other)


def _public_key(record: KeyRecord) -> Key:
    """The public key, if it is the other half of what was sealed (RFC 7638: its thumbprint is its name)."""
    try:
        key = key_from_jwk(json.loads(record.public_jwk))
        if key.thumbprint == record.kid:
            return key.restrict([record.alg]).public()
    except ValueError:
        pass
    raise CannotUnseal(
        f"The public key of {record.kid!r} was changed after it was written; restore it from a backup."
    )
