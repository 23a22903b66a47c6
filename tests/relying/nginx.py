"""nginx in front of a server: HTTPS outside, another host name and plain HTTP inside."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.relying.running import running

_CONFIGURATION = """
{user}
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        server_name localhost;
        ssl_certificate {certificate};
        ssl_certificate_key {certificate};
        location / {{
            proxy_pass http://127.0.0.1:{upstream};
            proxy_set_header Host inner.invalid:{upstream};
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_redirect off;
        }}
    }}
}}
"""


def find_nginx() -> str:
    """The path of the program, which must be there in CI; elsewhere the test is skipped without it."""
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
    if found := shutil.which("nginx", path=path):
        return found
    reason = "nginx is not installed: make test installs it in CI"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def nginx(folder: Path, *, port: int, upstream: int, certificate: Path) -> Iterator[None]:
    """Listen on ``port`` with TLS, and ask at ``upstream`` under another name."""
    home = folder / "nginx"
    home.mkdir()
    configuration = home / "nginx.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            user="user root;" if os.geteuid() == 0 else "",
            folder=home,
            port=port,
            upstream=upstream,
            certificate=certificate,
        )
    )
    command = (find_nginx(), "-p", str(home), "-e", "stderr", "-c", str(configuration))
    with running(*command, folder=home, port=port):
        yield
