"""Where Chromium is, and how it is started."""

import shutil

_NOT_OF_THE_PAGE = (
    # Pages of the address bar, which every new window would load and lay out: half of what a test costs.
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "WebUIOmniboxPopup",
    # What Playwright switches off by itself: the last such argument is the one that counts.
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    f"--disable-features={','.join(_NOT_OF_THE_PAGE)}",
]
_NAMES = ("chromium", "google-chrome")


def find_chromium() -> str | None:
    """The path of the program; None where it is not installed."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)
