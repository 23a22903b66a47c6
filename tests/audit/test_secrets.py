"""Whatever people send and operators do, no secret is in the audit log."""

import base64
from pathlib import Path

from gatepass_server.bootstrap import user_import
from gatepass_server.domain.secret import Secret
from tests.support.clock import FakeClock
from tests.support.house import EMAIL, PASSWORD, House

WRONG = "a wrong Guess-8d1f"
TYPO = "Kw7-in-the-wrong-field"
NEW = "quite another Pa55-77ab"
SET = "set at the terminal 3c-19"
IMPORTED = "brought over Pa55-d02e"


def test_no_secret_of_a_whole_flow_is_in_the_log(house: House, clock: FakeClock, tmp_path: Path) -> None:
    secrets = [PASSWORD, WRONG, TYPO, NEW, SET, IMPORTED]
    house.sign_up()
    house.sign_up(password=WRONG)
    house.try_log_in(password=WRONG)
    house.try_log_in(TYPO, PASSWORD)
    house.try_log_in(f"{TYPO}@example.com", WRONG)
    first = house.log_in()
    second = dict(house.refresh(first["refresh_token"]).get_json())
    for pair in (first, second):
        secrets += [pair["refresh_token"], pair["token"], *pair["token"].split(".")[1:]]
    # Secrets where they do not belong: as the id of a request, as an address, in a header.
    for stray in (first["refresh_token"], first["token"][:64]):
        headers = {"X-Request-Id": stray, "X-Forwarded-For": stray, "User-Agent": PASSWORD}
        assert house.try_log_in(password=WRONG, headers=headers).status_code == 403
        assert house.try_log_in(headers=headers).status_code == 201
    clock.advance(3600)
    assert house.refresh(first["refresh_token"]).status_code == 400  # replayed
    third = house.log_in()
    headers = {"Authorization": f"Bearer {third['token']}"}
    for current in (WRONG, PASSWORD):
        body = {"current_password": current, "new_password": NEW}
        house.client.post("/me/password", json=body, headers=headers)
    house.client.post("/logout", headers=headers)
    secrets += [third["token"].split(".")[2], third["refresh_token"]]
    secrets.append(house.gatepass.administration.issue_token(EMAIL, expires_in=60).split(".")[2])
    house.gatepass.administration.set_password(EMAIL, Secret(SET))
    (tmp_path / "people.csv").write_text(f"name,email,password\nB,b@example.com,{IMPORTED}\n")
    service = user_import(house.gatepass)
    service.apply(service.plan(tmp_path / "people.csv", passwords="plain"))
    keeper = house.gatepass.keeper
    assert keeper is not None
    keeper.rotate(now=True)
    with house.gatepass.store.read() as uow:
        for email in (EMAIL, "b@example.com"):
            user = uow.users.by_email(email)
            assert user is not None
            secrets.append(user.password_hash)
        for record in uow.signing_keys.all():
            secrets.append(base64.b64encode(record.sealed).decode())
    master = (tmp_path / "data" / "master.key").read_text().strip()
    secrets.append(master)

    rows = house.gatepass.audit_trail.after(0, limit=1000)
    kinds = {row.kind for row in rows}
    assert {
        "account.created",
        "log_in.failed",
        "log_in.succeeded",
        "refresh.replayed",
        "session.ended",
        "password_change.failed",
        "password.changed",
        "token.issued",
        "users.imported",
        "key.rotated",
    } <= kinds
    written = "\n".join(str(row) for row in rows)
    assert [secret for secret in secrets if secret in written] == []
    assert "example.com" not in written  # people type passwords where an address belongs
    assert len(secrets) > 20
