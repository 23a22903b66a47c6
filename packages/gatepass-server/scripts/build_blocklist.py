"""Build the list of common passwords that ships with the server, from two published packages.

Run it in an empty folder, and move the result to ``src/gatepass_server/domain/data/``::

    pip download --no-deps --no-binary :none: django==5.2.19 zxcvbn==4.5.0
    python build_blocklist.py django-5.2.19-py3-none-any.whl zxcvbn-4.5.0-py2.py3-none-any.whl

The same packages give the same words; the bytes of the file also depend on the version of zlib.
"""

import ast
import gzip
import hashlib
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

MIN_CHARACTERS = 8
OUTPUT = Path("common_passwords.txt.gz")
DJANGO = "5965d974a5218a2b68a11dd1276434707f23886525c23f0598eccedaf4f4ca00"
ZXCVBN = "2b6eed621612ce6d65e6e4c7455b966acee87d0280e257956b1f06ccc66bd5ff"


def member(wheel: Path, sha256: str, name: str) -> bytes:
    """One file of a wheel whose SHA-256 digest is known."""
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != sha256:
        sys.exit(f"{wheel} is not the file that this list is built from.")
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(name)


def words_of_django(wheel: Path) -> list[str]:
    """The words of Django's CommonPasswordValidator."""
    packed = member(wheel, DJANGO, "django/contrib/auth/common-passwords.txt.gz")
    return gzip.decompress(packed).decode().split("\n")


def words_of_zxcvbn(wheel: Path) -> list[str]:
    """The words of zxcvbn's list of passwords, which is a literal in a Python file."""
    source = member(wheel, ZXCVBN, "zxcvbn/frequency_lists.py").decode()
    literal = ast.parse(source).body[0]
    if not isinstance(literal, ast.Assign) or not isinstance(literal.value, ast.Dict):
        sys.exit("zxcvbn's file of lists has another form than expected.")
    for key, value in zip(literal.value.keys, literal.value.values, strict=True):
        if isinstance(key, ast.Constant) and key.value == "passwords":
            text = value.func.value if isinstance(value, ast.Call) else value  # type: ignore[attr-defined] # "...".split(",")
            return str(ast.literal_eval(text)).split(",")
    sys.exit("zxcvbn has no list named passwords.")


def choose(words: Iterable[str]) -> list[str]:
    """Fold, drop what the policy refuses for its length and what is not ASCII (all of it is garbled text)."""
    folded = {word.strip().casefold() for word in words}
    return sorted(word for word in folded if len(word) >= MIN_CHARACTERS and word.isascii())


def main() -> None:
    """Write the file."""
    django, zxcvbn = (Path(argument) for argument in sys.argv[1:3])
    chosen = choose(words_of_django(django) + words_of_zxcvbn(zxcvbn))
    OUTPUT.write_bytes(gzip.compress("\n".join(["", *chosen, ""]).encode(), mtime=0))
    sys.stdout.write(f"{OUTPUT}: {len(chosen)} words, {OUTPUT.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
