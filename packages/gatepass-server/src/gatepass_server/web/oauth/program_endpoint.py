"""An endpoint that programs call with a form."""

from collections.abc import Callable

from flask import Response

from gatepass_server.protocol.messages import ProtocolRequest, ProtocolResponse
from gatepass_server.web.bridge import Bridge, answer, answers_programs


class ProgramEndpoint:
    """Hands the request to a service of the protocol, and its answer back."""

    def __init__(
        self, service: Callable[[ProtocolRequest], ProtocolResponse], bridge: Bridge, path: str
    ) -> None:
        self._service = service
        self._bridge = bridge
        self._path = path
        self.post = answers_programs(self._post)

    def _post(self) -> Response:
        return answer(self._service(self._bridge.read(self._path)))
