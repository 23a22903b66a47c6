"""The array: its bits in their order, and its bytes within their bounds."""

import tracemalloc
import zlib

import pytest

from gatepass import base64url
from gatepass.status.bits import StatusArray, unpack
from gatepass.status.inflate import GZIP, inflate
from tests.status import vectors
from tests.support.bombs import packed_zeros

DRAFT = "draft-ietf-oauth-status-list-21"
LIMIT = 1 << 21


@pytest.mark.compliance(DRAFT, "4.2", "the examples")
@pytest.mark.parametrize(("bits", "lst", "statuses"), vectors.SHORT)
def test_the_short_examples_of_the_draft_agree(bits: int, lst: str, statuses: list[int]) -> None:
    array = unpack(bits, lst, LIMIT)
    assert [array.status(index) for index in range(array.size)] == statuses


@pytest.mark.compliance(DRAFT, "C", "the test vectors, 1 to 8 bits")
@pytest.mark.parametrize(("bits", "lst", "statuses"), vectors.LONG)
def test_the_test_vectors_of_the_draft_agree(bits: int, lst: str, statuses: dict[int, int]) -> None:
    array = unpack(bits, lst, LIMIT)
    assert array.size == vectors.SIZE
    found = {index: array.status(index) for index in range(array.size) if array.status(index)}
    assert found == {index: status for index, status in statuses.items() if status}


@pytest.mark.compliance(DRAFT, "4.1", "bits are counted from the least significant on")
@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_every_place_of_a_list_is_its_own(bits: int) -> None:
    for place in range(16):
        data = bytearray(16)
        data[place * bits // 8] = ((1 << bits) - 1) << place * bits % 8
        array = StatusArray(bits, bytes(data))
        assert [index for index in range(array.size) if array.status(index)] == [place]
        assert array.status(place) == (1 << bits) - 1


@pytest.mark.compliance(DRAFT, "8.3", "an index out of bounds says nothing")
@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("beyond", [0, 1, 1 << 63, 1 << 64, 10**400])
def test_an_index_beyond_the_list_is_none(bits: int, beyond: int) -> None:
    array = StatusArray(bits, bytes(4))
    with pytest.raises(IndexError):
        array.status(array.size + beyond)


@pytest.mark.compliance(DRAFT, "4.2", "bits is 1, 2, 4 or 8")
@pytest.mark.parametrize("bits", [0, 3, 16, -1, True, 1.0, "1", None])
def test_any_other_number_of_bits_is_refused(bits: object) -> None:
    with pytest.raises(ValueError, match="bits"):
        unpack(bits, vectors.SHORT[0][1], LIMIT)


def compressed(data: bytes) -> bytes:
    return zlib.compress(data, 9)


@pytest.mark.compliance(DRAFT, "4.2", "lst is the base64url of one zlib stream")
@pytest.mark.parametrize(
    "lst",
    [
        "",
        "eNrbuRgAAhcBXQ==",
        "eNrbuRgAAhcBXR",
        "eNrb uRgAAhcBXQ",
        "eNrbuRgAAhcBXQ\n",
        "\u0435NrbuRgAAhcBXQ",
        base64url.encode(compressed(b"abc") + b"x").decode(),
        base64url.encode(compressed(b"abc") * 2).decode(),
        base64url.encode(compressed(b"abc")[:-1]).decode(),
        base64url.encode(compressed(b"abc")[:-4] + b"1234").decode(),
        base64url.encode(zlib.compress(b"abc", 9, -15)).decode(),
        base64url.encode(zlib.compress(b"abc", 9, 31)).decode(),
        base64url.encode(b"\xb9\xa3").decode(),
    ],
)
def test_anything_but_one_whole_stream_in_its_one_spelling_is_refused(lst: str) -> None:
    with pytest.raises(ValueError, match=r"base64url|compress|ascii"):
        unpack(1, lst, LIMIT)


@pytest.mark.parametrize("lst", [None, 1, b"eNrbuRgAAhcBXQ", ["eNrbuRgAAhcBXQ"]])
def test_a_list_that_is_no_string_is_refused(lst: object) -> None:
    with pytest.raises(ValueError, match="not a string"):
        unpack(1, lst, LIMIT)


def test_a_list_may_be_as_large_as_the_limit_and_no_larger() -> None:
    whole = base64url.encode(compressed(bytes(5000))).decode()
    assert unpack(8, whole, 5000).size == 5000
    with pytest.raises(ValueError, match="more than 4999 bytes"):
        unpack(8, whole, 4999)


@pytest.mark.parametrize("form", [15, GZIP])
def test_a_bomb_is_never_unpacked(form: int) -> None:
    bomb = packed_zeros(200, form)
    assert len(bomb) < 250_000, "200 MiB of zeros"
    tracemalloc.start()
    with pytest.raises(ValueError, match="more than"):
        inflate(bomb, form, 1 << 20)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 << 20
