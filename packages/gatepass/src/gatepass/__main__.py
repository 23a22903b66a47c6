"""``python -m gatepass``: explain and verify tokens in the terminal."""

from gatepass.terminal import main

if __name__ == "__main__":
    raise SystemExit(main())
