"""The standard of one gate for one charter: the defaults, and what the charter made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from proveout.charter.schema import Acceptance, Charter, Stage
from proveout.errors import CharterError
from proveout.evidence.catalogue import Catalogue, Metric
from proveout.evidence.model import Scope, Subject
from proveout.gate.adjusting import adjusted, adjustment_problems, worded
from proveout.gate.demand import demand
from proveout.gate.fitting import at_launch, fit
from proveout.gate.milder import tried_less
from proveout.gate.model import Criterion, Dossier, Role
from proveout.gate.standards import SCOPE_WORDS, SEALED

_MONTH = timedelta(days=31)
"""How old measured evidence may be where a line of acceptance does not say: as by default."""


def standard_for(
    stage: Stage, charter: Charter, catalogue: Catalogue, dossier: Dossier | None = None
) -> tuple[tuple[Criterion, ...], tuple[str, ...]]:
    """Return the criteria of a gate, and what every verdict on them must say.

    With the dossier, what the ledger knows of earlier pilots is asked for as well (R1002).

    Raises CharterError when the charter adjusts a criterion that does not exist, takes out the
    seal, or accepts by a metric or subject that the catalogue does not know.
    """
    for place, what, write in adjustment_problems(charter, catalogue):
        raise CharterError(f"{'.'.join(map(str, place))}: {what}", hint=write)
    fitted, notes = fit(stage, charter, dossier)
    if stage == "production":
        notes = [*tried_less(charter), *notes]
    lines: list[Criterion] = []
    for criterion in fitted:
        adjustment = charter.standard.get(criterion.id) or charter.standard.get(
            at_launch(criterion.id)
        )
        kept, note = adjusted(criterion, adjustment, catalogue)
        lines += [] if kept is None else [worded(kept, catalogue)]
        notes += [] if note is None else [note]
    accepted = _accepted(stage, charter.acceptance, catalogue)
    return (*lines, *accepted), tuple(notes)


def _accepted(
    stage: Stage, lines: Iterable[Acceptance], catalogue: Catalogue
) -> tuple[Criterion, ...]:
    found: dict[str, Criterion] = {}
    for position, line in enumerate(lines):
        if stage == "continue" and _is_seen_in_use(line):
            line = line.model_copy(update={"stage": stage})  # noqa: PLW2901
        criterion = _criterion(position, line, catalogue)
        if line.stage != stage:
            continue
        name, again = criterion.id, 2
        while name in found:
            name, again = f"{criterion.id}-{again}", again + 1
        found[name] = replace(criterion, id=name)
    return tuple(found.values())


def _is_seen_in_use(line: Acceptance) -> bool:
    """Tell whether a line that let it go live is one that its traffic can answer as well."""
    return (
        line.stage == "production"
        and line.scope == "production"
        and line.metric.startswith(("quality.", "latency.", "cost.", "exceptions.", "drift."))
        and line.metric not in ("quality.sandbox_drop", "quality.throughput")
        and "source" not in line.subject
    )


def _criterion(position: int, line: Acceptance, catalogue: Catalogue) -> Criterion:
    where = f"acceptance[{position}]"
    if line.metric not in catalogue:
        near = catalogue.nearest(line.metric)
        raise CharterError(
            f"{where}: no check measures '{line.metric}'.",
            hint=(f"Did you mean '{near}'? " if near else "")
            + "The page on metrics lists all names; a plug-in's count where it is installed.",
        )
    metric = catalogue[line.metric]
    foreign = [name for name in line.subject if name not in metric.dimensions]
    if foreign:
        allowed = ", ".join(metric.dimensions) or "no subject: it is about the pilot as a whole"
        raise CharterError(
            f"{where}: '{line.metric}' is not measured by {foreign[0]}.",
            hint=f"It takes {allowed}.",
        )
    subject = Subject.of(**line.subject)
    about = f"[{subject}]" if subject.parts else ""
    return Criterion(
        id=f"{line.stage}.{line.metric}{about}",
        stage=line.stage,
        title=_title(line, metric, subject),
        metric=line.metric,
        subject=subject,
        comparison=line.comparison,
        threshold=line.threshold,
        confidence=line.confidence,
        scope=_scope(line),
        bases=("measured", "attested") if metric.family == "organisational" else ("measured",),
        max_age=_max_age(line, metric),
        is_limit=line.limit,
        family=metric.family,
        fix="Improve it and measure again, or change the threshold in the open: proveout amend.",
        role=_role(line.metric, catalogue),
        sources=(f"the charter's {where}",),
        origin="charter",
        note=line.why or "",
    )


def _max_age(line: Acceptance, metric: Metric) -> timedelta | None:
    """What people attest lasts until they say otherwise; what was measured does not."""
    if line.max_age_days is not None:
        return timedelta(days=line.max_age_days)
    return None if metric.family == "organisational" else _MONTH


def _title(line: Acceptance, metric: Metric, subject: Subject) -> str:
    """Return 'Recall on production data is at least 70 % at every site'."""
    scope = _scope(line)
    on = "" if scope is None else f" on {SCOPE_WORDS[scope]}"
    named = Subject(tuple((name, value) for name, value in subject.parts if value != "*"))
    of = f" of {named}" if named.parts else ""
    everywhere = "".join(
        f" {_EVERY.get(name, f'for every {name}')}" for name, value in subject.parts if value == "*"
    )
    name = metric.label[0].upper() + metric.label[1:]
    asked = demand(line.comparison, line.threshold, metric.unit)
    return f"{name}{of}{on} is {asked}{everywhere}"


_EVERY: Mapping[str, str] = {
    "site": "at every site",
    "period": "in every month",
    "slice": "for every kind of record",
    "source": "in every source",
    "column": "in every field",
}
"""How a '*' in a subject is read."""


def _scope(line: Acceptance) -> Scope | None:
    """Corrupted inputs are never production; every other line means production unless it says."""
    if line.scope == "production" and line.metric.startswith("stress."):
        return "synthetic"
    return line.scope


def _role(metric: str, catalogue: Catalogue) -> Role:
    if metric.startswith("readiness."):
        return "data owner"
    return (
        "engineer"
        if catalogue[metric].family in ("technical", "engineering")
        else "production owner"
    )


__all__ = ["SEALED", "standard_for"]
