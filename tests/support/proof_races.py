"""What racing processes present to a house: each serves it itself, on one database."""

import json
from pathlib import Path

from gatepass_server.protocol.client_authentication.private_key_jwt import ASSERTION_TYPE
from tests.support.clock import FakeClock
from tests.support.house import House, cheap_settings


def told(url: str, data: Path, cookie: str, presented: list[str]) -> str:
    """What the processes are told: where the house is, who is signed in in the browser, and what is presented."""
    return json.dumps({"url": url, "data": str(data), "cookie": cookie, "presented": presented})


def present_assertions(argument: str, _process: int) -> list[int]:
    """Ask for tokens with each of the same assertions; the numbers of those that were taken."""
    house, _, presented = _opened(argument)
    won = []
    for number, assertion in enumerate(presented):
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
        }
        if house.client.post("/oauth2/token", data=form).status_code == 200:
            won.append(number)
    house.gatepass.close()
    return won


def present_proofs(argument: str, _process: int) -> list[int]:
    """Ask for tokens with an assertion of one's own and each of the same DPoP proofs; those that were taken."""
    house, _, presented = _opened(argument)
    won = []
    for number, pair in enumerate(presented):
        client_id, _, proof = pair.partition(" ")
        form = {"grant_type": "refresh_token", "refresh_token": "gp_rt_none", "client_id": client_id}
        answer = house.client.post("/oauth2/token", data=form, headers={"DPoP": proof})
        if answer.get_json()["error"] != "invalid_dpop_proof":
            won.append(number)
    house.gatepass.close()
    return won


def bring_requests(argument: str, _process: int) -> list[int]:
    """Bring each of the same pushed requests to the authorization endpoint; the numbers of those that gave a code."""
    house, cookie, presented = _opened(argument)
    name, _, value = cookie.partition("=")
    house.client.set_cookie(name, value)
    won = []
    for number, address in enumerate(presented):
        answer = house.client.get(address)
        if "code=" in answer.headers.get("Location", ""):
            won.append(number)
    house.gatepass.close()
    return won


def _opened(argument: str) -> tuple[House, str, list[str]]:
    given = json.loads(argument)
    settings = cheap_settings(given["url"], Path(given["data"]), auto_upgrade=False)
    return House(settings, FakeClock()), given["cookie"], given["presented"]
