"""How one field differs between the pilot sample and production: figures, and words for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from proveout.checks.readiness.gap.counting import (
    MISSING,
    NOT_OF_ITS_KIND,
    REST,
    Counts,
    Extent,
)
from proveout.checks.readiness.gap.distance import Distance, jensen_shannon
from proveout.checks.readiness.gap.fields import Field, Kind

_TOP_CATEGORIES = 50
"""Categories that have a bin of their own in the distance; the rest share one."""
_EXAMPLES = 5
_NOTABLE = 0.005
"""Difference of shares worth a word."""
_WORTH_SAYING = 0.001
"""Share of production's records from which it is worth a word."""
_BEYOND_BY_CHANCE = 4.74
"""Of two samples from one distribution, this many records out of the smaller one's number lie
beyond its two ends in 1 of 20 pairs at most: the share beyond them is Beta(2, n - 1)."""
_CHANGED = 0.05
"""Distance from which the most changed value is."""
_NO_KIND = tuple(NOT_OF_ITS_KIND.values())
_NOT_VALUES = frozenset({MISSING, REST, *_NO_KIND})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One bin, on both sides."""

    label: str
    pilot: float
    """Share of the pilot sample's records, 0 to 1."""
    production: float
    """Share of production's records, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """What production holds and the pilot sample never showed."""

    n_records: int
    share: float
    """Share of production's records, 0 to 1."""
    n_values: int | None = None
    """How many categories; None for a range."""
    examples: tuple[tuple[str, int], ...] = ()
    """Category and production records with it, the most frequent first."""
    pilot_range: tuple[str, str] | None = None
    production_range: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldGap:
    """All about one field."""

    name: str
    kind: Kind
    distance: Distance
    n_pilot: int
    n_production: int
    missing: Change
    """Share of records without a value."""
    unreadable: Change | None = None
    """Share of records whose value is none of its kind; None where there is no such record."""
    changes: tuple[Change, ...] = ()
    """Where the shares differ most."""
    unseen: Unseen | None = None
    unseen_is_unknown: bool = False
    """The pilot holds more values than are counted one by one, so that none is known as new."""
    parts: Mapping[str, Distance] = field(default_factory=dict)
    """Of a moment: the distance by month, weekday and hour; the largest is the field's."""


def gap_of(
    shared: Field,
    pilot: Mapping[str, Counts],
    production: Mapping[str, Counts],
    *,
    pilot_range: Extent | None = None,
    production_range: Extent | None = None,
    n_outside: int = 0,
) -> FieldGap:
    """Join the counts of one field (one set of bins, or one per part of the calendar)."""
    distances = {part: _distance(pilot[part], production[part]) for part in pilot}
    widest = max(distances, key=lambda part: distances[part].value)
    before, after = pilot[widest], production[widest]
    n_pilot, n_production = sum(before.values()), sum(after.values())
    return FieldGap(
        name=shared.name,
        kind=shared.kind,
        distance=distances[widest],
        n_pilot=n_pilot,
        n_production=n_production,
        missing=_change(MISSING, before, after),
        unreadable=next(
            (_change(label, before, after) for label in _NO_KIND if label in {*before, *after}),
            None,
        ),
        changes=_changes(before, after),
        unseen=_unseen_values(before, after)
        if shared.kind == "category"
        else _unseen_range(pilot_range, production_range, n_outside, n_production),
        unseen_is_unknown=shared.kind == "category" and REST in before,
        parts=distances if shared.kind == "moment" else {},
    )


def in_words(gap: FieldGap) -> str:
    """Say what differs, in one line; 'alike' when nothing does."""
    said = [*_missing_words(gap), *_unreadable_words(gap), *_unseen_words(gap)]
    if not said or gap.parts:
        said.extend(_change_words(gap))
    if said:
        return "; ".join(said)
    return "alike" if gap.distance.value <= gap.distance.by_chance else "nearly alike"


def as_details(gap: FieldGap) -> dict[str, Any]:
    """Return the plain form that goes into the details of the evidence."""
    details: dict[str, Any] = {
        "summary": in_words(gap),
        "kind": gap.kind,
        "n_pilot": gap.n_pilot,
        "n_production": gap.n_production,
        "by_chance": gap.distance.by_chance,
        "p_value": gap.distance.p_value,
        "missing": {"pilot": gap.missing.pilot, "production": gap.missing.production},
        "changes": [
            {"value": each.label, "pilot": each.pilot, "production": each.production}
            for each in gap.changes
        ],
    }
    if gap.unreadable is not None:
        details["unreadable"] = {
            "pilot": gap.unreadable.pilot,
            "production": gap.unreadable.production,
        }
    if gap.parts:
        details["parts"] = {part: each.value for part, each in gap.parts.items()}
    if gap.unseen is not None and gap.unseen.n_values is not None:
        details["unseen_values"] = {
            "n_values": gap.unseen.n_values,
            "n_records": gap.unseen.n_records,
            "share": gap.unseen.share,
            "examples": [{"value": value, "n": n} for value, n in gap.unseen.examples],
        }
    elif gap.unseen is not None:
        details["unseen_range"] = {
            "n_records": gap.unseen.n_records,
            "share": gap.unseen.share,
            "pilot": list(gap.unseen.pilot_range or ()),
            "production": list(gap.unseen.production_range or ()),
        }
    return details


