"""What several checks cannot begin without, said the same way by each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from proveout.charter.schema import Charter
from proveout.checks.contract import Need
from proveout.evidence.catalogue import Metric
from proveout.evidence.outcome import NotMeasured


def system_that_answers(charter: Charter, *, why_not_recorded: str) -> list[Need]:
    """Ask for a system that answers when it is asked; recorded answers do not."""
    if charter.system is None:
        return [Need(what="the charter names no system", next_step="Say how it is reached: system")]
    if charter.system.recorded is not None:
        return [
            Need(
                what=why_not_recorded,
                next_step="Name a system that answers: system.python, system.http, system.chat …",
            )
        ]
    return []


def production_rows(charter: Charter) -> list[Need]:
    """Ask for production data of which requests can be made."""
    if any(source.role == "records" for source in charter.data.production):
        return []
    return [
        Need(
            what="the charter names no production data",
            next_step="Name a source: data.production",
        )
    ]


def said(*parts: tuple[object, str, str]) -> list[Need]:
    """Ask for each part of the charter that is None: the part, what is lacking, the next step."""
    return [Need(what=what, next_step=step) for part, what, step in parts if part is None]


def not_in_use(metrics: Iterable[Metric]) -> Iterator[NotMeasured]:
    """Say of figures on a system in use that no requests were given to tell them from."""
    for metric in metrics:
        yield NotMeasured(
            metric=metric.name,
            reason="it is told from requests of the system in use, and was given none",
            next_step="Let requests go through the gateway, then look: proveout monitor",
        )
