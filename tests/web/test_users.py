"""``GET /user`` and ``GET /me``, row by row as the contract has it."""

from collections.abc import Callable

import pytest

from tests.support.clock import FakeClock
from tests.support.house import EMAIL, House


@pytest.mark.parametrize("header", ["Authorization", "x-access-token", "both"])
def test_a_token_in_either_header_lists_only_its_owner(house: House, header: str) -> None:
    house.sign_up("bob@example.com", name="Bob")
    token = house.token()
    both = {"Authorization": f"Bearer {token}", "x-access-token": token}
    answer = house.client.get("/user", headers=both if header == "both" else {header: both[header]})
    user = house.gatepass.administration.find(EMAIL)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.get_json() == {"users": [{"public_id": user.id, "name": "Ann", "email": EMAIL}]}


@pytest.mark.parametrize("path", ["/user", "/me"])
@pytest.mark.compliance("RFC 6750", "3.1", "a request without a token is told the scheme and no error")
def test_no_token_is_401_with_the_articles_message(house: House, path: str) -> None:
    answer = house.client.get(path)
    assert (answer.status_code, answer.get_json()) == (401, {"message": "Token is missing"})
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/user", "/me"])
@pytest.mark.parametrize("header", ["Authorization", "x-access-token"])
@pytest.mark.parametrize("broken", ["expired", "signature", "garbage", "other issuer"])
@pytest.mark.compliance("RFC 6750", "3.1", "a bad token is answered with 401 and invalid_token")
def test_a_bad_token_is_401_and_the_reason_is_not_told(
    house: House, clock: FakeClock, path: str, header: str, broken: str
) -> None:
    token = house.token()
    if broken == "expired":
        clock.advance(1801)
    elif broken == "signature":
        token = token[:-10] + ("A" * 10)
    elif broken == "garbage":
        token = "not.a.token"
    else:
        head, _, signature = token.split(".")
        token = f"{head}.eyJpc3MiOiJldmlsIn0.{signature}"
    text = token if header == "x-access-token" else f"Bearer {token}"
    answer = house.client.get(path, headers={header: text})
    assert (answer.status_code, answer.get_json()) == (401, {"message": "Token is invalid"})
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.compliance("RFC 6750", "3.1", "more than one token in a request is invalid_request")
def test_two_different_tokens_in_one_request_are_refused(house: House) -> None:
    token = house.token()
    answer = house.get("/user", token, **{"x-access-token": token + "x"})
    assert answer.status_code == 400
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_request"'


@pytest.mark.compliance("RFC 6750", "2.3", "tokens in the address are not taken")
def test_a_token_in_the_address_is_not_looked_at(house: House) -> None:
    token = house.token()
    assert house.client.get(f"/user?access_token={token}").get_json() == {"message": "Token is missing"}


def test_me_is_the_account_behind_the_token(house: House, clock: FakeClock) -> None:
    token = house.token()
    answer = house.get("/me", token)
    user = house.gatepass.administration.find(EMAIL)
    assert answer.status_code == 200
    assert answer.get_json() == {
        "public_id": user.id,
        "name": "Ann",
        "email": EMAIL,
        "is_admin": False,
        "created_at": clock.now,
    }


def test_an_admin_lists_all_users_page_by_page(house: House) -> None:
    token = house.token("root@example.com", is_admin=True)
    for number in range(6):
        house.sign_up(f"u{number}@example.com")
    seen: list[str] = []
    after = ""
    for size in (3, 3, 1):
        page = house.get(f"/user?limit=3{after}", token).get_json()
        assert len(page["users"]) == size
        seen += [user["public_id"] for user in page["users"]]
        after = f"&after={page['next']}" if "next" in page else ""
    assert after == ""
    assert seen == sorted(seen)
    assert len(set(seen)) == 7
    everybody = house.get("/user", token).get_json()
    assert [user["public_id"] for user in everybody["users"]] == seen
    assert "next" not in everybody


def test_a_page_of_exactly_all_users_is_the_last(house: House) -> None:
    token = house.token(is_admin=True)
    assert "next" not in house.get("/user?limit=1", token).get_json()


def test_paging_shows_nobody_but_oneself_to_anybody_else(house: House) -> None:
    token = house.token()
    house.sign_up("bob@example.com")
    own = house.gatepass.administration.find(EMAIL).id
    bob = house.gatepass.administration.find("bob@example.com").id
    seen = [house.get(f"/user?{query}", token).get_json()["users"] for query in ("after=0", f"after={bob}")]
    assert {user["public_id"] for page in seen for user in page} <= {own}
    assert house.get(f"/user?after={own}", token).get_json() == {"users": []}


BAD_LIMITS = ["0", "-1", "1001", "a", "", "1&limit=2", "%d9%a3", "9" * 5000]
BAD_STARTS = ["", "a%20b", "%ff", "%00", "a&after=b", "a" * 65]


@pytest.mark.parametrize(
    "query", [f"limit={text}" for text in BAD_LIMITS] + [f"after={text}" for text in BAD_STARTS]
)
def test_a_bad_page_is_400_and_names_the_parameter(house: House, query: str) -> None:
    answer = house.get(f"/user?{query}", house.token())
    assert answer.status_code == 400
    assert [fault["field"] for fault in answer.get_json()["errors"]] == [query.partition("=")[0]]


def test_the_articles_answers_show_everybody_to_everybody(open_house: Callable[..., House]) -> None:
    house = open_house(article_answers=True)
    house.sign_up("bob@example.com")
    users = house.get("/user", house.token()).get_json()["users"]
    assert {user["email"] for user in users} == {EMAIL, "bob@example.com"}
