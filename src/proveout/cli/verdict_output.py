"""Show a verdict: what `assess` and `gate` have in common."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from proveout import __version__
from proveout.cli.output import Output
from proveout.cli.paths import and_ledger, short
from proveout.cli.whole_lines import whole_lines
from proveout.errors import InputError

if TYPE_CHECKING:
    from proveout.assess import Assessment, Workspace
    from proveout.report import Report


def report_of(workspace: Workspace, assessment: Assessment) -> Report:
    """Put the report together."""
    from proveout.report import Report

    return Report(
        verdict=assessment.verdict,
        loaded=workspace.loaded,
        evidence=assessment.dossier.evidence,
        catalogue=workspace.registry.catalogue,
        generated_at=assessment.verdict.decided_at,
        ledger_head=assessment.ledger_head,
        version=__version__,
        alarms=assessment.dossier.alarms,
    )


def show_report(output: Output, report: Report, *, html: Path | None) -> None:
    """Show the verdict, as text or as one JSON document."""
    from proveout.report import render_json, render_terminal

    plain = {"report": render_json(report), "html": None if html is None else str(html)}
    output.show(render_terminal(report), plain)


def write_text(file: Path, text: str) -> None:
    """Write a file, its folder included. Raises InputError when it cannot be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"{file} cannot be written: {error.strerror}.", hint="Name another file."
        ) from error


def say_next(output: Output, report: Report, charter: Path, ledger: str | None) -> None:
    """Offer the next command, on the ledger that was given."""
    verdict = report.verdict
    there = and_ledger(ledger)
    if verdict.sealed_at is None:
        output.say(whole_lines(f"Next: proveout seal {short(charter)} --who NAME{there}"))
    elif verdict.decision != "go":
        again = f"proveout assess {short(charter)} --stage {verdict.stage}{there}"
        output.say(whole_lines(f"Next: put right what stands first, then: {again}"))
