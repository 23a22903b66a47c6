"""Where Chromium is, and how it is started."""

import shutil

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
_NAMES = ("chromium", "google-chrome")


def find_chromium() -> str | None:
    """The path of the program; None where it is not installed."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)
