"""What a chart shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from proveout.report.charts.scale import Scale, nice_scale

Series = Literal["production", "pilot", "mild", "severe", "plain"]
"""Which of the things compared a mark belongs to; fixes its shape and colour."""

Tone = Literal["plain", "bad", "good"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One value on a track, with its interval where it has one."""

    value: float
    low: float | None = None
    high: float | None = None
    series: Series = "plain"
    tone: Tone = "plain"
    is_bar: bool = False
    """A bar from zero instead of a dot: for shares of a whole."""
    start: float = 0.0
    """Where a bar begins, if not at zero: for what reaches from one value to another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A line through all tracks: a threshold, an overall value."""

    value: float
    label: str
    kind: Literal["threshold", "overall"] = "threshold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A labelled track with its figures in words."""

    label: str
    marks: tuple[Mark, ...]
    figures: tuple[str, ...]
    """What the marks say, one text each."""
    note: str = ""
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Rows on one scale."""

    title: str
    """What one sees: it stands as the caption of the table."""
    rows: tuple[Row, ...]
    label_heading: str
    figure_headings: tuple[str, ...]
    unit: str
    references: tuple[Reference, ...] = ()
    legend: tuple[tuple[Series, str], ...] = ()
    from_zero: bool = False
    note: str = ""

    @property
    def scale(self) -> Scale:
        """The scale over all marks, intervals and references."""
        values = [reference.value for reference in self.references]
        for row in self.rows:
            for mark in row.marks:
                values += [v for v in (mark.value, mark.low, mark.high) if v is not None]
                values += [mark.start] if mark.is_bar and mark.start else []
        return nice_scale(values, from_zero=self.from_zero)
