"""Whether other packages check a bare signature faster than ``cryptography``, and refuse the same ones."""

from importlib.metadata import PackageNotFoundError, version
from statistics import median

from bench.report import note, show
from bench.verification.contenders.engines import ENGINES, Verify
from bench.verification.contenders.raw import der, pair
from bench.verification.environment import run_there
from bench.verification.rounds import THREADS, InPython, take_turns
from bench.verification.sides import NotSupportedError, Side
from bench.verification.tokens import LANES, Material, material

_COUNT = 100
_BASE = ENGINES[0].name
_ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def run(*, quick: bool) -> None:
    run_there("engines", quick=quick)


def compare_engines(*, quick: bool) -> None:
    rounds, seconds = (5, 0.01) if quick else (31, 0.03)
    note(f"{rounds} rounds, everybody in turn; {_COUNT} signatures in their JWS form, keys prepared once")
    for lane in LANES:
        ready = material(lane, _COUNT)
        sides = []
        print(f"\n{lane}", flush=True)
        for engine in ENGINES:
            try:
                release, verify = version(engine.distribution), engine.prepare(ready)
            except NotSupportedError:
                note(f"{engine.name}: not supported")
                continue
            except PackageNotFoundError:
                note(f"{engine.name}: not installable here")
                continue
            note(f"{engine.name} {release}: judges {_judgement(verify, ready)}")
            sides.append(InPython(_side(engine.name, verify, ready), seconds=seconds))
        for threads, clock in ((1, "one thread, CPU time"), (THREADS, f"{THREADS} threads, wall clock")):
            found = take_turns(sides, rounds, threads=threads)
            print(f" {clock}: rate against that of {_BASE}")
            for name, times in found.items():
                ratios = [base / one for base, one in zip(found[_BASE], times, strict=True)]
                show(f"{name:<45} {median(times):>8.2f} us", ratios)


def _side(name: str, verify: Verify, ready: Material) -> Side:
    pairs = [pair(token) for token in ready.tokens]
    return Side(name, lambda one: verify(one[1], one[0]), pairs)


def _judgement(verify: Verify, ready: Material) -> str:
    """Put signatures to the engine that must be good or bad, and name those it judges otherwise."""
    signature, data = pair(ready.tokens[0])
    if not verify(data, signature):
        return "good signatures bad"
    wrong = [name for name, (bad, what) in _forgeries(ready, signature, data).items() if verify(what, bad)]
    return f"as good: {', '.join(wrong)}" if wrong else "all forgeries bad"


def _forgeries(ready: Material, signature: bytes, data: bytes) -> dict[str, tuple[bytes, bytes]]:
    size = len(signature)
    forged = {
        "other data": (signature, data + b"x"),
        "another signature": (pair(ready.tokens[1])[0], data),
        "a changed last bit": (signature[:-1] + bytes([signature[-1] ^ 1]), data),
        "none": (b"", data),
        "zeros": (bytes(size), data),
        "ones": (b"\xff" * size, data),
        "one byte less": (signature[:-1], data),
        "one byte more": (signature + b"\0", data),
        "a leading zero": (b"\0" + signature, data),
    }
    if ready.lane.alg == "ES256":
        forged["r of zero"] = (bytes(32) + signature[32:], data)
        forged["s of zero"] = (signature[:32] + bytes(32), data)
        forged["s of the order"] = (signature[:32] + _P256_ORDER.to_bytes(32), data)
        forged["DER"] = (der(signature), data)
    if ready.lane.alg == "EdDSA":
        above = int.from_bytes(signature[32:], "little") + _ED25519_ORDER
        forged["S plus the order"] = (signature[:32] + above.to_bytes(32, "little"), data)
    return forged
