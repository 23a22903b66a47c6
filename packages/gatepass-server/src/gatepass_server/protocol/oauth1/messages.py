"""A signed request as it came in, every parameter as often as it was sent and where it stood."""

from dataclasses import dataclass, field

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedMessage:
    """What came in.

    Attributes:
        method: Of HTTP.
        url: The address of the endpoint, built from the configured issuer, never from the ``Host`` header: a proxy that
            changes that breaks no signature, and who sets it wins nothing.
        query: The parameters of the query, decoded.
        form: Those of the body, decoded, if it is a form (RFC 5849 section 3.4.1.3.1).
        authorization: The header; empty where there is none.
        address: The IP address of the caller.
        request_id: For the audit log.
    """

    method: str
    url: str
    query: Pairs = field(default=(), repr=False)
    form: Pairs = field(default=(), repr=False)
    authorization: str = field(default="", repr=False)
    address: str = ""
    request_id: str = ""
