"""From measured levels to evidence, and to what could not be measured."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from test_load_figures import ending, level

from proveout.charter.schema.standard import Load
from proveout.checks.load.running import LevelRun
from proveout.checks.load.telling import Teller
from proveout.evidence.model import WHOLE, Subject
from proveout.evidence.outcome import NotMeasured


@dataclass
class Charter:
    """The one part that is looked at."""

    load: Load


@dataclass
class Context:
    """Hands back what was found, as plain values."""

    charter: Charter
    seed: int = 1
    told: list[dict[str, Any]] = field(default_factory=list)

    def found(self, metric: str, value: float, **more: Any) -> dict[str, Any]:
        return {"metric": metric, "value": value, **more}


def teller(**load: Any) -> Teller:
    charter = Charter(Load.model_validate({"users": 100, "seconds": 100, **load}))
    return Teller(context=Context(charter), scope="production", told={})  # type: ignore[arg-type]


def measured(latency_s: Any, **more: Any) -> LevelRun:
    return LevelRun(
        level=replace(level(latency_s, **more), rate_per_s=10.0),
        late_p99_s=0.0, limited=None, simulated=False, unread=0, was_stopped=False,
    )  # fmt: skip


BUSY = {"requests_per_user_per_day": 1_800.0}
"""A hundred users who ask ten times a second at the peak."""


OF_FULL_SIZE = {
    "load.p50_latency", "load.p95_latency", "load.p99_latency", "load.error_rate",
    "load.abandonment", "load.throughput",
}  # fmt: skip


def of(found: list[Any], metric: str, subject: Subject = WHOLE) -> Any:
    return [
        each for each in found
        if isinstance(each, dict) and (each["metric"], each["subject"]) == (metric, subject)
    ]  # fmt: skip


def test_a_percentile_that_nobody_saw_the_end_of_keeps_to_no_limit_up_to_the_patience() -> None:
    """One in ten gave up after 10 s: 95 of 100 answers take more than that."""
    n = 1_000
    run = measured(np.full(n, 0.5), outcome=ending(n, GAVE_UP=100))

    (p95,) = of(list(teller(**BUSY).of_level(run)), "load.p95_latency")

    assert p95["value"] > 10.0
    assert p95["details"]["at_least"] is True
    assert "interval" not in p95


def test_where_a_longer_wait_would_be_accepted_nothing_is_made_up() -> None:
    """With a limit above the patience, nobody knows whether it would have been kept."""
    n = 1_000
    run = measured(np.full(n, 0.5), outcome=ending(n, GAVE_UP=100))

    found = list(teller(**BUSY, p95_latency_s=20).of_level(run))

    assert of(found, "load.p95_latency") == []
    reasons = {each.reason for each in found if isinstance(each, NotMeasured)}
    assert reasons == {
        "so many requests failed or were given up that no time can be named for certain"
    }


def test_figures_of_the_whole_are_those_of_full_size_alone() -> None:
    """What fewer users met is told of them, and never of everybody."""
    run = measured(np.full(1_000, 0.5), users=60)

    found = list(teller(**BUSY).of_level(run))

    assert of(found, "load.p95_latency") == []
    assert len(of(found, "load.p95_latency", Subject.of(users="60"))) == 1


def test_a_generator_that_did_not_keep_up_gives_no_evidence() -> None:
    """The reason is told instead of each figure of the whole, and once of the level."""
    run = replace(measured(np.full(1_000, 0.5)), limited="it was late")

    found = list(teller(**BUSY).of_level(run))

    missing = [each for each in found if isinstance(each, NotMeasured)]
    assert missing == found
    assert [each.metric for each in missing if each.subject != WHOLE] == ["load.p95_latency"]
    assert {each.metric for each in missing if each.subject == WHOLE} == OF_FULL_SIZE
    assert {each.reason for each in missing} == {"it was late"}


@pytest.mark.parametrize(
    ("is_ended", "reason", "step"),
    [
        (False, "40 requests fell due in 100 s; about 72 are needed",
         "Measure longer: load.seconds: 180"),
        # More time would not help: it would be ended as early again.
        (True, "the level was ended after 100.0 s, broken beyond doubt; of the 40 requests until "
         "then no such figure can be made", "See what broke: load.breaking_point"),
    ],
)  # fmt: skip
def test_too_few_requests_are_told_with_what_helps(is_ended: bool, reason: str, step: str) -> None:
    """So long a level would have to be; one that was ended would be ended again."""
    run = replace(measured(np.full(40, 0.5), users=60), was_stopped=is_ended)

    (p95,) = [
        each for each in teller(**BUSY).of_level(run)
        if isinstance(each, NotMeasured) and each.metric == "load.p95_latency"
    ]  # fmt: skip

    assert (p95.reason, p95.next_step) == (reason, step)


@pytest.mark.parametrize("latency", [0.5, 30.0])
def test_more_requests_than_full_size_has_may_only_speak_for_it(latency: float) -> None:
    """What holds with more holds with fewer; what does not hold then is not measured."""
    few = teller(requests_per_user_per_day=3.0, p95_latency_s=2.0)

    p95 = of(list(few.of_level(measured(np.full(1_000, latency)))), "load.p95_latency")

    assert [each["details"]["times_as_often_as_at_the_peak"] for each in p95] == (
        [600.0] if latency < 2 else []
    )


@pytest.mark.parametrize(
    ("run", "wrong"),
    [
        (measured(np.full(1_000, 30.0)), "fewer than 95 of 100 were answered in time (answers "
         "that take too long, at a steady pace)"),
        # Nothing is slow: what is wrong is what the answers are.
        (measured(np.full(1_000, 0.5), outcome=ending(1_000, FAILED=13),
                  faults={"malformed answer": 13}),
         "too many requests failed (malformed answer for 1.3 % of requests)"),
    ],
)  # fmt: skip
def test_what_went_wrong_with_more_requests_than_there_will_be_is_said(
    run: LevelRun, wrong: str
) -> None:
    """The reason names what was missed, and that it says nothing of the peak itself."""
    few = teller(requests_per_user_per_day=3.0, p95_latency_s=2.0)

    (missing,) = [
        each for each in few.of_level(run)
        if isinstance(each, NotMeasured) and each.metric == "load.error_rate"
    ]  # fmt: skip

    assert missing.reason == (
        "requests came 600 times as often as at the peak, so that enough of them fall due in "
        f"100 s, and {wrong}; whether that is so at the peak itself is not known"
    )
    assert missing.next_step == "Measure longer: load.seconds: 7200"


def test_full_size_that_was_not_sent_is_said_to_be_unknown() -> None:
    """Every figure of the whole is named, with the reason."""
    found = list(teller(**BUSY).of_full_size([measured(np.full(1_000, 0.5), users=60)]))

    assert {each.reason for each in found if isinstance(each, NotMeasured)} == {
        "no more than 60 of 100 users were sent"
    }
    assert {each.metric for each in found if isinstance(each, NotMeasured)} == OF_FULL_SIZE
