"""A request and its answer, as the protocol sees them: no web framework below this line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, overload

from gatepass_server.protocol.errors import InvalidRequest

JSON = "application/json"
_T = TypeVar("_T")


class Parameters(Mapping[str, str]):
    """The parameters of a query or a form, read as RFC 6749 section 3 says.

    One without a value was not sent. One that is sent twice is refused when it is looked at: of those that nobody
    knows, nobody cares.
    """

    __slots__ = ("_values",)

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            if value:
                self._values.setdefault(name, []).append(value)

    def __getitem__(self, name: str) -> str:
        values = self._values[name]
        if len(values) > 1:
            raise InvalidRequest(f"The parameter {name} must be sent once.")
        return values[0]

    @overload
    def get(self, name: str, /) -> str | None: ...

    @overload
    def get(self, name: str, /, default: str | _T) -> str | _T: ...

    def get(self, name: str, /, default: object = None) -> object:
        """As a mapping has it, but without an exception for each that was not sent: most are asked for in vain."""
        return self[name] if name in self._values else default

    def __contains__(self, name: object) -> bool:
        return name in self._values and self[name] is not None  # one that was sent twice is refused here, too

    def __iter__(self) -> Any:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a parameter that may be sent several times, such as ``resource`` (RFC 8707 section 2)."""
        return tuple(self._values.get(name, ()))

    def __repr__(self) -> str:
        return f"Parameters({', '.join(self._values)})"  # values may be secrets


_NONE = Parameters()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolRequest:
    """What came in.

    Attributes:
        method: ``GET`` or ``POST``.
        url: The address of the endpoint, built from the configured issuer, never from the ``Host`` header.
        query: The parameters of the query.
        form: Those of the body.
        headers: By name, in any case.
        proofs: Every ``DPoP`` header.
        certificate: The client's certificate as a trusted proxy wrote it (RFC 8705); see ``client_certificates``.
        address: The IP address of the caller.
        device: Its ``User-Agent``.
        request_id: For the audit log.
        notes: What was found out about it, by those who ask several times.
    """

    method: str
    url: str
    query: Parameters = field(default_factory=lambda: _NONE)
    form: Parameters = field(default_factory=lambda: _NONE)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    proofs: tuple[str, ...] = field(default=(), repr=False)
    certificate: str = field(default="", repr=False)
    address: str = ""
    device: str = ""
    request_id: str = ""
    notes: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ProtocolResponse:
    """What goes out: a JSON object, or a text where ``media_type`` says so, and headers beside the usual ones."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = JSON
