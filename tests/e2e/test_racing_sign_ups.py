"""Fifty people want one e-mail address at the same moment, over real HTTP."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import httpx

from tests.support.server import EMAIL, PASSWORD, log_in, serving

PEOPLE = 50


def test_fifty_racing_sign_ups_of_one_email_make_one_account(database_url: str, tmp_path: Path) -> None:
    settings = {
        "database_url": database_url,
        "workers": "2",
        "hash_queue": str(2 * PEOPLE),  # of which one address gets half
        "login_failures_per_address": "1000",
    }
    barrier = Barrier(PEOPLE)

    with (
        serving(tmp_path, port=None, **settings) as server,
        httpx.Client(base_url=server.url, timeout=30) as client,
    ):

        def sign_up(number: int) -> tuple[int, str]:
            body = {"name": f"Ann {number}", "email": EMAIL, "password": f"{PASSWORD} {number}"}
            barrier.wait(timeout=30)
            answer = client.post("/signup", json=body)
            return answer.status_code, answer.text

        with ThreadPoolExecutor(PEOPLE) as pool:
            answers = list(pool.map(sign_up, range(PEOPLE)))
        winner = answers.index((201, "Successfully registered."))
        assert Counter(answers) == {
            (201, "Successfully registered."): 1,
            (202, "User already exists. Please Log in."): PEOPLE - 1,
        }
        token = log_in(server.url, password=f"{PASSWORD} {winner}").json()["token"]
        listed = server.command("users", "list", "--json").stdout
        assert listed.count(EMAIL) == 1
        assert (
            httpx.get(f"{server.url}/me", headers={"x-access-token": token}).json()["name"] == f"Ann {winner}"
        )
        assert log_in(server.url, password=f"{PASSWORD} {(winner + 1) % PEOPLE}").status_code == 403
