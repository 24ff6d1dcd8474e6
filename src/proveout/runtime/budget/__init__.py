"""Money, tokens and requests: held before, booked after."""

from proveout.runtime.budget.admission import BudgetAdmission
from proveout.runtime.budget.notice import Notice
from proveout.runtime.budget.parsing import policy_from, read_limit
from proveout.runtime.budget.policy import Policy, Rule, policy_of
from proveout.runtime.budget.recovery import Booked, book_the_dead

__all__ = [
    "Booked",
    "BudgetAdmission",
    "Notice",
    "Policy",
    "Rule",
    "book_the_dead",
    "policy_from",
    "policy_of",
    "read_limit",
]
