"""Money of many pilots: added up by currency, never across."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel

from proveout.evidence.figures import currency_of, evidence_figure, figure, span
from proveout.evidence.model import Evidence


class Figure(BaseModel):
    """A figure with all that makes it evidence."""

    value: float
    unit: str
    shown: str
    """The value in words for people."""
    known_by: str
    """Measured, simulated, or attested by whom; with interval and number of cases."""
    basis: str
    low: float | None
    high: float | None
    n: int
    until: str | None
    """The day until which it counts, where it is said."""


class Sum(BaseModel):
    """A sum in one currency."""

    amount: float
    currency: str
    shown: str
    n_pilots: int
    """So many pilots it is known of."""
    n_simulated: int
    """Of so many it was simulated only."""


def shown(found: Evidence) -> Figure:
    """Return the figure of one fact."""
    interval = found.interval
    until = found.details.get("until")
    return Figure(
        value=found.value,
        unit=found.unit,
        shown=evidence_figure(found),
        known_by=known_by(found),
        basis=found.basis,
        low=None if interval is None else interval.low,
        high=None if interval is None else interval.high,
        n=found.n,
        until=until if isinstance(until, str) else None,
    )


def known_by(found: Evidence) -> str:
    """Say how a figure is known: 'measured, 1.2 to 1.4 EUR, n = 300', 'noted by Ada Byron'."""
    if found.basis == "attested":
        word = "noted" if found.metric == "cost.spent" else "attested"
        return word if found.person is None else f"{word} by {found.person}"
    parts: list[str] = [found.basis]
    if found.interval is not None:
        parts.append(span(found.interval, currency_of(found.unit)))
    if found.n > 1:
        parts.append(f"n = {found.n:,}")
    return ", ".join(parts)


def sums(figures: Iterable[Figure | None]) -> list[Sum]:
    """Add up by unit; what is not known is in none of them."""
    added: dict[str, list[Figure]] = {}
    for each in figures:
        if each is not None:
            added.setdefault(currency_of(each.unit), []).append(each)
    return [
        Sum(
            amount=(total := sum(each.value for each in found)),
            currency=currency,
            shown=figure(float(round(total)), currency),
            n_pilots=len(found),
            n_simulated=sum(each.basis == "simulated" for each in found),
        )
        for currency, found in sorted(added.items())
    ]
