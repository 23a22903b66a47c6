"""Node's side: a process that measures what it is told, one line at a time, so that it takes its turn in each round."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from bench.verification.rounds import THREADS
from bench.verification.tokens import AUDIENCE, ISSUER, Material

_FOLDER = Path(__file__).parent / "node"
COLD = ("jose", "fast-jwt")
_WARM = 5000
"""Calls before the first measure: Node compiles what it has seen often enough."""
CACHED = "fast-jwt, with its cache"


class Node:
    """The process, and one order at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, order: Mapping[str, Any]) -> Any:
        orders, answers = self._process.stdin, self._process.stdout
        if orders is None or answers is None:
            raise RuntimeError("Node was started without pipes")
        orders.write(f"{json.dumps(order)}\n")
        orders.flush()
        answer = answers.readline()
        if not answer:
            raise RuntimeError("Node ended; what it said stands above")
        return json.loads(answer)

    def prepare(self, material: Material, faulty: Mapping[str, str]) -> dict[str, Any]:
        """Let it load the key of a lane; its answer tells versions, claims seen and faults not seen, by side."""
        order = {
            "alg": material.lane.alg,
            "pem": material.pem,
            "issuer": ISSUER,
            "audience": AUDIENCE,
            "tokens": material.tokens,
            "faulty": faulty,
            "threads": THREADS,
        }
        answer: dict[str, Any] = self.ask({"prepare": order})
        return answer


@dataclass(frozen=True, slots=True)
class InNode:
    """A side of Node with so many of the lane's tokens in turn; ``label`` is how its figures are found again."""

    node: Node
    side: str
    count: int
    repeats: int
    label: str

    @property
    def name(self) -> str:
        return self.label

    def cpu(self) -> float:
        return self._measure(self.repeats, 1)

    def wall(self) -> float:
        return self._measure(ceil(self.repeats / 2), THREADS)

    def _measure(self, repeats: int, threads: int) -> float:
        order = {"measure": self.side, "count": self.count, "repeats": repeats, "threads": threads}
        return float(self.node.ask(order))


def in_node(node: Node, side: str, count: int, label: str, *, seconds: float) -> InNode:
    """A side that repeats its tokens until a measure takes about ``seconds``, once it has run itself warm."""
    once = InNode(node, side, count, ceil(_WARM / count), label)
    once.cpu()
    return InNode(node, side, count, max(1, ceil(seconds * 1e6 / (once.cpu() * count))), label)


@contextmanager
def started() -> Iterator[Node | None]:
    """The process, or ``None`` where Node or its libraries are not."""
    node = shutil.which("node")
    if node is None or not (_FOLDER / "node_modules").is_dir():
        yield None
        return
    with subprocess.Popen(
        [node, _FOLDER / "measure.mjs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Node(process)
        if process.stdin is not None:
            process.stdin.close()
