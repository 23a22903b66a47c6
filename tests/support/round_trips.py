"""What is sent to PostgreSQL, round trip by round trip."""

from collections.abc import Sequence

import pytest

from gatepass_server.store.sql.prepared import Prepared
from gatepass_server.store.sql.questions import Asked, Question


def noted_round_trips(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """From now on, the texts of every round trip of this process: what is sent together is answered together."""
    trips: list[list[str]] = []
    send = Prepared.send

    def noting(prepared: Prepared, questions: Sequence[Question]) -> list[Asked]:
        trips.append([question.text for question in questions])
        return send(prepared, questions)

    monkeypatch.setattr(Prepared, "send", noting)
    return trips
