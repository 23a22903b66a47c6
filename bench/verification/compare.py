"""Every check on, for every algorithm: what share of a raw signature check each library reaches."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from statistics import median
from sys import version_info

from bench.report import Aim, note, show
from bench.verification import node as nodes
from bench.verification.contenders import PEERS
from bench.verification.contenders.ours import COLD, COLD_CLAIMS, REMEMBERING
from bench.verification.field import MANY, NODE_RAW, ONE, RAW, Field, assemble, tell_absent
from bench.verification.rounds import THREADS, take_turns
from bench.verification.sides import Kind
from bench.verification.tokens import LANES, Lane, material

Figures = Mapping[str, Sequence[float]]

_LEVEL = Aim(low=1)


def compare(*, quick: bool, lanes: Sequence[str] = ()) -> None:
    count, rounds, threaded, seconds = (100, 5, 3, 0.01) if quick else (300, 31, 11, 0.03)
    _introduce(rounds, threaded, count)
    unseen: dict[str, list[str]] = {}
    with nodes.started() as node:
        for lane in LANES:
            if lanes and lane.alg not in lanes:
                continue
            field = assemble(material(lane, count), node, seconds=seconds)
            unseen |= field.unseen
            for threads, turns in ((1, rounds), (THREADS, threaded)):
                _tell(lane, field, take_turns(field.sides, turns, threads=threads), threads)
    print("\nwhat was let pass although every check that could be switched on was")
    for name, faults in unseen.items():
        note(f"{name}: {', '.join(faults) or 'nothing'}")


def _introduce(rounds: int, threaded: int, count: int) -> None:
    python = ".".join(map(str, version_info[:3]))
    releases = [f"{one.distribution} {one.release}" for one in PEERS if one.release]
    note(f"Python {python}, cryptography {version('cryptography')}, {', '.join(dict.fromkeys(releases))}")
    note(
        f"{rounds} rounds with one thread (CPU time), {threaded} with {THREADS} (wall clock), everybody in turn; "
        f"{count} distinct tokens; shares are raw time : time of a whole check"
    )


def _tell(lane: Lane, field: Field, found: Figures, threads: int) -> None:
    clock = "one thread, CPU time" if threads == 1 else f"{threads} threads, wall clock"
    raw = found[RAW]
    print(f"\n{lane}, {clock}: shares of one raw check of cryptography, {median(raw):.1f} us", flush=True)
    for kind, names in field.kinds.items():
        print(f" {kind}")
        for name in names:
            show(_line(name, found[name]), _ratio(raw, found[name]), aim=_aim(name))
    if NODE_RAW in found:
        node_raw = found[NODE_RAW]
        print(f" in Node: shares of one crypto.verify of its own, {median(node_raw):.1f} us")
        for name in _of_node(found):
            show(_line(name, found[name]), _ratio(node_raw, found[name]))
    else:
        note("jose, fast-jwt: not installable here")
    tell_absent(field)
    _judge(field, found)


def _judge(field: Field, found: Figures) -> None:
    """Put us beside the best of each class, round by round; Node's by shares, as its raw check is another one."""
    print(" gatepass beside the best of each class")
    ours, claimed = found[COLD.name], found[COLD_CLAIMS.name]
    for kind in (Kind.PYTHON, Kind.NATIVE):
        if field.kinds.get(kind):
            best = min(field.kinds[kind], key=lambda name: median(found[name]))
            aim = _LEVEL if kind is Kind.PYTHON else None
            show(f"cold : {best}", _ratio(found[best], ours), aim=aim)
            show(f"cold, with a dictionary : {best}", _ratio(found[best], claimed))
    if NODE_RAW not in found:
        return
    best = min(nodes.COLD, key=lambda name: median(found[name]))
    show(f"cold : {best}, share : share", _shares(found, COLD.name, best), aim=_LEVEL)
    for turn in (ONE, MANY):
        other = f"{nodes.CACHED}, {turn}"
        shares = _shares(found, f"{REMEMBERING.name}, {turn}", other)
        show(f"remembered, {turn} : fast-jwt's, share : share", shares, aim=_LEVEL)


def _shares(found: Figures, name: str, other: str) -> list[float]:
    ours, theirs = _ratio(found[RAW], found[name]), _ratio(found[NODE_RAW], found[other])
    return _ratio(ours, theirs)


def _ratio(values: Sequence[float], others: Sequence[float]) -> list[float]:
    return [value / other for value, other in zip(values, others, strict=True)]


def _line(name: str, microseconds: Sequence[float]) -> str:
    return f"{name:<45} {median(microseconds):>8.2f} us"


def _of_node(found: Figures) -> list[str]:
    return [name for name in found if name in nodes.COLD or name.startswith(nodes.CACHED)]


def _aim(name: str) -> Aim | None:
    if name == COLD.name:
        return Aim(low=0.7)
    return Aim(low=10) if name.startswith(REMEMBERING.name) else None
