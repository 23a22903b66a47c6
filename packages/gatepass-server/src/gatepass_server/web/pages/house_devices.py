"""Devices that wait, as their page sees them."""

from gatepass_server.protocol.device_authorization import DeviceAuthorization
from gatepass_server.store.ports import LiveSession
from gatepass_server.web.pages.device import DeviceView
from gatepass_server.web.pages.program_view import program_view


class HouseDevices:
    """The port of the page, on the protocol's own devices."""

    def __init__(self, devices: DeviceAuthorization) -> None:
        self._devices = devices

    def find(self, user_code: str, account: LiveSession, *, address: str) -> DeviceView:
        """See ``device.Devices.find``."""
        found = self._devices.find_by_user_code(user_code, account, address=address)
        return DeviceView(
            user_code=found.user_code,
            program=program_view(found.client, found.client.id),
            scopes=found.scopes,
            address=found.address,
            asked_at=found.started_at,
            is_offline=found.is_offline,
            resources=found.audience,
        )

    def decide(
        self, user_code: str, account: LiveSession, *, allowed: bool, address: str, request_id: str
    ) -> None:
        """See ``device.Devices.decide``."""
        decide = self._devices.approve if allowed else self._devices.deny
        decide(user_code, account, address=address, request_id=request_id)
