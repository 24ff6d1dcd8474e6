"""Changes of what a column holds: type, form, filling, unit, codes, writing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from proveout.checks.readiness.series.changes import Change, ChangeKind
from proveout.checks.readiness.series.codes import NewWords, Vocabulary, is_vocabulary
from proveout.checks.readiness.series.forms import (
    TEXT,
    Forms,
    Writing,
    enough,
    is_of_writing,
    is_written,
)
from proveout.checks.readiness.series.regimes import Shift
from proveout.checks.readiness.series.showing import (
    SHOWN,
    Known,
    examples,
    examples_of,
    found_shifts,
    when,
    where,
)
from proveout.checks.readiness.series.units import Sizes, can_be_scaled

_EMPTIER = 0.3
"""By how much the share of filled values must have changed."""


def of_values(name: str, known: Known) -> list[Change]:
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
    for shift in found_shifts(where(known, enough), lambda: Forms(known)):
        before, after = shift.before.usual, shift.after.usual
        kind: ChangeKind = "format-changed" if is_of_writing(before, after) else "type-changed"
        what = f"holds {_an(after)} instead of {_an(before)}"
        if kind == "format-changed" and "YYYY" in after:
            what = f"is written {after} instead of {before}"
        yield Change(
            kind=kind, column=name, what=what, before=before, after=after,
            examples=examples(known, known, shift, (before, after)), **when(shift),
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
    enough_rows = where(known, lambda each: each is not None and each.n >= 10)
    for shift in found_shifts(enough_rows, lambda: _Filling(known)):
        before, after = f"{shift.before.share:.0%}", f"{shift.after.share:.0%}"
        if shift.after.share == 0:
            what = "is empty in every record"
        else:
            what = f"is filled in {_share(after)} of the records instead of {_share(before)}"
        yield Change(
            kind="filling-changed", column=name, what=what, before=before, after=after,
            **when(shift),
        )  # fmt: skip


def _share(percent: str) -> str:
    return percent.replace("%", " %")


def _units(name: str, known: Known) -> Iterator[Change]:
    for shift in found_shifts(where(known, can_be_scaled), lambda: Sizes(known)):
        scale = shift.before.scale(shift.spans[0][0])
        if scale is not None:
            yield Change(
                kind="unit-changed", column=name, what=f"has figures that {scale.words}",
                before="1", after="" if scale.factor is None else f"{scale.factor:.6g}",
                examples=_middles(known, shift), **when(shift),
            )  # fmt: skip


def _middles(known: Known, shift: Shift[Any]) -> tuple[str, ...]:
    """Show the usual figure before and since, and a real one."""
    since = shift.spans[0][0]
    shown = []
    for word, side in (("before", list(reversed(known[:since]))), ("since", known[since:])):
        usual = next((each.quantiles for each in side if each and each.quantiles), None)
        if usual is not None:
            shown.append(f"usually about {usual[2]:,.6g} {word}")
    return (*shown, *(f"{text} since" for text in examples_of(known, shift, "after")[:1]))


def _codes(name: str, known: Known) -> Iterator[Change]:
    if not is_vocabulary(known):
        return
    filled = where(known, lambda each: each is not None and bool(each.values))
    for shift in found_shifts(filled, lambda: Vocabulary(known)):
        words = shift.before.changed(shift.spans[0][0])
        if words:
            yield Change(
                kind="codes-changed", column=name, what=_told(words),
                before=", ".join([*(a for a, _ in words.renamed), *words.gone]),
                after=", ".join([*(b for _, b in words.renamed), *words.new]),
                examples=tuple(f"'{b}' for '{a}'" for a, b in words.renamed[:SHOWN])
                or (*words.new[:SHOWN], *words.gone)[:SHOWN],
                **when(shift),
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
    left = len(listed) - SHOWN
    return ", ".join(listed[:SHOWN]) + (f" and {left} more" if left > 0 else "")


def _writing(name: str, known: Known) -> Iterator[Change]:
    for shift in found_shifts(where(known, is_written), lambda: Writing(known)):
        before, after = (examples_of(known, shift, side) for side in ("before", "after"))
        if before and after and before[0] != after[0]:
            yield Change(
                kind="format-changed", column=name,
                what=f"is written like '{after[0]}' instead of '{before[0]}'",
                before=before[0], after=after[0], examples=examples(known, known, shift),
                **when(shift),
            )  # fmt: skip
