"""People of a directory sign in."""
from tests.support.house import House
from tests.support.slapd import BEE

def test_a_person_of_the_directory_gets_an_account_at_the_first_sign_in(house: House) -> None:
    pair = house.log_in("bee@example.com", BEE)
    me = house.get("/me", pair["token"]).get_json()
    print(me)
    pair = house.log_in("bee", BEE)
    assert house.get("/me", pair["token"]).get_json()["public_id"] == me["public_id"]
    a=house.try_log_in("bee", "x"); print(a.status_code, a.text)
    a=house.try_log_in("nobody", "x"); print(a.status_code, a.text)
    house.sign_up()
    house.log_in()
    a=house.try_log_in(password="x"); print(a.status_code, a.text)
