"""Points in time, as people write them. In UTC; a script writes them in the reader's own time where it may run."""

from collections.abc import Callable
from datetime import UTC, datetime

from markupsafe import Markup

from gatepass_server.web.pages.languages import Language

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")


def writer(language: Language) -> Callable[[int], Markup]:
    """Writes seconds since the epoch in a language, as a ``time`` element."""

    def write(seconds: int) -> Markup:
        moment = datetime.fromtimestamp(seconds, UTC)
        return Markup('<time datetime="{}">{}</time>').format(
            moment.isoformat().replace("+00:00", "Z"), written(moment, language)
        )

    return write


def written(moment: datetime, language: Language) -> str:
    """A point in time in UTC, to the minute."""
    if language is Language.CHINESE:
        return f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M} UTC"
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}, {moment:%H:%M} UTC"
