"""Answers in words and fields of documents: how often each is right, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from proveout.evidence.figures import evidence_figure, full_figure, span
from proveout.evidence.model import Evidence, Scope
from proveout.report.charts import Chart, Row
from proveout.report.html.sections.marks import interval_mark
from proveout.report.model import Report

_FIELDS_WITH_EXAMPLES = 6
_TOGETHER = "\u00a0"
"""A space at which no line is broken."""
_KINDS = (
    ("wrong", "wrong"),
    ("missed", "left empty"),
    ("invented", "made up"),
    ("unanswered", "no answer"),
)
"""How an outcome is called in the details of the evidence, and here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldsView:
    """What the template shows."""

    title: str
    basis: str
    lead: str
    sentences: tuple[str, ...]
    chart: Chart | None
    examples: tuple[tuple[str, tuple[str, ...]], ...]
    """Name of a field, and its examples; without a name those of all answers."""


def view(report: Report) -> FieldsView | None:
    """Return what the template shows; None where answers are neither words nor documents."""
    scope = _scope(report)
    if scope is None:
        return None
    accuracy = report.one("quality.accuracy", scope=scope)
    fields = sorted(report.of("quality.field_accuracy", scope=scope), key=lambda e: e.value)
    if fields:
        lead, title = _of_documents(accuracy, fields[0]), "Field by field"
        examples = tuple(_examples_by_field(fields))
    else:
        lead, title = _of_words(report, accuracy, scope), "Answers in words"
        said = [_in_words(each) for each in _listed(accuracy)]
        examples = (("", tuple(said)),) if said else ()
    return FieldsView(
        title=title,
        basis=_basis(accuracy or fields[0], scope),
        lead=lead,
        sentences=tuple(_sentences(report, accuracy, scope)),
        chart=_chart(fields) if fields else None,
        examples=examples,
    )


def _scope(report: Report) -> Scope | None:
    """Return what is shown: production, or the curated sample where that alone was judged."""
    scopes: tuple[Scope, ...] = ("production", "pilot")
    return next((s for s in scopes if report.one("quality.refusal_rate", scope=s)), None)


def _basis(evidence: Evidence, scope: Scope) -> str:
    where = "production records" if scope == "production" else "the curated sample alone"
    if evidence.basis == "simulated":
        return f"On {where}, answered by a simulation of the system: a rehearsal, no measurement."
    return f"On {where}."


def _of_documents(accuracy: Evidence | None, worst: Evidence) -> str:
    name = worst.subject.get("field")
    told = f"The field that fails most often is {name}, right in {full_figure(worst)}."
    if accuracy is None:
        return told
    needed = accuracy.details.get("right_when_all_are_right")
    what = "every field" if not isinstance(needed, list) else _counted(len(needed))
    return f"{full_figure(accuracy)} of documents have {what} right. {told}"


def _counted(n: int) -> str:
    return "their one required field" if n == 1 else f"all {n} required fields"


def _of_words(report: Report, accuracy: Evidence | None, scope: Scope) -> str:
    if accuracy is None:
        return "Answers could not be compared with the truth: see “What is not known”."
    told = f"{full_figure(accuracy)} of questions are answered rightly."
    score = report.one("quality.mean_score", scope=scope)
    if score is not None:
        told += f" By the charter's own score an answer reaches {full_figure(score, unit='')} of 1."
    return told


def _sentences(report: Report, accuracy: Evidence | None, scope: Scope) -> Iterator[str]:
    refused = report.one("quality.refusal_rate", scope=scope)
    malformed = report.one("quality.malformed_rate", scope=scope)
    if refused is not None and malformed is not None:
        yield (
            f"The system declines to answer in {full_figure(refused)} of cases, and its answer "
            f"cannot be used in {full_figure(malformed)}; each of these falls to a person."
        )
    invented = report.one("quality.invented_rate", scope=scope)
    if invented is not None:
        inside = "" if invented.interval is None else f"{span(invented.interval, invented.unit)}; "
        yield (
            f"Where a document lacks a field, the system makes up a value in "
            f"{evidence_figure(invented)} of cases ({inside}{invented.details.get('invented', 0)} "
            f"of {invented.n:,} empty fields)."
        )
    others = {} if accuracy is None else accuracy.details.get("fields_not_asked_for")
    if isinstance(others, Mapping) and others:
        names = ", ".join(f"{name} ({count:,})" for name, count in list(others.items())[:5])
        yield (
            f"Answers also hold fields that nobody asked for: {names}. If one of these is a field "
            "of the charter under another name, correct system.scoring.fields."
        )
    owner = report.loaded.charter.system.owner if report.loaded.charter.system else None
    if owner:
        yield f"{owner} answers for the system."


def _chart(fields: Sequence[Evidence]) -> Chart:
    return Chart(
        title="How often each field is read rightly, the worst first",
        rows=tuple(
            Row(
                label=e.subject.get("field") or "",
                note="" if e.details.get("required", True) else "not required",
                marks=(interval_mark(e, series="production"),),
                figures=(full_figure(e), _kinds(e)),
            )
            for e in fields
        ),
        label_heading="Field",
        figure_headings=("Right", "Of the rest"),
        unit="fraction",
        note="A field that the document does not have counts as right when it is left empty.",
    )


def _kinds(e: Evidence) -> str:
    told = [f"{e.details[name]:,} {word}" for name, word in _KINDS if e.details.get(name)]
    return ", ".join(each.replace(" ", _TOGETHER) for each in told) or "nothing"


def _examples_by_field(fields: Sequence[Evidence]) -> Iterator[tuple[str, tuple[str, ...]]]:
    shown = [e for e in fields if _listed(e)][:_FIELDS_WITH_EXAMPLES]
    for e in shown:
        yield e.subject.get("field") or "", tuple(_in_words(each) for each in _listed(e))


def _listed(e: Evidence | None) -> list[Mapping[str, Any]]:
    found = None if e is None else e.details.get("examples")
    return found if isinstance(found, list) else []


def _in_words(example: Mapping[str, Any]) -> str:
    """Say one example: 'truth “1,204.50”, answered “1.204” (id 00107)'."""
    truth, answer = f"“{example.get('truth')}”", f"“{example.get('answer')}”"
    match example.get("kind"):
        case "missed":
            told = f"truth {truth}, left empty"
        case "invented":
            told = f"not in the document, made up {answer}"
        case _:
            told = f"truth {truth}, answered {answer}"
    if example.get("question"):
        told = f"{example['question']} — {told}"
    return f"{told} ({example.get('record')})" if example.get("record") else told
