"""The samples of docs/howto/keys-during-an-outage.md run, and count what happens."""

import re
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest

from gatepass.key_sources import remote
from tests.outage.certificates import self_signed

PAGE = (Path(__file__).parents[2] / "docs/howto/keys-during-an-outage.md").read_text("utf-8")
SAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


class Metric:
    """Every kind of metric of both libraries, as far as the page uses them."""

    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self, *given: Any, **options: Any) -> None:
        pass

    def labels(self, event: str) -> "Metric":
        self.event = event
        return self

    def inc(self) -> None:
        self.seen[self.event] += 1

    def observe(self, seconds: float) -> None:
        assert seconds > 0

    def add(self, amount: int, labels: dict[str, str]) -> None:
        self.seen[labels["event"]] += amount

    def record(self, seconds: float, labels: dict[str, str]) -> None:
        assert seconds > 0
        assert labels


class Meter:
    """A meter of OpenTelemetry."""

    def __init__(self, _name: str) -> None:
        self.create_counter = self.create_histogram = Metric


@pytest.fixture
def libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand-ins with the names and arguments of the two libraries, which are not installed here."""
    prometheus, opentelemetry = ModuleType("prometheus_client"), ModuleType("opentelemetry")
    vars(prometheus).update(Counter=Metric, Histogram=Metric)
    metrics = ModuleType("opentelemetry.metrics")
    vars(metrics).update(get_meter=Meter)
    vars(opentelemetry).update(metrics=metrics)
    for module in (prometheus, opentelemetry, metrics):
        monkeypatch.setitem(sys.modules, module.__name__, module)


@pytest.mark.usefixtures("libraries")
def test_the_samples_run_and_their_observers_count(tmp_path: Path) -> None:
    ours: dict[str, Any] = {}
    for sample in SAMPLES:
        code = sample.replace("/etc/orders/partner-ca.pem", str(self_signed(tmp_path / "ca.pem")))
        exec(code.replace("/var/lib/orders/", f"{tmp_path}/"), ours)
    for name in ("Metrics", "Telemetry"):
        Metric.seen.clear()
        observer = ours[name]()
        observer.count("keys.hit")
        observer.count("keys.fetched", 0.25)
        assert Metric.seen == {"keys.hit": 1, "keys.fetched": 1}


def test_the_numbers_of_the_page_are_those_of_the_code() -> None:
    for option in ("max_age", "max_stale", "min_interval", "timeout"):
        default = getattr(remote, option.upper())
        assert re.search(rf"^\| `{option}` \| {default:,g} \|", PAGE, re.MULTILINE), option
