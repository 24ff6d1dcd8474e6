"""How a line of the standard is written down.

In a title, '{}' stands for what is asked for ('at least 98 %'): the threshold in force is written
in when the standard has been fitted to a charter.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from proveout.charter.schema import Comparison, Stage
from proveout.evidence.catalogue import Family
from proveout.evidence.model import WHOLE, Scope, Subject
from proveout.gate.model import Criterion, Role

SEALED = "governance.sealed"
"""Metric of the one criterion that the gate answers from the ledger itself."""

QUALITY_AGREED = "governance.quality_agreed"
"""Metric of the criterion that stands in while the charter agrees on no quality."""

SCOPE_WORDS: Mapping[Scope, str] = {
    "pilot": "the curated sample",
    "production": "production data",
    "synthetic": "corrupted data",
}


def sealed(stage: Stage) -> Criterion:
    """The charter was fixed by a named person; every gate asks for it."""
    return Criterion(
        id=f"{stage}.sealed",
        stage=stage,
        title="The charter is sealed",
        metric=SEALED,
        comparison=">=",
        threshold=1,
        bases=("attested",),
        family="organisational",
        fix="Fix the standard before results can bend it: proveout seal --who NAME.",
        role="project owner",
        sources=("R104", "R802", "a standard that can still be bent is none"),
    )


def declared(
    stage: Stage, part: str, title: str, fix: str, *, role: Role, sources: tuple[str, ...]
) -> Criterion:
    """One part of what must be agreed is in the charter, complete."""
    return Criterion(
        id=f"{stage}.{part}",
        stage=stage,
        title=title,
        metric="governance.declared",
        subject=Subject.of(part=part),
        comparison=">=",
        threshold=1,
        bases=("attested",),
        family="organisational",
        fix=fix,
        role=role,
        sources=(*sources, "all or nothing: what is half agreed is not agreed"),
    )


def in_production(
    stage: Stage,
    name: str,
    metric: str,
    comparison: Comparison,
    threshold: float,
    *,
    title: str,
    fix: str,
    sources: tuple[str, ...],
    max_age: timedelta,
    subject: Subject = WHOLE,
    family: Family = "business",
    role: Role = "production owner",
) -> Criterion:
    """A figure of a system in use; of the business, and its owner's, where nothing else is said."""
    return Criterion(
        id=f"{stage}.{name}",
        stage=stage,
        title=title,
        metric=metric,
        subject=subject,
        comparison=comparison,
        threshold=threshold,
        scope="production",
        max_age=max_age,
        family=family,
        fix=fix,
        role=role,
        sources=sources,
    )


def days(number: float) -> timedelta:
    """Return that many days."""
    return timedelta(days=number)
