"""The texts of refresh tokens: a family that all of a session have in common, and a secret of each.

``gp_rt_FAMILY.SECRET``. The secret of the first is random; that of each successor is a MAC over the text before it
under a key of the house and a salt. So a successor can be told again from the token that it replaced, without being
kept anywhere, and nobody can tell it from what is kept (ADR 13).
"""

import base64
import hmac
import secrets
from dataclasses import dataclass
from typing import Self

from gatepass_server.crypto.handles import digest
from gatepass_server.domain.secret import Secret

PREFIX = "gp_rt_"
_FAMILY_BYTES = 16
_SECRET_BYTES = 32
SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class RefreshHandle:
    """A refresh token in clear."""

    text: Secret

    @classmethod
    def new(cls) -> Self:
        """The first of a family: 128 random bits for the family and 256 for itself."""
        family, secret = secrets.token_urlsafe(_FAMILY_BYTES), secrets.token_urlsafe(_SECRET_BYTES)
        return cls(Secret(f"{PREFIX}{family}.{secret}"))

    @property
    def family(self) -> bytes:
        """The digest of what it has in common with the others of its family.

        A token of before there were families has no dot: the whole of it became what its family has in common.
        """
        return digest(self._family_text)

    @property
    def digest(self) -> bytes:
        """The digest by which it is known again."""
        return digest(self.text.reveal())

    def successor(self, key: bytes, salt: bytes) -> Self:
        """The token that takes its place; the same for the same key and salt."""
        message = salt + self.text.reveal().encode("utf-8", "surrogatepass")
        mac = hmac.digest(key, message, "sha256")
        secret = base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
        return type(self)(Secret(f"{self._family_text}.{secret}"))

    @property
    def _family_text(self) -> str:
        return self.text.reveal().partition(".")[0]
