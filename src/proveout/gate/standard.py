"""The standard of one gate for one charter: the defaults, and what the charter made of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from proveout.charter.schema import Acceptance, Adjustment, Charter, Stage
from proveout.errors import CharterError
from proveout.evidence.catalogue import Catalogue, Metric
from proveout.evidence.model import Scope, Subject
from proveout.gate.demand import demand
from proveout.gate.fitting import fit
from proveout.gate.model import Criterion, Role
from proveout.gate.standards import DEFAULTS, SCOPE_WORDS, SEALED

_DEFAULT: Mapping[str, Criterion] = {
    criterion.id: criterion for criteria in DEFAULTS.values() for criterion in criteria
}

_MONTH = timedelta(days=31)
"""How old measured evidence may be where a line of acceptance does not say: as by default."""


def standard_for(
    stage: Stage, charter: Charter, catalogue: Catalogue
) -> tuple[tuple[Criterion, ...], tuple[str, ...]]:
    """Return the criteria of a gate, and what every verdict on them must say.

    Raises CharterError when the charter adjusts a criterion that does not exist, takes out the
    seal, or accepts by a metric or subject that the catalogue does not know.
    """
    _refuse_unknown_adjustments(charter)
    fitted, notes = fit(stage, charter)
    adjusted: list[Criterion] = []
    for criterion in fitted:
        adjustment = charter.standard.get(criterion.id)
        kept, note = _adjust(criterion, adjustment, catalogue)
        adjusted += [] if kept is None else [kept]
        notes += [] if note is None else [note]
    worded = [_worded(criterion, catalogue) for criterion in adjusted]
    accepted = _accepted(stage, charter.acceptance, catalogue)
    return (*worded, *accepted), tuple(notes)


def _worded(criterion: Criterion, catalogue: Catalogue) -> Criterion:
    """Write the threshold in force into the title, where it says '{}'."""
    goal = demand(criterion.comparison, criterion.threshold, _unit(criterion, catalogue))
    title = criterion.title.replace("{}", goal)
    return replace(criterion, title=title[0].upper() + title[1:])


def _unit(criterion: Criterion, catalogue: Catalogue) -> str:
    known = catalogue[criterion.metric].unit if criterion.metric in catalogue else ""
    return criterion.unit or known


def _refuse_unknown_adjustments(charter: Charter) -> None:
    known = [c.id for stage in DEFAULTS for c in (*DEFAULTS[stage], *fit(stage, charter)[0])]
    known = list(dict.fromkeys(known))
    for wanted in charter.standard:
        if wanted.endswith(".sealed") and wanted in known:
            raise CharterError(
                f"standard.{wanted}: the seal cannot be adjusted or taken out; without it nothing "
                "shows that the standard was there before the results.",
                hint="Remove the entry, and seal the charter: proveout seal --who NAME",
            )
        if wanted not in known:
            close = difflib.get_close_matches(wanted, known, n=1, cutoff=0.5)
            meant = f"Did you mean '{close[0]}'? " if close else ""
            raise CharterError(
                f"standard.{wanted}: no criterion has this id.",
                hint=f"{meant}`proveout gate --stage {_stage_of(wanted)}` lists the ids.",
            )


def _stage_of(criterion: str) -> str:
    stage = criterion.partition(".")[0]
    return stage if stage in DEFAULTS else "production"


def _adjust(
    criterion: Criterion, adjustment: Adjustment | None, catalogue: Catalogue
) -> tuple[Criterion | None, str | None]:
    if adjustment is None:
        return criterion, None
    if not adjustment.apply:
        title = _worded(criterion, catalogue).title
        note = f"Taken out of the standard: {criterion.id} ({title}). {adjustment.why}"
        return None, note
    changed = replace(
        criterion,
        threshold=_or(adjustment.threshold, criterion.threshold),
        confidence=_or(adjustment.confidence, criterion.confidence),
        max_age=(
            criterion.max_age
            if adjustment.max_age_days is None
            else timedelta(days=adjustment.max_age_days)
        ),
        is_limit=criterion.is_limit if adjustment.limit is None else adjustment.limit,
        note=adjustment.why,
    )
    _refuse_percentage(changed, _unit(criterion, catalogue))
    # Against the default itself, not against what another part of the charter made of it.
    default = criterion if criterion.origin == "charter" else _DEFAULT.get(criterion.id, criterion)
    if is_looser(changed, default):
        note = (
            f"Loosened against the default standard: {criterion.id} ({terms(default, catalogue)} "
            f"became {terms(changed, catalogue)}). {adjustment.why}"
        )
        return replace(changed, origin="loosened"), note
    is_tighter = is_looser(default, changed)
    return replace(changed, origin="tightened" if is_tighter else default.origin), None


def _refuse_percentage(changed: Criterion, unit: str) -> None:
    if unit == "fraction" and changed.threshold > 1:
        raise CharterError(
            f"standard.{changed.id}.threshold: {changed.threshold:g} is above all that a share of "
            "one can be.",
            hint=f"For {changed.threshold:g} % write {changed.threshold / 100:g}.",
        )


def _or(given: float | None, default: float) -> float:
    return default if given is None else given


def terms(criterion: Criterion, catalogue: Catalogue) -> str:
    """Write everything of a criterion that can be made looser."""
    said = [demand(criterion.comparison, criterion.threshold, _unit(criterion, catalogue))]
    said.append(f"at {criterion.confidence:g} confidence")
    if criterion.max_age is not None:
        said.append(f"not older than {criterion.max_age.days} days")
    if criterion.is_limit:
        said.append("a limit")
    return ", ".join(said)


def is_looser(changed: Criterion, before: Criterion) -> bool:
    """Tell whether a change makes a criterion easier to meet in any respect."""
    sign = 1 if before.comparison == ">=" else -1
    forever = timedelta.max
    return (
        sign * changed.threshold < sign * before.threshold
        or changed.confidence < before.confidence
        or (changed.max_age or forever) > (before.max_age or forever)
        or (before.is_limit and not changed.is_limit)
    )


def _accepted(
    stage: Stage, lines: Iterable[Acceptance], catalogue: Catalogue
) -> tuple[Criterion, ...]:
    found: dict[str, Criterion] = {}
    for position, line in enumerate(lines):
        criterion = _criterion(position, line, catalogue)
        if line.stage != stage:
            continue
        name, again = criterion.id, 2
        while name in found:
            name, again = f"{criterion.id}-{again}", again + 1
        found[name] = replace(criterion, id=name)
    return tuple(found.values())


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
    """Return 'Recall on production data is at least 70 %'."""
    scope = _scope(line)
    on = "" if scope is None else f" on {SCOPE_WORDS[scope]}"
    of = f" of {subject}" if subject.parts else ""
    name = metric.label[0].upper() + metric.label[1:]
    return f"{name}{of}{on} is {demand(line.comparison, line.threshold, metric.unit)}"


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


__all__ = ["SEALED", "is_looser", "standard_for", "terms"]
