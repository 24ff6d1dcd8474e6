"""Find every change in a series, column by column, each told once and in its worst form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from proveout.checks.readiness.series.changes import Change, ChangeKind
from proveout.checks.readiness.series.codes import NewWords, Vocabulary, is_vocabulary
from proveout.checks.readiness.series.deliveries import Series
from proveout.checks.readiness.series.forms import (
    TEXT,
    Forms,
    Writing,
    as_written,
    enough,
    is_of_writing,
    is_written,
)
from proveout.checks.readiness.series.profile import ColumnProfile, Profiles
from proveout.checks.readiness.series.regimes import Pool, Shift, shifts
from proveout.checks.readiness.series.renames import likeness
from proveout.checks.readiness.series.units import Sizes, can_be_scaled

Known = Sequence[ColumnProfile | None]
P = TypeVar("P", bound=Pool)

_UNSTEADY = 1 / 3
"""Stretches per delivery beyond which a field just varies from one to the next."""
_LAYOUT = {"delimiter": "delimiter", "encoding": "encoding", "decimal": "decimal mark"}
_EMPTIER = 0.3
"""By how much the share of filled values must have changed."""
_SHOWN = 3
_NEAR = 3
"""Deliveries on each side by which a renamed column is known."""


def changes(series: Series, profiles: Profiles) -> list[Change]:
    """List the changes of a series, the earliest first; none where there is one delivery."""
    order = [delivery.position for delivery in series.deliveries]
    columns: dict[str, Known] = {}
    for name, by_file in profiles.columns.items():
        ordered = [by_file[position] for position in order]
        if any(each is not None for each in ordered):
            columns[name] = ordered
    found = [*_columns(columns), *_layout(series)]
    for name, known in columns.items():
        stated = list(_unit_rows(name, series))
        begun = {change.spans[0][0] for change in stated}
        measured = [
            change for change in _of_values(name, known)
            if change.kind != "unit-changed" or change.spans[0][0] not in begun
        ]  # fmt: skip
        found += [*measured, *stated]
    return sorted(found, key=lambda each: (each.spans[0][0], each.column or "", each.kind))


@dataclass(slots=True)
class _State:
    """Something that is as it is in each delivery: a column is there or not."""

    states: Sequence[Any]
    state: Any = None

    def add(self, at: int) -> None:
        self.state = self.states[at]

    def differs(self, at: int) -> bool:
        return bool(self.states[at] != self.state)


def _columns(columns: Mapping[str, Known]) -> Iterator[Change]:
    """Tell which columns appear, vanish, or are called otherwise."""
    gone: dict[str, Shift[_State]] = {}
    new: dict[str, Shift[_State]] = {}
    for name, known in columns.items():
        there = [each is not None for each in known]
        for shift in _shifts(range(len(known)), lambda s=there: _State(s)):  # type: ignore[misc]
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
            examples=_examples(columns[old], columns[name], shift),
            suggestion=f"rename: {{{_yaml(name)}: {_yaml(old)}}}",
            likeness=round(alike, 3),
            **_when(shift),
        )
    for name, shift in gone.items():
        yield Change(
            kind="column-gone", column=name, what="is not delivered", before="there",
            after="not there", examples=_first_of(columns[name]), **_when(shift),
        )  # fmt: skip
    for name, shift in new.items():
        yield Change(
            kind="column-new", column=name, what="is a new column", before="not there",
            after="there", examples=_first_of(columns[name]), **_when(shift),
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


def _layout(series: Series) -> Iterator[Change]:
    """Tell how the files themselves are written otherwise."""
    for key, noun in _LAYOUT.items():
        states = [_plain(delivery.part.file.read_as.get(key)) for delivery in series.deliveries]
        known = [at for at, state in enumerate(states) if state is not None]
        for shift in _shifts(known, lambda s=states: _State(s)):  # type: ignore[misc]
            before, after = repr(shift.before.state), repr(shift.after.state)
            yield Change(
                kind="layout-changed", column=None, before=before, after=after,
                what=f"its files have the {noun} {after} instead of {before}", **_when(shift),
            )  # fmt: skip


def _unit_rows(name: str, series: Series) -> Iterator[Change]:
    """Tell where the row of units below a header says another unit."""
    states = [(d.part.file.read_as.get("units") or {}).get(name) for d in series.deliveries]
    known = [at for at, state in enumerate(states) if state is not None]
    for shift in _shifts(known, lambda: _State(states)):
        before, after = str(shift.before.state), str(shift.after.state)
        yield Change(
            kind="unit-changed", column=name, what=f"is in {after} instead of {before}",
            before=before, after=after, **_when(shift),
        )  # fmt: skip


def _plain(state: Any) -> Any:
    """ASCII is UTF-8 without letters that would tell them apart."""
    return "utf-8" if str(state).lower() in ("ascii", "us-ascii", "utf-8-sig") else state


def _of_values(name: str, known: Known) -> list[Change]:
    """Tell how the values of one column are otherwise; of what begins together, the plainest."""
    found = [*_types(name, known), *_filling(name, known), *_units(name, known)]
    words = list(_codes(name, known))
    begun = {change.spans for change in [*found, *words]}
    return [
        *found,
        *words,
        *(change for change in _writing(name, known) if change.spans not in begun),
    ]


def _types(name: str, known: Known) -> Iterator[Change]:
    for shift in _shifts(_where(known, enough), lambda: Forms(known)):
        before, after = shift.before.usual, shift.after.usual
        kind: ChangeKind = "format-changed" if is_of_writing(before, after) else "type-changed"
        what = f"holds {_an(after)} instead of {_an(before)}"
        if kind == "format-changed" and "YYYY" in after:
            what = f"is written {after} instead of {before}"
        yield Change(
            kind=kind, column=name, what=what, before=before, after=after,
            examples=_examples(known, known, shift, (before, after)), **_when(shift),
        )  # fmt: skip


def _an(form: str) -> str:
    if "YYYY" in form:
        return f"a date ({form})"
    return {TEXT: "text", "hh:mm": "a time of day"}.get(form, form)


@dataclass(slots=True)
class _Filling:
    """How often a field is filled, in deliveries that are alike."""

    profiles: Known
    n: int = 0
    n_filled: int = 0

    def add(self, at: int) -> None:
        profile = self.profiles[at]
        if profile is not None:
            self.n, self.n_filled = self.n + profile.n, self.n_filled + profile.n_filled

    @property
    def share(self) -> float:
        return self.n_filled / self.n if self.n else 0.0

    def differs(self, at: int) -> bool:
        profile = self.profiles[at]
        if profile is None or not self.n or abs(profile.filled - self.share) < _EMPTIER:
            return False
        # Far enough apart for chance: a bound on the difference of two shares.
        error = (0.25 / profile.n + 0.25 / self.n) ** 0.5
        return bool(abs(profile.filled - self.share) > 2.6 * error)


def _filling(name: str, known: Known) -> Iterator[Change]:
    enough_rows = _where(known, lambda each: each is not None and each.n >= 10)
    for shift in _shifts(enough_rows, lambda: _Filling(known)):
        before, after = f"{shift.before.share:.0%}", f"{shift.after.share:.0%}"
        if shift.after.share == 0:
            what = "is empty in every record"
        else:
            what = f"is filled in {_share(after)} of the records instead of {_share(before)}"
        yield Change(
            kind="filling-changed", column=name, what=what, before=before, after=after,
            **_when(shift),
        )  # fmt: skip


def _share(percent: str) -> str:
    return percent.replace("%", " %")


def _units(name: str, known: Known) -> Iterator[Change]:
    for shift in _shifts(_where(known, can_be_scaled), lambda: Sizes(known)):
        scale = shift.before.scale(shift.spans[0][0])
        if scale is not None:
            yield Change(
                kind="unit-changed", column=name, what=f"has figures that {scale.words}",
                before="1", after="" if scale.factor is None else f"{scale.factor:.6g}",
                examples=_middles(known, shift), **_when(shift),
            )  # fmt: skip


def _middles(known: Known, shift: Shift[Any]) -> tuple[str, ...]:
    """Show the usual figure before and since, and a real one."""
    since = shift.spans[0][0]
    shown = []
    for when, side in (("before", list(reversed(known[:since]))), ("since", known[since:])):
        usual = next((each.quantiles for each in side if each and each.quantiles), None)
        if usual is not None:
            shown.append(f"usually about {usual[2]:,.6g} {when}")
    return (*shown, *(f"{text} since" for text in _examples_of(known, shift, "after")[:1]))


def _codes(name: str, known: Known) -> Iterator[Change]:
    if not is_vocabulary(known):
        return
    filled = _where(known, lambda each: each is not None and bool(each.values))
    for shift in _shifts(filled, lambda: Vocabulary(known)):
        words = shift.before.changed(shift.spans[0][0])
        if words:
            yield Change(
                kind="codes-changed", column=name, what=_told(words),
                before=", ".join([*(a for a, _ in words.renamed), *words.gone]),
                after=", ".join([*(b for _, b in words.renamed), *words.new]),
                examples=tuple(f"'{b}' for '{a}'" for a, b in words.renamed[:_SHOWN])
                or (*words.new[:_SHOWN], *words.gone)[:_SHOWN],
                **_when(shift),
            )  # fmt: skip


def _told(words: NewWords) -> str:
    told = []
    if words.renamed:
        told.append("says " + _some([f"'{b}' for '{a}'" for a, b in words.renamed]))
    if words.new:
        told.append(f"has the new {_noun(words.new)} {_some([repr(each) for each in words.new])}")
    if words.gone:
        told.append(f"lacks the {_noun(words.gone)} {_some([repr(each) for each in words.gone])}")
    return " and ".join(told)


def _noun(codes: Sequence[str]) -> str:
    return "value" if len(codes) == 1 else "values"


def _some(listed: Sequence[str]) -> str:
    left = len(listed) - _SHOWN
    return ", ".join(listed[:_SHOWN]) + (f" and {left} more" if left > 0 else "")


def _writing(name: str, known: Known) -> Iterator[Change]:
    for shift in _shifts(_where(known, is_written), lambda: Writing(known)):
        before, after = (_examples_of(known, shift, side) for side in ("before", "after"))
        if before and after and before[0] != after[0]:
            yield Change(
                kind="format-changed", column=name,
                what=f"is written like '{after[0]}' instead of '{before[0]}'",
                before=before[0], after=after[0], examples=_examples(known, known, shift),
                **_when(shift),
            )  # fmt: skip


def _shifts(known: Sequence[int] | range, new_pool: Callable[[], P]) -> list[Shift[P]]:
    """Find the shifts; none where a thing is another one in every other delivery."""
    found = shifts(list(known), new_pool)
    return found if len(found) <= max(2, _UNSTEADY * len(known)) else []


def _where(known: Known, has: Callable[[ColumnProfile | None], bool]) -> list[int]:
    return [at for at, each in enumerate(known) if has(each)]


def _when(shift: Shift[Any]) -> dict[str, Any]:
    return {"spans": shift.spans, "holds": shift.holds}


def _examples(
    old: Known, new: Known, shift: Shift[Any], forms: tuple[str, str] | None = None
) -> tuple[str, ...]:
    """Show one value before, and two since; `forms` are how each side is written."""
    before, after = _examples_of(old, shift, "before"), _examples_of(new, shift, "after")
    if forms is not None:
        before, after = (
            tuple(as_written(text, form) for text in texts)
            for texts, form in zip((before, after), forms, strict=True)
        )
    shown = [f"{text} before" for text in before[:1]]
    return (*shown, *(f"{text} since" for text in after[: _SHOWN - len(shown)]))


def _examples_of(known: Known, shift: Shift[Any], side: str) -> tuple[str, ...]:
    since = shift.spans[0][0]
    if side == "after":
        return _first_of(known[since:])
    return _first_of(list(reversed(known[:since])))


def _first_of(known: Sequence[ColumnProfile | None]) -> tuple[str, ...]:
    return next((each.examples for each in known if each is not None and each.examples), ())


def _yaml(name: str) -> str:
    """Write a name as the charter can hold it."""
    if re.fullmatch(r"[A-Za-z_][\w. -]*", name) and not name.endswith(" "):
        return name
    return "'" + name.replace("'", "''") + "'"
