"""``make screenshots ARGS=FOLDER``: every page, in both languages, in light and dark, on a telephone and a desk."""

import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.browser.scenes import SCENES, Scene, Town
from tests.support.chromium import ARGUMENTS, find_chromium

LANGUAGES = {"en": ("en-GB", "Europe/London"), "zh": ("zh-CN", "Asia/Shanghai")}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = {320: 640, 1280: 800}


class Quiet(WSGIRequestHandler):
    """Logs no request."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the name is Werkzeug's
        """Nothing."""


@contextmanager
def town(folder: Path) -> Iterator[Town]:
    """A server with people and programs, which answers while the context lasts."""
    place = Town(folder)
    server = make_server("127.0.0.1", place.port, place.app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield place
    finally:
        server.shutdown()
        thread.join()
        place.close()


def shoot(browser: Browser, place: Town, scene: Scene, folder: Path) -> None:
    """Take the pictures of one scene; the visitor goes there once in each language."""
    for language, (locale, zone) in LANGUAGES.items():
        with browser.new_context(locale=locale, timezone_id=zone) as context:
            page = context.new_page()
            scene.play(page, place)
            for theme in THEMES:
                page.emulate_media(color_scheme=theme)
                for width, height in WIDTHS.items():
                    page.set_viewport_size({"width": width, "height": height})
                    name = f"{scene.name}-{language}-{theme}-{width}.png"
                    page.screenshot(path=folder / name, full_page=True)


def main(target: str, *wanted: str) -> None:
    """Take all pictures into the folder ``target``, or those of the scenes that are named."""
    chromium = find_chromium()
    if chromium is None:
        sys.exit("Chromium is not installed: apt-get install chromium fonts-noto-cjk")
    folder = Path(target)
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        place = stack.enter_context(town(Path(stack.enter_context(TemporaryDirectory()))))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for scene in SCENES:
            if not wanted or scene.name in wanted:
                shoot(browser, place, scene, folder)
                sys.stdout.write(f"{scene.name}\n")
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("Name the folder that the pictures go to: make screenshots ARGS=../pictures")
    main(*sys.argv[1:])
