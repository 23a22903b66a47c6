"""The library costs only what is used."""

import subprocess
import sys


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}\nimport sys; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], check=True, capture_output=True, text=True, timeout=60
    )
    return set(run.stdout.split())


def test_importing_the_library_loads_no_web_framework_and_no_http_client() -> None:
    loaded = loaded_by("import gatepass; gatepass.Verifier.from_secret('s' * 32, issuer='i', audience='a')")
    for name in (
        "flask",
        "werkzeug",
        "fastapi",
        "starlette",
        "django",
        "authlib",
        "sqlalchemy",
        "gatepass_server",
        "urllib.request",
    ):
        assert name not in loaded


def test_flask_is_loaded_by_its_own_module_alone() -> None:
    assert "flask" in loaded_by("import gatepass.flask")
    assert "flask" not in loaded_by("import gatepass, gatepass.bearer, gatepass.discovery, gatepass.fetch")
