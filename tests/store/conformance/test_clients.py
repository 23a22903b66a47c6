"""Programs in the store."""

from gatepass_server.domain.clients import Client
from gatepass_server.store.ports import Store
from tests.support.samples import NOW


def sample(client_id: str, *, created_at: int = NOW) -> Client:
    return Client(id=client_id, name="Zoë's API", secret_digest=b"\x00\xff" * 16, created_at=created_at)


def test_programs_come_back_as_they_were_the_oldest_first(store: Store) -> None:
    clients = [sample("c2"), sample("c1", created_at=NOW + 1), sample("c3", created_at=NOW + 1)]
    with store.write() as uow:
        for client in reversed(clients):
            uow.clients.add(client)
    with store.read() as uow:
        assert list(uow.clients.all()) == clients
        assert uow.clients.by_id("c1") == clients[1]
        assert [uow.clients.by_id(name) for name in ("C1", "", "\0", "\udcff")] == [None] * 4


def test_one_that_is_deleted_is_gone(store: Store) -> None:
    with store.write() as uow:
        uow.clients.add(sample("c1"))
    with store.write() as uow:
        assert [uow.clients.delete(name) for name in ("c2", "\0", "c1", "c1")] == [False, False, True, False]
    with store.read() as uow:
        assert uow.clients.all() == []


def test_programs_are_paged_in_the_order_of_their_ids(store: Store) -> None:
    with store.write() as uow:
        for number, client_id in enumerate(("c2", "C3", "c1")):
            uow.clients.add(sample(client_id, created_at=NOW + number))

        def ids(after: str | None, limit: int = 9) -> list[str]:
            return [client.id for client in uow.clients.page(after=after, limit=limit)]

        assert ids(None) == ["C3", "c1", "c2"]
        assert ids("C3", 1) == ["c1"]
        assert [ids(text) for text in ("c2", "\0", "\ud800")] == [[], [], []]
