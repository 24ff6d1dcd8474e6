"""What the register comes to is brought up to date where nobody acts: amendments, and time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fixtures.dashboard import LEGAL, OWNER, PILOT, PROJECT, Dashboard, dashboard
from fixtures.gate_makers import charter
from proveout.assess.agreeing import amend_charter, seal_charter
from proveout.assess.registry import installed
from proveout.charter.loaded import LoadedCharter
from proveout.charter.sealing.signing import digest
from proveout.evidence.ledger import Ledger, NewEntry, open_ledger
from proveout.evidence.model import PART_INPUT, Evidence, Subject
from proveout.register import Act, record, refresh, register_of
from proveout.register.reviews import REVIEWS
from proveout.web.keeping.keeper import Keeper
from proveout.web.keeping.refreshing import Refreshing

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=60)
FIRST = "Go or no-go"


def planned(day: date) -> LoadedCharter:
    """A charter with one milestone, on a day."""
    return charter(milestones=[{"name": FIRST, "on": day.isoformat()}])


CHARTER = planned(date(2026, 3, 5))


def act(ledger: Ledger, kind: str, at: datetime, *, who: str = "Ada Byron", **says: Any) -> None:
    """Do something under the charter as it was sealed."""
    name = f"{kind}-{at:%d%H}-{who}"
    made = Act(id=name, pilot="p", kind=kind, who=who, at=at, says=says)
    record(made, loaded=CHARTER, ledger=ledger, catalogue=installed().catalogue, now=at)


def attested(ledger: Ledger) -> list[Evidence]:
    """All that people attest, in its order."""
    found = [Evidence.from_dict(each.body) for each in ledger.entries(kinds=("evidence",))]
    return [each for each in found if each.check.name == "attest"]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A sealed pilot whose milestone was held in time, by Ada, in the presence of Lin."""
    with open_ledger(str(tmp_path / "ledger.db")) as opened:
        seal_charter(CHARTER, opened, registry=installed(), who="Lin Wei", now=LONG_AGO)
        says = {"name": FIRST, "on": "2026-03-02", "present": ["Lin Wei"]}
        act(opened, "review.held", NOON, **says)
        yield opened


def refreshed(ledger: Ledger, now: datetime, under: LoadedCharter = CHARTER) -> list[Evidence]:
    """Refresh once; return what was recorded."""
    return list(refresh(under, ledger=ledger, catalogue=installed().catalogue, now=now))


def test_an_amendment_records_what_the_acts_come_to_under_it(ledger: Ledger) -> None:
    """A milestone is put a month before it was held: held late, in the append that says so."""
    late = planned(date(2026, 2, 1))
    amend_charter(
        late, ledger, registry=installed(), who="Robert", why="A slip of the pen", now=NOON
    )

    kinds = [each.kind for each in ledger.entries()]
    assert kinds[-3:] == ["amendment", "evidence", "evidence"]
    kept = attested(ledger)[-2]
    assert (kept.metric, kept.value, kept.person) == ("governance.reviews_kept", 0.0, "Ada Byron")
    assert kept.inputs[f"{PART_INPUT}reviews"] == digest("reviews", late.charter)
    assert refreshed(ledger, NOON, late) == []


def test_nothing_is_recorded_where_nothing_has_changed(ledger: Ledger) -> None:
    """Neither the same day nor the next: the facts stand as they are."""
    head = ledger.head()

    assert refreshed(ledger, NOON) == []
    assert refreshed(ledger, NOON + timedelta(days=1)) == []
    assert ledger.head() == head


def test_time_is_noticed_once_and_vouched_for_by_who_spoke(ledger: Ledger) -> None:
    """An obstacle falls overdue; who raised it vouches, and not who was last here."""
    act(
        ledger, "leadership.obstacle", NOON, who="Tom", what="No access", owner="Lin Wei",
        due="2026-03-03",
    )  # fmt: skip
    act(ledger, "leadership.message", NOON, who="Eve", what="We mean it", by="Lin Wei", to="all")
    later = NOON + timedelta(days=5)

    (found,) = refreshed(ledger, later)
    assert (found.metric, found.value, found.person) == ("people.obstacles_overdue", 1.0, "Tom")
    assert found.observed_at == later
    assert refreshed(ledger, later + timedelta(days=1)) == []


