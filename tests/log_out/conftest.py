"""A person who is signed in to programs, and a program's end of the line."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from gatepass import Key, Signer
from gatepass_server.accounts.log_out import LogOut
from gatepass_server.audit.log import AuditLog
from gatepass_server.domain.clients import Client, ClientMetadata
from gatepass_server.domain.sessions import Session, SessionMode
from gatepass_server.outbound.errors import Unreachable
from gatepass_server.protocol.client_directory import ClientDirectory
from gatepass_server.protocol.log_out.deliveries import Deliveries
from gatepass_server.protocol.log_out.leaving import Leaving
from gatepass_server.protocol.log_out.logout_tokens import LogoutTokens
from gatepass_server.store.ports import LiveSession
from gatepass_server.store.sql import SqlStore
from tests.support.clock import FakeClock
from tests.support.samples import sample_session, sample_user

ISSUER = "https://auth.example"


@dataclass
class Programs:
    """In the place of ``Outbound``: the programs at the other end.

    Attributes:
        answers: By address: a status, or None where nobody answers.
        got: What came, by address.
    """

    answers: dict[str, int | None] = field(default_factory=dict)
    got: list[tuple[str, str]] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    def post_form(self, url: str, form: Mapping[str, str]) -> int:
        """See ``Outbound.post_form``."""
        assert list(form) == ["logout_token"]
        self.got.append((url, form["logout_token"]))
        self.meanwhile()
        status = self.answers.get(url, 200)
        if status is None:
            raise Unreachable(f"{url}: not complete in time")
        return status


@dataclass
class Town:
    """A store with a person who is signed in, and the services of log-outs."""

    store: SqlStore
    clock: FakeClock
    audit: AuditLog
    programs: Programs
    keys: dict[str, Key]
    deliveries: Deliveries
    leaving: Leaving

    @property
    def live(self) -> LiveSession:
        """The sign-in."""
        return self.session("sso")

    def session(self, name: str) -> LiveSession:
        """Any session."""
        with self.store.read() as uow:
            found = uow.sessions.with_user(name)
        assert found is not None
        return found

    def add_client(self, name: str, **metadata: Any) -> Client:
        """A program."""
        client = Client(
            id=name, name=name, created_at=int(self.clock.now), metadata=ClientMetadata(**metadata)
        )
        with self.store.write() as uow:
            uow.clients.add(client)
        return client

    def sign_in_to(self, client: str, grant: str, **changes: Any) -> Session:
        """A grant of the sign-in."""
        session = replace(sample_session(grant), client_id=client, **{"parent_id": "sso", **changes})
        with self.store.write() as uow:
            uow.sessions.add(session)
        return session

    def directory(self) -> ClientDirectory:
        """Of the programs."""
        return ClientDirectory(self.store, self.clock)


@pytest.fixture(scope="session")
def keys() -> dict[str, Key]:
    """The issuer's keys by algorithm."""
    return {alg: Key.generate(alg).named(alg) for alg in ("RS256", "ES256")}


@pytest.fixture
def town(ready_database_url: str, clock: FakeClock, keys: dict[str, Key]) -> Iterator[Town]:
    """One person, signed in."""
    store = SqlStore(ready_database_url)
    audit = AuditLog(lambda _: b"k" * 32, clock, retention=0)

    def signer(client: Client) -> Signer:
        algorithm = client.metadata.id_token_signed_response_alg or "RS256"
        return Signer(keys[algorithm], issuer=ISSUER, audience=ISSUER, algorithm=algorithm, clock=clock)

    programs = Programs()
    tokens = LogoutTokens(signer, issuer=ISSUER)
    town = Town(
        store,
        clock,
        audit,
        programs,
        keys,
        Deliveries(store, tokens, programs, clock, audit, jitter=lambda: 1.0),  # type: ignore[arg-type] # stands in
        Leaving(store, LogOut(store, clock, audit), clock, issuer=ISSUER),
    )
    with store.write() as uow:
        uow.users.add(sample_user("u1"))
        uow.users.add(sample_user("u2"))
        uow.sessions.add(replace(sample_session("sso"), mode=SessionMode.COOKIE, cookie_digest=b"c"))
    yield town
    store.close()
