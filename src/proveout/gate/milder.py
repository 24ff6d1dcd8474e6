"""Where the charter asks for a milder trial than the default, so that a line passes more easily."""

from __future__ import annotations

from collections.abc import Iterator

from proveout.charter.schema import Charter
from proveout.charter.schema.standard import Stress
from proveout.charter.schema.system import System
from proveout.evidence.figures import figure


def tried_less(charter: Charter) -> Iterator[str]:
    """Yield what every verdict on the trial must say of it."""
    usual, stress, system = Stress(), charter.stress, charter.system
    if stress.operators:
        yield f"Stress tries these kinds of damage only: {', '.join(stress.operators)}."
    if stress.columns:
        yield f"Stress damages these columns only: {', '.join(stress.columns)}."
    hardest, usually = max(stress.severities), max(usual.severities)
    if hardest < usually:
        yield (
            f"Stress damages at most {figure(hardest, 'fraction')} of the records; "
            f"{figure(usually, 'fraction')} by default."
        )
    confident = System.model_fields["confident_at"].default
    if system is not None and system.confident_at > confident:
        yield (
            f"A wrong answer counts as silent from a confidence of {system.confident_at:g} on; "
            f"{confident:g} by default."
        )
