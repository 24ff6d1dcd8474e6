"""The verdict in one sentence, for a board (R1004)."""

from __future__ import annotations

from collections.abc import Sequence

from proveout.charter.schema import Stage
from proveout.gate.model import Decision, Ruling
from proveout.gate.owners import NOBODY

_QUESTION = {
    "design": "The pilot may begin",
    "production": "It may go live",
    "scale": "It may widen",
    "continue": "It may stay in production",
}
_NOT = {
    "design": "The pilot may not begin yet",
    "production": "It may not go live yet",
    "scale": "It may not widen yet",
    "continue": "It may not stay as it is",
}


def summarise(
    decision: Decision, stage: Stage, rulings: Sequence[Ruling], fix_first: Sequence[Ruling]
) -> str:
    """Return one sentence: what is decided, how much holds it, what comes first and who acts."""
    n = len(rulings)
    if decision == "go":
        waived = sum(ruling.state == "waived" for ruling in rulings)
        but = f", {waived} of them only by waiver" if waived else ""
        return f"{_QUESTION[stage]}: all {n} criteria are met{but}."
    if not fix_first:
        return f"{_NOT[stage]}: the standard asks for nothing, and nothing is no pass."
    first = fix_first[0]
    title = first.criterion.title
    if decision == "stop":
        return (
            f"Stop: a limit is broken ({title}), and {len(fix_first)} of {n} criteria are not "
            f"met; {_who_must_act(first.owner)}."
        )
    return (
        f"{_NOT[stage]}: {len(fix_first)} of {n} criteria are not met, first of all "
        f"“{title}”; {_who_must_act(first.owner)}."
    )


def _who_must_act(owner: str) -> str:
    """Return 'Ada Byron (engineer) must act'; a role that nobody has cannot."""
    if not owner.startswith(f"{NOBODY} ("):
        return f"{owner} must act"
    role = owner.removeprefix(f"{NOBODY} (").removesuffix(")")
    return f"{'' if role == 'legal' else 'the '}{role} must act, and nobody is named"
