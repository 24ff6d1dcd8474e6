"""What nobody resolves in time goes to somebody else, who is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from proveout.notices import Notice, Notices
from proveout.runtime.exceptions.entry import Handling, entry_id
from proveout.runtime.exceptions.escalating import Escalating
from proveout.runtime.exceptions.queue import ExceptionQueue
from proveout.runtime.exceptions.queueing import Queueing
from proveout.runtime.record import Record
from proveout.runtime.store import open_store

LATE = 100 * 3600.0


class Heard:
    """Channels that keep what they were given."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def deliver(self, title: str, text: str, *, kind: str = "info") -> list[str]:
        self.told.append(f"{title} ({kind})\n{text}")
        return []


def record(number: int) -> Record:
    return Record(
        id=f"01JD{number:022d}", pilot="claims", protocol="json", at=float(number), seconds=0.0,
        outcome="answered", status=200, reasons=("low-confidence", "rule"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("handling", "told"),
    [
        (
            Handling(goes_to="Claims desk", escalates_to="Ada Vale", steps=("Call the client",)),
            "Warning: claims (warning)\n"
            "2 exceptions were not resolved in time by Claims desk; the oldest is "
            f"{entry_id(record(1).id)} (low-confidence, rule).\n"
            "Who acts: Ada Vale\n"
            "What to do: Call the client",
        ),
        (
            Handling(),
            "Warning: claims (warning)\n"
            "2 exceptions are overdue, and the charter names nobody to escalate to.\n"
            "Who acts: nobody is named for it\n"
            "What to do: Name somebody: governance.exceptions.escalates_to",
        ),
    ],
)
def test_a_gateway_escalates_by_itself_and_calls(
    tmp_path: Path, handling: Handling, told: str
) -> None:
    """Once, however many look; where nobody can be called, those who listen are told so."""
    heard = Heard()
    with open_store(str(tmp_path / "r.db")) as store, Notices(heard) as notices:
        queue = ExceptionQueue(store, "claims", handling)
        queue.enqueue([record(1), record(2)])
        escalating = Escalating(queue, notices, clock=lambda: LATE)
        gateways = [
            Queueing(queue, read=lambda _: [], left=tmp_path, owner=str(n), chore=escalating)
            for n in range(2)
        ]
        for each in gateways:
            each.settled(10.0)
            each.close()
        escalating()

    assert heard.told == [told]


def test_nothing_late_is_no_notice(tmp_path: Path) -> None:
    """Nobody is called for nothing."""
    with open_store(str(tmp_path / "r.db")) as store:
        queue = ExceptionQueue(store, "claims", Handling(escalates_to="Ada Vale"))
        queue.enqueue([record(1)])
        heard: list[Notice] = []

        class Told(Notices):
            def tell(self, notice: Notice) -> None:
                heard.append(notice)

        Escalating(queue, Told(Heard()), clock=lambda: 9.0)()

    assert heard == []


def test_payloads_go_with_the_retention_of_the_log(tmp_path: Path) -> None:
    """Of what was resolved so long ago; what is open is still needed."""
    day = 86_400.0
    with open_store(str(tmp_path / "r.db")) as store:
        queue = ExceptionQueue(store, "claims")
        for number in (1, 2):
            asked = record(number)
            asked.request = "secret"
            queue.enqueue([asked])
        queue.resolve(record(1).id, "rejected", who="Bo", why="w", now=day)

        Escalating(queue, retention_days=30, clock=lambda: 32 * day)()

        assert [queue.get(record(number).id).request for number in (1, 2)] == [None, "secret"]
