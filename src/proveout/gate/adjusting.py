"""What the charter makes of single lines of the default standard, and what it cannot."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from proveout.charter.loaded import PathInCharter
from proveout.charter.schema import Adjustment, Charter
from proveout.evidence.catalogue import Catalogue
from proveout.gate.demand import demand
from proveout.gate.fitting import fit
from proveout.gate.model import Criterion
from proveout.gate.standards import DEFAULTS

_DEFAULT: Mapping[str, Criterion] = {
    criterion.id: criterion for criteria in DEFAULTS.values() for criterion in criteria
}


def adjustment_problems(
    charter: Charter, catalogue: Catalogue
) -> Iterator[tuple[PathInCharter, str, str]]:
    """Yield where the charter adjusts what is not there or cannot be: place, what, what to do."""
    known = {
        line.id: line for stage in DEFAULTS for line in (*DEFAULTS[stage], *fit(stage, charter)[0])
    }
    for wanted, adjustment in charter.standard.items():
        line = known.get(wanted)
        if line is None:
            yield ("standard", wanted), "no criterion has this id.", _meant(wanted, known)
        elif wanted.endswith(".sealed"):
            what = (
                "the seal cannot be adjusted or taken out; without it nothing shows that the "
                "standard was there before the results."
            )
            write = "Remove the entry, and seal the charter: proveout seal --who NAME"
            yield ("standard", wanted), what, write
        elif (adjustment.threshold or 0) > 1 and _unit(line, catalogue) in ("fraction", "flag"):
            what = f"{adjustment.threshold:g} is above all that a share of one can be."
            write = f"For {adjustment.threshold:g} % write {(adjustment.threshold or 0) / 100:g}."
            yield ("standard", wanted, "threshold"), what, write


def _meant(wanted: str, known: Mapping[str, Criterion]) -> str:
    close = difflib.get_close_matches(wanted, known, n=1, cutoff=0.5)
    meant = f"Did you mean '{close[0]}'? " if close else ""
    stage = wanted.partition(".")[0]
    return (
        f"{meant}`proveout gate --stage {stage if stage in DEFAULTS else 'production'}` lists "
        "the ids."
    )


def adjusted(
    criterion: Criterion, adjustment: Adjustment | None, catalogue: Catalogue
) -> tuple[Criterion | None, str | None]:
    """Return the criterion as adjusted, or None where it is taken out, and what must be said."""
    if adjustment is None:
        return criterion, None
    if not adjustment.apply:
        title = worded(criterion, catalogue).title
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


def _or(given: float | None, default: float) -> float:
    return default if given is None else given


def worded(criterion: Criterion, catalogue: Catalogue) -> Criterion:
    """Write the threshold in force into the title, where it says '{}'."""
    goal = demand(criterion.comparison, criterion.threshold, _unit(criterion, catalogue))
    title = criterion.title.replace("{}", goal)
    return replace(criterion, title=title[0].upper() + title[1:])


def terms(criterion: Criterion, catalogue: Catalogue) -> str:
    """Write everything of a criterion that can be made looser."""
    demanded, *others = each_term(criterion, catalogue)
    return ", ".join([demanded, *(term for term in others if not term.startswith(_NO))])


def each_term(criterion: Criterion, catalogue: Catalogue) -> tuple[str, str, str, str]:
    """Write demand, confidence, age and limit, what is not asked for included."""
    age = criterion.max_age
    return (
        demand(criterion.comparison, criterion.threshold, _unit(criterion, catalogue)),
        f"at {criterion.confidence:g} confidence",
        f"{_NO} limit of age" if age is None else f"not older than {age.days} days",
        "a limit" if criterion.is_limit else f"{_NO} limit",
    )


_NO = "without a"


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


def _unit(criterion: Criterion, catalogue: Catalogue) -> str:
    known = catalogue[criterion.metric].unit if criterion.metric in catalogue else ""
    return criterion.unit or known
