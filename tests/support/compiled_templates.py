"""Jinja compiles each template once for each application, and tests make thousands of them in one process."""

from typing import Any

from jinja2 import Environment
from jinja2.bccache import Bucket, BytecodeCache


class _Templates(BytecodeCache):
    """Compiled templates by the name of their file and their text."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if found := self._known.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


def compile_templates_once() -> None:
    """From now on, in this process."""
    templates = _Templates()
    changed: Any = Environment
    changed.bytecode_cache = property(lambda _: templates, lambda *_: None)
