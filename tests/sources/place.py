"""A place that publishes keys."""

import threading
from typing import Any

from gatepass import Key
from gatepass.fetch_limits import FetchError

ADDRESS = "https://auth.example.com/jwks.json"


class Place:
    """What a source fetches from: a function from an address to a JSON object.

    Attributes:
        keys: What it publishes.
        error: What it raises instead.
        open: While this is not set, it does not answer.
        asked: How often it was asked.
    """

    def __init__(self, *keys: Key) -> None:
        self.keys = list(keys)
        self.error: Exception | None = None
        self.open = threading.Event()
        self.open.set()
        self.asked = 0
        self.came = threading.Semaphore(0)

    def __call__(self, _url: str) -> dict[str, Any]:
        self.asked += 1
        self.came.release()
        assert self.open.wait(10)
        if self.error is not None:
            raise self.error
        return {"keys": [key.public_jwk() for key in self.keys]}

    def go_down(self) -> None:
        self.error = FetchError("down")
