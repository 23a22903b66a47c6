"""A program that stays logged in: when its access token no longer works, it buys another and tries once more.

Run it with ``python examples/four_ways/refreshing_client.py`` beside ``make serve`` and ``jwt_api.py``. Only the
standard library is needed. To see it refresh without waiting for half an hour, it spoils its own access token.
"""

import json
import os
import secrets
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

GATEPASS = os.environ.get("ISSUER", "http://127.0.0.1:8000")
ORDERS = os.environ.get("ORDERS", "http://127.0.0.1:8004/orders")


def post(path: str, **form: str) -> str:
    """Send a form to the server; what it answers."""
    with urlopen(f"{GATEPASS}{path}", data=urlencode(form).encode(), timeout=10) as answer:
        text: str = answer.read().decode()
        return text


class Session:
    """The pair of tokens of one log-in."""

    def __init__(self, email: str, password: str) -> None:
        self._keep(post("/login", email=email, password=password))

    def get(self, url: str) -> str:
        """GET with the access token, and with a fresh one if it is refused."""
        try:
            return self._get(url)
        except HTTPError as error:
            if error.code != 401:
                raise
            error.close()
        # Spent once. Should the answer get lost, the same refresh token buys the same pair for ten seconds more.
        self._keep(post("/refresh", refresh_token=self.refresh_token))
        return self._get(url)

    def _get(self, url: str) -> str:
        request = Request(url, headers={"Authorization": f"Bearer {self.access_token}"})
        with urlopen(request, timeout=10) as answer:
            text: str = answer.read().decode()
            return text

    def _keep(self, answer: str) -> None:
        pair = json.loads(answer)
        self.access_token, self.refresh_token = pair["token"], pair["refresh_token"]


def main() -> None:
    email, password = f"ada-{secrets.token_hex(4)}@example.org", secrets.token_urlsafe(12)
    post("/signup", name="Ada", email=email, password=password)
    session = Session(email, password)
    print(json.loads(session.get(ORDERS))["orders"])
    first = session.refresh_token
    session.access_token = "spoiled"
    print(json.loads(session.get(ORDERS))["orders"])
    print("refreshed" if session.refresh_token != first else "not refreshed")


if __name__ == "__main__":
    main()
