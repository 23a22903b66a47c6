"""An issuer's web server whose every answer a test chooses: real HTTP, and TLS where it is wanted."""

import json
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gatepass import Key
from tests.status import lists

JSON = {
    "Content-Type": "application/json",
    "Cache-Control": "public, max-age=300",
    "Access-Control-Allow-Origin": "*",
}
OAUTH, OPENID = "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"
KEY = Key.generate("RS256")


@dataclass(frozen=True, slots=True)
class Page:
    """What one address answers."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def page_of(value: object, **headers: str) -> Page:
    """A JSON document as a good issuer serves it."""
    return Page(
        json.dumps(value).encode(),
        headers=JSON | {name.replace("_", "-"): text for name, text in headers.items()},
    )


class Site:
    """A healthy issuer with everything, until a test changes a page.

    Attributes:
        url: Its address.
        issuer: What its metadata call it.
        metadata: The document at both places; changed in place and published by :meth:`publish`.
        pages: By path.
        asked: Every request, as ``METHOD path``.
    """

    def __init__(self, url: str, path: str = "") -> None:
        self.url = url
        self.issuer = url + path
        self.asked: list[str] = []
        self.metadata: dict[str, Any] = healthy_metadata(self.issuer)
        self.pages: dict[str, Page] = {}
        self.publish()

    def publish(self) -> None:
        """Serve the metadata, the keys, a status list and the endpoints."""
        path = urlsplit(self.issuer).path
        base = f"{self.issuer}/lists"
        document = page_of(self.metadata)
        refusal = Page(b'{"error": "invalid_client"}', status=401, headers=JSON)
        self.pages |= {
            OAUTH + path: document,
            path + OPENID: document,
            f"{path}/jwks": page_of({"keys": [KEY.public_jwk("RS256")]}),
            f"{path}/lists": page_of({"status_lists": [f"{base}/0"]}),
            f"{path}/lists/0": Page(status_list(f"{base}/0")),
            **{
                f"{path}/{name}": refusal
                for name in ("token", "introspect", "revoke", "userinfo", "par", "device")
            },
            f"{path}/authorize": Page(b"<p>", status=400),
            f"{path}/end": Page(b"<p>"),
        }

    def change(self, **members: Any) -> None:
        """Publish other metadata; ``...`` takes a member away."""
        for name, value in members.items():
            if value is ...:
                self.metadata.pop(name, None)
            else:
                self.metadata[name] = value
        self.publish()

    def serve_keys(self, *jwks: Any) -> None:
        """Publish this JWK set."""
        self.pages[f"{urlsplit(self.issuer).path}/jwks"] = page_of({"keys": list(jwks)})


def healthy_metadata(issuer: str) -> dict[str, Any]:
    return {
        "issuer": issuer,
        "jwks_uri": f"{issuer}/jwks",
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "introspection_endpoint": f"{issuer}/introspect",
        "revocation_endpoint": f"{issuer}/revoke",
        "end_session_endpoint": f"{issuer}/end",
        "pushed_authorization_request_endpoint": f"{issuer}/par",
        "device_authorization_endpoint": f"{issuer}/device",
        "registration_endpoint": f"{issuer}/register",
        "status_list_aggregation_endpoint": f"{issuer}/lists",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "subject_types_supported": ["public"],
        "scopes_supported": ["openid", "profile"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "authorization_response_iss_parameter_supported": True,
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "none"],
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic"],
        "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "none"],
    }


def status_list(uri: str, key: Key = KEY, **changes: Any) -> bytes:
    """A signed list; a change of a claim to ``...`` leaves it out."""
    return lists.signed(key, lists.claims(time.time(), sub=uri, **changes))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    site: Site

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up, or refuses the certificate, is nothing to tell of."""


class _Answers(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        site = self.server.site
        site.asked.append(f"{self.command} {self.path}")
        page = site.pages.get(self.path, Page(b"nothing here", status=404))
        self.send_response_only(page.status)
        if "Date" not in page.headers:
            self.send_header("Date", self.date_time_string())
        for name, value in page.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(page.body)))
        self.end_headers()
        self.wfile.write(page.body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.do_GET()

    def log_message(self, *arguments: object) -> None:
        """Nothing is logged."""


@contextmanager
def running(certificate: Path | None = None, *, path: str = "", host: str = "") -> Iterator[Site]:
    """Serve a healthy issuer.

    Args:
        certificate: PEM with key and certificate, for ``https``.
        path: Of the issuer.
        host: In its address.
    """
    with _Server(("127.0.0.1", 0), _Answers) as server:
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        scheme, name = ("http", "127.0.0.1") if certificate is None else ("https", "localhost")
        server.site = Site(f"{scheme}://{host or name}:{server.server_port}", path)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server.site
        finally:
            server.shutdown()
            thread.join(5)
