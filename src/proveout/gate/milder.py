"""Where the charter asks for a milder trial than the default, or than the one that was sealed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from proveout.charter.schema import Charter
from proveout.charter.schema.standard import Stress
from proveout.charter.schema.system import LetThrough, System
from proveout.charter.sealing import compare
from proveout.charter.sealing.in_context import CHAT_REQUESTS, CHAT_ROWS
from proveout.evidence.catalogue import Catalogue
from proveout.evidence.figures import figure
from proveout.gate.lines import default_lines

TRIAL = ("stress", "system", "load", "budget", "drill")
"""Parts of the charter that say what is tried, and what counts as right or wrong in it."""

LIMITS = frozenset(
    {
        "stress.max_quality_drop", "stress.max_silent_failure", "load.max_error_rate",
        "load.max_abandonment", "load.p95_latency_s", "budget.per_month", "budget.per_day",
        "budget.per_transaction",
    }
)  # fmt: skip
"""What the lines of the standard hold them to: these tell it themselves."""


def tried_less(charter: Charter) -> Iterator[str]:
    """Yield what every verdict on the trial must say of it."""
    yield from _stressed_less(charter)
    system = charter.system
    if system is None:
        return
    usual, confident = LetThrough(), System.model_fields["confident_at"].default
    if system.confident_at > confident:
        yield (
            f"A wrong answer counts as silent from a confidence of {system.confident_at:g} on; "
            f"{confident:g} by default."
        )
    if system.let_through.max_error > usual.max_error:
        yield (
            f"Of the answers that go out alone, {figure(system.let_through.max_error, 'fraction')} "
            f"may be wrong; {figure(usual.max_error, 'fraction')} by default."
        )
    if system.let_through.probability < usual.probability:
        yield (
            "What is promised of answers that go out alone holds with a probability of "
            f"{figure(system.let_through.probability, 'fraction')}; "
            f"{figure(usual.probability, 'fraction')} by default."
        )


def tried_less_than_sealed(
    sealed: Mapping[str, Any], now: Mapping[str, Any], catalogue: Catalogue
) -> Iterator[str]:
    """Yield each place of the charter that made the trial milder: 'stress.rows (5000 became 90)'.

    Both charters are in plain JSON.
    """
    for change in compare(sealed, now, catalogue, defaults=default_lines()):
        is_of_trial = change.path.partition(".")[0] in TRIAL and change.path not in LIMITS
        if is_of_trial and change.effect == "looser":
            yield f"{change.path} ({_plain(change.before)} became {_plain(change.after)})"


def _stressed_less(charter: Charter) -> Iterator[str]:
    usual, stress = Stress(), charter.stress
    is_chat = charter.system is not None and charter.system.chat is not None
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
    rows = CHAT_ROWS if is_chat else usual.rows
    if stress.rows < rows:
        yield f"Stress tries each kind of damage on {stress.rows:,} records; {rows:,} by default."
    if stress.combine < usual.combine:
        pairs = {0: "no pair", 1: "1 pair"}.get(stress.combine, f"{stress.combine} pairs")
        yield f"Stress tries {pairs} of damage together; {usual.combine} by default."
    most = stress.max_requests
    if most is not None and not (is_chat and most >= CHAT_REQUESTS):
        limit = f"{CHAT_REQUESTS:,}" if is_chat else "as many as it takes"
        yield f"Stress asks for at most {most:,} answers; {limit} by default."


def _plain(value: Any) -> str:
    if value in (None, [], {}):
        return "nothing said"
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    if isinstance(value, dict):
        return " ".join(f"{key}: {_plain(item)}" for key, item in value.items())
    if isinstance(value, float):
        return f"{value:g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
