"""``load_key`` takes every form of key that lies about, and says in one sentence what is wrong with the others."""

import json
import subprocess
from pathlib import Path

import pytest
from cryptography.exceptions import UnsupportedAlgorithm

from gatepass import (
    Key,
    KeyFormatError,
    PassphraseMissingError,
    PublicKeyGivenError,
    Signer,
    Verifier,
    WeakKeyError,
    WrongPassphraseError,
    load_key,
)
from tests.verify.key_files import P256, PASSPHRASE, PRIVATE, PUBLIC, Maker, Recipe, make


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    """Makes a key file once per run of the tests."""
    files: dict[Recipe, Path] = {}

    def get(recipe: Recipe) -> Path:
        if recipe not in files:
            files[recipe] = make(recipe, tmp_path_factory.mktemp("key"))
        return files[recipe]

    return get


def sh(command: str, folder: Path) -> None:
    subprocess.run(["sh", "-c", command], check=True, capture_output=True, cwd=folder, timeout=60)


def sentence_of(error: Exception) -> str:
    text = str(error)
    assert text.endswith(".")
    assert "\n" not in text
    return text


@pytest.mark.parametrize("recipe", PRIVATE, ids=lambda recipe: recipe.name)
def test_a_private_key_in_this_form_signs_and_verifies(made: Maker, recipe: Recipe) -> None:
    path = made(recipe)
    key = load_key(path, PASSPHRASE if recipe.encrypted else None, private=True)
    token = Signer(key, issuer="i", audience="a").issue("user-1")
    assert Verifier.from_pem(key.public_pem(), issuer="i", audience="a").verify(token).subject == "user-1"
    assert key.kid == key.thumbprint


@pytest.mark.parametrize("recipe", [r for r in PRIVATE if r.encrypted], ids=lambda recipe: recipe.name)
def test_an_encrypted_key_needs_its_passphrase(made: Maker, recipe: Recipe) -> None:
    path = made(recipe)
    for nothing in (None, "", b""):
        with pytest.raises(PassphraseMissingError) as missing:
            load_key(path, nothing)
        assert "passphrase" in sentence_of(missing.value)
    for wrong in ("wrong", b"\xff\x00", "ж" * 100, "\udcff", "\ud800", "x" * 5_000):
        with pytest.raises(WrongPassphraseError) as caught:
            load_key(path, wrong)
        assert "passphrase" in sentence_of(caught.value)


@pytest.mark.parametrize(
    "recipe",
    # A PKCS#12 file with an empty passphrase has one: another one is wrong.
    [r for r in PRIVATE if not r.encrypted and "4096" not in r.name and "empty passphrase" not in r.name],
    ids=lambda recipe: recipe.name,
)
def test_a_passphrase_that_is_not_needed_does_no_harm(made: Maker, recipe: Recipe) -> None:
    path = made(recipe)
    assert load_key(path, PASSPHRASE).kid == load_key(path).kid


@pytest.mark.parametrize("recipe", PUBLIC, ids=lambda recipe: recipe.name)
def test_a_public_key_loads_but_does_not_pass_for_a_private_one(made: Maker, recipe: Recipe) -> None:
    path = made(recipe)
    key = load_key(path)
    assert not key.is_private
    with pytest.raises(PublicKeyGivenError) as caught:
        load_key(path, private=True)
    assert "private" in sentence_of(caught.value)
    with pytest.raises(PublicKeyGivenError):
        Signer(key, issuer="i", audience="a")
    with pytest.raises(PublicKeyGivenError):
        key.to_private_der()


def test_a_key_is_given_as_path_or_text_or_bytes(made: Maker) -> None:
    path = made(PRIVATE[5])
    kid = load_key(path).kid
    assert load_key(str(path)).kid == kid
    assert load_key(path.read_text()).kid == kid
    assert load_key(path.read_bytes()).kid == kid


def test_line_ends_marks_and_text_around_the_key_do_no_harm(made: Maker) -> None:
    text = made(PRIVATE[5]).read_text()
    kid = load_key(text).kid
    assert load_key(text.replace("\n", "\r\n")).kid == kid
    assert load_key(b"\xef\xbb\xbf" + text.encode()).kid == kid
    assert load_key(text.encode("utf-16")).kid == kid
    assert load_key("Bag Attributes\n    friendlyName: x\n" + text + "\n\n").kid == kid


def test_a_jwk_loads_in_both_halves() -> None:
    jwk = {
        "kty": "OKP",
        "crv": "Ed25519",
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "kid": "named",
    }
    assert load_key(json.dumps(jwk), private=True).kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    del jwk["d"]
    assert not load_key("\n" + json.dumps(jwk, indent=1)).is_private


def test_one_private_key_is_found_beside_its_certificate(tmp_path: Path) -> None:
    sh("openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -keyout key -out crt", tmp_path)
    bundle = (tmp_path / "crt").read_text() + (tmp_path / "key").read_text()
    assert load_key(bundle, private=True).kid == load_key(tmp_path / "key").kid
    with pytest.raises(KeyFormatError, match="certificate"):
        load_key(tmp_path / "crt")


def test_two_private_keys_in_one_file_are_ambiguous(made: Maker) -> None:
    text = made(PRIVATE[5]).read_text()
    with pytest.raises(KeyFormatError, match="2 private keys"):
        load_key(text + text)


