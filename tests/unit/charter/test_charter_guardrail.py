"""A figure that is not to become better, but must not become worse."""

from __future__ import annotations

from collections.abc import Callable

from proveout.charter.loaded import LoadedCharter

KPI = """
pilot: claims
kpis:
  - name: wrong-moves
    unit: fraction
    direction: lower
    baseline: {{ value: 0.02, source: audit of March }}
    threshold: 0.05
    guardrail: {}
"""


def test_a_guardrail_may_stand_below_the_baseline(
    load: Callable[[str | bytes], LoadedCharter],
) -> None:
    """What is to be kept, not bettered, is held to less than today."""
    assert load(KPI.format("true")).charter.kpis[0].guardrail


def test_what_is_to_become_better_may_not(complaint: Callable[[str | bytes], str]) -> None:
    """Its threshold would be met by doing nothing; the message says how to mean it."""
    assert "guardrail: true" in complaint(KPI.format("false"))
