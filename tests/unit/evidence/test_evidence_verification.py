"""What verification says about every way to tamper with a chain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.errors import InputError, LedgerBrokenError
from proveout.evidence.ledger import (
    GENESIS,
    Entry,
    EntryKind,
    MemoryLedger,
    NewEntry,
    Problem,
    Snapshot,
    StoredRow,
    Verification,
    entry_hash,
    verify,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class TamperedLedger:
    """Rows and noted ends as somebody left them; there is nothing to append to."""

    rows: list[StoredRow]
    heads: list[tuple[int, str]]
    damage: Sequence[str] = ()
    breaks_off: bool = False

    def append(self, entries: Sequence[NewEntry]) -> list[Entry]:
        raise NotImplementedError

    def entries(
        self, *, pilot: str | None = None, kinds: Iterable[EntryKind] | None = None
    ) -> Iterator[Entry]:
        raise NotImplementedError

    def head(self) -> tuple[int, str]:
        return self.heads[0]

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        yield Snapshot(heads=self.heads, rows=self._read(), damage=self.damage)

    def _read(self) -> Iterator[StoredRow]:
        yield from sorted(self.rows, key=lambda row: row.seq)
        if self.breaks_off:
            raise LedgerBrokenError("The ledger x is damaged.")


def whole() -> TamperedLedger:
    """Five entries, as recorded."""
    ledger = MemoryLedger(clock=lambda: NOON)
    ledger.append([NewEntry(pilot="p", kind="evidence", body={"i": i}) for i in range(5)])
    with ledger.snapshot() as snapshot:
        return TamperedLedger(rows=list(snapshot.rows), heads=list(snapshot.heads))


def rehashed(row: StoredRow, **changes: Any) -> StoredRow:
    """A row with a hash that fits its changed content, as a careful forger leaves it."""
    changed = replace(row, **changes)
    stored = {f.name: getattr(changed, f.name) for f in fields(changed) if f.name != "hash"}
    return replace(changed, hash=entry_hash(**stored))


def problems(tampered: TamperedLedger) -> list[tuple[str, int | None, str]]:
    """What verification finds."""
    return [(p.kind, p.seq, p.what) for p in verify(tampered).problems]


def test_a_ledger_as_recorded_is_whole() -> None:
    """Its last hash is given, to be noted elsewhere."""
    ledger = whole()

    assert verify(ledger) == Verification(
        n_entries=5, head_seq=5, head_hash=ledger.rows[-1].hash, problems=()
    )
    assert verify(ledger).is_whole


def test_an_empty_ledger_is_whole() -> None:
    """Nothing recorded, nothing wrong."""
    assert verify(MemoryLedger()) == Verification(
        n_entries=0, head_seq=0, head_hash=GENESIS, problems=()
    )


def test_a_changed_entry_is_named() -> None:
    """Content that does not match its hash."""
    ledger = whole()
    ledger.rows[2] = replace(ledger.rows[2], body='{"i":9}')

    assert problems(ledger) == [
        ("changed", 3, "entry 3 was changed: its content does not match its hash")
    ]


def test_a_forged_entry_does_not_fit_the_one_after_it() -> None:
    """Whoever also corrects the hash is betrayed by the next entry."""
    ledger = whole()
    ledger.rows[2] = rehashed(ledger.rows[2], body='{"i":9}')

    assert problems(ledger) == [
        (
            "unlinked",
            4,
            "entry 4 does not follow entry 3: one of them was put in place of another",
        )
    ]


def test_a_forged_last_entry_does_not_fit_the_noted_end() -> None:
    """There is no next entry, but there is the head."""
    ledger = whole()
    ledger.rows[4] = rehashed(ledger.rows[4], body='{"i":9}')

    assert problems(ledger) == [
        ("head", 5, "the noted hash of the last entry, 5, is not the one it has")
    ]


@pytest.mark.parametrize(
    ("gone", "expected"),
    [
        ([1], ("missing", 1, "entry 1 is missing")),
        ([3], ("missing", 3, "entry 3 is missing")),
        ([2, 3, 4], ("missing", 2, "entries 2 to 4 are missing")),
        ([5], ("missing", 5, "entry 5 is missing, cut off at the end")),
        ([4, 5], ("missing", 4, "entries 4 to 5 are missing, cut off at the end")),
        ([1, 2, 3, 4, 5], ("missing", 1, "entries 1 to 5 are missing, cut off at the end")),
    ],
    ids=str,
)
def test_removed_entries_are_named(gone: list[int], expected: tuple[str, int, str]) -> None:
    """At the beginning, in the middle, and at the end."""
    ledger = whole()
    ledger.rows = [row for row in ledger.rows if row.seq not in gone]

    assert problems(ledger) == [expected]


def test_swapped_entries_are_recognised() -> None:
    """Their content is genuine, their places are not."""
    ledger = whole()
    second, fourth = ledger.rows[1], ledger.rows[3]
    ledger.rows[1], ledger.rows[3] = replace(fourth, seq=2), replace(second, seq=4)

    assert problems(ledger) == [
        ("reordered", 2, "entry 2 was recorded as entry 4"),
        ("reordered", 4, "entry 4 was recorded as entry 2"),
    ]


def test_closing_a_gap_by_moving_the_rest_up_is_found() -> None:
    """Entry 2 is gone, and its successors took new numbers."""
    ledger = whole()
    ledger.rows = [replace(row, seq=row.seq - (row.seq > 2)) for row in ledger.rows if row.seq != 2]

    assert problems(ledger) == [
        ("reordered", 2, "entry 2 was recorded as entry 3"),
        ("reordered", 3, "entry 3 was recorded as entry 4"),
        ("reordered", 4, "entry 4 was recorded as entry 5"),
        ("missing", 5, "entry 5 is missing, cut off at the end"),
    ]


def test_an_entry_added_behind_the_noted_end_is_found() -> None:
    """Even one that fits the chain was not recorded by Proveout."""
    ledger = whole()
    last = ledger.rows[-1]
    ledger.rows.append(rehashed(last, seq=6, prev_hash=last.hash, body="{}"))

    assert problems(ledger) == [("head", 6, "what follows entry 5 was not recorded by Proveout")]


def test_an_entry_put_before_the_first_is_found() -> None:
    """Positions begin at 1."""
    ledger = whole()
    ledger.rows.append(rehashed(ledger.rows[0], seq=0))

    assert problems(ledger) == [("unlinked", 0, "entry 0 stands before the first entry")]


@pytest.mark.parametrize("heads", [[], [(5, "x"), (5, "x")]])
def test_a_lost_note_of_the_end_is_found(heads: list[tuple[int, str]]) -> None:
    """Without it, nobody can say whether entries were cut off."""
    ledger = whole()
    ledger.heads = heads

    assert problems(ledger) == [("head", None, "the note of the last entry is gone")]


def test_an_unreadable_note_of_the_end_is_found() -> None:
    """A database keeps text in a column of numbers without complaint."""
    ledger = whole()
    ledger.heads = [("five", "x")]  # type: ignore[list-item]

    assert problems(ledger) == [("head", None, "the note of the last entry is not readable")]


@pytest.mark.parametrize("name", ["pilot", "kind", "recorded_at", "body", "prev_hash", "hash"])
@pytest.mark.parametrize("value", [b"bytes", None, 7, "\udcff"], ids=repr)
def test_what_is_not_text_is_reported_and_the_rest_is_still_checked(name: str, value: Any) -> None:
    """A damaged entry does not hide another."""
    ledger = whole()
    ledger.rows[1] = replace(ledger.rows[1], **{name: value})
    ledger.rows[3] = replace(ledger.rows[3], pilot="q")

    assert problems(ledger) == [
        ("unreadable", 2, f"entry 2 was changed: its {name} is not text"),
        ("changed", 4, "entry 4 was changed: its content does not match its hash"),
    ]


@pytest.mark.parametrize("changes", [{"body": "no JSON"}, {"recorded_at": "yesterday"}], ids=str)
def test_a_fitting_hash_over_what_proveout_never_writes_is_found(changes: dict[str, str]) -> None:
    """A forged end of the chain still has to be readable."""
    ledger = whole()
    ledger.rows[4] = rehashed(ledger.rows[4], **changes)
    ledger.heads = [(5, ledger.rows[4].hash)]

    assert problems(ledger) == [
        ("unreadable", 5, "entry 5 was changed: its content is not what Proveout writes")
    ]


def test_what_the_database_finds_itself_is_reported() -> None:
    """Damage outside the entries: an index, a page."""
    ledger = whole()
    ledger.damage = ["row 3 missing from index by_pilot"]

    assert problems(ledger) == [
        (
            "unreadable",
            None,
            "the database finds its file damaged: row 3 missing from index by_pilot",
        )
    ]


def test_a_ledger_that_cannot_be_read_to_its_end_is_not_whole() -> None:
    """Not read is not verified."""
    ledger = whole()
    ledger.breaks_off = True

    assert problems(ledger) == [("unreadable", None, "The ledger x is damaged")]


# --- a hash kept elsewhere -----------------------------------------------------------------------


def test_a_hash_kept_elsewhere_is_found_at_its_entry() -> None:
    """The ledger has grown since it was noted, and still contains it."""
    ledger = whole()

    found = verify(ledger, expect=ledger.rows[2].hash.upper())
    assert (found.is_whole, found.anchor_seq) == (True, 3)


def test_a_rewritten_ledger_lacks_the_hash_kept_elsewhere() -> None:
    """Only this finds somebody who recomputes the whole chain and its end."""
    ledger, noted = whole(), whole().heads[0][1]
    ledger.rows[4] = rehashed(ledger.rows[4], body='{"i":9}')
    ledger.heads = [(5, ledger.rows[4].hash)]

    assert verify(ledger).is_whole
    assert verify(ledger, expect=noted).problems == (
        Problem(
            kind="anchor",
            seq=None,
            what=f"no entry has the expected hash {noted}: the ledger is not the one of which it "
            f"was noted, or was rewritten since",
        ),
    )


def test_the_genesis_is_in_every_ledger() -> None:
    """Noted when nothing had been recorded."""
    assert verify(whole(), expect=GENESIS).anchor_seq == 0


def test_what_is_no_hash_is_refused() -> None:
    """A typing mistake is not a broken ledger."""
    with pytest.raises(InputError) as refusal:
        verify(whole(), expect="abc")

    assert str(refusal.value) == (
        "'abc' is not the hash of an entry: a hash has 64 digits from 0 to f.\n"
        "Give the hash that an earlier 'proveout ledger verify' showed."
    )


# --- any change at all ---------------------------------------------------------------------------

Tampering = Callable[[TamperedLedger], None]
COLUMNS = [f.name for f in fields(StoredRow) if f.name != "seq"]


@st.composite
def tamperings(draw: st.DrawFn) -> Tampering:
    """One thing that somebody without the hashes may do to the rows."""
    place = draw(st.integers(0, 4))
    match draw(st.sampled_from(["edit", "renumber", "remove", "copy", "head"])):
        case "edit":
            name, text = draw(st.sampled_from(COLUMNS)), draw(st.text(max_size=6))
            at = draw(st.integers(0, 63))

            def tamper(ledger: TamperedLedger) -> None:
                old = getattr(ledger.rows[place], name)
                new = old[:at] + text + old[at + 1 :]
                ledger.rows[place] = replace(ledger.rows[place], **{name: new})

        case "renumber":
            seq = draw(st.integers(-3, 9).filter(lambda n: n not in range(1, 6)))

            def tamper(ledger: TamperedLedger) -> None:
                ledger.rows[place] = replace(ledger.rows[place], seq=seq)

        case "remove":

            def tamper(ledger: TamperedLedger) -> None:
                ledger.rows.pop(place)

        case "copy":
            seq = draw(st.integers(6, 9))

            def tamper(ledger: TamperedLedger) -> None:
                ledger.rows.append(replace(ledger.rows[place], seq=seq))

        case _:
            seq = draw(st.integers(0, 9))

            def tamper(ledger: TamperedLedger) -> None:
                ledger.heads = [(seq, ledger.rows[place].hash)]

    return tamper


@given(tamperings())
def test_no_single_change_goes_unnoticed(tamper: Tampering) -> None:
    """Whatever is edited, renumbered, removed or added: the ledger is whole only if it is equal."""
    ledger, before = whole(), whole()
    tamper(ledger)

    unchanged = (ledger.rows, ledger.heads) == (before.rows, before.heads)
    assert verify(ledger).is_whole is unchanged
