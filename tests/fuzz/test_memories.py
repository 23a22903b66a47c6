"""A verifier that remembers gives the verdict of one that has seen nothing, after whatever went before.

Hypothesis draws the story: tokens of any kind, a clock that goes on and back, keys that come, go, change their names
and their algorithms. After each step the long-lived verifier, asked twice, must say what a new one says.
"""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from gatepass import Key, TokenError, Verifier
from gatepass.sources import NamedKeys
from tests.fuzz.cast import NOW, cast, signed
from tests.fuzz.judge import run
from tests.support.thorough import times
from tests.verify import forge

KEYS = [key for house in cast().houses for key in house.keys if key.kind in {"EC", "OKP"}][:4]
NAMES = ["one", "two"]

OFFSETS = [-3_600, -60.5, -10, -1, -0.5, 0, 0.25, 1, 2, 10, 59, 61, 600, 10**9]
"""Seconds from the beginning of the story; some of them are just about what leeway and tolerance allow."""

HEADER = [
    *[("kid", value) for value in (*NAMES, "none of them", 5)],
    *[("typ", value) for value in ("application/at+jwt", "AT+JWT", "JWT", None)],
    *[("alg", value) for value in ("ES256", "EdDSA", "Ed25519", "none")],
    *[("crit", ["x"]), ("b64", True), ("x", 0), ("x", 1), ("jwk", {}), ("y", "z" * 1_500)],
]
CLAIMS = [
    *[(name, NOW + offset) for name in ("exp", "nbf", "iat") for offset in OFFSETS],
    *[(name, int(NOW + offset)) for name in ("exp", "nbf", "iat") for offset in OFFSETS],
    *[
        (name, value)
        for name in ("exp", "nbf", "iat")
        for value in (True, False, "0", None, 10**300, 1e308, -1e308)
    ],
    *[("iss", value) for value in ("https://evil.example", [forge.ISSUER], None)],
    *[("sub", value) for value in ("user-2", "", 5, ["user-1"])],
    *[("aud", value) for value in ([forge.AUDIENCE], ["x", forge.AUDIENCE], "x", [], [5], None)],
    *[("scope", value) for value in ("a", "a b", "b", "", ["a"], None)],
    *[
        ("cnf", value)
        for value in ({"jkt": "t"}, {"jkt": "u"}, {}, None, "t", {"jkt": 5}, {"jkt": "t", "x": "y"})
    ],
    *[
        ("jti", 5),
        ("sid", {}),
        ("client_id", None),
        ("roles", ["x"]),
        ("status", {"status_list": {"idx": 0, "uri": "x"}}),
    ],
]


