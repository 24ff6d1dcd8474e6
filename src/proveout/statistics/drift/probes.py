"""Probes: yes-or-no questions that are put to every value of a column, and counted.

A probe is a mask over the levels of a column; its share of rows is what the watch compares with the
past. The profile holds what was learned of the column and is all that the questions need.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from proveout.statistics.drift import forms
from proveout.statistics.drift.values import Floats, Integers, Kind, Mask, Values

Family = Literal[
    "missing", "unseen", "range", "spike", "shape", "precision", "form", "duplicates", "pair",
    "schema",
]  # fmt: skip
MOST_LEVELS = 20_000
"""A column with more different values is not asked for values that were never seen."""
_MOST_PATTERNED = 4_000
"""So many different texts are looked at for how they are written."""
_QUANTILES = (
    0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999,
)  # fmt: skip
_UNITS = (1.0, 0.1, 0.01, 0.0001, 5.0, 10.0, 100.0, 60.0)
_DAY = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One question."""

    family: Family
    label: str
    """What a 'yes' says of a value: 'below the least value seen'."""
    upper_only: bool = False
    """Only more of it is a reason for alarm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What was learned of one column."""

    name: str
    kind: Kind
    n_rows: int
    known: tuple[str, ...] | tuple[float, ...] = ()
    """Levels by how often they stand, most frequent first; at most `MOST_LEVELS`."""
    n_levels: int = 0
    cuts: tuple[float, ...] = ()
    low: float = np.nan
    high: float = np.nan
    patterns: tuple[str, ...] = ()
    lengths: tuple[int, ...] = ()
    plains: frozenset[str] = field(default_factory=frozenset)
    is_local: bool = False
    """Its single figures are steadier among those of their size than among all."""

    @property
    def is_closed(self) -> bool:
        """Tell whether all values are known, so that another one is news."""
        return 0 < self.n_levels <= MOST_LEVELS

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "name": self.name, "kind": self.kind, "n_rows": self.n_rows, "known": list(self.known),
            "n_levels": self.n_levels, "cuts": list(self.cuts),
            "ends": [] if np.isnan(self.low) else [self.low, self.high],
            "patterns": list(self.patterns), "lengths": list(self.lengths),
            "is_local": self.is_local,
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Profile:
        """Make it from what `as_json` returned."""
        low, high = kept["ends"] or (np.nan, np.nan)
        known = tuple(kept["known"])
        return cls(
            name=kept["name"], kind=kept["kind"], n_rows=kept["n_rows"], known=known,
            n_levels=kept["n_levels"], cuts=tuple(kept["cuts"]), low=low, high=high,
            patterns=tuple(kept["patterns"]), lengths=tuple(kept["lengths"]),
            plains=_plains(known) if kept["kind"] == "text" else frozenset(),
            is_local=kept["is_local"],
        )  # fmt: skip