@pytest.mark.parametrize("bits", [512, 1024, 2047])
@pytest.mark.compliance("RFC 7518", "3.3", "RSA keys have 2048 bits or more")
def test_a_short_rsa_key_is_refused(tmp_path: Path, bits: int) -> None:
    sh(f"openssl genrsa -out key {bits}", tmp_path)
    with pytest.raises(WeakKeyError, match=f"{bits} bits and needs at least 2048"):
        load_key(tmp_path / "key")


@pytest.mark.parametrize(
    "command",
    [
        "openssl genpkey -algorithm X25519 -out key",
        "openssl genpkey -algorithm ED448 -out key",
        "openssl ecparam -name secp256k1 -genkey -noout -out key",
        "openssl ecparam -name secp224r1 -genkey -noout -out key",
        "openssl dsaparam -genkey -noout -out key 1024",
    ],
)
def test_a_kind_of_key_that_signs_no_tokens_is_refused(tmp_path: Path, command: str) -> None:
    sh(command, tmp_path)
    with pytest.raises(KeyFormatError, match="cannot") as caught:
        load_key(tmp_path / "key")
    sentence_of(caught.value)


def test_other_pem_texts_are_named(tmp_path: Path) -> None:
    sh(
        f"{P256} -out key; openssl req -new -key key -subj /CN=x -out request; openssl ecparam -name P-256 -out params",
        tmp_path,
    )
    for name in ("request", "params"):
        with pytest.raises(KeyFormatError) as caught:
            load_key(tmp_path / name)
        sentence_of(caught.value)


def test_a_public_key_of_rfc_4716_is_told_how_to_convert(tmp_path: Path) -> None:
    sh("ssh-keygen -q -t ed25519 -N '' -f key && ssh-keygen -e -f key.pub > other", tmp_path)
    with pytest.raises(KeyFormatError, match="ssh-keygen -i"):
        load_key(tmp_path / "other")


def test_a_pkcs12_file_without_a_key_is_told_so(tmp_path: Path) -> None:
    sh(
        "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -keyout key -out crt "
        "&& openssl pkcs12 -export -nokeys -in crt -out store -passout pass:x",
        tmp_path,
    )
    with pytest.raises(KeyFormatError, match="no private key"):
        load_key(tmp_path / "store", "x")


def test_a_path_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    for source in (
        tmp_path / "missing",
        tmp_path,
        "no such file",
        "\x00",
        "x" * 5000,
        b"",
        b" \n",
        b"x" * (2 << 20),
    ):
        with pytest.raises(KeyFormatError) as caught:
            load_key(source)
        sentence_of(caught.value)
    with pytest.raises(KeyFormatError, match=r"There is no key file 'missing\.pem'"):
        load_key("missing.pem")


@pytest.mark.parametrize(
    "garbage",
    [
        b"garbage",
        b"\x00" * 100,
        b"\x30",
        b"\x30\x82\x00\x05\x02\x01\x03\x30\x00",
        b"\x30\x03\x02\x01\x03",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\n\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----",
        "-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAAAA",
        "ssh-dss AAAAB3NzaC1kc3MAAACBAAAAAAAAAAAA",
        "{",
        "{}",
        '{"kty":"RSA"}',
        '{"kty":"RSA","n":"!","e":"AQAB"}',
        '{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}',
        '{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}',
        '{"kty":"EC","crv":["P-256"],"x":1,"y":{}}',
        '{"kty":"OKP","crv":"X25519","x":"hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo"}',
        '{"kty":"OKP","crv":"Ed25519","x":"AA"}',
        '{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}',
        '{"kty":["RSA"]}',
        '{"keys":[]}',
        '{"kty":"RSA","kty":"EC"}',
        '{"a":' * 3000,
    ],
    ids=lambda value: repr(value)[:40],
)
def test_garbage_ends_in_a_sentence(garbage: str | bytes) -> None:
    for passphrase in (None, "x"):
        with pytest.raises(KeyFormatError) as caught:
            load_key(garbage, passphrase)
        sentence_of(caught.value)


def test_a_truncated_key_ends_in_a_sentence(made: Maker) -> None:
    for recipe in PRIVATE[::3]:
        data = made(recipe).read_bytes()
        for length in range(0, len(data) - 40, 97):
            with pytest.raises(KeyFormatError):
                load_key(data[:length] or b"-", PASSPHRASE)


def test_a_sealed_key_comes_back_the_same() -> None:
    for alg in ("RS256", "ES384", "Ed25519"):
        key = Key.generate(alg)
        for trusted in (False, True):
            again = Key.from_private_der(key.to_private_der(), trusted=trusted)
            assert again.kid == key.kid
            assert again.is_private
    for wrong in (b"", b"x", Key.generate("ES256").to_private_der()[:-1]):
        with pytest.raises(KeyFormatError):
            Key.from_private_der(wrong)


def test_without_bcrypt_an_encrypted_openssh_key_is_told_what_is_missing(
    made: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_bcrypt(_data: bytes, passphrase: bytes | None) -> object:
        if passphrase is None:
            raise TypeError("Key is password-protected, but password was not provided.")
        raise UnsupportedAlgorithm("Need bcrypt module")

    monkeypatch.setattr("gatepass.key_files.load_ssh_private_key", without_bcrypt)
    with pytest.raises(KeyFormatError, match=r"gatepass\[ssh\]"):
        load_key(made(next(r for r in PRIVATE if r.name == "ssh-keygen -t ed25519, encrypted")), PASSPHRASE)
