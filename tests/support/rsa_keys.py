"""To find the primes of an RSA key takes 100 ms and more, and tests make hundreds of keys in one process.

They get the same twelve in turn, each made as any other: a test that makes up to twelve has different ones. Keys that
modules of tests make when they are imported are nobody else's.
"""

from itertools import cycle
from threading import Lock
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

_generate = rsa.generate_private_key
_MANY = 12
_SIZE = 2048
_EXPONENT = 65_537
_made: list[rsa.RSAPrivateKey] = []
_turns = cycle(range(_MANY))
_lock = Lock()


def _take_or_generate(public_exponent: int, key_size: int, backend: Any = None) -> rsa.RSAPrivateKey:
    if (public_exponent, key_size) != (_EXPONENT, _SIZE):
        return _generate(public_exponent, key_size, backend)
    with _lock:
        turn = next(_turns)
        if turn == len(_made):
            _made.append(_generate(public_exponent, key_size, backend))
        return _made[turn]


def make_few_rsa_keys() -> None:
    """From now on, in this process: once the modules of tests have made theirs."""
    changed: Any = rsa
    changed.generate_private_key = _take_or_generate
