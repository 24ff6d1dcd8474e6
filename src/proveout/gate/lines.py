"""The default standard as far as an amendment must know it, to tell looser from tighter."""

from __future__ import annotations

from proveout.charter.sealing import DefaultLine
from proveout.gate.standards import DEFAULTS


def default_lines() -> dict[str, DefaultLine]:
    """Return every line of the default standards by id."""
    return {
        criterion.id: DefaultLine(
            metric=criterion.metric,
            comparison=criterion.comparison,
            threshold=criterion.threshold,
            confidence=criterion.confidence,
            is_limit=criterion.is_limit,
            max_age_days=(
                None if criterion.max_age is None else criterion.max_age.total_seconds() / 86_400
            ),
        )
        for criteria in DEFAULTS.values()
        for criterion in criteria
    }
