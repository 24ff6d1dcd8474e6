"""The report for the terminal: the verdict, what decides it, what to fix first, who acts."""

from __future__ import annotations

from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from proveout.evidence.figures import day, evidence_figure, short_hash
from proveout.gate.model import Decision, Ruling, State
from proveout.gate.standing import PilotStanding
from proveout.report.breaks import what_breaks
from proveout.report.glance import Glance, at_a_glance
from proveout.report.model import Report
from proveout.report.value.both import both_teams
from proveout.report.words import DECISIONS, FAMILIES, STATE_SIGNS

_DECISION_STYLES: Final[dict[Decision, str]] = {
    "go": "bold green",
    "hold": "bold yellow",
    "stop": "bold red",
}
_STATE_STYLES: Final[dict[State, str]] = {
    "passed": "green",
    "failed": "red",
    "missing": "magenta",
    "stale": "yellow",
    "inconclusive": "yellow",
    "waived": "cyan",
}
FIX_FIRST_SHOWN = 8


def render_terminal(report: Report) -> RenderableType:
    """Return what rich prints; it reads well at 80 columns and without colour."""
    verdict = report.verdict
    parts: list[RenderableType] = [
        Text.assemble(
            (DECISIONS[verdict.decision], _DECISION_STYLES[verdict.decision]),
            ("  ", ""),
            (f"{verdict.pilot}, {verdict.stage} gate", "bold"),
        ),
        Text(verdict.summary),
        Text(_counted(report), style="dim"),
    ]
    if report.rehearsal:
        parts.append(Text(report.rehearsal, style="magenta"))
    if verdict.fix_first:
        parts += [
            Text(),
            Text("What decides", style="bold"),
            *map(_deciding, verdict.fix_first[:3]),
        ]
    glance = at_a_glance(report)
    if glance:
        parts += [Text(), Text("At a glance", style="bold"), _glance(glance)]
    standing = both_teams(report)
    if standing is not None:
        parts += [Text(), Text("Both teams", style="bold"), _both(standing)]
    if verdict.stage == "production":
        parts += [Text(), Text("What breaks first", style="bold"), _breaks(report)]
    if verdict.fix_first:
        parts += [Text(), Text("Fix first", style="bold"), _fix_first(verdict.fix_first)]
    parts += [Text(), Text("The standard", style="bold"), _standard(report)]
    parts += _not_run(report)
    parts += _changes(report)
    parts += [Text(), Text(_provenance(report), style="dim")]
    return Group(*parts)


def _counted(report: Report) -> str:
    counts = report.verdict.counts
    total = sum(counts.values())
    named = [f"{count} {state}" for state, count in counts.items() if count]
    return f"{total} criteria: {', '.join(named)}"


def _deciding(ruling: Ruling) -> RenderableType:
    return _with_notes(
        Text.assemble(
            (f"{STATE_SIGNS[ruling.state]} ", _STATE_STYLES[ruling.state]),
            (ruling.criterion.title, ""),
        ),
        ruling.deciding.reason,
    )


def _glance(lines: tuple[Glance, ...]) -> RenderableType:
    return Group(
        *(
            _with_notes(Text.assemble(f"{line.question}: ", (line.figure, "bold")), line.note)
            for line in lines
        )
    )


def _both(standing: PilotStanding) -> RenderableType:
    """The state in words, and the nearest cause."""
    causes = (f"– {cause.says}" for cause in standing.causes[:3])
    return _with_notes(Text(standing.name, style="bold"), standing.sentence, *causes)


def _with_notes(head: Text, *notes: str) -> RenderableType:
    """Put notes below a line; where they are long, each stays at its own margin."""
    below = (Padding(Text(note, style="dim"), (0, 0, 0, 2)) for note in notes)
    return Padding(Group(head, *below), (0, 0, 0, 2))


