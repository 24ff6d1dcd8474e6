"""What is known of a pilot, signal by signal, and on whose word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from proveout.diagnosis.answers import Answers
from proveout.diagnosis.signals import BY_SIGNAL

Source = Literal["measured", "attested", "agreed", "said", "left out"]
"""Measured by Proveout; said by a named person in the ledger; written in the charter, which is what
was meant to be; said in the interview; left out of the charter, which may be short because nobody
wrote a long one."""

RANK: Final[Mapping[Source, int]] = {
    "measured": 3, "attested": 2, "agreed": 1, "said": 0, "left out": -1,
}  # fmt: skip
"""The higher outranks the lower: what was measured goes before what is said, and what anybody says
before what a charter does not mention."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One signal, as one source tells it."""

    signal: str
    option: str
    source: Source
    told: str = ""
    """What shows it, in a sentence with its figures; '' where only the option was chosen."""
    where: str = ""
    """The metric or the part of the charter."""

    @property
    def says(self) -> str:
        """Return what is so, in a sentence."""
        return BY_SIGNAL[self.signal].says[self.option]

    @property
    def whole(self) -> str:
        """Return what is so and what shows it."""
        return f"{self.says} {self.told}".strip()


def said(answers: Answers) -> tuple[Reading, ...]:
    """Return what an interview tells."""
    return tuple(
        Reading(signal=name, option=option, source="said", told=answers.why.get(name, ""))
        for name, option in answers.known.items()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What counts of one signal: the readings of the best source; they may disagree."""

    signal: str
    counting: tuple[Reading, ...]
    outranked: tuple[Reading, ...] = ()
    """What weaker sources say otherwise: shown, and not counted."""

    @property
    def is_settled(self) -> bool:
        """Whether somebody or something tells it; what a charter leaves out is a hint alone."""
        return any(each.source != "left out" for each in self.counting)

    @property
    def options(self) -> tuple[str, ...]:
        """Return the options that it may be."""
        return tuple(sorted({each.option for each in self.counting}))


def known_of(readings: Iterable[Reading]) -> dict[str, Known]:
    """Return what counts of each signal that anything is known of; order does not matter."""
    by_signal: dict[str, list[Reading]] = {}
    for reading in sorted(set(readings), key=_order):
        by_signal.setdefault(reading.signal, []).append(reading)
    return {signal: _counting(signal, found) for signal, found in by_signal.items()}


def _counting(signal: str, found: list[Reading]) -> Known:
    best = max(RANK[each.source] for each in found)
    counting = tuple(each for each in found if RANK[each.source] == best)
    options = {each.option for each in counting}
    other = (each for each in found if RANK[each.source] < best and each.option not in options)
    return Known(signal=signal, counting=counting, outranked=tuple(other))


def _order(reading: Reading) -> tuple[str, int, str, str, str]:
    return (
        reading.signal, -RANK[reading.source], reading.option, reading.where, reading.told,
    )  # fmt: skip
