"""What the charter alone tells: what was meant to be, and what was never thought of.

What is only planned is no proof that it was done. So the charter tells what was stated; of what
has to be done every day, of who answered for it and of the data that it was built on, it tells only
where it was not even planned, and that is a hint: a short charter is not yet a bad pilot. A name in
a charter does not go before the word of those who say that nobody was there.
"""

from __future__ import annotations

from collections.abc import Iterator

from proveout.charter.schema import Charter
from proveout.charter.sealing.signing import folded
from proveout.diagnosis.readings import Reading


def from_charter(charter: Charter) -> Iterator[Reading]:
    """Yield what the charter tells, signal by signal."""
    for reading in (
        _outcome(charter),
        _production_plan(charter),
        _owner(charter),
        _participants(charter),
        _trial_data(charter),
        *_never_planned(charter),
    ):
        if reading is not None:
            yield reading


def _agreed(signal: str, option: str, where: str, told: str) -> Reading:
    return Reading(signal=signal, option=option, source="agreed", told=told, where=where)


def _left_out(signal: str, option: str, where: str, told: str) -> Reading:
    return Reading(signal=signal, option=option, source="left out", told=told, where=where)


def _outcome(charter: Charter) -> Reading:
    full = [kpi for kpi in charter.kpis if kpi.threshold is not None and kpi.baseline is not None]
    if full:
        names = ", ".join(kpi.name for kpi in full)
        return _agreed("outcome", "measurable", "kpis", f"With baseline and threshold: {names}.")
    if charter.outcome is not None or charter.kpis:
        return _agreed("outcome", "vague", "kpis", "No KPI has both a baseline and a threshold.")
    return _left_out("outcome", "none", "outcome", "The charter states no outcome and no KPI.")


def _production_plan(charter: Charter) -> Reading:
    design = charter.production_design
    wanted = {
        "maintainer": design and design.maintainer,
        "monitoring": design and design.monitoring,
        "data updates": design and design.data_updates,
        "accountable": design and design.accountable,
        "integration": charter.integration,
    }
    missing = [name for name, value in wanted.items() if not value]
    if not missing:
        return _agreed("production_plan", "full", "production_design", "")
    if len(missing) == len(wanted):
        told = "The charter has no production design and no integration."
        return _left_out("production_plan", "none", "production_design", told)
    told = f"Missing in the design: {', '.join(missing)}."
    return _agreed("production_plan", "partly", "production_design", told)


def _owner(charter: Charter) -> Reading | None:
    people = charter.people
    owner, project = people.production_owner, people.project_owner
    where = "people.production_owner"
    if owner is None:
        return _left_out("owner", "nobody", where, "The charter names no production owner.")
    if project is not None and folded(owner.name) == folded(project.name):
        told = f"{owner.name} runs the project as well."
        return _agreed("owner", "nobody", where, told)
    return None  # who is named has still to answer for it


def _participants(charter: Charter) -> Reading | None:
    found = charter.change.participants
    if found is None:
        return None
    option = {"volunteers": "volunteers", "selected": "selected"}.get(found.chosen, "everybody")
    of = "" if found.population is None else f" of {found.population:,}"
    told = f"{found.count:,}{of} took part."
    return _agreed("participants", option, "change.participants", told)


def _trial_data(charter: Charter) -> Reading | None:
    if charter.data.pilot is not None and not charter.data.production:
        told = "The charter names a sample, and no production data."
        return _agreed("trial_data", "cleaned", "data.pilot", told)
    return None


def _never_planned(charter: Charter) -> Iterator[Reading]:
    governance, change = charter.governance, charter.change
    if governance.exceptions is None and charter.rollback is None:
        told = "The charter has neither an exception protocol nor a rollback."
        yield _left_out("wrong_answers", "nothing", "governance.exceptions", told)
    if governance.reviews is None and governance.output_audit is None and not charter.milestones:
        told = "The charter sets no reviews, no audit of answers and no milestones."
        yield _left_out("oversight", "nobody", "governance.reviews", told)
    if not charter.legal:
        told = "The charter holds no question of legal or compliance."
        yield _left_out("legal", "never", "legal", told)
    if not any(role.representative for role in change.roles):
        told = "The charter names nobody who speaks for those affected."
        yield _left_out("involved", "not_asked", "change.roles", told)
    if not change.training and not change.will_do:
        told = "The charter plans no training, and does not say what it will do."
        yield _left_out("prepared", "not_prepared", "change.training", told)
    if governance.refresh is None and governance.handoff is None:
        told = "The charter says neither who updates it nor who takes over."
        yield _left_out("upkeep", "irregular", "governance.refresh", told)
