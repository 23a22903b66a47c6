"""A Flask program of somebody's own, for Gatepass to be mounted in."""

from pathlib import Path
from typing import Any

from flask import Flask, Response, abort

from tests.support.house import CHEAP, EMAIL, PASSWORD

ACCOUNT = {"name": "Ann", "email": EMAIL, "password": PASSWORD}


def host_app() -> Flask:
    """A program with a page, an error page and a header of its own."""
    app = Flask("host")

    @app.get("/")
    def index() -> str:
        return "the host's page"

    @app.get("/broken")
    def broken() -> str:
        abort(404)

    @app.errorhandler(404)
    def not_found(_: Exception) -> tuple[str, int]:
        return "the host's own 404", 404

    @app.after_request
    def mark(response: Response) -> Response:
        response.headers["X-Host"] = "yes"
        return response

    return app


def mount_settings(database_url: str, tmp_path: Path, name: str = "data", **more: Any) -> dict[str, Any]:
    """Settings for ``mount``, cheap."""
    return {"database_url": database_url, "data": tmp_path / name, **CHEAP, **more}
