"""Judge mutants: refused by everybody, by nothing but a TokenError, and explained without its signature."""

import hashlib
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from gatepass import MultiIssuerVerifier, TokenError, Verifier
from tests.fuzz.cast import Cast, House
from tests.fuzz.mutations import Mutation, Scene

Step = tuple[Mutation, int, int, int]


class Text(str):
    """A string that is not exactly ``str``."""

    __slots__ = ()


class Judge:
    """Counts what it judged.

    Attributes:
        count: Distinct mutants; a mutant that is a good token again does not count.
        codes: How often each refusal was heard.
        kinds: How many mutants each mutation had the last hand in.
    """

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.codes: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self._seen: set[bytes] = set()

    @property
    def count(self) -> int:
        return len(self._seen)

    def try_recipe(self, recipe: Iterable[Step], form: int) -> None:
        """Apply the same steps to every good token, and judge what comes out."""
        steps = list(recipe)
        for house in self.cast.houses:
            for token in house.tokens:
                scene = Scene(self.cast, house, token, token)
                for mutate, first, second, third in steps:
                    scene.text = mutate(scene, first, second, third)
                digest = self._new(scene.text, form)
                if digest:
                    self.judge(scene, form)
                    self.kinds[steps[-1][0].__name__] += 1
                    self._seen.add(digest)  # last, so that a failure comes again when it is shrunk

    def judge(self, scene: Scene, form: int) -> None:
        """Raise an AssertionError where anybody takes the mutant, or says more than they should."""
        mutant = in_form(scene.text, form)
        home = scene.house
        verdicts = {self.refusal(home, home.empty, mutant), self.refusal(home, home.warm, mutant)}
        assert len(verdicts) == 1, f"memory changes the verdict on {mutant!r}: {verdicts}"
        verdicts.add(self.explained(home, home.warm, mutant, scene.original))
        assert len(verdicts) == 1, f"verify and explain differ on {mutant!r}: {verdicts}"
        self._ask_a_guest(scene, mutant)
        self.codes.update(verdicts)

    def _ask_a_guest(self, scene: Scene, mutant: object) -> None:
        """In turn, one of the houses or the verifier of them all, but none whose key signed on the way."""
        turn = self.count % (len(self.cast.houses) + 1)
        if turn == len(self.cast.houses):
            if not scene.signers:
                self.refusal(scene.house, self.cast.crowd, mutant)
            return
        guest = self.cast.houses[turn]
        if guest.name not in scene.signers:
            self.refusal(guest, guest.warm, mutant)

    def refusal(self, house: House, verifier: Verifier | MultiIssuerVerifier, mutant: object) -> str:
        """The code of the refusal, after both ways of asking."""
        codes = set()
        for ask in (
            (verifier.verify,)
            if house.fetches or verifier is self.cast.crowd
            else (verifier.verify, lambda token: run(verifier.averify(token)))
        ):
            try:
                ask(mutant)
            except TokenError as error:
                codes.add(error.code)
                shown = f"{error!r} {error} {error.reason}"
                assert not shows_a_signature(shown, mutant), f"{shown!r} shows the signature of {mutant!r}"
            else:
                raise AssertionError(f"{house.name} took {mutant!r}")
        assert len(codes) == 1, f"verify and averify differ on {mutant!r}: {codes}"
        return codes.pop()

    def explained(self, house: House, verifier: Verifier, mutant: object, original: str) -> str:
        """The code that ``explain`` gives."""
        report = verifier.explain(mutant)
        text = str(report)
        assert not report.accepted, f"{house.name} would take {mutant!r}"
        assert not shows_a_signature(text, mutant), f"the signature of {mutant!r} is shown"
        assert not shows_a_signature(text, original), f"the signature of {original!r} is shown"
        assert len(text) < 20_000
        return report.code

    def _new(self, text: str, form: int) -> bytes:
        """A digest of the mutant; nothing where it is a good token or was judged already."""
        form = form % FORMS if form % FORMS in OTHER_FORMS else 0
        if text in self.cast.good and form in {0, 1}:
            return b""
        data = f"{form} {text}".encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(data, digest_size=12).digest()
        return b"" if digest in self._seen else digest


FORMS = 32
OTHER_FORMS: dict[int, Callable[[str], object]] = {
    1: Text,
    2: lambda text: text.encode("utf-8", "surrogatepass"),
    3: lambda text: text.split("."),
    4: lambda text: f"Bearer {text}",
}


def in_form(text: str, form: int) -> object:
    """Mostly the text itself; now and then another kind of thing that holds it."""
    return OTHER_FORMS.get(form % FORMS, str)(text)


def shows_a_signature(text: str, token: object) -> bool:
    """Whether what stands behind the second point of a token is in a text; a few characters may be by chance."""
    return isinstance(token, str) and any(len(part) >= 16 and part in text for part in token.split(".")[2:])


def run(coroutine: Coroutine[Any, Any, object]) -> object:
    """Run a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    coroutine.close()
    raise AssertionError("the verifier waited for something")
