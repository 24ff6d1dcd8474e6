"""How often each probe said yes in the blocks of the past, and of how many rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from proveout.statistics.drift import forms
from proveout.statistics.drift.probes import (
    ABOVE,
    BELOW,
    NEW_LEVELS,
    RESPELT,
    STRANGE,
    UNSEEN,
    Probe,
    Profile,
    asked,
    news,
    places_of,
)
from proveout.statistics.drift.values import Floats, Integers, Mask, Values

MOST_WATCHED = 256
"""So many of a column's most frequent values are watched one by one."""
MISSING = Probe(family="missing", label="missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Hits of J probes out of so many rows."""

    probes: tuple[Probe, ...]
    hits: Floats
    rows: Floats


def counted(profile: Profile, values: Values) -> Counts:
    """Count all probes of a column in a window, news included."""
    new = news(profile, values)
    found = [*asked(profile, values), *new]
    missing = values.n_rows - values.n_present
    hits = [missing, *(_hits(values, mask) for _, mask, _ in found)]
    rows = [values.n_rows, *(n for _, _, n in found)]
    probes = [MISSING, *(probe for probe, _, _ in found)]
    if new:
        _, unseen, n = new[0]
        probes.append(NEW_LEVELS)
        hits.append(int(np.count_nonzero(values.counts[unseen])))
        rows.append(n)
    return Counts(
        probes=tuple(probes),
        hits=np.array(hits, dtype=np.float64),
        rows=np.array(rows, dtype=np.float64),
    )


def _hits(values: Values, mask: Mask) -> int:
    return int(values.counts[mask].sum())


def levels_counted(profile: Profile, values: Values) -> Floats:
    """Count each of the most frequent values of the reference."""
    n = min(len(profile.known), MOST_WATCHED)
    places = places_of(profile, values)
    watched = (places >= 0) & (places < n)
    counts = np.bincount(places[watched], weights=values.counts[watched], minlength=n)[:n]
    return counts.astype(np.float64)


_LEAST_NEIGHBOURS = 8
_STEADIER = 1.25
"""So much the less must figures differ among those of their size, to be compared with them."""


def neighbours_counted(profile: Profile, values: Values) -> Floats:
    """Count, for each of these values, the rows it is compared with: figures of about its size.

    Delays come and go with the weather, and all figures of a size with them; a stuck reading comes
    alone. Of columns that are not local these are all rows.
    """
    n = min(len(profile.known), MOST_WATCHED)
    present = float(values.n_present)
    if not profile.is_local or not n:
        return np.full(n, present)
    known = np.asarray(profile.known, dtype=np.float64)
    ends = _group_ends(np.asarray(profile.cuts), known)
    figures = values.numbers()
    read = ~np.isnan(figures)
    groups = np.searchsorted(ends, figures[read], side="left")
    held = np.bincount(groups, weights=values.counts[read], minlength=len(ends) + 1)
    return np.asarray(held[np.searchsorted(ends, known[:n], side="left")], dtype=np.float64)


def is_local(profile: Profile, blocks: Sequence[Values]) -> bool:
    """Tell whether figures are far steadier among those of their size than among all."""
    if profile.kind != "number" or len(profile.known) < 2 * _LEAST_NEIGHBOURS:
        return False
    hits = np.array([levels_counted(profile, each) for each in blocks])
    near = replace(profile, is_local=True)
    among = [
        np.array([neighbours_counted(each, part) for part in blocks]) for each in (profile, near)
    ]
    of_all, of_near = (_unrest(hits, rows) for rows in among)
    return of_all > _STEADIER * of_near


def _unrest(hits: Floats, rows: Floats) -> float:
    """Return how shares differ from block to block, against chance: chi-square a degree."""
    with np.errstate(all="ignore"):
        share = hits.sum(axis=0) / rows.sum(axis=0)
        expected = rows * share
        off = (hits - expected) ** 2 / (expected * (1 - share))
        # Of values that are seen often enough to tell.
        found = off.sum(axis=0)[(expected.mean(axis=0) >= 1) & (share < 0.5)]
    return float(np.nanmean(found)) / max(len(hits) - 1, 1) if len(found) else 1.0


def _group_ends(cuts: Floats, known: Floats) -> Floats:
    """Return those cuts that leave enough different values between one another."""
    ends: list[float] = []
    below = np.searchsorted(np.sort(known), cuts, side="right")
    last = 0
    for cut, upto in zip(cuts, below, strict=True):
        if upto - last >= _LEAST_NEIGHBOURS and len(known) - upto >= _LEAST_NEIGHBOURS:
            ends.append(float(cut))
            last = int(upto)
    return np.array(ends, dtype=np.float64)


def past_of(profile: Profile, values: Values, blocks: Sequence[Integers]) -> list[Counts]:
    """Count all probes in each block of the reference.

    What is news is told by the blocks before: what is seen for the first time in a block was news
    then. The first half of the blocks tells nothing of it, since everything is new at first.
    """
    parts = [values.part(rows) for rows in blocks]
    fresh = _news_of_the_past(profile, parts)
    found = []
    for n, (part, hits) in enumerate(zip(parts, fresh, strict=True)):
        known = counted(profile, part)
        is_news = np.array([probe in hits for probe in known.probes])
        told = n >= max(1, len(parts) // 2)
        as_news = np.array([hits.get(probe, 0.0) for probe in known.probes])
        found.append(
            Counts(
                probes=known.probes,
                hits=np.where(is_news, as_news if told else np.nan, known.hits),
                rows=np.where(is_news & ~np.bool_(told), np.nan, known.rows),
            )
        )
    return found


def _news_of_the_past(profile: Profile, parts: Sequence[Values]) -> list[dict[Probe, float]]:
    if profile.kind == "moment" or not profile.known:
        return [{} for _ in parts]
    held = np.array([part.counts for part in parts])
    first = np.where(held.any(axis=0), (held > 0).argmax(axis=0), len(parts))
    if profile.kind == "number":
        return _new_figures(profile, parts, held, first)
    texts = parts[0].texts()
    patterns, plains = [forms.pattern(t) for t in texts], [forms.plain(t) for t in texts]
    first_pattern, first_plain = _firsts(patterns, first), _firsts(plains, first)
    closed = profile.is_closed
    found = []
    for n, counts in enumerate(held):
        new = first == n
        respelt = new & (first_plain < n) & closed
        hits = {UNSEEN: counts[new].sum() * closed, RESPELT: counts[respelt].sum(),
                STRANGE: counts[new & (first_pattern == n)].sum(),
                NEW_LEVELS: np.count_nonzero(counts[new]) * closed}  # fmt: skip
        found.append({probe: float(each) for probe, each in hits.items()})
    return found


def _new_figures(
    profile: Profile, parts: Sequence[Values], held: Integers, first: Integers
) -> list[dict[Probe, float]]:
    figures = parts[0].numbers()
    read = ~np.isnan(figures)
    found, low, high = [], np.inf, -np.inf
    for n, counts in enumerate(held):
        here = read & (counts > 0)
        hits = {UNSEEN: counts[(first == n) & read].sum() * profile.is_closed,
                BELOW: counts[read & (figures < low)].sum() if n else 0,
                ABOVE: counts[read & (figures > high)].sum() if n else 0,
                NEW_LEVELS: np.count_nonzero(counts[(first == n) & read]) * profile.is_closed,
                }  # fmt: skip
        found.append({probe: float(each) for probe, each in hits.items()})
        if here.any():
            low, high = min(low, figures[here].min()), max(high, figures[here].max())
    return found


def _firsts(keys: Sequence[str], first: Integers) -> Integers:
    """Return for each level the block in which its key was first seen."""
    earliest: dict[str, int] = {}
    for key, block in zip(keys, first.tolist(), strict=True):
        earliest[key] = min(block, earliest.get(key, block))
    return np.array([earliest[key] for key in keys], dtype=np.int64)
