"""A form as it is shown: what was typed, and what is wrong with it beside each field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gatepass_server.domain.directories import DirectoryUnavailable
from gatepass_server.domain.errors import FieldFault, GatepassError, RetryLater, TooManyAttempts
from gatepass_server.web.errors import answer_refusal
from gatepass_server.web.pages.fault_words import words_for
from gatepass_server.web.pages.sentences import Sentence, sentence


@dataclass(frozen=True, slots=True)
class FilledForm:
    """What a template shows of a form. Passwords are never among ``values``.

    Attributes:
        values: What was typed, by field.
        faults: What is wrong with a field.
        trouble: What is wrong with the whole.
        advice: What to do about it.
        status: Of the answer.
        retry_after: Seconds until the form may be sent again, where it must wait.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, Sentence] = field(default_factory=dict)
    trouble: Sentence | None = None
    advice: Sentence | None = None
    status: int = 200
    retry_after: int = 0

    @property
    def first_at_fault(self) -> str:
        """The field where the cursor goes; empty where none is at fault."""
        return next(iter(self.faults), "")


def at_fault(values: Mapping[str, str], faults: Iterable[FieldFault]) -> FilledForm:
    """The form, shown again with the first fault of each field."""
    worded: dict[str, Sentence] = {}
    for fault in faults:
        worded.setdefault(fault.field, words_for(fault))
    return FilledForm(values, worded, _LOOK, status=400)


def refused(values: Mapping[str, str], error: GatepassError, trouble: Sentence | None = None) -> FilledForm:
    """The form, shown again because it may not be sent like this, or not now; the log gets the reason.

    Args:
        values: what was typed.
        error: the refusal.
        trouble: what to say of it, unless it is one that passes.
    """
    status = answer_refusal(error).status_code
    if isinstance(error, RetryLater):
        happened = _LATER.get(type(error), _BUSY)
        return FilledForm(values, {}, happened, wait_for(error), status, error.retry_after)
    return FilledForm(values, {}, trouble, status=status)


def wait_for(error: RetryLater) -> Sentence:
    """How long to wait."""
    if error.retry_after < 90:
        return sentence("Please wait %(seconds)s seconds and try again.", seconds=error.retry_after)
    minutes = -(-error.retry_after // 60)
    return sentence("Please wait %(minutes)s minutes and try again.", minutes=minutes)


_LOOK = sentence("Please check the fields that are marked.")
_BUSY = sentence("More people are signing in than we can serve at once.")
_LATER: dict[type[RetryLater], Sentence] = {
    TooManyAttempts: sentence("There were too many failed attempts."),
    DirectoryUnavailable: sentence("Passwords cannot be checked at the moment."),
}
