"""From levels that were measured for it to what full size will be like: evidence, or a refusal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from proveout.capacity import prediction as predictions
from proveout.capacity.predicting import predict_from
from proveout.capacity.prediction import CONFIDENCE, Estimate, Prediction, Refused
from proveout.checks import Finding
from proveout.checks.load.plan import demand, limits_of
from proveout.checks.load.running import LevelRun
from proveout.checks.load.telling import MORE_GENERATOR, Teller
from proveout.evidence.model import WHOLE, Interval
from proveout.evidence.outcome import NotMeasured

METHOD = "prediction by a fitted queue"


def foretold(teller: Teller, runs: Sequence[LevelRun]) -> Iterator[Finding]:
    """Yield what is predicted for the peak of full size; basis simulated, whatever it rests on."""
    if any(run.limited for run in runs):
        yield from _refused(next(run.limited for run in runs if run.limited), MORE_GENERATOR)
        return
    limits = limits_of(teller.load)
    found = predict_from(
        [run.level for run in runs],
        demand(teller.load),
        limits=predictions.Limits(p95_latency_s=limits.p95_s, max_abandonment=limits.abandonment),
    )
    if isinstance(found, Refused):
        yield from _refused(" ".join(found.reasons), found.next_step)
        return
    yield from _of_prediction(teller, found)


def _of_prediction(teller: Teller, found: Prediction) -> Iterator[Finding]:
    for name, estimate in (
        ("predicted_p95_latency", found.p95_s),
        ("predicted_abandonment", found.abandonment),
        ("needed_capacity", found.needed_slots),
    ):
        if estimate is None:
            continue
        if not all(map(math.isfinite, (estimate.value, estimate.low, estimate.high))):
            yield _not_predicted(name, *_why_infinite(name, estimate))
            continue
        low, high = sorted((estimate.low, estimate.high))
        yield teller.context.found(
            f"load.{name}",
            estimate.value,
            n=found.requests_measured,
            scope=teller.scope,
            basis="simulated",
            interval=Interval(low=low, high=high, level=CONFIDENCE, method=METHOD),
            details={
                **teller.told,
                "users": teller.load.users,
                "rate_per_s": round(found.rate_per_s, 3),
                "utilisation": _plain(found.utilisation),
                "slots_found": _plain(found.slots),
                "assumes": list(found.notes),
            },
        )


def _why_infinite(name: str, estimate: Estimate) -> tuple[str, str]:
    """Return why there is no finite figure, and what can be done."""
    if name == "needed_capacity":
        return (
            "no number of slots is found that keeps to the limits for certain",
            "Measure nearer to full size: load.measure_up_to",
        )
    if math.isinf(estimate.value):
        return (
            "so many requests will be given up or fail that no time can be named within which 95 % "
            "are answered",
            "See what it takes: load.predicted_abandonment and load.needed_capacity.",
        )
    return (
        "it may be that more than 5 % of requests are never answered; no interval can be named",
        "Measure nearer to full size: load.measure_up_to",
    )


def _plain(estimate: Estimate) -> list[float | None]:
    return [
        round(each, 4) if math.isfinite(each) else None
        for each in (estimate.value, estimate.low, estimate.high)
    ]


def _refused(reason: str, step: str) -> Iterator[Finding]:
    for name in ("predicted_p95_latency", "predicted_abandonment", "needed_capacity"):
        yield _not_predicted(name, reason, step)


def _not_predicted(name: str, reason: str, step: str) -> NotMeasured:
    return NotMeasured(metric=f"load.{name}", subject=WHOLE, reason=reason, next_step=step)
