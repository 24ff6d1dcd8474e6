"""How many answers a run asks for, told before the first one, and kept to. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from proveout.charter.schema import Charter
from proveout.checks.stress.operators import Operator, n_hit

if TYPE_CHECKING:
    from proveout.checks.stress.plan import Planned

CHAT_ROWS = 100
"""Rows for a chat system unless the charter says otherwise: each answer is paid for."""

CHAT_REQUESTS = 2_000
"""Answers that a chat system is asked for in all unless the charter says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What may be asked for."""

    most: int | None
    """Requests in all; None where there is no limit."""
    per_row: int
    """Requests that one answer takes."""

    @property
    def rows(self) -> int | None:
        """Rows that may be asked in all."""
        return None if self.most is None else self.most // self.per_row


def budget_of(charter: Charter) -> Budget:
    """Read it from the charter."""
    chat = charter.system.chat if charter.system is not None else None
    if chat is None:
        return Budget(most=charter.stress.max_requests, per_row=1)
    return Budget(
        most=charter.stress.max_requests or CHAT_REQUESTS,
        per_row=chat.samples if chat.confidence == "agreement" else 1,
    )


def rows_of(charter: Charter) -> int:
    """Say how many production rows are drawn: few where each answer is paid for."""
    stress = charter.stress
    is_chat = charter.system is not None and charter.system.chat is not None
    if is_chat and "rows" not in stress.model_fields_set:
        return CHAT_ROWS
    return stress.rows


def cost_of(operator: Operator, severities: Iterable[float], rows: int) -> int:
    """Count the rows that one kind of damage sends: those of its greatest severity, once."""
    if operator.replaces:
        return 0
    return operator.sends * n_hit(max(severities), rows)


def within(
    trials: Iterable[Planned], *, rows: int, aside: int, budget: Budget
) -> tuple[tuple[Planned, ...], Mapping[str, str], int]:
    """Keep as many kinds of damage as the budget allows, those for texts first.

    Returns the trials, what was left out and why, and how many rows will be asked in all; `aside`
    is what is set aside for pairs and files.
    """
    groups: dict[str, list[Planned]] = {}
    for trial in trials:
        groups.setdefault(trial.operator.name, []).append(trial)
    spent, left = rows + aside, budget.rows
    kept, left_out = set(), {}
    for name, group in sorted(groups.items(), key=lambda item: not _is_for_prose(item[1])):
        cost = cost_of(group[0].operator, (each.severity for each in group), rows)
        if left is not None and spent + cost > left:
            left_out[name] = f"stress.max_requests allows {budget.most:,} requests"
            continue
        kept.add(name)
        spent += cost
    return (
        tuple(each for name, group in groups.items() if name in kept for each in group),
        left_out,
        spent,
    )


def _is_for_prose(group: list[Planned]) -> bool:
    return "prose" in group[0].operator.kinds
