"""A secret hides itself, whatever is done to print it."""

import copy
import dataclasses
import json
import logging
import pickle
from collections.abc import Callable

import msgspec
import pytest

from gatepass_server.domain.secret import Secret

TEXT = "s3cr3t-text"


@dataclasses.dataclass(frozen=True)
class Holder:
    secret: Secret


@pytest.mark.parametrize(
    "show",
    [
        repr,
        str,
        "{}".format,
        "{!r:>40}".format,
        lambda secret: f"{secret}",
        lambda secret: "%s %r" % (secret, secret),  # noqa: UP031 - the old form is what is shown
        lambda secret: repr([secret]),
        lambda secret: repr({"secret": secret}),
        lambda secret: repr(Holder(secret)),
        lambda secret: json.dumps({"secret": secret}, default=str),
        lambda secret: str(ValueError(secret)),
        lambda secret: logging.LogRecord("x", 20, "", 0, "%s", (secret,), None).getMessage(),
    ],
)
def test_it_is_not_shown(show: Callable[[Secret], str]) -> None:
    assert TEXT not in show(Secret(TEXT))
    assert "Secret(" in show(Secret(TEXT))


@pytest.mark.parametrize(
    "write",
    [
        pickle.dumps,
        copy.copy,
        copy.deepcopy,
        json.dumps,
        msgspec.json.encode,
        msgspec.msgpack.encode,
        vars,
        iter,
        len,
        bytes,
        "{:>40}".format,
        lambda secret: dataclasses.asdict(Holder(secret)),
        lambda secret: "a" + secret,
    ],
)
def test_it_cannot_be_written_or_taken_apart(write: Callable[[Secret], object]) -> None:
    with pytest.raises(TypeError) as caught:
        write(Secret(TEXT))
    assert TEXT not in str(caught.value)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_no_protocol_of_pickle_takes_it(protocol: int) -> None:
    with pytest.raises(TypeError, match="reveal"):
        pickle.dumps(Secret(TEXT), protocol)


def test_only_reveal_gives_the_text() -> None:
    assert Secret(TEXT).reveal() == TEXT


@pytest.mark.parametrize("text", [TEXT, "", "ü", "\udfff", "\0"], ids=ascii)
def test_it_is_compared_by_its_text(text: str) -> None:
    assert Secret(text) == Secret(text)
    assert hash(Secret(text)) == hash(Secret(text))
    assert Secret(text).matches(text)
    assert not Secret(text).matches(text + "x")
    assert Secret(text) != Secret(text + "x")
    assert Secret(text) != text
    assert bool(Secret(text)) is bool(text)


def test_the_comparison_is_the_one_made_for_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def compare(one: bytes, other: bytes) -> bool:
        asked.append((one, other))
        return True

    monkeypatch.setattr("hmac.compare_digest", compare)
    assert Secret("a").matches("b")
    assert asked == [(b"a", b"b")]