def changes(pairs: list[tuple[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Mostly one change or none, so that most tokens are nearly good."""
    some = st.lists(st.sampled_from(pairs), min_size=1, max_size=2).map(dict[str, Any])
    return st.just(dict[str, Any]()) | st.just(dict[str, Any]()) | some


rings = st.lists(
    st.tuples(st.sampled_from(KEYS), st.sampled_from([*NAMES, NAMES[0]]), st.booleans()),
    max_size=4,
    unique_by=lambda entry: entry[0],
)
numbers = st.integers(0, 7)


class Memories(RuleBasedStateMachine):
    """One verifier that lives through the story, and a new one for every question."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.keys: list[Key] = []
        self.tokens: list[str] = []
        self.old = self.verifier(cache_size=3)

    def find(self, kid: str | None, alg: str) -> list[Key]:
        """This is the source of the keys."""
        return list(NamedKeys(self.keys).find(kid, alg))

    def verifier(self, cache_size: int) -> Verifier:
        return Verifier(
            forge.ISSUER,
            audience=forge.AUDIENCE,
            keys=self,
            clock=lambda: self.now,
            leeway=1,
            cache_size=cache_size,
            status=None,
        )

    @initialize()
    def begin(self) -> None:
        self.change_the_keys([(key, NAMES[0], False) for key in KEYS])

    @rule(ring=rings)
    def change_the_keys(self, ring: list[tuple[Key, str, bool]]) -> None:
        self.keys = [
            (key.restrict(key.algorithms[-1:]) if narrow else key).named(name) for key, name, narrow in ring
        ]

    @rule(key=st.sampled_from(KEYS), header=changes(HEADER), claims=changes(CLAIMS))
    def mint(self, key: Key, header: dict[str, Any], claims: dict[str, Any]) -> None:
        alg = key.algorithms[0]
        head = {"alg": alg, "kid": NAMES[0], "typ": "at+jwt", **header}
        used = head["alg"] if head["alg"] in key.algorithms else alg
        payload = {**forge.good_claims(NOW), **claims}
        token = signed(key, forge.segment(head), forge.segment(json.dumps(payload).encode()), used)
        self.tokens = [*self.tokens[-7:], token]
        self.ask(token, [], None)

    @rule(
        number=numbers,
        scopes=st.sampled_from([[], ["a"], ["b"], ["a", "b"]]),
        proof=st.sampled_from([None, "t", "u"]),
    )
    def ask_again(self, number: int, scopes: list[str], proof: str | None) -> None:
        if self.tokens:
            self.ask(
                self.tokens[number % len(self.tokens)], scopes, None if proof is None else {"jkt": proof}
            )

    @rule(first=numbers, second=numbers, places=st.integers(1, 6))
    def splice(self, first: int, second: int, places: int) -> None:
        if self.tokens:
            one, other = (self.tokens[number % len(self.tokens)].split(".") for number in (first, second))
            self.ask(
                ".".join(other[place] if places >> place & 1 else one[place] for place in range(3)), [], None
            )

    @rule(offset=st.sampled_from(OFFSETS))
    def set_the_clock(self, offset: float) -> None:
        self.now = NOW + offset

    def ask(self, token: str, scopes: list[str], proof: dict[str, str] | None) -> None:
        expected = verdict(self.verifier(cache_size=0), token, scopes, proof)
        findings = self.old.explain(token).findings
        failed = {finding.code for finding in findings if not finding.passed}
        for _ in range(2):
            found = verdict(self.old, token, scopes, proof)
            # Of a token that is wrong in two ways, a memory may see the other one first.
            assert found == expected or (len(expected) == 1 and found[0] in failed)
        if len(expected) > 1:
            assert not failed
        else:
            assert expected[0] in failed | {"insufficient_scope", "proof_required"}


def verdict(
    verifier: Verifier, token: str, scopes: list[str], proof: dict[str, str] | None
) -> tuple[str, ...]:
    """What comes of a token: everything that a program may go by, or the code of the refusal; both ways of asking."""
    outcomes: set[tuple[str, ...]] = set()
    for ask in (verifier.verify, lambda *args, **options: run(verifier.averify(*args, **options))):
        try:
            found: Any = ask(token, scopes=scopes, confirmed=proof)
        except TokenError as error:
            outcomes.add((error.code,))
        else:
            outcomes.add(
                (
                    found.subject,
                    json.dumps(found.claims, sort_keys=True),
                    repr(sorted(found.scopes)),
                    repr(found),
                )
            )
    assert len(outcomes) == 1, outcomes
    return outcomes.pop()


TIMES = [value for name, value in CLAIMS if name == "exp"]


@settings(
    max_examples=times(200, thorough=600),
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(
    times=st.lists(st.tuples(st.sampled_from(["exp", "nbf", "iat"]), st.sampled_from(TIMES)), max_size=2),
    edges=st.lists(st.tuples(st.integers(0, 20), st.sampled_from([-0.5, 0, 0.5])), min_size=1, max_size=6),
)
def test_the_edges_of_a_token_are_where_a_new_verifier_sees_them(
    times: list[tuple[str, Any]], edges: list[tuple[int, float]]
) -> None:
    """One token whose times are anything, and a clock that jumps between the moments at which its verdict changes."""
    story = Memories()
    story.begin()
    claims = dict(times)
    moments = [NOW]
    for value in (*claims.values(), int(NOW) + 600):
        if type(value) in {int, float} and abs(value) < 10**12:
            moments += [value + offset for offset in (0, 1, -1, 60, -60, 61, -61)]
    story.mint(key=KEYS[0], header={}, claims=claims)
    for place, step in (*edges, (0, 0), *edges):
        story.now = moments[place % len(moments)] + step
        story.ask(story.tokens[0], [], None)


class TestMemories(Memories.TestCase):  # type: ignore[valid-type, misc] # hypothesis makes it at run time
    settings = settings(
        max_examples=times(50, thorough=150),
        stateful_step_count=40,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
