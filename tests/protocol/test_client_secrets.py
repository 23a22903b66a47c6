"""A program's old secret stays worth nothing, whatever else changes at the same moment."""

from typing import TYPE_CHECKING

import pytest

from gatepass_server.domain.clients import ClientMetadata
from gatepass_server.domain.errors import InvalidClient
from tests.support.house import House
from tests.support.old_program import USUAL

if TYPE_CHECKING:
    from gatepass_server.domain.secret import Secret

pytestmark = pytest.mark.parametrize("ready_database_url", ["sqlite"], indirect=True)
MACHINE = ClientMetadata(grant_types=("client_credentials",), scope="orders:read")


@pytest.mark.parametrize("metadata", [MACHINE, USUAL], ids=["OAuth 2", "OAuth 1.0a"])
def test_a_change_that_was_under_way_brings_no_old_secret_back(
    house: House, monkeypatch: pytest.MonkeyPatch, metadata: ClientMetadata
) -> None:
    clients = house.gatepass.clients
    client, old = clients.create("Printer", metadata)
    assert old is not None
    rotated: list[Secret] = []

    def rotate_meanwhile(_: ClientMetadata) -> None:
        if not rotated:
            rotated.append(clients.rotate_secret(client.id))

    with monkeypatch.context() as patch:
        patch.setattr(clients, "ensure_keys", rotate_meanwhile)
        changed = clients.change(client.id, name="Plotter", metadata=metadata)
    assert clients.get(client.id) == changed
    assert changed.name == "Plotter"
    assert clients._signing_secret(changed) != old
    if metadata is MACHINE:
        with pytest.raises(InvalidClient):
            clients.authenticate(client.id, old)
        assert clients.authenticate(client.id, rotated[0]) == changed
    else:
        assert clients._signing_secret(changed) == rotated[0]
