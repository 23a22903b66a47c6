"""``load_key`` never shows a key it was given, and never works without end for one."""

import base64
import json
import secrets
import struct
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs12,
)

from gatepass import Key, KeyFormatError, Verifier, WrongPassphraseError, key_costs, load_key

RAW = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(231, 199, -1)))
DER = RAW.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
JWK = json.dumps(Key.from_raw(RAW).native.as_dict(private=True)).encode()

B64 = base64.b64encode(DER).decode()


@pytest.mark.parametrize(
    "text",
    [
        B64,
        B64.rstrip("="),
        f'"{B64}"',
        f" {B64} ",
        base64.urlsafe_b64encode(DER).decode(),
        DER.hex(),
        DER.hex().upper(),
        base64.b64encode(JWK).decode(),
        "\ufeff" + JWK.decode(),
        f"'{JWK.decode()}'",
    ],
    ids=str,
)
def test_a_key_on_one_line_is_read(text: str, tmp_path: Path) -> None:
    kid = Key.from_raw(RAW).kid
    assert load_key(text, private=True).kid == kid
    assert load_key(text.encode(), private=True).kid == kid
    (tmp_path / "key").write_text(text, encoding="utf-8")
    assert load_key(tmp_path / "key").kid == kid


@pytest.mark.parametrize(
    "wrap",
    [
        lambda text: text[1:],
        lambda text: text[:-1] + "!",
        lambda text: f"key={text}",
        lambda text: f"BEGIN PRIVATE KEY {text}",
        lambda text: f"/{text}",
        lambda text: f"[{text}]",
        lambda text: f"{text}.",
        lambda text: f"{text}\x00",
    ],
    ids=[
        "beheaded",
        "damaged",
        "assigned",
        "without dashes",
        "rooted",
        "in brackets",
        "with a dot",
        "with a NUL",
    ],
)
@pytest.mark.parametrize(
    "text",
    [B64, DER.hex(), JWK.decode(), base64.b64encode(JWK).decode()],
    ids=["base64", "digits", "JWK", "JWK in base64"],
)
def test_a_text_that_may_be_a_key_is_never_shown(text: str, wrap: Callable[[str], str]) -> None:
    with pytest.raises(KeyFormatError) as caught:
        load_key(wrap(text))
    told = str(caught.value)
    assert not any(text[start : start + 12] in told for start in range(len(text) - 12))


def test_a_name_that_cannot_be_a_key_is_shown(tmp_path: Path) -> None:
    for name in (
        "jwtRS256.key",
        "keys/id_rsa",
        str(tmp_path / "a folder of some length" / "jwtRS256.key.pub"),
    ):
        with pytest.raises(KeyFormatError, match=f"There is no key file '{name}'"):
            load_key(name)
    secret = Path(secrets.token_hex(32))
    with pytest.raises(KeyFormatError, match=secret.name):
        load_key(secret)  # whoever gives a Path means a path


@pytest.mark.parametrize("source", [None, 5, bytearray(b"x"), [b"x"]])
def test_what_is_no_source_ends_in_a_sentence(source: object) -> None:
    with pytest.raises(KeyFormatError, match="path of a file"):
        load_key(source)  # type: ignore[arg-type] # wrong on purpose


def pkcs12_file() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return pkcs12.serialize_key_and_certificates(b"x", key, None, None, BestAvailableEncryption(b"pw"))


def pem(der: bytes, label: str = "ENCRYPTED PRIVATE KEY") -> str:
    return f"-----BEGIN {label}-----\n{base64.encodebytes(der).decode()}-----END {label}-----\n"


def short(tag: int, content: bytes) -> bytes:
    assert len(content) < 128
    return bytes([tag, len(content)]) + content


