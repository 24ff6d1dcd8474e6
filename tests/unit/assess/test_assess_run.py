"""A run as a stream of events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import pytest

from fixtures.assess_fakes import FakeCheck, broad, plan, raising
from fixtures.gate_makers import NOW, charter
from proveout.assess.events import (
    CheckEnded,
    CheckProgress,
    CheckStarted,
    CouldNotMeasure,
    Event,
    EvidenceFound,
    RunEnded,
    RunStarted,
)
from proveout.assess.run import run_checks
from proveout.charter.loading import measured_hash
from proveout.checks import CheckContext, Finding, Need, Progress
from proveout.errors import UnreachableError
from proveout.evidence.model import CheckRef
from proveout.evidence.outcome import CheckOutcome, NotMeasured


def outcomes(*checks: FakeCheck) -> list[CheckOutcome]:
    events = run_checks(checks, plan())
    return [event.outcome for event in events if isinstance(event, CheckEnded)]


def after(seconds: int) -> Any:
    return NOW + timedelta(seconds=seconds)


def test_a_run_tells_everything_in_order() -> None:
    """Run started, check started, what it yields, check ended, run ended."""
    loaded = charter()
    missing = NotMeasured(metric="fake.breadth", reason="too dark")
    step = Progress(done=1, total=2, what="looking")

    def script(context: CheckContext) -> Iterator[Finding]:
        yield step
        yield context.found("fake.breadth", 0.9, n=3, scope="production")
        yield missing

    events = list(run_checks([FakeCheck(script=script)], plan(loaded)))

    found = cast("EvidenceFound", events[3]).evidence
    assert events == [
        RunStarted(
            run="run-1", pilot="p", charter_hash=loaded.content_hash, at=after(1), checks=("fake",)
        ),
        CheckStarted(check="fake", question="Is it broad?", at=after(2)),
        CheckProgress(check="fake", progress=step),
        EvidenceFound(check="fake", evidence=found),
        CouldNotMeasure(check="fake", missing=missing),
        CheckEnded(
            outcome=CheckOutcome(
                run="run-1",
                check="fake",
                version="7",
                status="done",
                started_at=after(2),
                ended_at=after(3),
                n_evidence=1,
                not_measured=(missing,),
            )
        ),
        RunEnded(run="run-1", at=after(4)),
    ]
    assert (found.run, found.check.version, found.observed_at, found.inputs) == (
        "run-1",
        "7",
        after(1),
        {
            "charter": loaded.content_hash,
            "charter:measured": measured_hash(loaded.charter, found.check.name),
        },
    )


@pytest.mark.parametrize(
    ("error", "reason", "next_step"),
    [
        # an error that a user can cause brings its own next step
        (
            UnreachableError("The host does not answer.", hint="Start it."),
            "The host does not answer.",
            "Start it.",
        ),
        # anything else is a fault of the check
        (
            ZeroDivisionError("division by zero"),
            "ZeroDivisionError: division by zero",
            "This is a fault of the check itself: report it.",
        ),
        (RecursionError(), "RecursionError", "This is a fault of the check itself: report it."),
        # a check must not end the process either
        (SystemExit(0), "SystemExit: 0", "This is a fault of the check itself: report it."),
    ],
)
def test_a_check_that_breaks_is_an_outcome_and_the_next_one_runs(
    error: BaseException, reason: str, next_step: str
) -> None:
    """Whatever a check raises, it failed with that reason, and the others go on."""
    broken, fine = outcomes(FakeCheck("broken", raising(error)), FakeCheck("fine", broad()))

    assert (broken.status, broken.reason, broken.next_step, broken.n_evidence) == (
        "failed",
        reason,
        next_step,
        1,
    )
    assert fine.status == "done"


def test_a_check_that_misses_something_is_skipped() -> None:
    """What a check needs and the charter lacks is said, all of it, with what to write."""
    (made,) = outcomes(
        FakeCheck(
            script=raising(AssertionError("it must not run")),
            missing=[
                Need(what="data.label is not in the charter", next_step="Name it."),
                Need(what="no system is named", next_step="Say how it is reached"),
            ],
        )
    )

    assert (made.status, made.reason, made.next_step) == (
        "skipped",
        "data.label is not in the charter; no system is named",
        "Name it. Say how it is reached.",
    )


def test_ctrl_c_leaves_an_outcome_and_goes_on_up() -> None:
    """The check in which the user stopped is interrupted; no further check begins."""
    seen: list[Event] = []
    checks = [FakeCheck(script=raising(KeyboardInterrupt())), FakeCheck("next", broad())]

    with pytest.raises(KeyboardInterrupt):
        seen.extend(run_checks(checks, plan()))

    assert [type(event).__name__ for event in seen] == [
        "RunStarted", "CheckStarted", "EvidenceFound", "CheckEnded",
    ]  # fmt: skip
    last = cast("CheckEnded", seen[-1]).outcome
    assert (last.status, last.reason) == ("interrupted", "stopped by the user")


@pytest.mark.parametrize(
    ("finding", "reason"),
    [
        ("nonsense", "TypeError: it yielded a str, which is no finding"),
        (None, "TypeError: it yielded a NoneType, which is no finding"),
    ],
)
def test_what_is_no_finding_is_refused(finding: Any, reason: str) -> None:
    """A check that yields something else has failed, and is told what it yielded."""
    (made,) = outcomes(FakeCheck(script=lambda context: iter([finding])))

    assert (made.status, made.reason) == ("failed", reason)


def test_evidence_that_the_ledger_could_not_keep_is_refused_where_it_arises() -> None:
    """An undeclared metric, or details that JSON cannot hold, is the fault of the check."""

    def undeclared(context: CheckContext) -> Iterator[Finding]:
        known = context.found("fake.breadth", 1, n=1, scope="production")
        yield known.evolve(metric="fake.depth")

    def unfit(context: CheckContext) -> Iterator[Finding]:
        details = {"worst": float("nan")}
        yield context.found("fake.breadth", 1, n=1, scope="production", details=details)

    made = outcomes(FakeCheck(script=undeclared), FakeCheck(script=unfit))

    assert [(outcome.status, outcome.n_evidence) for outcome in made] == [("failed", 0)] * 2
    assert made[0].reason == "ValueError: it yielded 'fake.depth', which no check declares"
    assert made[1].reason.startswith("ValueError: Out of range float values")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        # 85 for 85 % would clear every threshold
        (
            {"value": 85.0, "unit": "%"},
            "it yielded 'fake.breadth' in '%', which is declared in 'fraction'",
        ),
        # the criteria on accuracy are answered by the check that declares it
        (
            {"metric": "quality.accuracy"},
            "it yielded 'quality.accuracy', which it does not declare",
        ),
        # filed elsewhere, a fact is not known to be of a run that came to its end
        ({"run": "run-0"}, "it yielded 'fake.breadth' in the name of another pilot, run or check"),
        ({"pilot": "q"}, "it yielded 'fake.breadth' in the name of another pilot, run or check"),
        (
            {"check": CheckRef(name="attest", version="1")},
            "it yielded 'fake.breadth' in the name of another pilot, run or check",
        ),
    ],
)
def test_evidence_that_would_be_misread_is_refused_where_it_arises(
    changes: dict[str, Any], reason: str
) -> None:
    """Another unit, another check's metric, or another name: the check has failed."""

    def script(context: CheckContext) -> Iterator[Finding]:
        yield context.found("fake.breadth", 1, n=1, scope="production").evolve(**changes)

    (made,) = outcomes(FakeCheck(script=script))

    assert (made.status, made.n_evidence, made.reason) == ("failed", 0, f"ValueError: {reason}")
