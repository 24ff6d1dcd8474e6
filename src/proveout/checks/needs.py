"""What several checks cannot begin without, said the same way by each."""

from __future__ import annotations

from proveout.charter.schema import Charter
from proveout.checks.contract import Need


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
