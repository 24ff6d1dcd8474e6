"""What earlier pilots left to be shown, and showing it by name (R1002)."""

from __future__ import annotations

from pydantic import BaseModel

from proveout.diagnosis.conditions import BY_CONDITION
from proveout.errors import InputError, NotFoundError
from proveout.gate import inherited_ids
from proveout.gate.model import Ruling
from proveout.web.asked import Asked, Deed, Done
from proveout.web.pages.writing import Words
from proveout.web.paths import path_to
from proveout.web.permissions import Permission

_AFTER = "design.after-"


class LeftLine(BaseModel):
    """One line of the gate `design` that an earlier pilot left."""

    title: str
    state: str
    reason: str
    fix: str
    owner: str
    condition: str | None
    """Where a named person can show that it is met: its id."""


class LeftLines(BaseModel):
    """All of them."""

    n_met: int
    lines: list[LeftLine]
    """Those that hold the gate first."""


def left_to(asked: Asked) -> LeftLines | None:
    """Return what this pilot inherits; None where no earlier one left anything."""
    rulings = sorted(_inherited(asked), key=lambda each: each.state == "passed")
    lines = [_line(each) for each in rulings]
    n_met = sum(each.state == "passed" for each in rulings)
    return LeftLines(n_met=n_met, lines=lines) if lines else None


def _inherited(asked: Asked) -> list[Ruling]:
    if not asked.book.charter.predecessors:
        return []
    ids = inherited_ids()
    verdict = asked.parts.library.report(asked.book, "design", asked.now).verdict
    return [each for each in verdict.rulings if each.criterion.id in ids]


class ShowForm(BaseModel):
    """What shows that a condition is met."""

    shows: Words


class ShownResult(BaseModel):
    """What was recorded."""

    condition: str


def show_met(asked: Asked, given: ShowForm) -> Done:
    """Record by name that what an earlier pilot left is met, with what shows it."""
    condition = asked.path["condition"]
    known = BY_CONDITION.get(condition)
    if known is None:
        raise NotFoundError(f"There is no condition '{condition}'.")
    # Also what is met by now: the same form sent again has done what it should.
    left = {each.criterion.id for each in _inherited(asked)}
    if f"{_AFTER}{condition}" not in left or not known.takes_word:
        raise InputError(
            "No earlier pilot left this to be shown by a person.",
            hint="The page Diagnosis lists what this pilot takes over.",
        )
    asked.record("diagnosis.met", {"condition": condition, "shows": given.shows})
    return Done(
        says=f"Recorded under your name: {known.text[0].lower()}{known.text[1:]}.",
        goes_to=path_to(asked.book.pilot, "/diagnosis"),
        result=ShownResult(condition=condition),
    )


def _line(ruling: Ruling) -> LeftLine:
    criterion = ruling.criterion
    name = criterion.id.removeprefix(_AFTER)
    known = BY_CONDITION.get(name) if criterion.id.startswith(_AFTER) else None
    takes_word = known is not None and known.takes_word
    return LeftLine(
        title=criterion.title,
        state=ruling.state,
        reason=ruling.deciding.reason,
        fix=criterion.fix,
        owner=ruling.owner,
        condition=name if takes_word and ruling.state != "passed" else None,
    )


DEEDS = (
    Deed(
        path="/pilots/{pilot}/diagnosis/conditions/{condition}", needs=Permission.diagnose,
        takes=ShowForm, do=show_met, gives=ShownResult,
    ),
)  # fmt: skip