def learn(name: str, values: Values) -> Profile:
    """Learn what there is to know of a column of the reference."""
    n_rows, n_levels = values.n_rows, int(np.count_nonzero(values.counts))
    order = np.argsort(-values.counts, kind="stable")[: min(n_levels, MOST_LEVELS)]
    if values.kind == "text":
        texts = values.texts()
        known = tuple(texts[n] for n in order)
        sample = order[:: max(1, len(order) // _MOST_PATTERNED)]
        return Profile(
            name=name, kind="text", n_rows=n_rows, known=known, n_levels=n_levels,
            patterns=tuple(dict.fromkeys(forms.pattern(texts[n]) for n in sample)),
            lengths=_length_cuts([len(texts[n]) for n in sample], values.counts[sample]),
            plains=_plains(known),
        )  # fmt: skip
    figures = values.numbers()
    read = ~np.isnan(figures) & (values.counts > 0)
    if not read.any():
        return Profile(name=name, kind=values.kind, n_rows=n_rows)
    shown = figures[read] if values.kind == "number" else figures[read] % _DAY
    return Profile(
        name=name, kind=values.kind, n_rows=n_rows,
        known=tuple(float(figures[n]) for n in order if read[n]),
        n_levels=int(read.sum()), cuts=quantiles(shown, values.counts[read], _QUANTILES),
        low=float(figures[read].min()), high=float(figures[read].max()),
    )  # fmt: skip


def quantiles(
    levels: Floats, counts: Integers, wanted: tuple[float, ...] | Floats
) -> tuple[float, ...]:
    """Return the different quantiles of levels that stand so often."""
    order = np.argsort(levels)
    upto = np.cumsum(counts[order])
    places = np.searchsorted(upto, np.asarray(wanted) * upto[-1])
    return tuple(np.unique(levels[order][np.minimum(places, len(order) - 1)]).tolist())


def _length_cuts(lengths: list[int], counts: Integers) -> tuple[int, ...]:
    if not lengths:
        return ()
    found = quantiles(np.array(lengths, dtype=np.float64), counts, (0.01, 0.25, 0.5, 0.75, 0.99))
    return tuple(int(each) for each in found)


def _plains(known: tuple[Any, ...]) -> frozenset[str]:
    return frozenset(forms.plain(text) for text in known if isinstance(text, str)) - {""}


def asked(profile: Profile, values: Values) -> Iterator[tuple[Probe, Mask, int]]:
    """Put all questions to a column; return each with its mask over levels and 'out of how many'.

    The questions and their order depend on the profile alone. Whether a value was seen before is
    not among them: see `news`.
    """
    match profile.kind:
        case "text":
            yield from _of_texts(profile, values)
        case "number":
            yield from _of_numbers(profile, values)
        case "moment":
            yield from _of_moments(profile, values)


def _of_numbers(profile: Profile, values: Values) -> Iterator[tuple[Probe, Mask, int]]:
    figures, n = values.numbers(), values.n_present
    bad = np.isnan(figures)
    yield Probe(family="form", label="no figures", upper_only=True), bad, n
    n_read = n - int(values.counts[bad].sum())
    for cut in profile.cuts:
        yield Probe(family="shape", label=f"at most {cut:.6g}"), figures <= cut, n_read
    yield Probe(family="shape", label="below zero"), figures < 0, n_read
    yield Probe(family="spike", label="zero"), figures == 0, n_read
    for unit in _UNITS:
        label = f"multiples of {unit:g}"
        yield Probe(family="precision", label=label), _multiples(figures, unit), n_read


def _multiples(figures: Floats, unit: float) -> Mask:
    with np.errstate(invalid="ignore"):
        parts = figures / unit
        off = np.abs(parts - np.rint(parts))
        return np.asarray(off < 1e-9 * np.maximum(1.0, np.abs(parts)))


def _of_moments(profile: Profile, values: Values) -> Iterator[tuple[Probe, Mask, int]]:
    seconds, n = values.numbers(), values.n_present
    bad = np.isnan(seconds)
    yield Probe(family="form", label="no dates", upper_only=True), bad, n
    span = max(profile.high - profile.low, 30 * _DAY)
    with np.errstate(invalid="ignore"):
        middle = np.median(seconds[~bad]) if (~bad).any() else 0.0
        far = np.abs(seconds - middle) > 2 * span
        yield Probe(family="range", label="far from the others", upper_only=True), far, n
        of_day = seconds % _DAY
        yield Probe(family="precision", label="at midnight"), of_day == 0, n
        yield Probe(family="precision", label="on the full hour"), of_day % 3600 == 0, n
        yield Probe(family="precision", label="on the full minute"), of_day % 60 == 0, n
        for cut in profile.cuts[2:-2:2]:
            label = f"at most {cut / 3600:.3g} h after midnight"
            yield Probe(family="shape", label=label), of_day <= cut, n
        weekday = (seconds // _DAY + 3) % 7
        for day, name in enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
                                    "Saturday", "Sunday")):  # fmt: skip
            yield Probe(family="shape", label=f"on {name}s"), weekday == day, n


def _of_texts(profile: Profile, values: Values) -> Iterator[tuple[Probe, Mask, int]]:
    texts = values.texts()
    looked = np.arange(len(texts))[:: max(1, len(texts) // _MOST_PATTERNED)]
    sample = [texts[n] for n in looked]
    n = int(values.counts[looked].sum())

    def mask(found: list[bool]) -> Mask:
        whole = np.zeros(len(texts), dtype=bool)
        whole[looked] = found
        return whole

    def form(label: str, *, upper: bool = True) -> Probe:
        return Probe(family="form", label=label, upper_only=upper)

    yield form("written with damaged characters"), mask([forms.is_damaged(t) for t in sample]), n
    yield form("written with stray spaces"), mask([forms.has_stray_spaces(t) for t in sample]), n
    yield form("all in capitals", upper=False), mask([t.isupper() for t in sample]), n
    yield form("all in small letters", upper=False), mask([t.islower() for t in sample]), n
    yield form("written with a comma", upper=False), mask(["," in t for t in sample]), n
    first, second = forms.date_groups(sample)
    yield form("dates with the day first", upper=False), mask(first), n
    yield form("dates with the day second", upper=False), mask(second), n
    if len(profile.known) > _FEW:
        for cut in profile.lengths:
            yield (
                form(f"at most {cut} characters long", upper=False),
                mask([len(t) <= cut for t in sample]),
                n,
            )
        found = [forms.pattern(t) for t in sample]
        for each in profile.patterns[:12]:
            yield form(f"written like {each!r}", upper=False), mask([p == each for p in found]), n


_FEW = 100
"""With so few levels the share of each is watched, and so is how they are written."""


def news(profile: Profile, values: Values) -> list[tuple[Probe, Mask, int]]:
    """Tell which levels the reference does not know: values, ends, patterns, spellings."""
    n = values.n_present
    if profile.kind == "moment" or not profile.known:
        return []
    if profile.kind == "number":
        figures = values.numbers()
        n_read = int(values.counts[~np.isnan(figures)].sum())
        return [
            (UNSEEN, unknown(profile, values) & ~np.isnan(figures), n_read),
            (BELOW, figures < profile.low, n_read),
            (ABOVE, figures > profile.high, n_read),
        ]
    fresh = unknown(profile, values)
    texts = values.texts()
    places = np.flatnonzero(fresh)
    respelt, strange = np.zeros(len(texts), dtype=bool), np.zeros(len(texts), dtype=bool)
    patterns = set(profile.patterns)
    for place in places[:: max(1, len(places) // _MOST_PATTERNED)]:
        respelt[place] = profile.is_closed and forms.plain(texts[place]) in profile.plains
        strange[place] = forms.pattern(texts[place]) not in patterns
    return [(UNSEEN, fresh, n), (RESPELT, respelt, n), (STRANGE, strange, n)]


NEW_LEVELS = Probe(family="unseen", label="never seen before, of many kinds", upper_only=True)
"""Counts different values and not rows: one new shop brings many rows, a broken field many
values."""
UNSEEN = Probe(family="unseen", label="never seen before", upper_only=True)
BELOW = Probe(family="range", label="below the least value seen", upper_only=True)
ABOVE = Probe(family="range", label="above the greatest value seen", upper_only=True)
RESPELT = Probe(family="form", label="known values written otherwise", upper_only=True)
STRANGE = Probe(family="form", label="written as no value before", upper_only=True)


def unknown(profile: Profile, values: Values) -> Mask:
    """Mark the levels that the reference does not know; none where it cannot know them all."""
    if not profile.is_closed:
        return np.zeros(len(values.counts), dtype=bool)
    return np.asarray(places_of(profile, values) < 0)


def places_of(profile: Profile, values: Values) -> Integers:
    """Return the place of each level among those known; -1 where it is not."""
    import pandas as pd

    levels = list(values.levels) if isinstance(values.levels, tuple) else values.levels
    if not len(profile.known):
        return np.full(len(levels), -1, dtype=np.int64)
    return pd.Index(profile.known).get_indexer(pd.Index(levels)).astype(np.int64)
