"""The standard is fixed in the ledger before the pilot begins, and changed only in the open."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from proveout.charter.loaded import LoadedCharter
from proveout.charter.loading import content
from proveout.charter.sealing import (
    Change,
    Seal,
    Standing,
    amend,
    diff_text,
    pending,
    seal,
    standing,
    unsealed_changes,
)
from proveout.errors import CharterError, InputError
from proveout.evidence.catalogue import Catalogue
from proveout.evidence.ledger import MemoryLedger, NewEntry

Load = Callable[[str], LoadedCharter]

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)

AGREED = "pilot: claims\nacceptance: quality.accuracy >= 0.85\n"
LOOSENED = "pilot: claims\nacceptance: quality.accuracy >= 0.8\n"
TIGHTENED = "pilot: claims\nacceptance: quality.accuracy >= 0.9\n"


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger(clock=lambda: MONDAY)


def test_a_seal_fixes_the_content_with_who_and_when(load: Load, ledger: MemoryLedger) -> None:
    """The ledger holds the whole charter, so that any later version can be compared with it."""
    loaded = load(AGREED)

    made = seal(loaded, ledger, who=" Ada Byron ", now=MONDAY)

    assert made == Seal(
        pilot="claims",
        who="Ada Byron",
        at=MONDAY,
        content_hash=loaded.content_hash,
        content=content(loaded.charter),
    )
    assert standing(ledger.entries()) == Standing(seal=made)


def test_sealing_again_changes_nothing(load: Load, ledger: MemoryLedger) -> None:
    """The first seal stays, with its date; there is no second one."""
    first = seal(load(AGREED), ledger, who="Ada Byron", now=MONDAY)

    again = seal(load(AGREED + "# a comment\n"), ledger, who="Bob", now=TUESDAY)

    assert again == first
    assert ledger.head()[0] == 1


def test_another_content_cannot_be_sealed_over_the_first(
    load: Load, ledger: MemoryLedger, catalogue: Catalogue
) -> None:
    """The way to change a sealed charter is to amend it."""
    seal(load(AGREED), ledger, who="Ada Byron", now=MONDAY)

    with pytest.raises(CharterError) as caught:
        seal(load(LOOSENED), ledger, who="Bob", now=TUESDAY, catalogue=catalogue)

    assert str(caught.value) == (
        "The charter of pilot 'claims' was sealed by Ada Byron on 2026-03-02, and pilot.yaml says "
        "something else:\n"
        "acceptance[quality.accuracy].threshold: 0.85 → 0.8 (looser)\n"
        "Change a sealed charter in the open: proveout amend pilot.yaml --who 'Your Name' "
        "--why 'the reason'"
    )
    assert ledger.head()[0] == 1


def test_two_pilots_in_one_ledger_do_not_meet(load: Load, ledger: MemoryLedger) -> None:
    """Everything is filed under the pilot's id."""
    seal(load(AGREED), ledger, who="Ada", now=MONDAY)

    other = seal(load("pilot: invoices"), ledger, who="Bob", now=TUESDAY)

    assert other.at == TUESDAY


def test_of_two_who_seal_at_once_the_first_counts(load: Load) -> None:
    """The second is told, instead of believing that its content is in force."""
    theirs = load(TIGHTENED)
    ledger = _Race(
        NewEntry(
            pilot="claims",
            kind="seal",
            body=Seal(
                pilot="claims",
                who="Bob",
                at=MONDAY,
                content_hash=theirs.content_hash,
                content=content(theirs.charter),
            ).as_dict(),
        )
    )

    with pytest.raises(CharterError, match="was sealed by Bob on 2026-03-02"):
        seal(load(AGREED), ledger, who="Ada", now=MONDAY)


def test_an_amendment_records_who_why_and_what(
    load: Load, ledger: MemoryLedger, catalogue: Catalogue
) -> None:
    """And is in force from then on."""
    seal(load(AGREED), ledger, who="Ada", now=MONDAY)
    loaded = load(TIGHTENED)

    made = amend(
        loaded, ledger, who="Bob", why="The clerks reach 0.9", now=TUESDAY, catalogue=catalogue
    )

    assert made.changes == (
        Change(
            path="acceptance[quality.accuracy].threshold",
            before=0.85,
            after=0.9,
            effect="tighter",
            concerns=("quality.accuracy",),
            results_known=False,
        ),
    )
    found = standing(ledger.entries())
    assert found.amendments == (made,)
    assert found.content_hash_in_force == loaded.content_hash
    assert found.content_in_force == content(loaded.charter)
    assert unsealed_changes(loaded, found) == ()


