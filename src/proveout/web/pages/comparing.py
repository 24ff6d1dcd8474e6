"""Two verdicts side by side: what changed, and whether a change is more than noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from proveout.charter.schema import Stage
from proveout.charter.sealing import compare
from proveout.errors import NotFoundError
from proveout.evidence.catalogue import Catalogue
from proveout.evidence.figures import evidence_figure, span
from proveout.evidence.ledger.port import Entry, Ledger
from proveout.evidence.model import WINDOW_INPUT, Evidence
from proveout.gate import ATTEST, default_lines, gather, standard_for
from proveout.gate.model import Decision, State
from proveout.portfolio import PilotBook
from proveout.statistics.recovered import difference_of
from proveout.web.asked import Asked, Page
from proveout.web.pages.charter import ChangeLine, change_line
from proveout.web.pages.found import Figure, metric_name, shown
from proveout.web.permissions import Permission

_LISTED = 100
"""So many facts that are new or gone are listed; all are counted."""

Judgement = Literal["better", "worse", "changed", "not distinguishable", "same", "not comparable"]
"""`changed`: for certain, where neither way is the better one."""


class AskedTwo(BaseModel):
    """Positions of two verdicts in the ledger; the last two of one gate where none is named."""

    left: int | None = Field(default=None, ge=1)
    right: int | None = Field(default=None, ge=1)


class VerdictLine(BaseModel):
    """One recorded verdict."""

    seq: int
    stage: Stage
    decision: Decision
    summary: str
    decided_at: datetime
    held_by: str | None
    run: str | None
    charter_hash: str


class CriterionCompared(BaseModel):
    """One line of the standard, then and now."""

    criterion: str
    title: str
    was: State | None
    """None where it was not asked."""
    is_now: State | None
    asked_was: float | None
    asked_now: float | None
    left: Figure | None
    right: Figure | None
    change: str | None
    """How far the figure moved, with its interval."""
    judgement: Judgement | None


class FactLine(BaseModel):
    """A fact that one of the two verdicts knew, and the other did not."""

    id: str
    name: str
    subject: str
    text: str


class ComparePage(BaseModel):
    """Two verdicts."""

    pilot: str
    verdicts: list[VerdictLine]
    """All that were recorded, the latest first."""
    left: VerdictLine | None
    right: VerdictLine | None
    changed: list[CriterionCompared]
    """Criteria whose state, or whose demand, changed."""
    figures: list[CriterionCompared]
    """All others that have a figure on one side at least."""
    n_unchanged: int
    """Criteria in the same state, with the same evidence or none."""
    new: list[FactLine]
    n_new: int
    gone: list[FactLine]
    n_gone: int
    n_anew: int
    """Facts that were found anew: on the same metric and subject, by another run."""
    charter_changes: list[ChangeLine]
    charter_note: str


def compare_page(asked: Asked, asks: AskedTwo) -> ComparePage:
    """Set two recorded verdicts side by side."""
    book = asked.book
    entries = [
        entry
        for entry in asked.parts.library.told(book, "verdict")
        if entry.body["stage"] is not None
    ]
    verdicts = [_verdict(entry) for entry in reversed(entries)]
    left, right = _chosen(verdicts, asks)
    page = ComparePage(
        pilot=book.pilot,
        verdicts=verdicts,
        left=left,
        right=right,
        changed=[],
        figures=[],
        n_unchanged=0,
        new=[],
        n_new=0,
        gone=[],
        n_gone=0,
        n_anew=0,
        charter_changes=[],
        charter_note="",
    )
    if left is None or right is None:
        return page
    bodies = {entry.seq: entry.body for entry in entries}
    sides = _sides(asked, (left, bodies[left.seq]), (right, bodies[right.seq]))
    lines = _compared(asked, *sides)
    new, gone, n_anew = _moved(*sides)
    changes, note = _charters(asked, left, right)
    moved = [each for each in lines if _is_changed(each)]
    others = [each for each in lines if not _is_changed(each)]
    figures = [each for each in others if each.judgement not in (None, "same")]
    catalogue = asked.parts.registry.catalogue
    return page.model_copy(
        update={
            "changed": moved,
            "figures": figures,
            "n_unchanged": len(others) - len(figures),
            "new": [_fact(each, catalogue) for each in new[:_LISTED]],
            "n_new": len(new),
            "gone": [_fact(each, catalogue) for each in gone[:_LISTED]],
            "n_gone": len(gone),
            "n_anew": n_anew,
            "charter_changes": changes,
            "charter_note": note,
        }
    )


def _verdict(entry: Entry) -> VerdictLine:
    body = entry.body
    return VerdictLine(
        seq=entry.seq,
        stage=body["stage"],
        decision=body["decision"],
        summary=body["summary"],
        decided_at=datetime.fromisoformat(body["decided_at"]),
        held_by=body.get("held_by"),
        run=body["run"],
        charter_hash=body["charter"],
    )


def _chosen(
    verdicts: Sequence[VerdictLine], asks: AskedTwo
) -> tuple[VerdictLine | None, VerdictLine | None]:
    """Return the two that are meant, the latest first in `verdicts`. Raises NotFoundError."""
    by_seq = {each.seq: each for each in verdicts}
    for wanted in (asks.left, asks.right):
        if wanted is not None and wanted not in by_seq:
            raise NotFoundError(
                f"Entry {wanted} of the ledger is no verdict of this pilot.",
                hint="Choose two of those that are listed.",
            )
    right = by_seq[asks.right] if asks.right else (verdicts[0] if verdicts else None)
    if asks.left or right is None:
        return (by_seq[asks.left] if asks.left else None), right
    before = [each for each in verdicts if each.seq < right.seq]
    same_gate = [each for each in before if each.stage == right.stage]
    return next(iter((*same_gate, *before)), None), right


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """A verdict with the evidence that it rested on."""

    verdict: VerdictLine
    body: Mapping[str, Any]
    evidence: Mapping[str, Evidence]
    """By id."""

    @property
    def rulings(self) -> dict[str, Mapping[str, Any]]:
        """By criterion."""
        return {each["criterion"]: each for each in self.body["rulings"]}


def _sides(
    asked: Asked,
    left: tuple[VerdictLine, Mapping[str, Any]],
    right: tuple[VerdictLine, Mapping[str, Any]],
) -> tuple[_Side, _Side]:
    """Return what the ledger knew at each of the two moments; the past is gathered once."""
    book = asked.book
    keys = [(id(book.ledger), book.pilot, line.seq) for line, _ in (left, right)]
    known = [_SIDES.get(key) for key in keys]
    one, other = (kept[1] if kept and kept[0] is book.ledger else None for kept in known)
    if one is not None and other is not None:
        return one, other
    others = asked.parts.library.told(book, "run", "outcome", "alarm")
    found = _gathered(book, others, left, right)
    if len(_SIDES) >= _MOST_SIDES:
        _SIDES.clear()
    _SIDES.update(zip(keys, ((book.ledger, side) for side in found), strict=True))
    return found


_SIDES: dict[tuple[int, str, int], tuple[Ledger, _Side]] = {}
"""By ledger, pilot and position of the verdict, what was known then."""
_MOST_SIDES = 16


def _gathered(
    book: PilotBook,
    told: Sequence[Entry],
    left: tuple[VerdictLine, Mapping[str, Any]],
    right: tuple[VerdictLine, Mapping[str, Any]],
) -> tuple[_Side, _Side]:
    last = max(left[0].seq, right[0].seq)
    others = [entry for entry in told if entry.seq < last]
    runs = {run for side in (left, right) for run in _latest_runs(others, side[0].seq)}
    evidence = book.ledger.evidence(book.pilot, runs=(*runs, ATTEST), until=last)
    known = sorted((*others, *evidence), key=lambda entry: entry.seq)
    return _side(known, *left), _side(known, *right)


def _latest_runs(entries: Sequence[Entry], until: int) -> set[str]:
    """Return the runs whose evidence may count: the last of each check, before launch and after."""
    latest: dict[tuple[str, bool], str] = {}
    monitored: set[str] = set()
    for entry in entries:
        body = entry.body
        if entry.seq >= until:
            break
        if entry.kind == "run":
            if body.get(WINDOW_INPUT) is not None:
                monitored.add(body["run"])
            for check in body["checks"]:
                latest[check, body["run"] in monitored] = body["run"]
        elif entry.kind == "outcome":
            latest[body["check"], body["run"] in monitored] = body["run"]
    return set(latest.values())


def _side(known: Sequence[Entry], verdict: VerdictLine, body: Mapping[str, Any]) -> _Side:
    until = (entry for entry in known if entry.seq < verdict.seq)
    pilot = known[0].pilot if known else ""
    dossier = gather(until, pilot, verdict.stage)
    return _Side(verdict=verdict, body=body, evidence={each.id: each for each in dossier.evidence})


def _compared(asked: Asked, left: _Side, right: _Side) -> list[CriterionCompared]:
    catalogue = asked.parts.registry.catalogue
    titles = {
        line.id: line.title
        for stage in {left.verdict.stage, right.verdict.stage}
        for line in standard_for(stage, asked.book.charter, catalogue)[0]
    }
    was, now = left.rulings, right.rulings
    lines = []
    for name in dict.fromkeys((*now, *was)):
        then, later = was.get(name), now.get(name)
        before = None if then is None else left.evidence.get(then["evidence"] or "")
        after = None if later is None else right.evidence.get(later["evidence"] or "")
        judgement, change = judged(before, after, catalogue)
        lines.append(
            CriterionCompared(
                criterion=name,
                title=titles.get(name, name),
                was=None if then is None else then["state"],
                is_now=None if later is None else later["state"],
                asked_was=None if then is None else then["threshold"],
                asked_now=None if later is None else later["threshold"],
                left=None if before is None else shown(before, catalogue, asked.now),
                right=None if after is None else shown(after, catalogue, asked.now),
                change=change,
                judgement=judgement,
            )
        )
    return lines


def _is_changed(line: CriterionCompared) -> bool:
    return line.was != line.is_now or line.asked_was != line.asked_now


def judged(
    before: Evidence | None, after: Evidence | None, catalogue: Catalogue
) -> tuple[Judgement | None, str | None]:
    """Say whether a figure moved by more than chance would move it, and by how much."""
    if before is None or after is None:
        return None, None
    if before.id == after.id:
        return "same", None
    within = difference_of(before.value, before.interval, after.value, after.interval)
    has_interval = before.interval is not None or after.interval is not None
    if _measures(before) != _measures(after) or (within is None and has_interval):
        return "not comparable", None
    moved = after.evolve(value=after.value - before.value, interval=within)
    return _judged(moved, catalogue), _told(moved)


def _measures(found: Evidence) -> tuple[Any, ...]:
    return found.metric, found.subject, found.unit, found.scope


def _judged(moved: Evidence, catalogue: Catalogue) -> Judgement:
    within = moved.interval
    if within is not None and within.low <= 0 <= within.high:
        return "not distinguishable"
    if moved.value == 0:
        return "same"
    direction = catalogue[moved.metric].direction if moved.metric in catalogue else "neither"
    if direction == "neither":
        return "changed"
    return "better" if (moved.value > 0) == (direction == "higher") else "worse"


def _told(moved: Evidence) -> str:
    sign = "+" if moved.value > 0 else ""
    within = "" if moved.interval is None else f" ({span(moved.interval, moved.unit)})"
    told = f"{sign}{evidence_figure(moved)}{within}"
    # Of two shares, '+2 %' would read as a fiftieth more.
    return told.replace(" %", " points") if moved.unit == "fraction" else told


def _moved(left: _Side, right: _Side) -> tuple[list[Evidence], list[Evidence], int]:
    """Return facts that are new, facts that are gone, and how many were found anew."""
    was = {_about(each): name for name, each in left.evidence.items()}
    now = {_about(each): name for name, each in right.evidence.items()}
    new = [right.evidence[name] for about, name in now.items() if about not in was]
    gone = [left.evidence[name] for about, name in was.items() if about not in now]
    anew = sum(was.get(about, name) != name for about, name in now.items())
    return new, gone, anew


def _about(found: Evidence) -> tuple[Any, ...]:
    return found.metric, found.subject, found.scope, found.basis


def _fact(found: Evidence, catalogue: Catalogue) -> FactLine:
    return FactLine(
        id=found.id,
        name=metric_name(found.metric, catalogue),
        subject=str(found.subject),
        text=evidence_figure(found),
    )


def _charters(asked: Asked, left: VerdictLine, right: VerdictLine) -> tuple[list[ChangeLine], str]:
    """Return what the charter said otherwise; what was never sealed cannot be compared."""
    if left.charter_hash == right.charter_hash:
        return [], "Both were decided on the same charter."
    standing = asked.book.sealing
    sealed = (standing.seal, *standing.amendments)
    known = {each.content_hash: each.content for each in sealed if each is not None}
    lacking = {left.charter_hash, right.charter_hash} - known.keys()
    if lacking:
        return [], (
            "One of the two was decided on a charter that was not sealed: what it said is not in "
            "the ledger."
        )
    changes = compare(
        known[left.charter_hash],
        known[right.charter_hash],
        asked.parts.registry.catalogue,
        defaults=default_lines(),
    )
    return [change_line(each) for each in changes], "The charter was amended between the two."


PAGES = (
    Page(
        path="/pilots/{pilot}/compare",
        title="Compare two verdicts",
        template="compare.html.j2",
        needs=Permission.see,
        view=compare_page,
        shows=ComparePage,
        asks=AskedTwo,
    ),
)
