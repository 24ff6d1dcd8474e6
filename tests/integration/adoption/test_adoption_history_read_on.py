"""The history beside the lines of use is read once, and then only what is new."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from proveout.evidence.ledger import MemoryLedger
from proveout.evidence.ledger.port import Entry, NewEntry
from proveout.evidence.model import CheckRef, Evidence
from proveout.web.pages.adoption import _Histories

NOW = datetime(2025, 3, 3, tzinfo=UTC)


class CountingLedger:
    """A ledger that notes from where on it was read."""

    def __init__(self) -> None:
        self.inner = MemoryLedger(clock=lambda: NOW)
        self.read_after: list[int] = []

    def evidence(self, pilot: str, **asked: Any) -> Iterator[Entry]:
        self.read_after.append(asked["after"])
        return iter(list(self.inner.evidence(pilot, **asked)))

    def find(self, metric: str, value: float) -> int:
        found = Evidence(
            pilot="flights", metric=metric, value=value, unit="share", n=10, basis="measured",
            scope="production", observed_at=NOW, check=CheckRef(name="quality", version="1"),
            run="r",
        )  # fmt: skip
        body = found.as_dict()
        return self.inner.append([NewEntry(pilot="flights", kind="evidence", body=body)])[-1].seq


def test_only_what_is_new_is_read() -> None:
    """Half a million facts are not read again because somebody signed something."""
    ledger, histories = CountingLedger(), _Histories()
    first = ledger.find("quality.accuracy", 0.9)
    assert [e.value for e in histories.of(ledger, "flights", "quality.accuracy", first)] == [0.9]
    ledger.find("quality.f1", 0.5)
    last = ledger.find("quality.accuracy", 0.8)

    for _ in range(3):
        told = histories.of(ledger, "flights", "quality.accuracy", last)
        assert [each.value for each in told] == [0.9, 0.8]
    assert ledger.read_after == [0, first]
