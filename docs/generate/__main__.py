"""Write every generated page anew."""

import sys

from docs.generate.pages import PAGES, REFERENCE

for name, write in PAGES.items():
    (REFERENCE / name).write_text(write(), encoding="utf-8")
    sys.stdout.write(f"docs/reference/{name}\n")
