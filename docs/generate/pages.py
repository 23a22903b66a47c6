"""Which pages are generated, and by what."""

from collections.abc import Callable
from pathlib import Path

from docs.generate.cli import cli_page
from docs.generate.compliance import compliance_page
from docs.generate.errors import errors_page
from docs.generate.mcp import mcp_page
from docs.generate.openid import openid_page
from docs.generate.programs import programs_page
from docs.generate.settings import settings_page

REFERENCE = Path(__file__).parents[1] / "reference"

PAGES: dict[str, Callable[[], str]] = {
    "cli.md": cli_page,
    "compliance.md": compliance_page,
    "errors.md": errors_page,
    "mcp.md": mcp_page,
    "openid-conformance.md": openid_page,
    "programs.md": programs_page,
    "settings.md": settings_page,
}
"""A page by the name of its file. Each is the same text on every machine."""
