"""``gatepass keys import`` of what ``ssh-keygen`` and ``openssl`` write."""

import json
import os
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.support.command_line import Cli, Refused

PASSPHRASE = "correct horse"
SSH = "ssh-keygen -q -C comment -f key"
P256 = "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256"
P12 = (
    "openssl req -x509 -newkey ec:<(openssl ecparam -name prime256v1) -nodes -subj /CN=test -keyout k -out c"
    " && openssl pkcs12 -export -inkey k -in c -out key -passout 'pass:correct horse'"
)

PLAIN = {
    "ssh-keygen -t rsa -b 4096 -m PEM": (f"{SSH} -t rsa -b 4096 -m PEM -N ''", "RS256"),
    "ssh-keygen -t ed25519 (OpenSSH)": (f"{SSH} -t ed25519 -N ''", "EdDSA"),
    "ssh-keygen -t ecdsa (OpenSSH)": (f"{SSH} -t ecdsa -N ''", "ES256"),
    "openssl genpkey RSA": ("openssl genpkey -algorithm RSA -out key", "RS256"),
    "openssl genpkey EC": (f"{P256} -out key", "ES256"),
    "openssl genpkey Ed25519": ("openssl genpkey -algorithm ED25519 -out key", "EdDSA"),
    "openssl ecparam -genkey": ("openssl ecparam -name secp521r1 -genkey -out key", "ES512"),
}
ENCRYPTED = {
    "ssh-keygen -m PEM": (f"{SSH} -t rsa -b 2048 -m PEM -N '{PASSPHRASE}'", "RS256"),
    "ssh-keygen (OpenSSH)": (f"{SSH} -t ed25519 -N '{PASSPHRASE}'", "EdDSA"),
    "openssl genpkey EC": (f"{P256} -aes256 -pass 'pass:{PASSPHRASE}' -out key", "ES256"),
    "PKCS#12": (P12, "ES256"),
}
BAD = {
    "none": ("true", "There is no key file 'key'; check the path."),
    "a folder": ("mkdir key", "'key' is a folder; name the key file in it."),
    "empty": ("touch key", "The key is empty"),
    "no key": ("echo hello > key", "This is not a key in any form that is known"),
    "cut off": (f"{P256} | head -2 > key", "The PEM text is cut off"),
    "public": (
        f"{P256} | openssl pkey -pubout -out key",
        "This is a public key, and a private one is needed",
    ),
    "1024 bits": ("openssl genrsa -out key 1024", "has 1024 bits and needs at least 2048"),
    "a curve that no token has": (
        "openssl ecparam -name secp256k1 -genkey -noout -out key",
        "This kind of key",
    ),
    "a certificate": (
        "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=t -keyout k -out key",
        "This is a certificate, not a key",
    ),
    "two keys": (f"{P256} > key; {P256} >> key", "There are 2 private keys in it"),
    "large": ("head -c 2000000 /dev/zero > key", "This is larger than "),
    "a secret as JWK": ("""echo '{"kty":"oct","k":"AAAA"}' > key""", "shared secret"),
}


def make(command: str) -> None:
    subprocess.run(["bash", "-c", command], check=True, capture_output=True)


@pytest.mark.parametrize("name", PLAIN)
def test_a_key_without_a_passphrase_is_taken(cli: Cli, ada: str, name: str) -> None:
    command, alg = PLAIN[name]
    make(command)
    assert f" ({alg}) signs from " in cli("keys", "import", "key", "--activate").stdout
    cli("token", "verify", cli("token", "issue", ada).stdout.strip())


@pytest.mark.parametrize("name", ENCRYPTED)
def test_a_key_with_a_passphrase_needs_it(cli: Cli, refused: Refused, name: str) -> None:
    command, alg = ENCRYPTED[name]
    make(command)
    assert refused("keys", "import", "key") == (
        "The key is encrypted: write its passphrase into a file and give it with --passphrase-file FILE."
    )
    wrong = refused("keys", "import", "key", "--passphrase-file", "-", text="battery staple")
    assert wrong == "The passphrase does not open the key: check it, or the key file is damaged."
    assert not Path("gatepass-data").exists()
    Path("passphrase").write_text(PASSPHRASE + "\n")
    assert f" ({alg}) signs from " in cli("keys", "import", "key", "--passphrase-file", "passphrase").stdout


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_private_key_ends_in_one_sentence(refused: Refused, name: str) -> None:
    command, sentence = BAD[name]
    make(command)
    said = refused("keys", "import", "key")
    assert sentence in said
    assert "\n" not in said
    assert "passphrase" not in said
    assert not Path("gatepass-data").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_the_right_to_read_it_is_named(refused: Refused) -> None:
    make(f"{P256} -out key; chmod 0 key")
    assert refused("keys", "import", "key") == "The key file 'key' may not be read by this user."


def test_a_jwk_is_taken(cli: Cli) -> None:
    jwk = {
        "kty": "OKP",
        "crv": "Ed25519",
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "kid": "my own name",
    }
    Path("key.jwk").write_text(json.dumps(jwk))
    made = cli("keys", "import", "key.jwk", "--alg", "Ed25519").stdout
    assert made.startswith(
        "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k (Ed25519) signs"
    )  # RFC 8037 appendix A.3


def test_the_path_may_be_any_a_person_has(cli: Cli) -> None:
    name = "my key; rm -rf -- ü.pem"
    make(f"{P256} -out {shlex.quote(name)}")
    cli("keys", "import", name)
