"""From what is known to how active each cause was: sums of documented weights, nothing else.

For each cause: START plus the weights of what is known, as log-odds; the activity is that sum on
the scale from 0 to 1 (logistic). A question that is not answered adds nothing to the sum, and
widens the range by the least and the most that any of its answers would have added: lack of
knowledge widens and does not decide. What a charter leaves out is a hint: half its weight, and as
wide as what is not known. A signal whose sources disagree adds the mean of what they
say, and widens by their spread. Sums do not depend on the order of what is summed.

The activity is no probability: nobody has counted a thousand failed pilots. It says how much of
what would show a cause is there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from proveout.diagnosis.failures import FAILURES, Failure, named
from proveout.diagnosis.readings import Known, Reading, known_of
from proveout.diagnosis.signals import SIGNALS, Signal

START: Final = -1.4
"""Log-odds of each cause before anything is known, 0.2: no cause is named unless something speaks
for it, and none goes before another."""
HINT: Final = 0.5
"""What a charter leaves out counts by this part of its weight, and stays open: it is asked."""
ACTIVE: Final = 0.5
"""From this activity on a cause is called active."""
TIE: Final = 0.5
"""Sums that are less than one hint apart cannot be told apart."""
MOST_KNOWN: Final = 0.75
"""From this share of what could tell, no missing answer is likely to turn it."""

Sure = Literal["sure", "fairly sure", "unsure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What one signal says of one cause."""

    signal: str
    weight: float
    """Log-odds; above 0 it speaks for the cause."""
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """How active one cause of failure was, by all that is known."""

    failure: Failure
    place: int
    """From 1; causes that cannot be told apart share one."""
    activity: float
    low: float
    """With whatever answers are missing, it is at least this."""
    high: float
    sure: Sure
    known: float
    """How much of what could speak for or against it is known, from 0 to 1."""
    speaks_for: tuple[Weight, ...]
    """The strongest first."""
    speaks_against: tuple[Weight, ...]
    unknown: tuple[str, ...]
    """Signals that would say something and of which nothing is known, the weightiest first."""
    score: float
    """The sum itself, in log-odds."""

    @property
    def name(self) -> str:
        """Return its name in words."""
        return named(self.failure).name

    @property
    def is_active(self) -> bool:
        """Whether it is called active."""
        return self.activity >= ACTIVE


def weigh(readings: Iterable[Reading]) -> tuple[Cause, ...]:
    """Return all causes, the most active first."""
    known = known_of(readings)
    sums = [(_sum(each.id, known), each.id) for each in FAILURES]
    order = {each.id: place for place, each in enumerate(FAILURES)}
    sums.sort(key=lambda pair: (-round(pair[0].score, 9), order[pair[1]]))
    places = _places([total.score for total, _ in sums])
    return tuple(
        _cause(failure, total, place) for (total, failure), place in zip(sums, places, strict=True)
    )


def as_activity(score: float) -> float:
    """Return log-odds on the scale from 0 to 1."""
    return 1 / (1 + math.exp(-score))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sum:
    score: float
    low: float
    high: float
    weights: tuple[Weight, ...]
    unknown: tuple[str, ...]
    share: float


def _sum(failure: Failure, known: Mapping[str, Known]) -> _Sum:
    score = low = high = START
    weights, unknown, spans, had = [], [], 0.0, 0.0
    for signal in SIGNALS:
        least, most = signal.span(failure)
        here = known.get(signal.id)
        if signal.is_asked:
            spans += most - least
        if here is None or not here.is_settled:
            if signal.is_asked and most > least:
                low, high = low + least, high + most
                unknown.append((-(most - least), signal.id))
            if here is not None and (hint := HINT * _told(signal, failure, here)[0]):
                score += hint
                weights.append(Weight(signal=signal.id, weight=hint, readings=here.counting))
            continue
        had += most - least if signal.is_asked else 0.0
        mean, bottom, top = _told(signal, failure, here)
        score, low, high = score + mean, low + bottom, high + top
        if mean or bottom < top:
            weights.append(Weight(signal=signal.id, weight=mean, readings=here.counting))
    return _Sum(
        score=score,
        low=low,
        high=high,
        weights=tuple(weights),
        unknown=tuple(name for _, name in sorted(unknown)),
        share=had / spans if spans else 1.0,
    )


def _told(signal: Signal, failure: Failure, known: Known) -> tuple[float, float, float]:
    """Return the mean of what its sources say, the least, and the most."""
    said = [signal.weight(failure, option) for option in known.options]
    return math.fsum(said) / len(said), min(said), max(said)


def _places(scores: list[float]) -> list[int]:
    """Give those one place that are less than a hint below the first of them."""
    places: list[int] = []
    first = math.inf
    for position, score in enumerate(scores, start=1):
        if first - score < TIE - 1e-9 and places:
            places.append(places[-1])
        else:
            places.append(position)
            first = score
    return places


def _cause(failure: Failure, total: _Sum, place: int) -> Cause:
    pros = sorted((w for w in total.weights if w.weight > 0), key=lambda w: (-w.weight, w.signal))
    cons = sorted((w for w in total.weights if w.weight < 0), key=lambda w: (w.weight, w.signal))
    return Cause(
        failure=failure,
        place=place,
        activity=as_activity(total.score),
        low=as_activity(total.low),
        high=as_activity(total.high),
        sure=_sure(total),
        known=total.share,
        speaks_for=tuple(pros),
        speaks_against=tuple(cons),
        unknown=total.unknown,
        score=total.score,
    )


def _sure(total: _Sum) -> Sure:
    """Say how much it rests on what is missing, and on one answer alone.

    Sure: no missing answer, and no single answer taken back, would turn active into not active or
    the other way round. Fairly sure: at least three quarters of what could tell are known, or no
    missing answer would turn it.
    """
    middle = math.log(ACTIVE / (1 - ACTIVE))
    is_active = total.score >= middle
    stands = total.low >= middle if is_active else total.high < middle
    hangs = any((total.score - each.weight >= middle) != is_active for each in total.weights)
    if stands and not hangs:
        return "sure"
    return "fairly sure" if stands or total.share >= MOST_KNOWN else "unsure"
