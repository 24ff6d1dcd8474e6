"""How many answers a run asks for, told before the first one, and kept to. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from proveout.charter.schema import Charter
from proveout.checks.stress.operators import Operator, n_hit
from proveout.systems import Answers

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
    retries: int = 0
    """How often each of them may be sent again."""

    def at_worst(self, rows: int) -> int:
        """Count the requests that so many rows take where each is sent again and again."""
        return rows * self.per_row * (1 + self.retries)

    def sent(self, answers: Answers) -> int:
        """Count the requests that were sent for answers, as far as the system tells."""
        if answers.usage is None:
            return len(answers.status) * self.per_row
        attempts = answers.usage.attempts
        return int(np.where(np.isnan(attempts), self.per_row, attempts).sum())

    def holds(self, rows: int, *, at_once: int) -> bool:
        """Tell whether so many rows can be asked for in all, so many of them in one go at most.

        Only the last go has to fit in at its worst: what was really sent is known before each.
        """
        more = self.at_worst(at_once) - at_once * self.per_row
        return self.most is None or rows * self.per_row + more <= self.most


def budget_of(charter: Charter) -> Budget:
    """Read it from the charter."""
    system, most = charter.system, charter.stress.max_requests
    web = None if system is None else system.web
    retries = 0 if web is None else web.retries
    if system is None or system.chat is None:
        return Budget(most=most, per_row=1, retries=retries)
    return Budget(
        most=most or CHAT_REQUESTS,
        per_row=system.chat.samples if system.chat.confidence == "agreement" else 1,
        retries=retries,
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
    spent, at_once = rows + aside, rows
    kept, left_out = set(), {}
    for name, group in sorted(groups.items(), key=lambda item: not _is_for_prose(item[1])):
        cost = cost_of(group[0].operator, (each.severity for each in group), rows)
        at_once = max(at_once, cost)
        if not budget.holds(spent + cost, at_once=at_once):
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
