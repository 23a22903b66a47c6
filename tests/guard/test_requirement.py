"""What a route may ask of a caller: scopes, and how and when the user signed in."""

from typing import Any

import pytest

from gatepass import InsufficientAuthenticationError, InsufficientScopeError, Principal
from gatepass.guard import Requirement

NOW = 1_790_000_000.0


def caller(*scopes: str, **claims: Any) -> Principal:
    needed = {"sub": "user-1", "iss": "https://issuer.test", "aud": "https://api.test", "exp": NOW + 60}
    return Principal.from_claims({**needed, "scope": " ".join(scopes), **claims})


def test_nothing_asked_is_fulfilled_by_anybody() -> None:
    Requirement().apply(caller(), NOW)


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        ({"scopes": ("a",)}, ("a",)),
        ({"scopes": ("a", "b")}, ("b", "c", "a")),
        ({"any_of": ("a", "b")}, ("b",)),
        ({"scopes": ("a",), "any_of": ("b", "c")}, ("a", "c")),
    ],
)
def test_scopes_that_are_granted_are_enough(asked: dict[str, Any], granted: tuple[str, ...]) -> None:
    Requirement(**asked).apply(caller(*granted), NOW)


@pytest.mark.parametrize(
    ("asked", "granted", "told"),
    [
        ({"scopes": ("a",)}, (), ("a",)),
        ({"scopes": ("a",)}, ("A", "aa", "a:b"), ("a",)),
        ({"scopes": ("a", "b")}, ("a",), ("a", "b")),
        ({"any_of": ("a", "b")}, ("c",), ("a", "b")),
        ({"scopes": ("a",), "any_of": ("b", "c")}, ("a",), ("b", "c")),
        ({"scopes": ("a",), "any_of": ("b", "c")}, ("b", "c"), ("a",)),
    ],
)
def test_a_scope_that_is_missing_is_told(
    asked: dict[str, Any], granted: tuple[str, ...], told: tuple[str, ...]
) -> None:
    with pytest.raises(InsufficientScopeError) as refused:
        Requirement(**asked).apply(caller(*granted), NOW)
    assert refused.value.required == told


@pytest.mark.compliance("RFC 9470", "3", "acr_values: any one of them is enough")
def test_any_of_the_authentication_contexts_is_enough() -> None:
    asked = Requirement(acr_values=("mfa", "urn:example:hwk"))
    asked.apply(caller(acr="mfa"), NOW)
    asked.apply(caller(acr="urn:example:hwk"), NOW)


@pytest.mark.compliance("RFC 9470", "3", "acr_values: what would be enough is told")
@pytest.mark.parametrize("claims", [{}, {"acr": "pwd"}, {"acr": "mfa2"}, {"acr": ["mfa"]}, {"acr": 1}])
def test_a_weaker_sign_in_is_not_enough(claims: dict[str, Any]) -> None:
    with pytest.raises(InsufficientAuthenticationError) as refused:
        Requirement(acr_values=("mfa", "hwk"), max_age=60).apply(caller(auth_time=NOW, **claims), NOW)
    assert (refused.value.acr_values, refused.value.max_age) == (("mfa", "hwk"), 60)


@pytest.mark.compliance("RFC 9470", "3", "max_age: seconds since the user signed in")
@pytest.mark.parametrize("ago", [0, 59, 60, -5])
def test_a_recent_sign_in_is_enough(ago: int) -> None:
    Requirement(max_age=60).apply(caller(auth_time=NOW - ago), NOW)


@pytest.mark.compliance("RFC 9470", "3", "max_age: a token that does not say when is not recent")
@pytest.mark.parametrize(
    "claims", [{"auth_time": NOW - 61}, {"auth_time": 0}, {}, {"auth_time": str(NOW)}, {"auth_time": True}]
)
def test_an_old_or_unknown_time_of_sign_in_is_not_enough(claims: dict[str, Any]) -> None:
    with pytest.raises(InsufficientAuthenticationError) as refused:
        Requirement(max_age=60).apply(caller(**claims), NOW)
    assert (refused.value.acr_values, refused.value.max_age) == ((), 60)


def test_a_max_age_of_nothing_asks_for_this_very_second() -> None:
    Requirement(max_age=0).apply(caller(auth_time=NOW), NOW)
    with pytest.raises(InsufficientAuthenticationError):
        Requirement(max_age=0).apply(caller(auth_time=NOW - 1), NOW)


def test_a_missing_scope_is_told_before_a_weak_sign_in() -> None:
    """To sign in again would not help."""
    with pytest.raises(InsufficientScopeError):
        Requirement(scopes=("a",), acr_values=("mfa",)).apply(caller(acr="pwd"), NOW)


@pytest.mark.parametrize("name", ["scopes", "any_of", "acr_values"])
@pytest.mark.parametrize("value", ["a", "a b", ("a b",), ("",), ('a"',), ("a\\",), ("é",), (1,), ("a", None)])
def test_what_can_be_no_word_of_a_challenge_is_refused_where_it_is_written(name: str, value: object) -> None:
    with pytest.raises(ValueError, match="not"):
        Requirement(**{name: value})  # type: ignore[arg-type] # that is what is shown


@pytest.mark.parametrize("value", [-1, 1.5, True, "60", float("inf")])
def test_a_max_age_is_a_whole_number_of_seconds(value: Any) -> None:
    with pytest.raises(ValueError, match="max_age"):
        Requirement(max_age=value)


def test_lists_are_taken_as_they_are_at_that_moment() -> None:
    scopes = ["a"]
    requirement = Requirement(scopes=scopes)  # type: ignore[arg-type] # adapters hand on what they are given
    scopes.clear()
    with pytest.raises(InsufficientScopeError):
        requirement.apply(caller(), NOW)
    assert hash(requirement) == hash(Requirement(scopes=("a",)))
