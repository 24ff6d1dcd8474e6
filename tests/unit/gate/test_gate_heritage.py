"""What a pilot inherits at the gate `design` from those before it that failed (R1002)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from fixtures.gate_makers import NOW, charter, dossier, fact, sealed
from proveout.charter.loading import content
from proveout.diagnosis.conditions import CONDITIONS
from proveout.diagnosis.recorded import RecordedDiagnosis
from proveout.diagnosis.sameness import PARTS, compare_designs
from proveout.evidence.catalogue import SHIPPED, Catalogue
from proveout.evidence.model import Evidence, Interval, Subject
from proveout.gate import decide, inherited_ids, standard_for
from proveout.gate.model import Dossier, Relative, Ruling, Verdict

CATALOGUE = Catalogue(SHIPPED)
FAILED = {"pilot": "claims-2023", "result": "failed"}
DOUBTFUL = Interval(low=0.06, high=0.125, level=0.95, method="wilson")


def verdict(known: Dossier, **values: Any) -> Verdict:
    """Decide at the gate design on a sealed charter."""
    loaded = charter(**values)
    known = sealed(loaded, known)
    criteria, notes = standard_for("design", loaded.charter, CATALOGUE, known)
    return decide(loaded, "design", criteria, known, NOW, notes=notes)


def inherited(made: Verdict) -> dict[str, tuple[str, str]]:
    """Return the state and the reason of each line that was inherited."""
    ids = inherited_ids()
    return {
        each.criterion.id: (each.state, each.deciding.reason)
        for each in made.rulings
        if each.criterion.id in ids
    }


def diagnosed(
    *named: str, result: str | None = "failed", pilot: str = "claims-2023"
) -> RecordedDiagnosis:
    """Return a diagnosis as somebody recorded it."""
    return RecordedDiagnosis(
        pilot=pilot, title=None, result=result, who="Ada Byron", at=NOW, named=named, activities={}
    )


def relative(**values: Any) -> Relative:
    """Return the earlier pilot as it was sealed."""
    loaded = charter(**{"pilot": "claims-2023", **values})
    return Relative(
        pilot="claims-2023", sealed_by="X", sealed_at=NOW, content=content(loaded.charter)
    )


@pytest.mark.parametrize(
    "predecessors", [None, [], [{"pilot": "claims-2023", "result": "succeeded"}]]
)
def test_nothing_is_inherited_where_nothing_failed(predecessors: Any) -> None:
    """No predecessor, or one that succeeded, leaves nothing to be shown."""
    assert inherited(verdict(dossier(), predecessors=predecessors)) == {}


def test_a_failure_of_which_nobody_knows_why_holds() -> None:
    """What the cause was is the first thing to know: unknown, it cannot be known to be gone."""
    made = verdict(dossier(), predecessors=[FAILED])

    assert inherited(made) == {
        "design.cause-known": (
            "failed", "Neither the charter nor a diagnosis says why claims-2023 failed.",
        )
    }  # fmt: skip


def test_the_charter_s_failures_are_inherited() -> None:
    """Each failure that the charter names brings its conditions, which hold until shown."""
    made = verdict(dossier(), predecessors=[{**FAILED, "failures": ["wrong-metrics"]}])

    assert {name: state for name, (state, _) in inherited(made).items()} == {
        "design.cause-known": "passed",
        "design.after-metrics-baselines": "missing",
        "design.after-metrics-thresholds": "missing",
        "design.after-metrics-measured": "failed",
        "design.after-metrics-stands-for-it": "missing",
    }
    assert inherited(made)["design.cause-known"][1] == "claims-2023: wrong metrics."
    assert made.decision == "hold"
    assert (
        "Nothing of claims-2023 is in this ledger: what is inherited is what the charter says of "
        "it, and its design is compared with none."
    ) in made.notes


def test_what_the_charter_leaves_out_is_inherited_all_the_same() -> None:
    """A cause that was diagnosed in the same ledger counts, and is said to have been left out."""
    known = dossier(diagnosed=(diagnosed("data-gap", "wrong-metrics"),))
    made = verdict(known, predecessors=[{**FAILED, "failures": ["wrong-metrics"]}])

    assert "design.after-data-completeness" in inherited(made)
    assert (
        "The charter leaves out why claims-2023 failed: data gap, as Ada Byron recorded on "
        "2026-03-01. It is inherited all the same."
    ) in made.notes


def test_a_pilot_that_failed_is_not_called_a_success() -> None:
    """Where the diagnosis says that it failed, a charter that says otherwise changes nothing."""
    known = dossier(diagnosed=(diagnosed("maintenance"),))
    made = verdict(known, predecessors=[{"pilot": "Claims-2023", "result": "succeeded"}])

    assert "design.after-upkeep-refresh" in inherited(made)


def test_a_diagnosis_that_does_not_say_how_it_ended_is_of_a_failure() -> None:
    """Causes were named: a charter that speaks of a success changes nothing."""
    known = dossier(diagnosed=(diagnosed("maintenance", result=None),))
    made = verdict(known, predecessors=[{"pilot": "claims-2023", "result": "succeeded"}])

    assert "design.after-upkeep-refresh" in inherited(made)
    assert (
        "The charter leaves out why claims-2023 failed: maintenance, as Ada Byron recorded on "
        "2026-03-01. It is inherited all the same."
    ) in made.notes


def test_a_success_that_was_diagnosed_leaves_nothing() -> None:
    known = dossier(diagnosed=(diagnosed("maintenance", result="succeeded"),))
    made = verdict(known, predecessors=[{"pilot": "claims-2023", "result": "succeeded"}])

    assert inherited(made) == {}


def test_a_diagnosed_failure_that_the_charter_does_not_name_is_told() -> None:
    """Whether it was of the same kind, only people know: it is said, and holds nothing."""
    known = dossier(diagnosed=(diagnosed("data-gap"), diagnosed(pilot="x", result="succeeded")))
    told = (
        "Diagnosed in this ledger and not named under predecessors: claims-2023. Where one of "
        "them was of the same kind, name it: what failed there is then inherited."
    )

    assert told in verdict(known, predecessors=[]).notes
    assert told not in verdict(known, predecessors=[FAILED]).notes
    assert inherited(verdict(known, predecessors=[])) == {}


def test_a_title_does_not_take_the_place_of_a_name() -> None:
    """Whoever titles another pilot like this one does not replace what was found of it."""
    found, other = diagnosed("data-gap"), diagnosed("no-governance-bridge", pilot="other")
    known = dossier(
        diagnosed=(found, replace(other, title="Claims-2023", at=NOW + timedelta(days=1)))
    )
    lines = inherited(verdict(known, predecessors=[FAILED]))

    assert "design.after-data-completeness" in lines
    assert "design.after-bridge-owner" not in lines


def test_the_latest_diagnosis_counts() -> None:
    """Whoever records another diagnosis replaces the one before."""
    known = dossier(diagnosed=(diagnosed("data-gap"), diagnosed("wrong-metrics")))

    first, second = known.diagnosed
    known = replace(known, diagnosed=(replace(first, at=NOW + timedelta(days=1)), second))
    made = verdict(known, predecessors=[FAILED])

    assert "design.after-data-completeness" in inherited(made)
    assert "design.after-metrics-baselines" not in inherited(made)
    assert (
        "Ada Byron recorded on 2026-03-01 that claims-2023 failed by wrong metrics; the latest "
        "diagnosis, by Ada Byron on 2026-03-02, does not name it, so it is not inherited."
    ) in made.notes


def test_evidence_of_the_new_pilot_shows_a_condition() -> None:
    """What the new pilot's audit or charter shows passes, with its figures."""
    rows = fact("readiness.rows", 900.0, unit="count", subject=Subject.of(source="erp"))
    data = {"production": [{"path": "erp.csv", "name": "erp"}]}
    made = verdict(dossier(rows), predecessors=[{**FAILED, "failures": ["data-gap"]}], data=data)

    lines = inherited(made)
    assert lines["design.after-data-production-read"][0] == "passed"
    assert lines["design.after-data-like-production"] == (
        "passed", "There is no curated sample; it is tried on data.production.",
    )  # fmt: skip
    assert lines["design.after-data-completeness"][0] == "missing"


