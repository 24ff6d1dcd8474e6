"""The sandbox gap on a terminal and as plain JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from proveout.cli.adhoc import Collected
from proveout.evidence.figures import spanned_figure

if TYPE_CHECKING:
    from proveout.evidence.model import Evidence

GAP = "readiness.sandbox_gap"
AUC = "readiness.sandbox_auc"
OUTSIDE = "readiness.outside_pilot"
UNSEEN = "readiness.unseen_share"

_SEGMENTS = 5
_PERIODS = 3
_BAR = 10
_ALIKE = 0.05
"""Distance below which a field is not listed on its own."""
_WIDE, _SOME = 0.3, 0.1
"""Distances from which a field is shown in red, in yellow."""
_NARROW = 100
"""Terminal width below which there is no room for bars."""


def could_compare(collected: Collected) -> bool:
    """Tell whether any field could be compared."""
    return bool(collected.of(GAP))


def shown(
    collected: Collected, pilot: str, production: Sequence[str], *, width: int
) -> RenderableType:
    """Return the human form."""
    gaps = sorted(collected.of(GAP), key=lambda each: (-each.value, str(each.subject)))
    parts: list[RenderableType] = [_heading(gaps, pilot, production), ""]
    parts += [Padding(text, (0, 0, 0, 1)) for text in _joint(collected)]
    parts += [Padding(text, (0, 0, 0, 1)) for text in _not_covered(collected)]
    apart = [each for each in gaps if each.value >= _ALIKE]
    far = [each for each in apart if not _may_be_chance(each)]
    if far:
        parts += ["", _fields(far, with_bars=width >= _NARROW)]
    chance = [f"{_column(each)} ({_distance(each)})" for each in apart if _may_be_chance(each)]
    if chance:
        listed = escape(", ".join(chance))
        parts += ["", Text.from_markup(f" [bold]May differ by chance alone:[/] {listed}")]
    near = [_column(each) for each in gaps if each.value < _ALIKE]
    if near:
        parts += ["", Text.from_markup(f" [bold]Alike or nearly so:[/] {escape(', '.join(near))}")]
    parts += list(_one_sided(collected))
    return Group(*parts)


def short_of(collected: Collected, pilot: str, production: Sequence[str]) -> dict[str, Any]:
    """Return the plain form."""
    gaps = sorted(collected.of(GAP), key=lambda each: (-each.value, str(each.subject)))
    auc = next(iter(collected.of(AUC)), None)
    return {
        "pilot": pilot,
        "production": list(production),
        "auc": None if auc is None else {**_figure(auc), **auc.details},
        "outside_pilot": _outside(collected),
        "unseen": [
            {"column": _column(each), **_figure(each), **each.details}
            for each in collected.of(UNSEEN)
        ],
        "fields": [{"column": _column(each), **_figure(each), **each.details} for each in gaps],
        "not_measured": [each.as_dict() for each in collected.not_measured],
    }


def _heading(gaps: Sequence[Evidence], pilot: str, production: Sequence[str]) -> Text:
    text = Text()
    text.append(pilot, style="bold")
    if gaps:
        text.append(f" ({gaps[0].details['n_pilot']:,} records)")
    text.append(" against ")
    text.append(", ".join(production), style="bold")
    if gaps:
        text.append(f" ({gaps[0].details['n_production']:,} records)")
    return text


def _joint(collected: Collected) -> Iterator[Text]:
    auc = next(iter(collected.of(AUC)), None)
    if auc is None:
        for each in collected.not_measured:
            if each.metric == AUC:
                yield Text(f"Not compared jointly: {each.reason}. {each.next_step}", "yellow")
        return
    yield Text(str(auc.details["summary"]), style="bold")
    said = []
    if auc.interval is not None:
        low, high = auc.interval.low, auc.interval.high
        said.append(f"AUC {auc.value:.3f} (95 % interval {low:.3f} to {high:.3f}).")
    timed = auc.details.get("with_time")
    if timed:
        said.append(
            "Dates are left out of this, for any two periods differ in them; with month, weekday "
            f"and hour it is {round(100 * timed['auc'])} times."
        )
    yield Text(" ".join(said), style="dim")


def _not_covered(collected: Collected) -> Iterator[Text]:
    """Say what production holds and the pilot never showed, and which fields moved together."""
    found = next(iter(collected.of(OUTSIDE)), None)
    if found is None:
        for each in collected.not_measured:
            if each.metric == OUTSIDE:
                yield Text(f"What the pilot lacks is not known: {each.reason}.", "yellow")
    elif not found.value:
        yield Text(str(found.details["summary"]), "green")
    else:
        text = Text(spanned_figure(found), "bold")
        text.append(" of production is of a kind that the pilot never showed:", "not bold")
        yield text
        for segment in found.details["segments"][:_SEGMENTS]:
            yield Text(f"  {segment['sentence']}")
    if found is not None and found.details["periods"]:
        yield Text(f"Times that the pilot lacks: {'; '.join(found.details['periods'][:_PERIODS])}")
    auc = next(iter(collected.of(AUC)), None)
    moved = [] if auc is None else auc.details["together"]
    if moved:
        yield Text("Fields that moved together, whatever each does alone:", "bold")
        for each in moved:
            yield Text(f"  {each['summary']}")


def _outside(collected: Collected) -> dict[str, Any] | None:
    found = next(iter(collected.of(OUTSIDE)), None)
    return None if found is None else {**_figure(found), **found.details}


def _fields(gaps: Sequence[Evidence], *, with_bars: bool) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(" Field", no_wrap=True, overflow="ellipsis", max_width=28)
    table.add_column("Distance, 95 % interval", no_wrap=True)
    table.add_column("What differs")
    for each in gaps:
        style = "red" if each.value >= _WIDE else "yellow" if each.value >= _SOME else ""
        bar = "█" * max(1, round(_BAR * each.value)) if with_bars else ""
        bars = f" {bar.ljust(_BAR)}" if with_bars else ""
        distance = Text(f"{_distance(each)}{bars}", style=style)
        table.add_row(
            Text(f" {_column(each)}", style="bold"), distance, Text(str(each.details["summary"]))
        )
    return table


def _distance(each: Evidence) -> str:
    if each.interval is None:
        return f"{each.value:.2f}"
    return f"{each.value:.2f}, {each.interval.low:.2f} to {each.interval.high:.2f}"


def _may_be_chance(each: Evidence) -> bool:
    """Tell whether two samples of these sizes differ so much though they are of one kind."""
    return each.interval is not None and each.interval.low <= 0


def _one_sided(collected: Collected) -> Iterator[Text]:
    only = [
        each.subject.get("column") or ""
        for each in collected.not_measured
        if each.metric == GAP and each.subject.get("column")
    ]
    if only:
        yield Text()
        yield Text.from_markup(
            f" [bold]Only in production,[/] so that the pilot never met them: "
            f"{escape(', '.join(only))}"
        )


def _column(evidence: Evidence) -> str:
    return evidence.subject.get("column") or ""


def _figure(evidence: Evidence) -> dict[str, Any]:
    interval = evidence.interval
    return {
        "value": evidence.value,
        "low": None if interval is None else interval.low,
        "high": None if interval is None else interval.high,
        "level": None if interval is None else interval.level,
        "method": None if interval is None else interval.method,
        "n": evidence.n,
    }
