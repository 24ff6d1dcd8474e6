"""What is recorded with an act is what is true after it, and nothing that has not changed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fixtures.gate_makers import charter, fact
from proveout.assess.registry import installed
from proveout.errors import InputError
from proveout.evidence.ledger import Ledger, NewEntry, open_ledger
from proveout.portfolio import Library, Place
from proveout.register import Act, Recorded, record

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CHARTER = charter()


class Desk:
    """Somebody who acts, by the command line or by a dashboard that follows the ledger."""

    def __init__(self, ledger: Ledger, *, follows: bool) -> None:
        self.ledger, self.follows = ledger, follows
        self.library = Library(
            [Place(ledger=ledger, location="ledger", charters=(CHARTER,))], installed()
        )
        self.numbers = itertools.count()

    def act(
        self,
        kind: str,
        at: datetime,
        *,
        name: str | None = None,
        who: str = "Ada Byron",
        **says: Any,
    ) -> Recorded:
        """Do something."""
        made = Act(
            id=name or f"act-{next(self.numbers)}", pilot="p", kind=kind, who=who, at=at, says=says
        )
        return record(
            made,
            loaded=CHARTER,
            ledger=self.ledger,
            catalogue=installed().catalogue,
            now=at,
            known=self.library.known(self.library.pilot("p")) if self.follows else None,
        )

    def spend(self, amount: float, at: datetime = NOON, **more: Any) -> dict[str, float]:
        """Note a sum; return what was recorded with it."""
        told = {"amount": amount, "currency": "EUR", "until": "2026-03-01", "note": ""}
        found = self.act("spending.noted", at, **told, **more)
        return {each.metric: each.value for each in found.evidence}


@pytest.fixture(params=["by hand", "following"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """An empty ledger, and somebody at it."""
    with open_ledger(str(tmp_path / "ledger.db")) as ledger:
        yield Desk(ledger, follows=request.param == "following")


def test_only_what_has_changed_is_recorded(desk: Desk) -> None:
    """The same sum again is an act, and no new fact."""
    assert desk.spend(100) == {"cost.spent": 100.0}
    assert desk.spend(100, NOON + timedelta(days=1)) == {}
    assert desk.spend(120, NOON + timedelta(days=2)) == {"cost.spent": 120.0}
    assert [entry.kind for entry in desk.ledger.entries()] == [
        "act",
        "evidence",
        "act",
        "act",
        "evidence",
    ]


def test_what_time_has_made_untrue_is_put_right_with_the_next_act(desk: Desk) -> None:
    """An obstacle became overdue while nobody did anything; then it is recorded once."""
    desk.act("leadership.obstacle", NOON, what="No access", owner="Lin Wei", due="2026-03-03")

    later = NOON + timedelta(days=5)
    assert desk.spend(100, later) == {"cost.spent": 100.0, "people.obstacles_overdue": 1.0}
    assert desk.spend(130, later + timedelta(hours=1)) == {"cost.spent": 130.0}


def test_what_is_attested_past_the_register_stands_until_an_act_changes_the_same(
    desk: Desk,
) -> None:
    """An act on something else does not take it back."""
    desk.spend(100)
    otherwise = fact(
        "cost.spent", 90.0, unit="EUR", basis="attested", check="attest", run="attest", n=1
    )
    desk.ledger.append([NewEntry(pilot="p", kind="evidence", body=otherwise.as_dict())])

    assert "cost.spent" not in {
        each.metric for each in desk.act("leadership.looked", NOON, note="None").evidence
    }
    assert desk.spend(140) == {"cost.spent": 140.0}


def test_the_same_act_again_returns_the_first(desk: Desk) -> None:
    """A form that is sent twice is one act, with what followed from it the first time."""
    first = desk.act("leadership.looked", NOON, name="once", note="None")
    again = desk.act("leadership.looked", NOON, name="once", note="None")

    assert (first.is_new, again.is_new) == (True, False)
    assert (again.act.who, again.act.says, again.evidence) == ("Ada Byron", {"note": "None"}, ())


@pytest.mark.parametrize("other", [{"note": "Other"}, {"note": "None", "who": "Bob"}])
def test_an_id_with_something_else_in_it_is_refused(desk: Desk, other: dict[str, str]) -> None:
    """What differs from the first act of an id, or comes from somebody else, is not lost unsaid."""
    desk.act("leadership.looked", NOON, name="once", note="None")

    with pytest.raises(InputError) as refused:
        desk.act("leadership.looked", NOON, name="once", **other)
    assert refused.value.message == (
        "This was sent before with something else in it, by Ada Byron; that stands."
    )


def test_recording_reads_only_what_is_new(tmp_path: Path) -> None:
    """A pilot with thousands of acts takes the next one as quickly as the first."""
    with open_ledger(str(tmp_path / "ledger.db")) as ledger:
        says = {"amount": 1.0, "currency": "EUR", "until": "2026-03-01", "note": ""}
        acts = [
            Act(id=f"old-{n}", pilot="p", kind="spending.noted", who="Ada", at=NOON, says=says)
            for n in range(3_000)
        ]
        ledger.append([NewEntry(pilot="p", kind="act", body=each.as_dict()) for each in acts])
        desk = Desk(ledger, follows=True)
        known = desk.library.known(desk.library.pilot("p"))

        assert (known.last_act, known.until, len(known.register.acts)) == (3_000, 3_000, 3_000)
        assert desk.spend(2.0) == {"cost.spent": 2.0}
        assert desk.library.known(desk.library.pilot("p")).last_act == 3_001