def shown(failure: str, part: str, value: float = 1) -> Any:
    """Return the word of a person that a condition is met."""
    return fact(
        "diagnosis.condition_met", value, unit="flag", n=1, basis="attested", check="attest",
        run="attest", subject=Subject.of(failure=failure, part=part),
    )  # fmt: skip


def test_a_named_person_shows_a_condition() -> None:
    """A condition that no measurement denies is met on the word of a named person."""
    word = shown("no-governance-bridge", "exceptions")
    made = verdict(dossier(word), predecessors=[{**FAILED, "failures": ["no-governance-bridge"]}])

    assert inherited(made)["design.after-bridge-exceptions"][0] == "passed"
    assert inherited(made)["design.after-bridge-reviews"][0] == "missing"


def test_a_word_taken_back_shows_nothing() -> None:
    """Who says that it is not met any more takes the pass with it."""
    word = shown("wrong-metrics", "stands-for-it", 0)
    made = verdict(dossier(word), predecessors=[{**FAILED, "failures": ["wrong-metrics"]}])

    assert inherited(made)["design.after-metrics-stands-for-it"][0] == "failed"


def test_no_word_goes_before_a_measurement() -> None:
    """What was measured and denies a condition cannot be attested away."""
    outside = fact("readiness.outside_pilot", 0.4)
    word = shown("data-gap", "like-production")
    made = verdict(dossier(outside, word), predecessors=[{**FAILED, "failures": ["data-gap"]}])

    assert inherited(made)["design.after-data-like-production"][0] == "failed"


