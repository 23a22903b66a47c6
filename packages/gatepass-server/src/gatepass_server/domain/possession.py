"""What a program proves to hold beside its own credentials, so that nobody else can use its tokens."""

from dataclasses import dataclass

from msgspec import structs

from gatepass_server.domain.errors import InvalidGrant
from gatepass_server.domain.grants import Terms

_OTHER = "This was given out for another key or certificate, or needs the proof of one."


@dataclass(frozen=True, slots=True)
class Possession:
    """A key (RFC 9449) or a certificate (RFC 8705), by thumbprint; empty where tokens are not to be bound to one.

    Attributes:
        jkt: Of the key (RFC 7638).
        x5t: Of the certificate (RFC 8705 section 3.1).
    """

    jkt: str = ""
    x5t: str = ""

    def binding(self, terms: Terms) -> Terms:
        """The terms of a grant whose tokens only the holder can use.

        Raises:
            InvalidGrant: the request asked for another key (RFC 9449 section 10).
        """
        if terms.jkt and terms.jkt != self.jkt:
            raise InvalidGrant(_OTHER, reason="bound to another key by dpop_jkt")
        return self._bound(terms)

    def refreshing(self, terms: Terms, *, is_public: bool) -> Terms:
        """The terms of tokens that a refresh token buys.

        What was bound stays bound. That of a public client is worth something only with the very same key or
        certificate (RFC 9449 section 5, RFC 8705 section 4); a client that has proved who it is may take another.

        Raises:
            InvalidGrant: nothing was proved, or not what had to be.
        """
        for bound, shown in ((terms.jkt, self.jkt), (terms.x5t, self.x5t)):
            if bound and (not shown or (is_public and shown != bound)):
                raise InvalidGrant(_OTHER, reason="the refresh token is bound to another key or certificate")
        return self._bound(terms)

    def _bound(self, terms: Terms) -> Terms:
        if terms.jkt == self.jkt and terms.x5t == self.x5t:
            return terms
        return structs.replace(terms, jkt=self.jkt, x5t=self.x5t)


NOTHING_PROVED = Possession()