def ssh_string(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content


def compressed_ssh_line() -> bytes:
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    wire = b"".join(
        ssh_string(part)
        for part in (
            b"ecdsa-sha2-nistp256",
            b"nistp256",
            point.public_bytes(Encoding.X962, PublicFormat.CompressedPoint),
        )
    )
    return b"ecdsa-sha2-nistp256 " + base64.b64encode(wire)


@pytest.mark.parametrize("passphrase", ["a\0b", b"pw\0", "\0"])
def test_a_passphrase_with_a_nul_does_not_open_a_pkcs12_file(passphrase: str | bytes) -> None:
    with pytest.raises(WrongPassphraseError):
        load_key(pkcs12_file(), passphrase)


X448 = bytes.fromhex("302e020100300506032b656f04220420") + b"\1" * 32
ED448 = bytes.fromhex("302e020100300506032b657104220420") + b"\1" * 32


@pytest.mark.parametrize(
    "data",
    [X448, ED448, pem(X448, "PRIVATE KEY").encode(), compressed_ssh_line()],
    ids=["X448", "Ed448", "X448 as PEM", "compressed point"],
)
def test_odd_keys_end_in_a_sentence(data: bytes) -> None:
    with pytest.raises(KeyFormatError):
        load_key(data)
    with pytest.raises(KeyFormatError):
        Verifier.from_pem(data, issuer="i", audience="a")


def number(value: int) -> bytes:
    return short(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def pbes2(kdf: bytes) -> bytes:
    cipher = short(0x30, bytes.fromhex("060960864801650304012a") + short(4, b"\0" * 16))
    method = short(0x30, bytes.fromhex("06092a864886f70d01050d") + short(0x30, kdf + cipher))
    body = method + short(4, b"\0" * 64)
    return b"\x30\x81" + bytes([len(body)]) + body


def pbkdf2(iterations: int) -> bytes:
    hashed = short(0x30, bytes.fromhex("06082a864886f70d0209") + b"\x05\0")
    parameters = short(0x30, short(4, b"saltsalt") + number(iterations) + hashed)
    return pbes2(short(0x30, bytes.fromhex("06092a864886f70d01050c") + parameters))


def scrypt(cost: int) -> bytes:
    parameters = short(0x30, short(4, b"saltsalt") + number(cost) + number(8) + number(1))
    return pbes2(short(0x30, bytes.fromhex("06092b06010401da47040b") + parameters))


def hashed_for_mac(iterations: int) -> bytes:
    """The PKCS#12 file with another number at its end: 2048 becomes a number of as many bytes or more."""
    data = pkcs12_file()
    assert data.endswith(bytes.fromhex("02020800"))
    extra = number(iterations)
    grown = len(extra) - 4
    whole = bytearray(data[:-4] + extra)
    struct.pack_into(">H", whole, 2, len(whole) - 4)
    field = (
        len(data) - 67
    )  # the SEQUENCE around a digest of 32 bytes with its name, a salt of 8, and the number
    assert whole[field : field + 4] == b"\x30\x41\x30\x31"
    whole[field + 1] += grown
    return bytes(whole)


def without_length(der: bytes) -> bytes:
    """The same with the end of the whole marked instead of its length told, as some old programs write."""
    return b"\x30\x80" + der[4:] + b"\0\0"


def openssh(rounds: int) -> str:
    text = RAW.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, BestAvailableEncryption(b"pw"))
    wire = bytearray(base64.b64decode(b"".join(text.splitlines()[1:-1])))
    struct.pack_into(">I", wire, wire.index(b"bcrypt") + 6 + 4 + 4 + 16, rounds)
    return pem(bytes(wire), "OPENSSH PRIVATE KEY")


@pytest.mark.parametrize(
    "key",
    [
        pbkdf2(2**31 - 1),
        pem(pbkdf2(2**31 - 1)),
        pem(scrypt(1 << 20)),
        base64.b64encode(pbkdf2(2**31 - 1)),
        hashed_for_mac(2**31 - 1),
        without_length(hashed_for_mac(2**31 - 1)),
        openssh(2_000),
        openssh(2**31 - 1),
    ],
    ids=[
        "PBES2 DER",
        "PBES2 PEM",
        "scrypt",
        "base64",
        "PKCS#12",
        "PKCS#12 in BER",
        "OpenSSH",
        "OpenSSH most",
    ],
)
def test_a_key_that_would_be_opened_for_hours_is_refused_at_once(key: str | bytes) -> None:
    began = time.monotonic()
    for passphrase in (None, "x"):
        with pytest.raises(KeyFormatError, match="hashed so often"):
            load_key(key, passphrase)
    assert time.monotonic() - began < 1


def test_what_many_parts_of_a_file_cost_is_added_up() -> None:
    key_costs.refuse_costly(pbkdf2(2_000_000))
    with pytest.raises(KeyFormatError):
        key_costs.refuse_costly(pbkdf2(2_000_000) * 6)
    began = time.monotonic()
    with pytest.raises(KeyFormatError):
        key_costs.refuse_costly((bytes.fromhex("06092a864886f70d01050c") + b"\x30\x80") * 5_000)
    assert time.monotonic() - began < 1


def test_usual_costs_are_taken() -> None:
    for key in (pbkdf2(1_000_000), scrypt(1 << 16), openssh(100).encode(), hashed_for_mac(1_000_000)):
        key_costs.refuse_costly(key)
    assert load_key(pkcs12_file(), "pw").is_private


@pytest.mark.filterwarnings("ignore:PKCS#12 bundle could not be parsed as DER")
def test_a_pkcs12_file_of_an_old_program_is_read() -> None:
    assert load_key(without_length(pkcs12_file()), "pw").is_private
