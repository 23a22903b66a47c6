"""Ready settings for well-known programs: what each must be registered with, and what is written into its own files."""

from gatepass_server.presets.preset import Preset, PresetClient, SettingsFile
from gatepass_server.presets.shelf import all_presets, find_preset, preset_names

__all__ = ["Preset", "PresetClient", "SettingsFile", "all_presets", "find_preset", "preset_names"]
