"""One frozen model of every setting, and the one way to load it."""

from gatepass_server.settings.load import SettingsError, load_settings
from gatepass_server.settings.model import Settings

__all__ = ["Settings", "SettingsError", "load_settings"]
