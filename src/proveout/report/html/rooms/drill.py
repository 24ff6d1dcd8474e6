"""What the company's own people did when it failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from proveout.checks.drill.judging import words_of
from proveout.evidence.figures import figure, full_figure
from proveout.evidence.model import Evidence
from proveout.report.charts import Scale, nice_scale
from proveout.report.model import Report

_HEIGHT = 22
"""Of a fault's track, px."""
_SHARE_HEIGHT = 40
"""Of the track that shows how many were served, px."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRow:
    """One fault on the common axis, with what it shows in words."""

    name: str
    note: str
    track: Markup
    noticed: str
    recovered: str
    served: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillView:
    """What the template shows."""

    lead: str
    basis: str
    rows: tuple[FaultRow, ...]
    shares: Markup
    served: str
    scale: Scale
    unit: str
    """Of the axis."""
    sentences: tuple[str, ...]
    shortcomings: tuple[str, ...]
    steps: tuple[Mapping[str, Any], ...]
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Axis:
    scale: Scale
    unit_s: float

    def percent(self, seconds: float) -> float:
        return self.scale.percent(seconds / self.unit_s)


def view(report: Report) -> DrillView | None:
    """Return what the template shows; None where no drill was held."""
    passed = report.one("drill.passed")
    if passed is None or "faults" not in passed.details:
        return None
    story = passed.details
    unit, unit_s = ("min", 60.0) if story["seconds"] >= 180 else ("s", 1.0)
    axis = _Axis(nice_scale([0.0, story["seconds"] / unit_s], from_zero=True), unit_s)
    served = report.one("drill.served_rate")
    return DrillView(
        lead=_lead(passed),
        basis=_basis(passed),
        rows=tuple(_row(fault, axis) for fault in story["faults"]),
        shares=_shares_svg(story["shares"], story["seconds"], axis),
        served="" if served is None else full_figure(served),
        scale=axis.scale,
        unit=unit,
        sentences=tuple(fault["sentence"] for fault in story["faults"]),
        shortcomings=tuple(story["shortcomings"]),
        steps=tuple(story["steps"]),
        people=tuple(_people(story)),
    )


def _lead(passed: Evidence) -> str:
    story = passed.details
    n = len(story["faults"])
    held = (
        f"{story['title']}: {n} fault{'s' if n != 1 else ''} in {words_of(story['seconds'])}, "
        f"{story['compressed']:,.0f} times as fast as it would be."
    )
    if passed.value:
        return f"{held} All of them were noticed, and users were served again, without the vendor."
    return f"{held} Not passed."


def _basis(passed: Evidence) -> str:
    told = "Times are real seconds from the injection of a fault; names are as people gave them."
    if passed.basis == "simulated":
        return f"The system behind it was a simulation, so this was a rehearsal. {told}"
    return told


def _row(fault: Mapping[str, Any], axis: _Axis) -> FaultRow:
    noticed, recovered = fault["noticed_s"], fault["recovered_s"]
    share = fault["served"] / fault["due"] if fault["due"] else None
    return FaultRow(
        name=fault["name"],
        note=f"{fault['when']}: {fault['sign']}",
        track=_fault_svg(fault, axis),
        noticed="by nobody" if noticed is None else f"{words_of(noticed)}, {fault['noticed_by']}",
        recovered=_recovered(recovered, was_felt=fault["was_felt"]),
        served="" if share is None else f"{figure(share, 'fraction')} of {fault['due']:,}",
        tone="bad" if noticed is None or recovered is None else "plain",
    )


def _recovered(seconds: float | None, *, was_felt: bool) -> str:
    if not was_felt:
        return "served throughout"
    return "not seen" if seconds is None else words_of(seconds)


def _fault_svg(fault: Mapping[str, Any], axis: _Axis) -> Markup:
    """Draw when it was on, when it was noticed and when users were served again."""
    middle = _HEIGHT / 2
    began, ended = fault["began_s"], fault["ended_s"]
    left, right = axis.percent(began), axis.percent(ended)
    drawn = [
        *_grid(axis.scale, _HEIGHT),
        f'<rect class="bar bad" x="{left:.3f}%" width="{max(0.4, right - left):.3f}%" '
        f'y="{middle - 4}" height="8"/>',
    ]
    if fault["recovered_s"] is not None and fault["was_felt"]:
        x = axis.percent(began + fault["recovered_s"])
        drawn.append(f'<circle class="dot pilot" cx="{x:.3f}%" cy="{middle}" r="5"/>')
    if fault["noticed_s"] is not None:
        x = axis.percent(began + fault["noticed_s"])
        drawn.append(f'<circle class="dot" cx="{x:.3f}%" cy="{middle}" r="5"/>')
    return _svg(drawn, _HEIGHT)


def _shares_svg(shares: Sequence[float | None], seconds: float, axis: _Axis) -> Markup:
    """Draw the share that was served, from the bottom, in equal parts of the drill."""
    drawn = _grid(axis.scale, _SHARE_HEIGHT)
    width = axis.percent(seconds) / max(1, len(shares))
    for part, share in enumerate(shares):
        if share is None:
            continue
        height = max(1.0, share * _SHARE_HEIGHT)
        tone = "plain" if share >= 0.95 else "bad"
        x = axis.percent(seconds * part / len(shares))
        drawn.append(
            f'<rect class="bar {tone}" x="{x:.3f}%" width="{width * 0.86:.3f}%" '
            f'y="{_SHARE_HEIGHT - height:.1f}" height="{height:.1f}"/>'
        )
    return _svg(drawn, _SHARE_HEIGHT)


def _grid(scale: Scale, height: int) -> list[str]:
    at = [scale.percent(tick) for tick in scale.ticks]
    return [f'<line class="grid" x1="{x:.3f}%" x2="{x:.3f}%" y1="0" y2="{height}"/>' for x in at]


def _svg(drawn: Sequence[str], height: int) -> Markup:
    inside = "".join(drawn)
    return Markup(  # noqa: S704 - numbers and our own words only
        f'<svg class="track" height="{height}" width="100%" aria-hidden="true">{inside}</svg>'
    )


def _people(story: Mapping[str, Any]) -> list[str]:
    told = []
    took_part = ", ".join(story["took_part"]) or "nobody"
    named = ", ".join(story["participants"])
    told.append(f"Took part: {took_part}. Asked to: {named}.")
    needed = story["vendor_needed"]
    for each in needed:
        why = f": {each['why']}" if each["why"] else ""
        told.append(f"The vendor, after {words_of(each['at_s'])}, told by {each['who']}{why}.")
    if not needed:
        told.append("Nobody said that the vendor was needed.")
    for each in story["said"]:
        if each["deed"] == "act":
            how = ", and from then on by hand" if each["by_hand"] else ""
            told.append(f"After {words_of(each['at_s'])} {each['who']}: {each['text']}{how}.")
    by = story["served_by"]
    if story["fallback"]:
        told.append(f"The fallback answered {by['fallback']:,} of {sum(by.values()):,} requests.")
    if not story["notified"]:
        told.append("No notification was sent: people had to see for themselves.")
    if story["false_alarms"]:
        times = story["false_alarms"]
        often = "once" if times == 1 else f"{times} times"
        told.append(f"Acknowledged though nothing was wrong: {often}.")
    broken_off = story["drills_broken_off_before"]
    if broken_off:
        drills = "1 drill" if broken_off == 1 else f"{broken_off} drills"
        told.append(f"{drills} before this one had been broken off, of which nothing is recorded.")
    return told
