"""What a protected API tells of itself (RFC 9728)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gatepass.address import checked_url
from gatepass.rules import not_text
from gatepass.signer import join_scopes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from urllib.parse import SplitResult

WELL_KNOWN = "/.well-known/oauth-protected-resource"
_UNHEARD_OF = frozenset('?#"\\<>^`{|}')  # RFC 3986 section 2 knows none of them but the first two


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedResource:
    """An API as its clients know it; the source of its metadata document (RFC 9728 section 2).

    Attributes:
        identifier: The API's own address, without query and fragment. Clients compare it with the address they
            call, so it is the public one, outside of any proxy.
        authorization_servers: The issuers whose tokens are accepted; those of the verifier without it.
        scopes_supported: The scopes that clients may ask for.
        name: For people.
        documentation: The address of a page for developers.
        root: What the path of a request is appended to, to make the address that the client called: scheme and
            host of ``identifier`` without it. To be set where a proxy takes a prefix away before it passes
            requests on.

    Raises:
        ValueError: An address that cannot be one, or a scope that cannot be one.
    """

    identifier: str
    authorization_servers: tuple[str, ...] = ()
    scopes_supported: tuple[str, ...] = ()
    name: str | None = None
    documentation: str | None = None
    root: str = ""

    def __post_init__(self) -> None:
        parts = _plain(self.identifier)
        join_scopes(self.scopes_supported)
        not_text(self.authorization_servers, "authorization_servers")
        if self.root:
            _plain(self.root)
        root = self.root.rstrip("/") or f"{parts.scheme}://{parts.netloc}"
        object.__setattr__(self, "root", root)

    @property
    def metadata_path(self) -> str:
        """The path of the metadata document: the well-known part before the path (RFC 9728 section 3.1)."""
        path = urlsplit(self.identifier).path
        return WELL_KNOWN + ("" if path == "/" else path)

    @property
    def metadata_url(self) -> str:
        """The address of the metadata document, for ``resource_metadata`` in challenges (RFC 9728 section 5.1)."""
        parts = urlsplit(self.identifier)
        return f"{parts.scheme}://{parts.netloc}{self.metadata_path}"

    def url_of(self, path: str) -> str:
        """The address that a client called, from the configured one and never from the ``Host`` header."""
        return self.root + path

    def document(
        self, issuers: Sequence[str], *, dpop_algorithms: Sequence[str] = (), dpop_required: bool = False
    ) -> dict[str, Any]:
        """The metadata document as a JSON object (RFC 9728 section 2).

        Args:
            issuers: The issuers of the verifier, for where ``authorization_servers`` is empty.
            dpop_algorithms: The algorithms of accepted DPoP proofs; empty where there are none.
            dpop_required: Whether plain bearer tokens are refused.
        """
        document: dict[str, Any] = {
            "resource": self.identifier,
            "authorization_servers": list(self.authorization_servers or issuers),
            "scopes_supported": list(self.scopes_supported),
            "bearer_methods_supported": ["header"],
            "resource_name": self.name,
            "resource_documentation": self.documentation,
        }
        if dpop_algorithms:
            document["dpop_signing_alg_values_supported"] = list(dpop_algorithms)
            document["dpop_bound_access_tokens_required"] = dpop_required
        # What is not known is left out (RFC 9728 section 3.2).
        return {name: value for name, value in document.items() if value not in (None, [])}


def _plain(address: str) -> SplitResult:
    """Check an address that stands in challenges and before the paths of requests.

    Paths behind a ``?`` would all be one to whoever compares addresses without their query, as DPoP does.

    Raises:
        ValueError: It cannot be an address, or has a query, a fragment or characters that no address holds.
    """
    parts = checked_url(address)
    if not _UNHEARD_OF.isdisjoint(address):
        raise ValueError(
            "The address of a protected resource has no query, no fragment and no odd characters."
        )
    return parts