@pytest.mark.parametrize(
    ("found", "failure", "part", "state"),
    [
        (  # it may lack one kind in ten or one in eight: nobody's word decides which
            fact("readiness.outside_pilot", 0.09, interval=DOUBTFUL),
            "data-gap", "like-production", "inconclusive",
        ),
        (  # the sealed charter itself says that they came forward
            fact("people.volunteers", 1, unit="flag", n=1, basis="attested"),
            "no-change-management", "not-volunteers", "failed",
        ),
    ],
)  # fmt: skip
def test_no_word_goes_before_what_was_found(
    found: Evidence, failure: str, part: str, state: str
) -> None:
    """A word fills a gap; it turns neither a doubtful figure nor what the charter says."""
    known = dossier(found, shown(failure, part))
    lines = inherited(verdict(known, predecessors=[{**FAILED, "failures": [failure]}]))

    assert [each for name, (each, _) in lines.items() if name.endswith(part)] == [state]


def test_the_same_design_in_what_failed_holds() -> None:
    """Nothing changed in the parts that belong to the failure: the same gives the same result."""
    kpis = [{"name": "accuracy", "unit": "%", "direction": "higher"}]
    known = dossier(sealed_elsewhere=(relative(kpis=kpis),))
    named = [{**FAILED, "failures": ["wrong-metrics"]}]
    same = verdict(known, predecessors=named, kpis=kpis)
    other = verdict(known, predecessors=named, kpis=[{**kpis[0], "name": "days"}])

    assert inherited(same)["design.changed-wrong-metrics"] == (
        "failed",
        "Beside claims-2023, nothing is different in kpis, acceptance and value.",
    )
    assert inherited(other)["design.changed-wrong-metrics"] == (
        "passed", "Beside claims-2023, kpis changed; acceptance and value as before.",
    )  # fmt: skip


def test_a_design_is_the_same_as_what_the_earlier_was_amended_to() -> None:
    """Whoever copies what it was in the end, or what it was at first, has changed nothing."""
    from dataclasses import replace

    at_first = relative(kpis=[{"name": "wait", "unit": "min", "direction": "lower"}])
    in_the_end = [{"name": "wait", "unit": "min", "direction": "lower", "threshold": 5}]
    amended = replace(at_first, amended=relative(kpis=in_the_end).content)

    def changed(**values: Any) -> str:
        made = verdict(
            dossier(sealed_elsewhere=(amended,)),
            predecessors=[{**FAILED, "failures": ["wrong-metrics"]}], **values,
        )  # fmt: skip
        return inherited(made)["design.changed-wrong-metrics"][0]

    assert changed(kpis=in_the_end) == "failed"
    assert changed(kpis=at_first.content["kpis"]) == "failed"
    assert changed(kpis=[{**in_the_end[0], "threshold": 4}]) == "passed"


def test_another_day_is_no_other_design() -> None:
    """Days, capitals and spaces are another one in every charter, and change nothing."""
    before = {"milestones": [{"name": "Half way", "on": "2025-01-01"}], "outcome": {"a": "Less"}}
    after = {"milestones": [{"name": "half  way", "on": "2026-01-01"}], "outcome": {"a": "less"}}
    found = compare_designs("experiment-framing", before, after)

    assert found is not None
    assert found.is_same


def test_without_the_earlier_charter_nothing_is_compared() -> None:
    """Where the earlier charter is not in the ledger, its conditions alone hold."""
    made = verdict(dossier(), predecessors=[{**FAILED, "failures": ["wrong-metrics"]}])

    assert "design.changed-wrong-metrics" not in inherited(made)


def test_every_condition_can_be_met_and_its_metric_exists() -> None:
    """Each condition asks by a metric of the catalogue, by a subject that the metric takes."""
    for condition in CONDITIONS:
        metric = CATALOGUE[condition.metric]
        assert set(condition.subject.as_dict()) <= set(metric.dimensions)
        assert condition.failure in PARTS
        assert f"design.after-{condition.id}" in inherited_ids()


def test_lines_are_owned_and_say_what_to_do() -> None:
    """Each line that was inherited names who acts and what to do."""
    everything = [{**FAILED, "failures": ["data-gap", "no-change-management"]}]
    made = verdict(dossier(), predecessors=everything)
    lines: list[Ruling] = [each for each in made.rulings if "after-" in each.criterion.id]

    assert len(lines) == 10
    assert all(each.criterion.fix.endswith(".") and each.owner for each in lines)
    assert lines[0].criterion.title == (
        "After claims-2023 (data gap): every source of production has been read and audited"
    )
