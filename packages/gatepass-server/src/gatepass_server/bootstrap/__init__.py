"""The composition root: settings in, services out. No other module knows how the house is put together."""

from gatepass_server.bootstrap.build import build
from gatepass_server.bootstrap.house import Gatepass
from gatepass_server.bootstrap.opening import make_folder, open_for_service, prepare, user_import

__all__ = ["Gatepass", "build", "make_folder", "open_for_service", "prepare", "user_import"]
