"""Make the paper of one pilot from its report, which the dashboard's pages show as well. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from proveout.evidence.figures import minute, short_hash
from proveout.gate.model import Ruling, Verdict
from proveout.portfolio.board.figures import money, monthly_cost, value
from proveout.portfolio.board.paper import Holding, PilotPaper
from proveout.portfolio.board.words import QUESTIONS, asked_of_board, counted, otherwise
from proveout.portfolio.book import PilotBook
from proveout.register.fixes import FIXES, Fix
from proveout.report.model import Report

MOST_HOLDING = 3


def pilot_paper(report: Report, book: PilotBook) -> PilotPaper:
    """Return what stands on it; the figures are those of the report."""
    verdict, charter = report.verdict, book.charter
    holds = [_holding(ruling, book) for ruling in verdict.fix_first[:MOST_HOLDING]]
    monthly = monthly_cost(report)
    worth = value(report)
    days = _days_held(verdict, book)
    return PilotPaper(
        pilot=book.pilot,
        title=book.title,
        on=report.generated_at,
        purpose=(
            "Nobody has written down what is to be different through it."
            if charter.outcome is None
            else charter.outcome.statement
        ),
        stage=verdict.stage,
        question=QUESTIONS[verdict.stage],
        decision=verdict.decision,
        verdict=verdict.summary,
        because=_because(verdict),
        standing=_standing(book, report.generated_at, days, verdict),
        money=money(report),
        value=worth,
        holds=holds,
        more_holding=len(verdict.fix_first) - len(holds),
        asked=asked_of_board(
            verdict.stage, verdict.decision, unpromised=sum(each.by is None for each in holds)
        ),
        otherwise=otherwise(
            verdict.stage,
            verdict.decision,
            monthly=None if monthly is None else _with_basis(report, monthly.figure),
            days=days,
            value=any(each.is_known for each in worth[: len(charter.kpis)]),
        ),
        limits=list(_limits(report)),
        certainty=_certainty(verdict),
        provenance=(
            f"Ledger entry {report.ledger_head[0]:,} ({short_hash(report.ledger_head[1])}), "
            f"charter {short_hash(verdict.charter_hash) or 'without a file'}, "
            f"Proveout {report.version}, {minute(report.generated_at)}"
        ),
    )


def _days_held(verdict: Verdict, book: PilotBook) -> int | None:
    """Return for how long it stands before this gate; None where it does not, or may pass."""
    since = book.stands.since
    if verdict.decision == "go" or verdict.stage != book.stands.stage or since is None:
        return None
    return max(0, (verdict.decided_at - since).days)


def _holding(ruling: Ruling, book: PilotBook) -> Holding:
    plans: dict[str, Fix] = book.register.states.get(FIXES.name, {})
    plan = plans.get(ruling.criterion.id)
    return Holding(
        what=ruling.criterion.title,
        why=ruling.deciding.reason,
        state=ruling.state,
        does=(plan.note if plan is not None and plan.note else ruling.criterion.fix),
        who=ruling.owner if plan is None else plan.owner,
        by=None if plan is None else plan.due,
    )


def _because(verdict: Verdict) -> str:
    if not verdict.fix_first:
        return _all_met(verdict)
    states = Counter(ruling.state for ruling in verdict.fix_first)
    said = {
        "failed": "measured and too low or too high",
        "missing": "never measured or declared",
        "stale": "measured too long ago",
        "inconclusive": "measured on too little to be sure",
    }
    parts = [f"{n:,} {said[state]}" for state, n in states.most_common() if state in said]
    return f"Of what is not met: {', '.join(parts)}."


def _all_met(verdict: Verdict) -> str:
    """Say by what: a word and a waiver are no measurement, and a board must not read them so."""
    if not verdict.rulings:
        return "Nothing was required, and so nothing was met."
    waived = verdict.counts.get("waived", 0)
    word = any(
        ruling.state == "passed"
        and ruling.deciding.evidence is not None
        and ruling.deciding.evidence.basis != "measured"
        for ruling in verdict.rulings
    )
    met = (
        f"All but {waived:,} of the requirements are met" if waived else "Every requirement is met"
    )
    by = ", by the worse end of what was measured" + (
        ", or by what is only attested or simulated" if word else ""
    )
    rest = "" if not waived else f"; {waived:,} passed only by waiver"
    return f"{met}{by}{rest}."


def _standing(book: PilotBook, now: datetime, days: int | None, verdict: Verdict) -> str:
    told = []
    if book.since is not None:
        told.append(f"Known for {counted(max(0, (now - book.since).days), 'day')}")
    if days is not None:
        told.append(f"before the gate '{verdict.stage}' for {counted(days, 'day')}")
    return "; ".join(told)


def _limits(report: Report) -> Iterator[str]:
    """Say what a board must not take for proof."""
    verdict = report.verdict
    bases = Counter(
        "none" if ruling.deciding.evidence is None else ruling.deciding.evidence.basis
        for ruling in verdict.rulings
    )
    n = len(verdict.rulings)
    if report.rehearsal is not None:
        yield report.rehearsal
    if simulated := bases["simulated"]:
        verb = "rests" if simulated == 1 else "rest"
        yield f"{simulated:,} of {n:,} requirements {verb} on simulation: no proof."
    if attested := bases["attested"]:
        verb = "rests" if attested == 1 else "rest"
        yield (f"{attested:,} of {n:,} {verb} on the word of a named person, not on a measurement.")
    if missing := verdict.counts.get("missing", 0):
        yield f"{missing:,} of {n:,} {_was(missing)} never measured or declared."
    if waived := verdict.counts.get("waived", 0):
        names = sorted({ruling.waiver.who for ruling in verdict.rulings if ruling.waiver})
        verb = "passes" if waived == 1 else "pass"
        yield f"{waived:,} of {n:,} {verb} only by waiver of {', '.join(names)}."
    if eased := len(verdict.loosenings):
        yield f"{eased:,} of what is required {_was(eased)} made easier after the start."
    if verdict.sealed_at is None:
        yield "The requirements were never fixed before the start: they may have been fitted."


def _with_basis(report: Report, figure: str) -> str:
    """Say of a figure in a sentence that it is none of production, where it is not."""
    found = report.one("cost.monthly")
    is_measured = found is None or found.basis == "measured"
    return figure if is_measured or found is None else f"{figure} ({found.basis})"


def _certainty(verdict: Verdict) -> str:
    sealed = (
        ""
        if verdict.sealed_at is None
        else f" {verdict.sealed_by} fixed the requirements on {verdict.sealed_at:%Y-%m-%d}."
    )
    return (
        "Figures in brackets say how far the true value may lie from the one that was found "
        "(95 times of 100 it lies within), and on how many cases it rests. A requirement is met "
        f"only where the worse end meets it.{sealed}"
    )


def _was(n: int) -> str:
    return "was" if n == 1 else "were"
