"""Changes of the deliveries themselves: their columns, their layout, the units they state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from proveout.checks.readiness.series.changes import Change
from proveout.checks.readiness.series.deliveries import Series
from proveout.checks.readiness.series.profile import ColumnProfile
from proveout.checks.readiness.series.regimes import Shift
from proveout.checks.readiness.series.renames import likeness
from proveout.checks.readiness.series.showing import (
    Known,
    examples,
    first_of,
    found_shifts,
    when,
    yaml_name,
)

_LAYOUT = {"delimiter": "delimiter", "encoding": "encoding", "decimal": "decimal mark"}
_NEAR = 3
"""Deliveries on each side by which a renamed column is known."""


@dataclass(slots=True)
class _State:
    """Something that is as it is in each delivery: a column is there or not."""

    states: Sequence[Any]
    state: Any = None

    def add(self, at: int) -> None:
        self.state = self.states[at]

    def differs(self, at: int) -> bool:
        return bool(self.states[at] != self.state)


def of_columns(columns: Mapping[str, Known]) -> Iterator[Change]:
    """Tell which columns appear, vanish, or are called otherwise."""
    gone: dict[str, Shift[_State]] = {}
    new: dict[str, Shift[_State]] = {}
    for name, known in columns.items():
        there = [each is not None for each in known]
        for shift in found_shifts(range(len(known)), lambda s=there: _State(s)):  # type: ignore[misc]
            (new if shift.after.state else gone)[name] = shift
    for old, name, alike in _renamed(gone, new, columns):
        shift = new.pop(name)
        gone.pop(old)
        yield Change(
            kind="column-renamed",
            column=old,
            what=f"is called '{name}'",
            before=old,
            after=name,
            examples=examples(columns[old], columns[name], shift),
            suggestion=f"rename: {{{yaml_name(name)}: {yaml_name(old)}}}",
            likeness=round(alike, 3),
            **when(shift),
        )
    for name, shift in gone.items():
        yield Change(
            kind="column-gone", column=name, what="is not delivered", before="there",
            after="not there", examples=first_of(columns[name]), **when(shift),
        )  # fmt: skip
    for name, shift in new.items():
        yield Change(
            kind="column-new", column=name, what="is a new column", before="not there",
            after="there", examples=first_of(columns[name]), **when(shift),
        )  # fmt: skip


def _renamed(
    gone: Mapping[str, Shift[_State]],
    new: Mapping[str, Shift[_State]],
    columns: Mapping[str, Known],
) -> list[tuple[str, str, float]]:
    """Pair columns that give way to each other in the same deliveries, the most alike first."""
    found = []
    for old, left in gone.items():
        for name, came in new.items():
            if left.spans[0][0] != came.spans[0][0] or not _runs(came) <= _runs(left):
                continue
            alike = likeness(old, name, *_around(columns[old], columns[name], came.spans[0][0]))
            if alike.is_rename:
                found.append((alike.total, alike.values, old, name))
    pairs: list[tuple[str, str, float]] = []
    for _, values, old, name in sorted(found, reverse=True):
        if all(old != a and name != b for a, b, _ in pairs):
            pairs.append((old, name, values))
    return pairs


def _runs(shift: Shift[_State]) -> set[int]:
    return {at for first, last in shift.spans for at in range(first, last + 1)}


def _around(old: Known, name: Known, since: int) -> tuple[list[ColumnProfile], list[ColumnProfile]]:
    before = [each for each in old[:since] if each is not None][-_NEAR:]
    after = [each for each in name[since:] if each is not None][:_NEAR]
    return before, after


def of_layout(series: Series) -> Iterator[Change]:
    """Tell how the files themselves are written otherwise."""
    for key, noun in _LAYOUT.items():
        states = [_plain(delivery.part.file.read_as.get(key)) for delivery in series.deliveries]
        known = [at for at, state in enumerate(states) if state is not None]
        for shift in found_shifts(known, lambda s=states: _State(s)):  # type: ignore[misc]
            before, after = repr(shift.before.state), repr(shift.after.state)
            yield Change(
                kind="layout-changed", column=None, before=before, after=after,
                what=f"its files have the {noun} {after} instead of {before}", **when(shift),
            )  # fmt: skip


def of_stated_units(name: str, series: Series) -> Iterator[Change]:
    """Tell where the row of units below a header says another unit."""
    states = [(d.part.file.read_as.get("units") or {}).get(name) for d in series.deliveries]
    known = [at for at, state in enumerate(states) if state is not None]
    for shift in found_shifts(known, lambda: _State(states)):
        before, after = str(shift.before.state), str(shift.after.state)
        yield Change(
            kind="unit-changed", column=name, what=f"is in {after} instead of {before}",
            before=before, after=after, **when(shift),
        )  # fmt: skip


def _plain(state: Any) -> Any:
    """ASCII is UTF-8 without letters that would tell them apart."""
    return "utf-8" if str(state).lower() in ("ascii", "us-ascii", "utf-8-sig") else state