def _distance(before: Counts, after: Counts) -> Distance:
    labels = list(dict.fromkeys([*before, *after]))
    if len(labels) > _TOP_CATEGORIES + 2:
        n, m = sum(before.values()), sum(after.values())
        labels.sort(key=lambda label: (-before.get(label, 0) / n - after.get(label, 0) / m, label))
        kept = [*labels[:_TOP_CATEGORIES], *_NOT_VALUES.intersection(labels[_TOP_CATEGORIES:])]
    else:
        kept = labels
    sides = []
    for counts in (before, after):
        row = [counts.get(label, 0) for label in kept]
        sides.append([*row, sum(counts.values()) - sum(row)])
    return jensen_shannon(sides[0], sides[1])


def _change(label: str, before: Counts, after: Counts) -> Change:
    return Change(
        label=label,
        pilot=before.get(label, 0) / sum(before.values()),
        production=after.get(label, 0) / sum(after.values()),
    )


def _changes(before: Counts, after: Counts) -> tuple[Change, ...]:
    labels = [label for label in dict.fromkeys([*before, *after]) if label not in _NOT_VALUES]
    changes = [_change(label, before, after) for label in labels]
    changes = [each for each in changes if abs(each.pilot - each.production) > _NOTABLE]
    changes.sort(key=lambda each: (-round(abs(each.pilot - each.production), 9), each.label))
    return tuple(changes[:_EXAMPLES])


def _unseen_values(before: Counts, after: Counts) -> Unseen | None:
    if REST in before:  # the pilot's list is not complete: nothing is known to be unseen
        return None
    new = [
        (value, n) for value, n in after.items() if value not in before and value not in _NOT_VALUES
    ]
    if not new:
        return None
    new.sort(key=lambda item: (-item[1], item[0]))
    n_records = sum(n for _, n in new)
    return Unseen(
        n_records=n_records,
        share=n_records / sum(after.values()),
        n_values=len(new),
        examples=tuple(new[:_EXAMPLES]),
    )


def _unseen_range(
    pilot: Extent | None, production: Extent | None, n_outside: int, n_production: int
) -> Unseen | None:
    if not n_outside or pilot is None or production is None:
        return None
    return Unseen(
        n_records=n_outside,
        share=n_outside / n_production,
        pilot_range=_range(pilot),
        production_range=_range(production),
    )


def _missing_words(gap: FieldGap) -> list[str]:
    before, after = gap.missing.pilot, gap.missing.production
    if abs(before - after) < _WORTH_SAYING:
        return []
    return [f"empty in {_share(after)} of production, {_never(before)} in the pilot"]


def _unreadable_words(gap: FieldGap) -> list[str]:
    found = gap.unreadable
    if found is None or found.production < _WORTH_SAYING:
        return []
    what = found.label.strip("()")
    return [
        f"{what} in {_share(found.production)} of production, {_never(found.pilot)} in the pilot"
    ]


def _unseen_words(gap: FieldGap) -> list[str]:
    unseen = gap.unseen
    if unseen is None or unseen.share < _WORTH_SAYING:
        return []
    if unseen.n_values is not None:
        names = ", ".join(value for value, _ in unseen.examples[:3])
        more = ", …" if unseen.n_values > 3 else ""
        plural = "value" if unseen.n_values == 1 else "values"
        return [
            f"{unseen.n_values:,} {plural} the pilot never saw, in {_share(unseen.share)} of "
            f"production ({names}{more})"
        ]
    if unseen.share <= _BEYOND_BY_CHANCE / (gap.n_pilot + 1):
        return []
    low, high = unseen.pilot_range or ("", "")
    return [f"{_share(unseen.share)} of production is outside the pilot's {low} to {high}"]


def _change_words(gap: FieldGap) -> list[str]:
    unseen = {value for value, _ in gap.unseen.examples} if gap.unseen else set()
    most = next((each for each in gap.changes if each.label not in unseen), None)
    if most is None or gap.distance.value < _CHANGED:
        return []
    return [
        f"{most.label} is {_share(most.pilot)} of the pilot, {_share(most.production)} of "
        "production"
    ]


def _share(share: float) -> str:
    if 0.9995 <= share < 1:
        return "nearly all"
    if share in (0, 1):
        return f"{100 * share:.0f} %"
    return f"{100 * share:.1f} %" if share >= 0.0005 else "under 0.1 %"


def _never(share: float) -> str:
    return "never" if share == 0 else _share(share)


def _range(extent: Extent) -> tuple[str, str]:
    """Write a range; days alone where it spans more than two of them."""
    low, high = extent.low, extent.high
    if isinstance(low, datetime) and high - low > timedelta(days=2):
        return f"{low:%Y-%m-%d}", f"{high:%Y-%m-%d}"
    return _text(low), _text(high)


def _text(value: Any) -> str:
    return f"{value:,.10g}" if isinstance(value, float) else str(value)
