"""Accounts brought over from elsewhere, on both databases."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import String, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from werkzeug.security import generate_password_hash

from gatepass_server.accounts.import_users import ImportPlan, ImportResult, UserImport
from gatepass_server.audit.log import AuditLog
from gatepass_server.crypto.passwords import PasswordHasher, Verdict
from gatepass_server.domain.accounts import User
from gatepass_server.domain.errors import InvalidInput
from gatepass_server.domain.password_policy import PasswordPolicy
from gatepass_server.store.sql.store import SqlStore
from tests.support.clock import FakeClock

HASHER = PasswordHasher(memory_kib=64, time_cost=1)
SCRYPT = generate_password_hash("correct horse", "scrypt:1024:8:1")
GRACE = "7e1b7b0a-5c3c-4d7e-9a51-3c4b3f6f1d11"


class Base(DeclarativeBase):
    pass


class TutorialUser(Base):
    """The model of the tutorial app."""

    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str | None] = mapped_column(String(50), unique=True)
    name: Mapped[str | None] = mapped_column(String(100))
    email: Mapped[str | None] = mapped_column(String(70), unique=True)
    password: Mapped[str | None] = mapped_column(String(80))


@pytest.fixture
def store(ready_database_url: str) -> Iterator[SqlStore]:
    made = SqlStore(ready_database_url)
    yield made
    made.close()


@pytest.fixture
def importer(store: SqlStore, clock: FakeClock) -> UserImport:
    audit = AuditLog(lambda _name: bytes(32), clock, retention=0)
    return UserImport(store, HASHER, PasswordPolicy(), clock, audit)


@pytest.fixture
def csv_of(tmp_path: Path) -> Callable[..., Path]:
    def write(*lines: str) -> Path:
        path = tmp_path / "users.csv"
        path.write_text("".join(line + "\n" for line in ("public_id,name,email,password", *lines)))
        return path

    return write


def tutorial_database(path: Path, *users: TutorialUser) -> Path:
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(users)
        session.commit()
    engine.dispose()
    return path


def all_users(store: SqlStore) -> dict[str, User]:
    with store.read() as uow:
        return {user.email: user for user in uow.users.page(after=None, limit=1000)}


def faults(plan: ImportPlan) -> list[tuple[str, str, str]]:
    return [(row.place, fault.field, fault.code) for row in plan.invalid for fault in row.faults]


def test_the_tutorial_app_s_users_log_in_with_their_old_passwords_and_are_upgraded(
    importer: UserImport, store: SqlStore, clock: FakeClock, tmp_path: Path
) -> None:
    path = tutorial_database(
        tmp_path / "Database.db",
        TutorialUser(public_id=GRACE, name="Grace", email="Grace@example.com", password=SCRYPT),
        TutorialUser(
            public_id="ada",
            name="Ada",
            email="ada@example.com",
            password=generate_password_hash("analytical engine", "pbkdf2:sha256:1000"),
        ),
        TutorialUser(public_id=None, name="Alan", email="alan@example.com", password=SCRYPT),
    )
    before = path.read_bytes()

    assert importer.apply(importer.plan(path)) == ImportResult(added=3, existing=0, invalid=0)

    users = all_users(store)
    grace = users["Grace@example.com"]
    assert grace == User(
        GRACE, "Grace", "Grace@example.com", "grace@example.com", SCRYPT, False, int(clock())
    )
    assert HASHER.verify(grace.password_hash, "correct horse") == Verdict(True, needs_rehash=True)
    ada = users["ada@example.com"]
    assert ada.id == "ada"
    assert HASHER.verify(ada.password_hash, "analytical engine") == Verdict(True, needs_rehash=True)
    assert users["alan@example.com"].id
    assert path.read_bytes() == before
    assert [other.name for other in tmp_path.glob("Database.db*")] == ["Database.db"]


def test_a_plan_changes_nothing(importer: UserImport, store: SqlStore, csv_of: Callable[..., Path]) -> None:
    plan = importer.plan(csv_of(f"{GRACE},Grace,grace@example.com,{SCRYPT}"))
    assert [row.place for row in plan.new] == ["line 2"]
    assert all_users(store) == {}


def test_one_bad_row_and_nothing_is_imported(
    importer: UserImport, store: SqlStore, csv_of: Callable[..., Path]
) -> None:
    plan = importer.plan(csv_of(f",Grace,grace@example.com,{SCRYPT}", f",Ada,not an address,{SCRYPT}"))
    with pytest.raises(InvalidInput, match="1 of 2 rows cannot be imported, so none was"):
        importer.apply(plan)
    assert all_users(store) == {}


def test_bad_rows_are_left_out_when_that_is_asked_for(
    importer: UserImport, store: SqlStore, csv_of: Callable[..., Path]
) -> None:
    plan = importer.plan(csv_of(f",Grace,grace@example.com,{SCRYPT}", f",Ada,not an address,{SCRYPT}"))
    assert importer.apply(plan, skip_invalid=True) == ImportResult(added=1, existing=0, invalid=1)
    assert list(all_users(store)) == ["grace@example.com"]


def test_an_import_that_is_interrupted_leaves_nothing_behind(
    importer: UserImport, store: SqlStore, csv_of: Callable[..., Path]
) -> None:
    plan = importer.plan(csv_of(*(f",Name,user{n}@example.com,{SCRYPT}" for n in range(5))))

    def interrupt(done: int, _total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importer.apply(plan, progress=interrupt)
    assert all_users(store) == {}


def test_every_fault_of_every_row_is_named(importer: UserImport, csv_of: Callable[..., Path]) -> None:
    plan = importer.plan(
        csv_of(
            f",Grace,grace@example.com,{SCRYPT}",
            ",,,",
            ',"Two\nlines",nobody,correct horse',
            f",Ada,GRACE@EXAMPLE.COM,{SCRYPT}",
            f"7,Eve,eve@example.com,{SCRYPT}",
            f"7,Eva,eva@example.com,{SCRYPT}",
            ",Kurt,kurt@example.com,sha256$salt$00ff",
            ",Alan,alan@example.com,scrypt:1:2:3$4",
            f",Too,many@example.com,{SCRYPT},fields",
            "too few",
        )
    )
    assert faults(plan) == [
        ("line 3", "email", "missing"),
        ("line 3", "name", "missing"),
        ("line 3", "password", "missing"),
        ("line 4", "email", "invalid"),
        ("line 4", "name", "invalid"),
        ("line 4", "password", "not_hashed"),
        ("line 6", "email", "duplicate"),
        ("line 8", "public_id", "duplicate"),
        ("line 9", "password", "invalid"),
        ("line 10", "password", "invalid"),
        ("line 11", "row", "malformed"),
        ("line 12", "row", "malformed"),
    ]
    sentences = {row.place: [fault.message for fault in row.faults] for row in plan.invalid}
    assert sentences["line 6"] == ["The same email stands in line 2."]
    assert "has to choose a new password" in sentences["line 9"][0]
    assert plan.invalid[2].email == "GRACE@EXAMPLE.COM"


def test_no_password_in_the_clear_is_repeated_anywhere(
    importer: UserImport, csv_of: Callable[..., Path]
) -> None:
    path = csv_of(",Grace,grace@example.com,correct horse", ",Ada,,correct horse")
    assert "correct horse" not in repr(importer.plan(path)) + repr(importer.plan(path).rows)
    assert "correct horse" not in repr(importer.plan(path, passwords="plain").rows)


def test_accounts_that_exist_are_left_as_they_are_and_the_rest_is_imported(
    importer: UserImport, store: SqlStore, csv_of: Callable[..., Path]
) -> None:
    first = csv_of(f"{GRACE},Grace,grace@example.com,{SCRYPT}")
    importer.apply(importer.plan(first))
    again = csv_of(f",Other,GRACE@example.com,{SCRYPT}", f"ada,Ada,ada@example.com,{SCRYPT}")
    plan = importer.plan(again)
    assert [row.email for row in plan.existing] == ["GRACE@example.com"]
    assert importer.apply(plan) == ImportResult(added=1, existing=1, invalid=0)
    assert all_users(store)["grace@example.com"].name == "Grace"


def test_the_id_of_another_account_is_not_taken_over(
    importer: UserImport, csv_of: Callable[..., Path]
) -> None:
    importer.apply(importer.plan(csv_of(f"{GRACE},Grace,grace@example.com,{SCRYPT}")))
    plan = importer.plan(csv_of(f"{GRACE},Eve,eve@example.com,{SCRYPT}"))
    assert faults(plan) == [("line 2", "public_id", "taken")]


def test_whoever_signs_up_between_plan_and_import_keeps_their_account(
    importer: UserImport, store: SqlStore, csv_of: Callable[..., Path]
) -> None:
    plan = importer.plan(csv_of(f",Grace,grace@example.com,{SCRYPT}", f",Ada,ada@example.com,{SCRYPT}"))
    importer.apply(importer.plan(csv_of(f",Herself,grace@example.com,{SCRYPT}")))
    assert importer.apply(plan) == ImportResult(added=1, existing=1, invalid=0)
    assert all_users(store)["grace@example.com"].name == "Herself"


def test_an_id_that_is_taken_between_plan_and_import_stops_the_whole_import(
    importer: UserImport, store: SqlStore, csv_of: Callable[..., Path]
) -> None:
    plan = importer.plan(csv_of(f",Ada,ada@example.com,{SCRYPT}", f"1,Grace,grace@example.com,{SCRYPT}"))
    importer.apply(importer.plan(csv_of(f"1,Eve,eve@example.com,{SCRYPT}")))
    with pytest.raises(InvalidInput, match="nothing was imported"):
        importer.apply(plan)
    assert list(all_users(store)) == ["eve@example.com"]


def test_an_id_that_cannot_be_kept_is_replaced_and_that_is_said(
    importer: UserImport, store: SqlStore, csv_of: Callable[..., Path]
) -> None:
    plan = importer.plan(csv_of(f"no good id,Grace,grace@example.com,{SCRYPT}"))
    assert plan.new[0].notes == ("It has no usable public_id and gets a new one.",)
    importer.apply(plan)
    assert len(all_users(store)["grace@example.com"].id) == 36


def test_passwords_in_the_clear_are_hashed_when_that_is_asked_for(
    importer: UserImport, store: SqlStore, csv_of: Callable[..., Path]
) -> None:
    path = csv_of(
        "1,Grace,grace@example.com, correct horse ",
        "2,Ada,ada@example.com,password",
        f"3,Alan,alan@example.com,{SCRYPT}",
        f"4,Kurt,kurt@example.com,{'x' * 1025}",
        "5,Eve,eve@example.com,$2b$12$abcdefghijklmnopqrstuv",
    )
    plan = importer.plan(path, passwords="plain")
    assert faults(plan) == [("line 5", "password", "too_long"), ("line 6", "password", "invalid")]
    assert [row.notes for row in plan.new] == [
        (),
        ("Taken all the same: This password is one of the most common ones. Please choose another.",),
        (),
    ]
    seen: list[tuple[int, int]] = []
    importer.apply(plan, skip_invalid=True, progress=lambda done, total: seen.append((done, total)))
    users = all_users(store)
    assert HASHER.verify(users["grace@example.com"].password_hash, " correct horse ") == Verdict(True)
    assert HASHER.verify(users["ada@example.com"].password_hash, "password") == Verdict(True)
    assert users["alan@example.com"].password_hash == SCRYPT
    assert seen == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]


def test_planning_shows_progress_up_to_the_end(
    importer: UserImport, csv_of: Callable[..., Path], tmp_path: Path
) -> None:
    seen: list[tuple[int, int]] = []
    text = csv_of(*(f",Name,user{n}@example.com,{SCRYPT}" for n in range(3)))
    importer.plan(text, progress=lambda done, total: seen.append((done, total)))
    size = text.stat().st_size
    assert len(seen) == 3
    assert seen == sorted(seen)
    assert seen[-1] == (size, size)

    database = tutorial_database(
        tmp_path / "app.db",
        *(TutorialUser(name="Name", email=f"user{n}@example.com", password=SCRYPT) for n in range(3)),
    )
    seen.clear()
    importer.plan(database, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_two_thousand_accounts_are_imported_in_one_go(
    importer: UserImport, csv_of: Callable[..., Path]
) -> None:
    path = csv_of(*(f"id-{n},Name,user{n}@example.com,{SCRYPT}" for n in range(2000)))
    assert importer.apply(importer.plan(path)).added == 2000
    assert importer.apply(importer.plan(path)) == ImportResult(added=0, existing=2000, invalid=0)
