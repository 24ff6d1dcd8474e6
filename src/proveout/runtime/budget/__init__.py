"""Money, tokens and requests: held before, booked after."""

from proveout.runtime.budget.admission import BudgetAdmission
from proveout.runtime.budget.notice import Notice
from proveout.runtime.budget.parsing import policy_from, read_limit
from proveout.runtime.budget.policy import Policy, Rule, policy_of

__all__ = [
    "BudgetAdmission",
    "Notice",
    "Policy",
    "Rule",
    "policy_from",
    "policy_of",
    "read_limit",
]
