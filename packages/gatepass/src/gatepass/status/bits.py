"""The array of a status list (draft-ietf-oauth-status-list-21 section 4)."""

from __future__ import annotations

from typing import Final

from gatepass import base64url
from gatepass.status.inflate import ZLIB, inflate

# How many statuses a byte holds, as a power of two, by the bits of each.
_POWER: Final = {1: 3, 2: 2, 4: 1, 8: 0}


class StatusArray:
    """Statuses of 1, 2, 4 or 8 bits each, packed into bytes from the least significant bit on (section 4.1).

    Args:
        bits: Of each status.
        data: The bytes.

    Attributes:
        size: How many statuses there are.

    Raises:
        ValueError: ``bits`` is another number.
    """

    __slots__ = ("_bits", "_data", "_mask", "_power", "_within", "size")

    def __init__(self, bits: int, data: bytes) -> None:
        if type(bits) is not int or bits not in _POWER:
            raise ValueError("bits is not 1, 2, 4 or 8")
        self._bits = bits
        self._data = data
        self._power = _POWER[bits]
        self._within = (1 << self._power) - 1
        self._mask = (1 << bits) - 1
        self.size = len(data) << self._power

    @property
    def byte_size(self) -> int:
        """Bytes that it takes."""
        return len(self._data)

    def status(self, index: int) -> int:
        """The status at an index from 0 on.

        Raises:
            IndexError: The list is shorter.
        """
        return self._data[index >> self._power] >> (index & self._within) * self._bits & self._mask


def unpack(bits: object, lst: object, limit: int) -> StatusArray:
    """Unpack the members ``bits`` and ``lst`` of a list (section 4.2).

    Args:
        bits: 1, 2, 4 or 8.
        lst: The base64url of a zlib stream (RFC 1950), and nothing behind it.
        limit: Bytes that it may have when unpacked.

    Raises:
        ValueError: They are not as section 4.2 says, or the list is larger.
    """
    if type(bits) is not int or not isinstance(lst, str):
        raise ValueError("bits is not a number, or lst not a string")
    return StatusArray(bits, inflate(base64url.decode(lst.encode("ascii")), ZLIB, limit))
