"""The words and signs for states: never colour alone."""

from __future__ import annotations

from typing import Final

from proveout.evidence.catalogue import Family
from proveout.gate.model import Decision, State

DECISIONS: Final[dict[Decision, str]] = {"go": "GO", "hold": "HOLD", "stop": "STOP"}

STATE_SIGNS: Final[dict[State, str]] = {
    "passed": "✓",
    "failed": "✗",
    "missing": "?",
    "stale": "↻",
    "inconclusive": "≈",
    "waived": "w",
}

STATE_MEANINGS: Final[dict[State, str]] = {
    "passed": "the bound of the interval clears the threshold",
    "failed": "measured, and short of the threshold",
    "missing": "nothing was measured or declared",
    "stale": "what was measured is too old",
    "inconclusive": "the figure clears the threshold, the bound of its interval does not",
    "waived": "a named person lets it pass until a date",
}

FAMILIES: Final[dict[Family, str]] = {
    "technical": "Technical",
    "engineering": "Engineering",
    "business": "Business",
    "organisational": "Organisation",
}
