"""Everything a public key is published as, and the ways people wrap it."""

import base64
import json

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from gatepass import Key


def public_forms(key: Key) -> dict[str, bytes]:
    """Everything a public key is published as, by name."""
    pem = key.public_pem()
    public = load_pem_public_key(pem.encode())
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ssh = public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    jwk = json.dumps(key.public_jwk()).encode()
    forms = {
        "PEM": pem.encode(),
        "PEM without the last line": pem.encode().rsplit(b"-----END", 1)[0],
        "PEM on one line": pem.replace("\n", "").encode(),
        "PEM with blanks for line ends": pem.replace("\n", "  ").encode(),
        "PEM with other line ends": pem.replace("\n", "\r\n").encode(),
        "PEM with line ends of old machines": pem.replace("\n", "\r").encode(),
        "PEM with empty lines": pem.replace("\n", "\n\n").encode(),
        "PEM with blanks before its lines": "\n".join(f"  {line}" for line in pem.splitlines()).encode(),
        "PEM behind blanks": b" \t\r\n\n " + pem.encode(),
        "PEM with leading text": b"comment\n" + pem.encode(),
        "DER": der,
        "DER and a line end": der + b"\n",
        "OpenSSH": ssh,
        "OpenSSH behind blanks": b" \n\t" + ssh,
        "OpenSSH in authorized_keys": b'command="x" ' + ssh + b" me@here",
        "JWK": jwk,
        "JWK with blanks": b" \n" + jwk.replace(b",", b" , "),
        "JWK in an array": b"[" + jwk + b"]",
        "JWK as a JSON string": json.dumps(jwk.decode()).encode(),
        "JWK within an object": json.dumps({"a": {"b": [key.public_jwk()]}}).encode(),
        "JWK set": json.dumps({"keys": [key.public_jwk()]}).encode(),
        "JWK set in an array": json.dumps([{"keys": [key.public_jwk()]}]).encode(),
    }
    if key.kind == "RSA":
        forms["PKCS#1 PEM"] = public.public_bytes(Encoding.PEM, PublicFormat.PKCS1)
        forms["PKCS#1 DER"] = public.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    return forms


def wrappings(data: bytes) -> list[bytes]:
    """The same bytes as people wrap them."""
    wrapped = [
        data,
        b"\xef\xbb\xbf" + data,
        base64.b64encode(data),
        base64.encodebytes(data),
        base64.urlsafe_b64encode(data).rstrip(b"="),
        base64.b64encode(base64.b64encode(data)),
        data.hex().encode(),
    ]
    if data.isascii():
        wrapped += [data.decode().encode("utf-16"), base64.b64encode(b"\xef\xbb\xbf" + data)]
    return wrapped