def _breaks(report: Report) -> RenderableType:
    """One line each of data, load, cost and people; `proveout breaks` has the rest."""
    found = what_breaks(report)
    return Group(
        *(
            Padding(
                Text.assemble(
                    f"{part.sign} {part.name}: ",
                    (part.standing, "dim"),
                ),
                (0, 0, 0, 2),
            )
            for part in found.parts
        )
    )


def _fix_first(rulings: tuple[Ruling, ...]) -> RenderableType:
    table = Table(box=None, padding=(0, 1), show_header=True, header_style="dim", pad_edge=False)
    table.add_column("", justify="right")
    table.add_column("what holds the gate, and what to do", ratio=3)
    table.add_column("who acts, and the id to waive it by", ratio=2)
    for number, ruling in enumerate(rulings[:FIX_FIRST_SHOWN], start=1):
        what = Text.assemble(ruling.criterion.title, (f"\n{ruling.criterion.fix}", "dim"))
        who = Text.assemble(ruling.owner, (f"\n{ruling.criterion.id}", "dim"))
        table.add_row(f"{number}.", what, who)
    if len(rulings) > FIX_FIRST_SHOWN:
        table.add_row("", Text(f"and {len(rulings) - FIX_FIRST_SHOWN} more, in the report"), "")
    return Padding(table, (0, 0, 0, 2))


def _standard(report: Report) -> RenderableType:
    table = Table(box=None, padding=(0, 1), show_header=False, pad_edge=False)
    table.add_column("", no_wrap=True)
    table.add_column("", ratio=1)
    for family, title in FAMILIES.items():
        rulings = [r for r in report.verdict.rulings if r.criterion.family == family]
        if not rulings:
            continue
        passed = sum(ruling.state == "passed" for ruling in rulings)
        table.add_row("", Text(f"{title}: {passed} of {len(rulings)} passed", style="bold"))
        for ruling in rulings:
            sign = Text(STATE_SIGNS[ruling.state], style=_STATE_STYLES[ruling.state])
            row = Text(ruling.criterion.title)
            state = "" if ruling.state == "passed" else ruling.state
            said = ", ".join(part for part in (state, _measured(ruling)) if part)
            if said:
                row.append(f"  [{said}]", style=_STATE_STYLES[ruling.state])
            table.add_row(sign, row)
    return Padding(table, (0, 0, 0, 2))


def _measured(ruling: Ruling) -> str:
    found = ruling.deciding.evidence
    return "" if found is None or found.unit == "flag" else evidence_figure(found)


def _not_run(report: Report) -> list[RenderableType]:
    broken = [outcome for outcome in report.verdict.outcomes if outcome.status != "done"]
    if not broken:
        return []
    lines: list[RenderableType] = [Text(), Text("Could not run", style="bold")]
    for outcome in broken:
        text = Text.assemble((f"{outcome.check} ", "bold"), f"{outcome.status}: {outcome.reason}")
        if outcome.next_step:
            text.append(f"\n{outcome.next_step}", style="dim")
        lines.append(Padding(text, (0, 0, 0, 2)))
    return lines


def _changes(report: Report) -> list[RenderableType]:
    verdict = report.verdict
    lines: list[RenderableType] = []
    if verdict.notes or verdict.loosenings:
        lines += [Text(), Text("To know", style="bold")]
    for change in verdict.loosenings:
        known = " after results were known" if change.results_known else ""
        text = (
            f"Loosened{known}: {change.what}, {change.before} → {change.after}"
            f" ({change.who}, {day(change.at)}: {change.why})"
        )
        lines.append(Padding(Text(text, style="yellow"), (0, 0, 0, 2)))
    lines += [Padding(Text(note), (0, 0, 0, 2)) for note in report.other_notes]
    return lines


def _provenance(report: Report) -> str:
    verdict = report.verdict
    sealed = (
        "not sealed"
        if verdict.sealed_at is None
        else f"sealed by {verdict.sealed_by} on {day(verdict.sealed_at)}"
    )
    entries, head = report.ledger_head
    return (
        f"Charter {short_hash(verdict.charter_hash)}, {sealed}."
        f" Ledger: {entries:,} entries, head {head[:12]}."
    )