def test_a_threshold_loosened_after_results_is_recorded_as_such(
    load: Load, ledger: MemoryLedger, catalogue: Catalogue
) -> None:
    """The one thing that a sealed standard must make visible."""
    seal(load(AGREED), ledger, who="Ada", now=MONDAY)
    ledger.append([_evidence("claims", "quality.accuracy")])

    made = amend(load(LOOSENED), ledger, who="Bob", why="Hard", now=TUESDAY, catalogue=catalogue)

    assert diff_text(made.changes) == (
        "acceptance[quality.accuracy].threshold: 0.85 → 0.8 (looser; results were known)"
    )
    assert standing(ledger.entries()).loosened == ((made, made.changes[0]),)


@pytest.mark.parametrize(
    ("pilot", "metric"),
    [
        # Of another metric.
        ("claims", "readiness.completeness"),
        # Of another pilot.
        ("invoices", "quality.accuracy"),
    ],
)
def test_results_of_something_else_do_not_count_as_known(
    pilot: str, metric: str, load: Load, ledger: MemoryLedger, catalogue: Catalogue
) -> None:
    """Only figures that the changed line is judged by could have bent it."""
    seal(load(AGREED), ledger, who="Ada", now=MONDAY)
    ledger.append([_evidence(pilot, metric)])

    (change,) = pending(load(LOOSENED), ledger, catalogue=catalogue)

    assert change.results_known is False


def test_an_edited_charter_shows_its_difference_to_what_is_in_force(
    load: Load, ledger: MemoryLedger, catalogue: Catalogue
) -> None:
    """What the gate refuses, with the diff to the last amendment and not to the seal."""
    seal(load(AGREED), ledger, who="Ada", now=MONDAY)
    amend(load(TIGHTENED), ledger, who="Bob", why="Better", now=TUESDAY)

    changes = unsealed_changes(load(AGREED), standing(ledger.entries()), catalogue)

    assert diff_text(changes) == "acceptance[quality.accuracy].threshold: 0.9 → 0.85 (looser)"


def test_before_the_seal_nothing_is_unsealed(load: Load) -> None:
    """There is no agreement yet that could be broken; that the seal is missing is told apart."""
    assert unsealed_changes(load(AGREED), Standing()) == ()


def test_going_back_to_the_first_content_is_an_amendment_too(
    load: Load, ledger: MemoryLedger
) -> None:
    """The history stays; nothing is taken back in silence."""
    seal(load(AGREED), ledger, who="Ada", now=MONDAY)
    amend(load(TIGHTENED), ledger, who="Bob", why="Better", now=TUESDAY)
    with pytest.raises(CharterError):
        seal(load(AGREED), ledger, who="Ada", now=WEDNESDAY)

    amend(load(AGREED), ledger, who="Bob", why="Too hard", now=WEDNESDAY)

    assert len(standing(ledger.entries()).amendments) == 2


def test_what_is_not_sealed_cannot_be_amended(load: Load, ledger: MemoryLedger) -> None:
    """First agree, then change."""
    with pytest.raises(CharterError) as caught:
        amend(load(AGREED), ledger, who="Ada", why="Typo", now=MONDAY)

    assert str(caught.value) == (
        "The charter of pilot 'claims' is not sealed, so there is nothing to amend.\n"
        "Seal it first: proveout seal pilot.yaml --who 'Your Name'"
    )


def test_an_amendment_without_a_change_is_refused(load: Load, ledger: MemoryLedger) -> None:
    """Probably the file was not saved."""
    seal(load(AGREED), ledger, who="Ada", now=MONDAY)

    with pytest.raises(CharterError) as caught:
        amend(load(AGREED), ledger, who="Ada", why="Typo", now=MONDAY)

    assert str(caught.value) == (
        "pilot.yaml says what is in force already: nothing to amend.\n"
        "Edit the charter first, then amend it."
    )


def test_nobody_seals_or_amends_without_a_name_and_a_reason(
    load: Load, ledger: MemoryLedger
) -> None:
    """An agreement is between people."""
    with pytest.raises(InputError, match="Nobody is named"):
        seal(load(AGREED), ledger, who="  ", now=MONDAY)
    seal(load(AGREED), ledger, who="Ada", now=MONDAY)
    with pytest.raises(InputError, match="needs a reason"):
        amend(load(LOOSENED), ledger, who="Ada", why=" ", now=MONDAY)

    assert ledger.head()[0] == 1


def _evidence(pilot: str, metric: str) -> NewEntry:
    return NewEntry(pilot=pilot, kind="evidence", body={"metric": metric})


class _Race(MemoryLedger):
    """A ledger in which somebody else seals just before our own seal arrives."""

    def __init__(self, theirs: NewEntry) -> None:
        super().__init__(clock=lambda: MONDAY)
        self._theirs = theirs

    def append(self, entries, *, expected=None):  # type: ignore[no-untyped-def]
        if self.head()[0] == 0:
            super().append([self._theirs])
        return super().append(entries, expected=expected)
