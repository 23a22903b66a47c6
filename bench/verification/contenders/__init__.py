"""The libraries, each called as its own documentation says, with every check it has switched on."""

from bench.verification.contenders import native, on_cryptography
from bench.verification.sides import Contender

PEERS: tuple[Contender, ...] = (*on_cryptography.CONTENDERS, *native.CONTENDERS)