def test_a_signature_stays_as_old_as_it_is_and_of_what_was_signed(ledger: Ledger) -> None:
    """Recorded anew, for whatever reason, it is neither younger nor of another charter."""
    says = {"role": "reviewer", "why": "Read it", "charter": CHARTER.content_hash}
    signed = digest("reviewer", CHARTER.charter)
    act(ledger, "signoff.given", NOON, who="Rina", **says, signed=signed)
    about = Subject.of(role="reviewer")
    # As an older Proveout wrote it: less was noted, so that it differs from what is found now.
    first = next(each for each in attested(ledger) if each.subject == about)
    older = first.evolve(details={"act": first.details["act"]})
    ledger.append([NewEntry(pilot="p", kind="evidence", body=older.as_dict())])

    other = planned(date(2026, 4, 1))
    (again,) = (
        each for each in refreshed(ledger, NOON + timedelta(days=80), other)
        if each.subject == about
    )  # fmt: skip
    assert (again.person, again.observed_at, again.inputs) == ("Rina", NOON, first.inputs)


def test_what_is_attested_past_the_register_is_left_to_people(ledger: Ledger) -> None:
    """Only an act on the same takes it back."""
    kept = next(each for each in attested(ledger) if each.metric == "governance.reviews_kept")
    otherwise = kept.evolve(value=0.5, person="Lin Wei", details={"note": "As I remember"})
    ledger.append([NewEntry(pilot="p", kind="evidence", body=otherwise.as_dict())])

    assert refreshed(ledger, NOON) == []


def test_who_acts_meanwhile_is_not_overtaken(ledger: Ledger) -> None:
    """Many act while it is refreshed again and again: in the end all of it counts."""
    later, is_over = NOON + timedelta(days=3), threading.Event()

    def keep() -> None:
        while not is_over.is_set():
            refreshed(ledger, later)

    keeper = threading.Thread(target=keep)
    keeper.start()
    for hour in range(6):
        at = NOON + timedelta(days=1, hours=hour)
        says = {"amount": float(hour), "currency": "EUR", "until": "2026-03-01"}
        act(ledger, "spending.noted", at, **says)
    is_over.set()
    keeper.join()

    spent = [each.value for each in attested(ledger) if each.metric == "cost.spent"]
    assert spent == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


def test_somebody_else_has_amended_first(ledger: Ledger) -> None:
    """Of two who amend at the same moment each ends with what the last one says."""
    for who, day in (("Robert", date(2026, 3, 9)), ("Helen", date(2026, 3, 10))):
        amend_charter(planned(day), ledger, registry=installed(), who=who, why="Moved", now=NOON)
    assert refreshed(ledger, NOON, planned(date(2026, 3, 10))) == []


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Dashboard]:
    """The invoice pilot."""
    with dashboard(tmp_path) as opened:
        yield opened


def test_the_keeper_notices_what_time_makes_untrue(board: Dashboard) -> None:
    """Nobody opens the dashboard for a month; the obstacle is overdue all the same."""
    board.as_(OWNER).send(
        f"/pilots/{PILOT}/leadership/obstacles", act="one", what="No access", raised_by="",
        owner="Farid Haddad", due="2025-03-05",
    )  # fmt: skip
    board.clock.move(days=30)
    keeper = Keeper(
        board.parts.desk, {"register": Refreshing(board.parts)}, clock=board.parts.clock
    )
    keeper.round(threading.Event())

    latest = attested(board.book.ledger)[-1]
    assert (latest.metric, latest.value) == ("people.obstacles_overdue", 1.0)
    n = len(attested(board.book.ledger))
    board.clock.move(hours=2)
    keeper.round(threading.Event())
    assert len(attested(board.book.ledger)) == n


def test_who_does_something_else_does_not_vouch(board: Dashboard) -> None:
    """The owner notes a review; time makes it worse; legal answers: the owner still vouches."""
    board.as_(OWNER).send(
        f"/pilots/{PILOT}/reviews/held", act="two", name="Performance review", on="2025-03-03",
        present="Helen Marsh",
    )  # fmt: skip
    board.clock.move(days=200)
    board.as_(PROJECT).send(
        f"/pilots/{PILOT}/leadership/obstacles/looked", act="three", note="Looked through"
    )
    board.as_(LEGAL)
    kept = [
        each for each in attested(board.book.ledger) if each.metric == "governance.reviews_kept"
    ]
    assert len(kept) == 2
    assert {each.person for each in kept} == {"Helen Marsh"}


def test_the_seal_is_known_wherever_the_calendar_is_read(board: Dashboard) -> None:
    """By whoever follows the ledger, reads it whole, or records: nothing is missed before it."""
    followed = board.book.register.of(REVIEWS).sealed_on
    whole = register_of(board.book.ledger.entries(pilot=PILOT)).of(REVIEWS).sealed_on
    sent = board.send(f"/pilots/{PILOT}/leadership/obstacles/looked", act="four", note="None")

    assert sent.status_code == 303
    assert followed == whole == board.parts.clock().date() - timedelta(days=30)
    assert board.book.register.of(REVIEWS).sealed_on == followed
