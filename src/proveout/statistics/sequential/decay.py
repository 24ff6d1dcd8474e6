"""Silent decay: accuracy, overrides and use taken together (R906)."""

from __future__ import annotations

from dataclasses import dataclass

from proveout.statistics.sequential.evalues import average


@dataclass(frozen=True, slots=True, kw_only=True)
class Decay:
    """What the three say together."""

    evidence: float
    """An e-value against 'none of the three has become worse', however they depend."""
    by: str
    """Which of them speaks loudest: 'accuracy', 'overrides' or 'use'."""


def silent_decay(
    accuracy_e: float | None, override_e: float | None, use_e: float | None
) -> Decay | None:
    """Combine the evidence that answers are worse, are overruled more, and are used less.

    Each is an e-value of the same look at the same stream of time, or None where it could not be
    had; the three depend on each other, so that they are averaged and not multiplied: half the
    weight on accuracy, a quarter on each sign that people give. The average of e-values is one,
    that of the evidence of three watches too. None where nothing could be had.
    """
    said = {"accuracy": (accuracy_e, 2.0), "overrides": (override_e, 1.0), "use": (use_e, 1.0)}
    known = {name: (e, weight) for name, (e, weight) in said.items() if e is not None}
    if not known:
        return None
    evidence = average([e for e, _ in known.values()], [weight for _, weight in known.values()])
    return Decay(evidence=evidence, by=max(known, key=lambda name: known[name][0] * known[name][1]))
