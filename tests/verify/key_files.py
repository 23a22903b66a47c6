"""Key files as real programs write them."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PASSPHRASE = "correct horse"


@dataclass(frozen=True)
class Recipe:
    """How a program makes a key file.

    Attributes:
        name: What the test calls it.
        commands: Shell words, with ``OUT`` for the file to make and ``PASS`` for the passphrase.
        encrypted: Whether the passphrase is needed to open it.
    """

    name: str
    commands: tuple[str, ...]
    encrypted: bool = False


RSA = "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048"
P256 = "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256"
SSH = "ssh-keygen -q -C comment"
DER = "openssl pkcs8 -topk8 -in OUT.0 -outform DER -passout pass:PASS -out OUT"
OLD = " -certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES -macalg sha1"
PKCS12 = (
    "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=test -keyout OUT.key -out OUT.crt",
    "openssl pkcs12 -export -inkey OUT.key -in OUT.crt -out OUT -passout pass:",
)

PRIVATE = (
    Recipe("openssl genpkey rsa (PKCS#8)", (f"{RSA} -out OUT",)),
    Recipe("openssl genpkey rsa, encrypted", (f"{RSA} -aes256 -pass pass:PASS -out OUT",), encrypted=True),
    Recipe("openssl genrsa -traditional (PKCS#1)", ("openssl genrsa -traditional -out OUT 2048",)),
    Recipe(
        "openssl genrsa -traditional, encrypted",
        ("openssl genrsa -traditional -aes128 -passout pass:PASS -out OUT 2048",),
        encrypted=True,
    ),
    Recipe(
        "openssl genrsa -traditional, triple DES",
        ("openssl genrsa -traditional -des3 -passout pass:PASS -out OUT 2048",),
        encrypted=True,
    ),
    Recipe("openssl genpkey P-256", (f"{P256} -out OUT",)),
    Recipe("openssl genpkey P-256, encrypted", (f"{P256} -aes256 -pass pass:PASS -out OUT",), encrypted=True),
    Recipe("openssl ecparam -genkey (SEC1)", ("openssl ecparam -name secp384r1 -genkey -out OUT",)),
    Recipe("openssl ecparam -genkey -noout", ("openssl ecparam -name secp521r1 -genkey -noout -out OUT",)),
    Recipe(
        "openssl ec, encrypted (SEC1)",
        (f"{P256} -out OUT.0", "openssl ec -in OUT.0 -aes256 -passout pass:PASS -out OUT"),
        encrypted=True,
    ),
    Recipe("openssl genpkey ed25519", ("openssl genpkey -algorithm ed25519 -out OUT",)),
    Recipe(
        "openssl genpkey ed25519, encrypted",
        ("openssl genpkey -algorithm ed25519 -aes256 -pass pass:PASS -out OUT",),
        encrypted=True,
    ),
    Recipe("openssl DER", (f"{RSA} -outform DER -out OUT",)),
    Recipe("openssl DER, encrypted", (f"{P256} -out OUT.0", DER), encrypted=True),
    Recipe("openssl DER, SEC1", (f"{P256} -out OUT.0", "openssl ec -in OUT.0 -outform DER -out OUT")),
    Recipe("PKCS#12", (PKCS12[0], PKCS12[1] + "PASS"), encrypted=True),
    Recipe("PKCS#12 with an empty passphrase", PKCS12),
    Recipe("PKCS#12 of old", (PKCS12[0], PKCS12[1] + "PASS" + OLD), encrypted=True),
    Recipe("ssh-keygen -t rsa -b 4096 -m PEM", (f"{SSH} -t rsa -b 4096 -m PEM -N '' -f OUT",)),
    Recipe(
        "ssh-keygen -t rsa -m PEM, encrypted",
        (f"{SSH} -t rsa -b 2048 -m PEM -N PASS -f OUT",),
        encrypted=True,
    ),
    Recipe("ssh-keygen -t rsa -m PKCS8", (f"{SSH} -t rsa -b 2048 -m PKCS8 -N '' -f OUT",)),
    Recipe(
        "ssh-keygen -t rsa -m PKCS8, encrypted",
        (f"{SSH} -t rsa -b 2048 -m PKCS8 -N PASS -f OUT",),
        encrypted=True,
    ),
    Recipe("ssh-keygen -t rsa (OpenSSH)", (f"{SSH} -t rsa -b 2048 -N '' -f OUT",)),
    Recipe("ssh-keygen -t ecdsa", (f"{SSH} -t ecdsa -b 384 -N '' -f OUT",)),
    Recipe("ssh-keygen -t ecdsa -m PEM", (f"{SSH} -t ecdsa -b 256 -m PEM -N '' -f OUT",)),
    Recipe("ssh-keygen -t ed25519", (f"{SSH} -t ed25519 -N '' -f OUT",)),
    Recipe("ssh-keygen -t ed25519, encrypted", (f"{SSH} -t ed25519 -a 4 -N PASS -f OUT",), encrypted=True),
)

PUBLIC = (
    Recipe("openssl pkey -pubout", (f"{RSA} -out OUT.0", "openssl pkey -in OUT.0 -pubout -out OUT")),
    Recipe(
        "openssl rsa -RSAPublicKey_out",
        (f"{RSA} -out OUT.0", "openssl rsa -in OUT.0 -RSAPublicKey_out -out OUT"),
    ),
    Recipe(
        "openssl -pubout -outform DER",
        (f"{P256} -out OUT.0", "openssl pkey -in OUT.0 -pubout -outform DER -out OUT"),
    ),
    Recipe("ssh-keygen .pub, rsa", (f"{SSH} -t rsa -b 2048 -N '' -f OUT.0", "mv OUT.0.pub OUT")),
    Recipe("ssh-keygen .pub, ecdsa", (f"{SSH} -t ecdsa -N '' -f OUT.0", "mv OUT.0.pub OUT")),
    Recipe("ssh-keygen .pub, ed25519", (f"{SSH} -t ed25519 -N '' -f OUT.0", "mv OUT.0.pub OUT")),
    Recipe(
        "ssh-keygen -e -m PEM",
        (f"{SSH} -t rsa -b 2048 -N '' -f OUT.0", "ssh-keygen -e -m PEM -f OUT.0 > OUT"),
    ),
    Recipe(
        "ssh-keygen -e -m PKCS8", (f"{SSH} -t ecdsa -N '' -f OUT.0", "ssh-keygen -e -m PKCS8 -f OUT.0 > OUT")
    ),
)


def make(recipe: Recipe, folder: Path) -> Path:
    """Run a recipe; the file it made."""
    out = folder / "key"
    for command in recipe.commands:
        words = (
            command.replace("OUT", str(out)).replace("PASS", f"'{PASSPHRASE}'").replace("pass:'", "'pass:")
        )
        subprocess.run(["sh", "-c", words], check=True, capture_output=True, cwd=folder, timeout=60)
    return out


Maker = Callable[[Recipe], Path]
