"""``/sign-up``."""

from collections.abc import Callable

from tests.support.house import EMAIL, PASSWORD, House
from tests.support.visitor import Reader, Visitor


def test_who_makes_an_account_is_signed_in_with_it(visitor: Visitor) -> None:
    page = visitor.get("/sign-up")
    answer = visitor.submit(page, name="Bob", email="bob@example.com", password=PASSWORD)
    assert "bob@example.com" in visitor.follow(answer).text


def test_every_fault_is_told_beside_its_field_and_what_was_typed_is_kept(visitor: Visitor) -> None:
    page = visitor.submit(visitor.get("/sign-up"), name="", email="bob", password="12345678")
    assert page.status_code == 400
    assert "Please enter your name." in page.text
    assert "Please enter a complete e-mail address, such as name@example.com." in page.text
    assert "This is one of the most common passwords." in page.text
    reader = Reader(page.text)
    assert reader.input("email")["value"] == "bob"
    assert "value" not in reader.input("password")
    assert "12345678" not in page.text
    assert reader.input("password")["aria-describedby"] == "password-fault password-hint"


def test_a_known_address_is_told_with_the_way_to_sign_in(visitor: Visitor) -> None:
    page = visitor.submit(visitor.get("/sign-up"), name="Ann", email=EMAIL, password=PASSWORD)
    assert page.status_code == 409
    assert "There is an account with this e-mail address already." in page.text
    assert "Sign in instead" in page.text
    assert not visitor.cookie()


def test_asking_after_known_addresses_is_limited(open_house: Callable[..., House]) -> None:
    house = open_house(login_failures_per_address=2)
    house.sign_up()
    visitor = Visitor(house)
    statuses = [
        visitor.submit(visitor.get("/sign-up"), name="Ann", email=EMAIL, password=PASSWORD).status_code
        for _ in range(3)
    ]
    assert statuses == [409, 409, 429]


def test_another_site_signs_nobody_up(visitor: Visitor) -> None:
    sent = {"name": "Eve", "email": "eve@example.com", "password": PASSWORD}
    page = visitor.post("/sign-up", sent, Origin="https://evil.example")
    assert page.status_code == 403
    assert not visitor.cookie()
