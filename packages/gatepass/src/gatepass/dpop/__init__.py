"""Tokens that only their holder can use: DPoP at the API (RFC 9449).

A token may be bound to a key of the client. Every request then carries a proof beside it: a small token of its own,
signed with that key, which names the method, the address and the access token. :class:`DPoP` judges such proofs.
"""

from gatepass.dpop.checking import DPoP, Judged
from gatepass.dpop.nonces import Nonces, NonceSource
from gatepass.dpop.proof import make_proof
from gatepass.dpop.replay import MemoryReplay, ReplayStore

__all__ = ["DPoP", "Judged", "MemoryReplay", "NonceSource", "Nonces", "ReplayStore", "make_proof"]
