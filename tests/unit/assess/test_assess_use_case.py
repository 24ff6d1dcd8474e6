"""The main job: run, record, decide, record the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from fixtures.assess_fakes import FakeCheck, Seen, broad, plan, raising, registry
from fixtures.gate_makers import NOW, charter, seal
from proveout.assess import Assessment, assess, exit_code, judge
from proveout.assess.run import RunPlan
from proveout.checks import Check, CheckContext, Finding
from proveout.errors import CharterError, LedgerBrokenError, UnreachableError
from proveout.evidence.ledger import MemoryLedger
from proveout.evidence.outcome import NotMeasured
from proveout.gate.standards import DEFAULTS

ONLY_BREADTH: dict[str, Any] = {
    "standard": {
        line.id: {"apply": False, "why": "not in this test"}
        for line in DEFAULTS["production"]
        if not line.id.endswith(".sealed")
    },
    "acceptance": ["fake.breadth >= 0.8", "quality.accuracy >= 0.0"],
}
"""A charter that asks for breadth, accuracy and the seal."""
JUST = charter(**{**ONLY_BREADTH, "acceptance": ["fake.breadth >= 0.8"]})


def done(
    *checks: Check, loaded: Any = JUST, ledger: MemoryLedger | None = None, **changes: Any
) -> Assessment:
    ledger = ledger or MemoryLedger(clock=lambda: NOW)
    if ledger.head()[0] == 0:
        ledger.append([seal(loaded)])
    made: RunPlan = plan(loaded, **changes)
    return assess(
        checks, made, stage="production", registry=registry(*checks), ledger=ledger, watch=Seen()
    )


def test_good_evidence_is_go_and_exit_0() -> None:
    """All that is asked was measured and clears."""
    made = done(FakeCheck(script=broad(0.9)))

    assert (made.verdict.decision, exit_code(made)) == ("go", 0)


def test_bad_evidence_is_hold_and_exit_1() -> None:
    """Measured and short: the pilot is not ready."""
    made = done(FakeCheck(script=broad(0.5)))

    assert (made.verdict.decision, exit_code(made)) == ("hold", 1)


def test_a_broken_limit_is_stop_and_exit_1() -> None:
    """A limit broken for sure is a finding about the pilot, whatever else broke."""
    line = {
        "metric": "fake.breadth", "comparison": ">=", "threshold": 0.8, "limit": True,
    }  # fmt: skip
    loaded = charter(**{**ONLY_BREADTH, "acceptance": [line, "quality.accuracy >= 0"]})
    broken = FakeCheck("quality", raising(OSError("disk")), metrics=())

    made = done(FakeCheck(script=broad(0.5)), broken, loaded=loaded)

    assert (made.verdict.decision, exit_code(made)) == ("stop", 1)


@pytest.mark.parametrize(
    "error", [UnreachableError("The host does not answer."), OSError("no space")]
)
def test_a_needed_check_that_broke_is_hold_and_exit_3(error: Exception) -> None:
    """The verdict holds for want of a measurement: that is not a finding about the pilot."""
    made = done(FakeCheck(script=raising(error)))

    assert (made.verdict.decision, exit_code(made)) == ("hold", 3)
    assert [outcome.check for outcome in made.unmeasured] == ["fake"]


def test_a_broken_check_that_the_gate_does_not_need_changes_nothing() -> None:
    """It stands in the verdict, and the exit code is that of the verdict."""

    def broken(context: CheckContext) -> Iterator[Finding]:
        raise OSError

    made = done(FakeCheck(script=broad(0.9)), FakeCheck("other", broken, metrics=()))

    assert (made.verdict.decision, exit_code(made), made.unmeasured) == ("go", 0, ())
    assert [(o.check, o.status) for o in made.verdict.outcomes] == [
        ("fake", "done"),
        ("other", "failed"),
    ]


def test_a_skipped_check_is_the_charters_to_put_right() -> None:
    """What the charter lacks is missing evidence: hold, exit 1."""
    from proveout.checks import Need

    made = done(FakeCheck(missing=[Need(what="no data", next_step="Name it.")]))

    assert (made.verdict.decision, exit_code(made)) == ("hold", 1)
    assert made.verdict.fix_first[0].deciding.reason == "the check 'fake' was skipped: no data."


def test_the_verdict_is_recorded_with_what_it_rests_on() -> None:
    """The ledger holds run, evidence, outcome and verdict; the verdict names its evidence."""
    ledger = MemoryLedger(clock=lambda: NOW)
    made = done(FakeCheck(script=broad(0.9)), ledger=ledger)

    entries = list(ledger.entries())
    assert [entry.kind for entry in entries] == ["seal", "run", "evidence", "outcome", "verdict"]
    body = entries[-1].body
    fact = made.dossier.evidence[0]
    assert (body["decision"], body["run"], body["stage"]) == ("go", "run-1", "production")
    assert [(r["criterion"], r["state"], r["evidence"]) for r in body["rulings"]] == [
        ("production.sealed", "passed", None),
        ("production.fake.breadth", "passed", fact.id),
    ]
    assert made.ledger_head == ledger.head()


def test_an_edited_charter_is_refused_before_anything_runs() -> None:
    """No check runs, and nothing is written, on a charter that nobody agreed to."""
    ledger = MemoryLedger(clock=lambda: NOW)
    ledger.append([seal(charter(title="as agreed"))])

    with pytest.raises(CharterError):
        done(FakeCheck(script=broad()), ledger=ledger)

    assert [entry.kind for entry in ledger.entries()] == ["seal"]


def test_an_amendment_is_not_needed_for_the_same_meaning() -> None:
    """Judging again from the ledger alone gives the same verdict and writes nothing."""
    ledger = MemoryLedger(clock=lambda: NOW)
    check = FakeCheck(script=broad(0.9))
    made = done(check, ledger=ledger)
    before = ledger.head()

    again = judge(
        JUST,
        stage="production",
        registry=registry(check),
        ledger=ledger,
        now=made.verdict.decided_at,
    )

    assert (again.verdict, ledger.head()) == (made.verdict, before)


def test_events_are_shown_once_they_are_recorded() -> None:
    """Who watches sees nothing that a crash could undo."""
    ledger = MemoryLedger(clock=lambda: NOW)
    ledger.append([seal(JUST)])
    sizes: list[tuple[str, int]] = []

    def script(context: CheckContext) -> Iterator[Finding]:
        yield context.found("fake.breadth", 0.9, n=1, scope="production")

    check = FakeCheck(script=script)
    assess(
        [check],
        plan(JUST),
        stage="production",
        registry=registry(check),
        ledger=ledger,
        watch=lambda event: sizes.append((type(event).__name__, ledger.head()[0])),
    )

    assert dict(sizes)["RunStarted"] == 2
    assert dict(sizes)["CheckEnded"] == 4


def test_a_check_with_nothing_to_measure_is_exit_3() -> None:
    """It ran to its end over data without records: the pilot is as unmeasured as after a crash."""

    def nothing(context: CheckContext) -> Iterator[Finding]:
        yield NotMeasured(metric="fake.breadth", reason="there are no records")

    made = done(FakeCheck(script=nothing))

    assert (made.verdict.decision, exit_code(made)) == ("hold", 3)
    assert [outcome.status for outcome in made.unmeasured] == ["done"]


class Refiled(MemoryLedger):
    """A ledger in which somebody can file an entry under another pilot."""

    def refile(self, seq: int, pilot: str) -> None:
        self._rows[seq - 1] = replace(self._rows[seq - 1], pilot=pilot)


def test_a_tampered_ledger_gives_no_verdict() -> None:
    """Not even where reading the pilot's own entries would meet nothing wrong."""
    ledger = Refiled(clock=lambda: NOW)
    done(FakeCheck(script=broad(0.5)), ledger=ledger)
    ledger.refile(3, "another")
    entries = ledger.head()

    with pytest.raises(LedgerBrokenError) as judged:
        judge(JUST, stage="production", registry=registry(), ledger=ledger, now=NOW)
    with pytest.raises(LedgerBrokenError) as assessed:
        done(FakeCheck(script=broad(0.9)), ledger=ledger)

    for refused in (judged, assessed):
        assert str(refused.value) == (
            "The ledger is broken, so there is no verdict: entry 3 was changed: its content does "
            "not match its hash.\nSee all that is wrong: proveout ledger verify"
        )
    assert ledger.head() == entries
