"""Who takes part in a lane: everybody who is installed and has its algorithm, seen to verify before it is measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.report import note
from bench.verification.contenders import PEERS
from bench.verification.contenders.ours import COLD, COLD_CLAIMS, REMEMBERING
from bench.verification.contenders.raw import raw
from bench.verification.faults import accepted, faulty
from bench.verification.node import CACHED, Node, in_node
from bench.verification.node import COLD as NODE_COLD
from bench.verification.rounds import InPython, Timed
from bench.verification.sides import Contender, Kind, NotSupportedError, Side
from bench.verification.tokens import Material, claims

IN_TURN = 100
"""Tokens in turn on the second remembered path."""

RAW, NODE_RAW = "raw", "node raw"
ONE, MANY = "one token", f"{IN_TURN} tokens in turn"


@dataclass(frozen=True, slots=True)
class Field:
    """The sides of a lane.

    Attributes:
        sides: What is measured; the raw checks of both worlds among them.
        python: The names of the sides by their class.
        absent: Why a contender has no side, by its name.
        unseen: The faults a contender does not see, by its name.
    """

    sides: list[Timed] = field(default_factory=list)
    kinds: dict[Kind, list[str]] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    unseen: dict[str, list[str]] = field(default_factory=dict)


def assemble(material: Material, node: Node | None, *, seconds: float) -> Field:
    """Prepare everybody; ``seconds`` is about how long one measure of a side takes."""
    found = Field()
    bad = faulty(material)
    found.sides.append(InPython(raw(material), seconds=seconds))
    for contender in (COLD, COLD_CLAIMS, REMEMBERING, *PEERS):
        _enter(found, contender, material, bad, seconds)
    if node is not None:
        _enter_node(found, node, material, bad, seconds)
    return found


def _enter(
    found: Field, contender: Contender, material: Material, bad: Mapping[str, str], seconds: float
) -> None:
    if contender.release is None:
        found.absent[contender.name] = "not installable here"
        return
    try:
        check = contender.prepare(material)
    except NotSupportedError:
        found.absent[contender.name] = "not supported"
        return
    _demand(contender.name, contender.claims(check(material.tokens[0])))
    found.unseen[contender.name] = accepted(check, bad)
    runs: dict[str, Sequence[str]] = {contender.name: material.tokens}
    if contender.remembers:
        runs = {f"{contender.name}, {ONE}": material.tokens[:1]}
        runs |= {f"{contender.name}, {MANY}": material.tokens[:IN_TURN]}
    for name, tokens in runs.items():
        found.kinds.setdefault(contender.kind, []).append(name)
        found.sides.append(InPython(Side(name, check, tokens), seconds=seconds))


def _enter_node(found: Field, node: Node, material: Material, bad: Mapping[str, str], seconds: float) -> None:
    for name, seen in node.prepare(material, bad)["sides"].items():
        _demand(name, seen["claims"])
        found.unseen[name] = seen["accepted"]
    count = len(material.tokens)
    for side in NODE_COLD:
        found.sides.append(in_node(node, side, count, side, seconds=seconds))
    for label, few in ((ONE, 1), (MANY, IN_TURN)):
        found.sides.append(in_node(node, CACHED, few, f"{CACHED}, {label}", seconds=seconds))
    found.sides.append(in_node(node, "raw", count, NODE_RAW, seconds=seconds))


def _demand(name: str, seen: Mapping[str, Any]) -> None:
    """A side that did not read these claims out of the token did not verify it, and has no place here."""
    wanted = claims(0)
    timeless = wanted.keys() - {"exp", "iat", "nbf"}
    if {claim: seen.get(claim) for claim in timeless} != {claim: wanted[claim] for claim in timeless}:
        raise AssertionError(f"{name} read other claims than the token has")


def tell_absent(found: Field) -> None:
    for name, why in found.absent.items():
        note(f"{name}: {why}")
