"""What a scope lets a program do, in words."""

from dataclasses import dataclass

from gatepass_server.web.pages.sentences import Sentence, sentence


@dataclass(frozen=True, slots=True)
class ScopeWords:
    """A scope as the consent page tells it.

    Attributes:
        name: The scope.
        can: What the program can do with it; None where only its maker knows.
        more: What else is good to know.
    """

    name: str
    can: Sentence | None = None
    more: Sentence | None = None


_WORDS = (
    ScopeWords(
        "openid", sentence("Recognise you"), sentence("By an ID that always stands for your account.")
    ),
    ScopeWords("profile", sentence("See your name")),
    ScopeWords("email", sentence("See your e-mail address"), sentence("And whether it was verified.")),
    ScopeWords("groups", sentence("See your groups and roles")),
    ScopeWords(
        "offline_access",
        sentence("Stay connected when you are away"),
        sentence("It keeps its access after you sign out, until you remove it."),
    ),
    ScopeWords(
        "account",
        sentence("Manage your account here"),
        sentence("It can see and end your sessions, and use your account as you can."),
    ),
    ScopeWords(
        "admin",
        sentence("Administer this server"),
        sentence("As far as your own rights go: accounts, apps, roles and groups."),
    ),
)
_BY_NAME = {words.name: words for words in _WORDS}


def in_words(scopes: tuple[str, ...]) -> list[ScopeWords]:
    """The scopes in the order in which people understand them, those of other APIs at the end."""
    known = [words for words in _WORDS if words.name in scopes]
    return known + [ScopeWords(name) for name in scopes if name not in _BY_NAME]
