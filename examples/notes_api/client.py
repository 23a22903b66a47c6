"""Sign up, log in, and use the notes API with the token. Only the standard library is needed."""

import json
import os
import secrets
from urllib.parse import urlencode
from urllib.request import Request, urlopen

GATEPASS = os.environ.get("ISSUER", "http://127.0.0.1:8000")
NOTES = os.environ.get("NOTES", "http://127.0.0.1:8001")


def call(url: str, form: dict[str, str] | None = None, token: str | None = None) -> str:
    """GET, or POST a form, with a bearer token if there is one."""
    data = urlencode(form).encode() if form is not None else None
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urlopen(Request(url, data=data, headers=headers), timeout=10) as answer:
        text: str = answer.read().decode()
        return text


def main() -> None:
    email, password = f"ada-{secrets.token_hex(4)}@example.org", secrets.token_urlsafe(12)
    print(call(f"{GATEPASS}/signup", {"name": "Ada", "email": email, "password": password}))
    token = json.loads(call(f"{GATEPASS}/login", {"email": email, "password": password}))["token"]
    call(f"{NOTES}/notes", {"text": "Remember the milk."}, token)
    print(call(f"{NOTES}/notes", token=token).strip())


if __name__ == "__main__":
    main()
