"""Where the one token of a request is found (RFC 6750 section 2.1, RFC 9449 section 7.1)."""

import pytest

from gatepass import MissingTokenError
from gatepass.bearer import AmbiguousRequestError, find_token


@pytest.mark.compliance("RFC 6750", "2.1", "Authorization: Bearer, a blank, the token")
@pytest.mark.compliance("RFC 9110", "11.1", "the name of a scheme has no case")
@pytest.mark.parametrize("value", ["Bearer x.y.z", "bearer x.y.z", "BEARER x.y.z", "Bearer   x.y.z  "])
def test_a_bearer_token_is_found(value: str) -> None:
    assert find_token([value]) == ("Bearer", "x.y.z")


@pytest.mark.compliance("RFC 9449", "7.1", "the scheme DPoP")
@pytest.mark.parametrize("value", ["DPoP x.y.z", "dpop x.y.z"])
def test_the_scheme_of_bound_tokens_counts_only_where_it_is_accepted(value: str) -> None:
    assert find_token([value], dpop=True) == ("DPoP", "x.y.z")
    with pytest.raises(MissingTokenError):
        find_token([value])


@pytest.mark.parametrize(
    "value",
    ["", " ", "Bearer", "Bearer ", "Bearer\tx", "Bearerx.y.z", "Basic x", "x.y.z", "DPoPx y", ",", "é x"],
)
@pytest.mark.parametrize("dpop", [False, True])
def test_what_is_no_token_of_an_accepted_scheme_is_none(value: str, dpop: bool) -> None:
    with pytest.raises(MissingTokenError):
        find_token([value], dpop=dpop)


def test_no_header_is_no_token() -> None:
    with pytest.raises(MissingTokenError):
        find_token([])
    with pytest.raises(MissingTokenError):
        find_token([], ["", "  "])


@pytest.mark.compliance(
    "RFC 6750", "3.1", "more than one method of including the token is an invalid request"
)
@pytest.mark.parametrize(
    ("authorization", "extra"),
    [
        (["Bearer x", "Bearer y"], []),
        (["Bearer x", "Bearer x"], []),
        (["Bearer x", "Basic y"], []),
        (["Basic x", "Bearer y"], []),
        (["Bearer x, Bearer y"], []),
        (["Bearer x,Basic y"], []),
        (["DPoP x, Bearer y"], []),
        (["Bearer x"], ["y"]),
        (["DPoP x"], ["y"]),
        ([], ["x", "y"]),
    ],
)
def test_several_tokens_are_not_guessed_about(authorization: list[str], extra: list[str]) -> None:
    with pytest.raises(AmbiguousRequestError):
        find_token(authorization, extra, dpop=True)


@pytest.mark.parametrize(
    ("authorization", "extra", "scheme"),
    [
        ([], ["x"], "Bearer"),
        ([], [" x "], "Bearer"),
        ([], ["x", "x"], "Bearer"),
        (["Bearer x"], ["x"], "Bearer"),
        (["Bearer x"], [""], "Bearer"),
        (["DPoP x"], ["x"], "DPoP"),
        (["Basic y"], ["x"], "Bearer"),
    ],
)
def test_the_same_token_in_several_places_is_one(
    authorization: list[str], extra: list[str], scheme: str
) -> None:
    assert find_token(authorization, extra, dpop=True) == (scheme, "x")
