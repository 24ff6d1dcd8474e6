"""What has changed since the pilot: alarms first, then the familiar figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from proveout.evidence.figures import figure
from proveout.evidence.model import Evidence
from proveout.report.model import Report

_CALLED = {"duplicates": "whole rows", "answer": "the answers", "confidence": "the confidence",
           "error_rate": "the error rate"}  # fmt: skip
_TESTS = {"ks": "KS", "chi2": "χ² per degree"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One column, for reading."""

    name: str
    is_alarm: bool
    cells: tuple[tuple[str, str], ...]
    """Heading and figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftView:
    """What the template shows."""

    lead: str
    alarms: tuple[tuple[str, str], ...]
    """What it is about, and the whole story."""
    sentences: tuple[str, ...]
    not_checked: tuple[tuple[str, str], ...]
    """Column and reason."""
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    detectable_headings: tuple[str, ...]
    detectable: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    """Before launch: kind of change, and for each share of rows in how many columns it is found."""


def view(report: Report) -> DriftView | None:
    """Return what the template shows; None where nothing is known of drift."""
    flags = report.of("drift.alarm")
    distances = report.of("drift.distance")
    detectable = report.of("drift.detectable")
    not_checked = tuple(_named(report, "drift.not_checked"))
    if not (flags or distances or detectable or not_checked):
        return None
    raised = [each for each in flags if each.value >= 1]
    headings, rows = _table(distances, {_about(each) for each in raised})
    shares, found = _detectable(detectable)
    return DriftView(
        lead=_lead(flags, raised, len(not_checked), any_found=bool(detectable)),
        alarms=tuple((_about(each), str(each.details.get("told", ""))) for each in raised),
        sentences=tuple(_sentences(report)),
        not_checked=not_checked,
        headings=headings,
        rows=rows,
        detectable_headings=shares,
        detectable=found,
    )


def _about(each: Evidence) -> str:
    name = each.subject.get("column") or each.subject.get("kind") or "the whole"
    return _CALLED.get(name, name)


def _lead(flags: list[Evidence], raised: list[Evidence], n_skipped: int, *, any_found: bool) -> str:
    if not flags and any_found:
        return (
            "The system is not in use yet. This is what the watch will find once it is, measured "
            "by putting changes into the pilot's own data."
        )
    of = f"{len(flags):,} columns and kinds of rows"
    if raised:
        names = ", ".join(_about(each) for each in raised)
        verb = "has" if len(raised) == 1 else "have"
        said = f"{len(raised)} of {of} that are watched {verb} changed for certain: {names}."
    else:
        said = f"None of {of} that are watched has changed for certain."
    if not n_skipped:
        return said
    verb = "column was" if n_skipped == 1 else "columns were"
    return f"{said} {n_skipped} {verb} not checked, which is not the same as unchanged."


def _sentences(report: Report) -> Iterator[str]:
    schema = dict(_named(report, "drift.schema_changes"))
    if schema:
        told = "; ".join(f"{name} ({what})" for name, what in schema.items())
        yield f"Columns came, went or became another type: {told}."
    forms = report.one("drift.format_changes")
    if forms is not None and forms.value:
        names = ", ".join(forms.details.get("columns", {}))
        yield f"Written in another form than before: {names}."
    if report.of("drift.alarm"):
        yield (
            "All of it shares one budget of false alarms over the whole life of the system. The "
            "figures below are for reading: weeks differ from one another, and only the alarms "
            "allow for that."
        )


def _named(report: Report, metric: str) -> Iterator[tuple[str, str]]:
    found = report.one(metric)
    columns: Mapping[str, Any] = {} if found is None else found.details.get("columns", {})
    for name, said in columns.items():
        if isinstance(said, str):
            yield name, said


def _table(distances: list[Evidence], raised: set[str]) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    headings = ("Jensen-Shannon", "PSI", "Test", "p, as if by lot", "Missing", "Rows")
    rows = []
    for each in sorted(distances, key=lambda e: (_about(e) not in raised, -e.value)):
        told = each.details
        test = f"{_TESTS.get(told['test'], told['test'])} {told['statistic']:.3g}"
        cells = (
            f"{each.value:.3f}", f"{told['psi']:.3f}", test, _p(float(told["p_by_lot"])),
            figure(float(told["missing"]), "fraction"), f"{each.n:,}",
        )  # fmt: skip
        name = _about(each)
        pairs = tuple(zip(headings, cells, strict=True))
        rows.append(Row(name=name, is_alarm=name in raised, cells=pairs))
    return headings, tuple(rows)


def _p(p: float) -> str:
    return "below 0.0001" if p < 1e-4 else f"{p:.2g}"


def _detectable(
    found: list[Evidence],
) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[tuple[str, str], ...]], ...]]:
    """Count, kind by kind, the columns in which so small a change is found."""
    kinds: dict[str, list[Evidence]] = {}
    for each in found:
        kinds.setdefault(str(each.details.get("meaning", each.subject.get("kind"))), []).append(
            each
        )
    shares = sorted({each.value for each in found})
    headings = tuple(f"{figure(share, 'fraction')} of rows" for share in shares)
    return headings, tuple(
        (
            meaning,
            tuple(
                (heading, ", ".join(_about(e) for e in each if e.value == share) or "–")
                for heading, share in zip(headings, shares, strict=True)
            ),
        )
        for meaning, each in kinds.items()
    )
