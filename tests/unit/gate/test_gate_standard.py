"""The standard of a gate for a charter."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args

import pytest

from fixtures.gate_makers import charter
from proveout.charter.schema import Stage
from proveout.charter.sealing import DefaultLine
from proveout.errors import CharterError
from proveout.evidence.catalogue import SHIPPED, Catalogue
from proveout.evidence.catalogue.governance import PARTS
from proveout.evidence.model import Subject
from proveout.gate import default_lines, standard_for
from proveout.gate.model import Criterion
from proveout.gate.standards import DEFAULTS

CATALOGUE = Catalogue(SHIPPED)
STAGES: tuple[Stage, ...] = get_args(Stage)


def standard(stage: Stage, **values: Any) -> dict[str, Criterion]:
    criteria, _ = standard_for(stage, charter(**values).charter, CATALOGUE)
    assert len({line.id for line in criteria}) == len(criteria)
    return {line.id: line for line in criteria}


def notes(stage: Stage, **values: Any) -> tuple[str, ...]:
    return standard_for(stage, charter(**values).charter, CATALOGUE)[1]


@pytest.mark.parametrize("stage", STAGES)
def test_every_default_is_complete(stage: Stage) -> None:
    """Each line has a known metric, a fix, a source, and stands at its own gate."""
    for line in DEFAULTS[stage]:
        assert line.metric in CATALOGUE, line.id
        assert (line.stage, line.id.partition(".")[0]) == (stage, stage)
        assert line.fix.endswith("."), line.id
        assert line.sources, line.id
        assert line.origin == "default"
        part = line.subject.get("part")
        assert part is None or part in PARTS, line.id


@pytest.mark.parametrize("stage", STAGES)
def test_the_empty_charter_is_asked_everything(stage: Stage) -> None:
    """What a charter leaves out is asked for, never passed over; no text is left open."""
    criteria = standard(stage)

    assert len(criteria) >= 7
    assert not [line.title for line in criteria.values() if "{}" in line.title]


LIVED = (
    "people.informed", "people.represented", "people.managers_equipped",
    "people.incentives_changed", "people.leadership_acts", "people.obstacles_overdue",
    "people.feedback_answered", "people.feedback_days", "people.favourable",
    "governance.reviews_kept", "governance.owner_attendance", "governance.inventory_confirmed",
    "governance.signoff", "adoption.active_share", "adoption.activated_share",
    "adoption.retained_share", "adoption.abandoned_share", "adoption.old_way_share",
    "adoption.first_value_days", "adoption.predicted_reject_rate", "adoption.override_rate",
)  # fmt: skip


@pytest.mark.parametrize("metric", LIVED)
def test_what_people_did_and_how_they_took_it_up_decides(metric: str) -> None:
    """Every such figure is asked for before launch or before widening."""
    stages: tuple[Stage, ...] = ("production", "scale")
    assert metric in {line.metric for stage in stages for line in DEFAULTS[stage]}


def test_each_role_that_signs_is_asked_to() -> None:
    """Owner, sponsor, reviewer, owners of data and legal."""
    from proveout.register.signoffs import SIGNING_ROLES

    asked = {
        line.subject.get("role")
        for line in standard("production").values()
        if line.metric == "governance.signoff"
    }
    assert asked == set(SIGNING_ROLES)


def test_the_old_way_is_asked_for_where_it_can_be_seen() -> None:
    """Without a second source nobody can tell; with one, it is asked for in use."""
    adoption = {"old_way": {"source": "old.csv"}}

    assert "scale.old-way" not in standard("scale")
    assert "scale.old-way" in standard("scale", adoption=adoption)
    assert "continue.old-way" in standard("continue", adoption=adoption)


def test_a_line_on_what_people_did_says_where_to_do_it() -> None:
    """The page of the dashboard, and the command line's way."""
    lines = [line for stage in STAGES for line in DEFAULTS[stage] if line.metric in LIVED]
    silent = {line.id for line in lines if "page" not in line.fix}
    assert silent == {"scale.adoption", "continue.adoption", "scale.overrides",
                      "continue.overrides"}  # fmt: skip


def test_nothing_without_evidence_passes_at_any_gate() -> None:
    """With an empty ledger every criterion of every gate holds; later gates are not vacuous."""
    from fixtures.gate_makers import NOW
    from proveout.gate import decide
    from proveout.gate.model import Dossier

    loaded = charter()
    for stage in STAGES:
        criteria, _ = standard_for(stage, loaded.charter, CATALOGUE)
        made = decide(loaded, stage, criteria, Dossier(), NOW)
        assert (made.decision, len(made.fix_first)) == ("hold", len(criteria))


def test_acceptance_becomes_criteria() -> None:
    """A line of acceptance is a criterion with the charter as its origin."""
    line = standard("production", acceptance=["quality.accuracy >= 0.85"])[
        "production.quality.accuracy"
    ]

    assert (line.title, line.threshold, line.scope, line.bases, line.role, line.origin) == (
        "Accuracy on production data is at least 85 %",
        0.85,
        "production",
        ("measured",),
        "engineer",
        "charter",
    )


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("[site=*]", "Accuracy on production data is at least 80 % at every site"),
        ("[period=*]", "Accuracy on production data is at least 80 % in every month"),
        ("[site=York]", "Accuracy of site=York on production data is at least 80 %"),
    ],
)
def test_a_star_reads_as_every_one(subject: str, title: str) -> None:
    """'Accuracy of site=*' is no English."""
    (line,) = (
        each
        for each in standard(
            "production", acceptance=[f"quality.accuracy{subject} >= 0.8"]
        ).values()
        if each.origin == "charter"
    )

    assert line.title == title


def test_acceptance_on_stress_is_about_corrupted_data() -> None:
    """Nobody means production by 'stress.…': its short form is read as synthetic."""
    found = standard("production", acceptance=["stress.worst_silent_failure <= 0.02"])

    assert found["production.stress.worst_silent_failure"].scope == "synthetic"


def test_two_lines_on_one_metric_have_two_ids() -> None:
    """Ids are unique, so that each can be waived by itself."""
    lines = ["quality.accuracy >= 0.85", {"metric": "quality.accuracy", "comparison": ">=",
             "threshold": 0.9, "scope": "pilot"}]  # fmt: skip

    found = [name for name in standard("production", acceptance=lines) if "accuracy" in name]

    assert found == ["production.quality.accuracy", "production.quality.accuracy-2"]


def test_acceptance_of_another_stage_stays_there() -> None:
    """Each line counts at its own gate."""
    line = {
        "metric": "adoption.active_share", "comparison": ">=", "threshold": 0.5, "stage": "scale",
    }  # fmt: skip

    assert "scale.adoption.active_share" in standard("scale", acceptance=[line])
    assert "scale.adoption.active_share" not in standard("production", acceptance=[line])


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        (
            "quality.acuracy >= 0.8",
            "acceptance[0]: no check measures 'quality.acuracy'.",
            "Did you mean 'quality.accuracy'? The page on metrics lists all names; a plug-in's "
            "count where it is installed.",
        ),
        (
            "quality.sandbox_drop[site=EWR] <= 0.1",
            "acceptance[0]: 'quality.sandbox_drop' is not measured by site.",
            "It takes no subject: it is about the pilot as a whole.",
        ),
    ],
)
def test_acceptance_that_can_never_be_met_is_an_error(line: str, message: str, hint: str) -> None:
    """A typing error must not become a criterion that is missing for ever."""
    with pytest.raises(CharterError) as caught:
        standard("production", acceptance=[line])

    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_without_agreed_quality_there_is_a_line_that_asks_for_it() -> None:
    """No default can know what a wrong answer costs: the gate asks to agree on one."""
    assert "production.quality-agreed" in standard("production")
    assert "production.quality-agreed" not in standard(
        "production", acceptance=["quality.f1 >= 0.7"]
    )


def test_the_worst_slice_is_held_to_the_agreed_figure() -> None:
    """10 points below the agreed accuracy, or 1.5 times the agreed error; else it is said."""
    accuracy = standard("production", acceptance=["quality.accuracy >= 0.85"])
    mae = standard("production", acceptance=["quality.mae <= 4"])

    lines = [found["production.worst-slice"] for found in (accuracy, mae)]
    assert [(line.comparison, line.threshold) for line in lines] == [(">=", 0.75), ("<=", 6.0)]
    assert "production.worst-slice" not in standard("production")
    assert notes("production")[0].startswith("The worst slice is held to nothing: agree on")


@pytest.mark.parametrize(
    ("adjustment", "origin", "note"),
    [
        (
            {"threshold": 0.9, "why": "old forms"},
            "loosened",
            (
                "Loosened against the default standard: production.record-completeness (at least "
                "95 %, at 0.95 confidence, not older than 31 days became at least 90 %, at 0.95 "
                "confidence, not older than 31 days). old forms",
            ),
        ),
        ({"threshold": 0.99, "why": "strict"}, "tightened", ()),
        ({"confidence": 0.99, "why": "strict"}, "tightened", ()),
        ({"limit": True, "why": "strict"}, "tightened", ()),
        # tighter in one respect and looser in another is looser
        (
            {"threshold": 0.99, "confidence": 0.9, "why": "mixed"},
            "loosened",
            (
                "Loosened against the default standard: production.record-completeness (at least "
                "95 %, at 0.95 confidence, not older than 31 days became at least 99 %, at 0.9 "
                "confidence, not older than 31 days). mixed",
            ),
        ),
    ],
)
def test_an_adjustment_is_tighter_or_visibly_looser(
    adjustment: dict[str, Any], origin: str, note: tuple[str, ...]
) -> None:
    """The direction is worked out; what is looser stands in every verdict with its reason."""
    values = {
        "standard": {"production.record-completeness": adjustment},
        "acceptance": ["quality.accuracy >= 0.85"],
    }

    line = standard("production", **values)["production.record-completeness"]

    assert (line.origin, line.note, notes("production", **values)) == (
        origin,
        adjustment["why"],
        note,
    )


def test_an_adjusted_threshold_stands_in_the_title() -> None:
    """No title contradicts the threshold in force."""
    found = standard(
        "production", standard={"production.rejects": {"threshold": 0.03, "why": "scans"}}
    )

    assert found["production.rejects"].title == "At most 3 % of rows cannot be read"


def test_a_criterion_taken_out_is_noted() -> None:
    """`apply: false` takes a line out, in the open."""
    values = {
        "standard": {"production.drill": {"apply": False, "why": "no service of our own"}},
        "acceptance": ["quality.accuracy >= 0.85"],
    }

    assert "production.drill" not in standard("production", **values)
    assert notes("production", **values) == (
        "Taken out of the standard: production.drill (The company's own people have kept it up in "
        "a drill). no service of our own",
    )


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        (
            "production.completness",
            "standard.production.completness: no criterion has this id.",
            "Did you mean 'production.record-completeness'? `proveout gate --stage production` "
            "lists the ids.",
        ),
        (
            "production.sealed",
            "standard.production.sealed: the seal cannot be adjusted or taken out; without it "
            "nothing shows that the standard was there before the results.",
            "Remove the entry, and seal the charter: proveout seal --who NAME",
        ),
    ],
)
def test_an_adjustment_of_what_cannot_be_adjusted_is_an_error(
    name: str, message: str, hint: str
) -> None:
    """An unknown id is a lost wish, and the seal is what adjustments stand on."""
    with pytest.raises(CharterError) as caught:
        standard("design", standard={name: {"apply": False, "why": "x"}})

    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_limits_elsewhere_in_the_charter_override() -> None:
    """stress, load, rollback and freshness say their thresholds in their own place."""
    found = standard(
        "production",
        stress={"max_quality_drop": 0.05, "max_silent_failure": 0.2},
        load={"users": 100, "p95_latency_s": 2, "max_error_rate": 0.001},
        rollback={"procedure": "switch off", "within_minutes": 10},
        data={"freshness_hours": 48},
    )

    names = ["stress-quality-drop", "stress-silent-failure", "load-latency", "load-errors",
             "drill-recovery", "newest-age"]  # fmt: skip
    lines = [found[f"production.{name}"] for name in names]
    assert [(line.threshold, line.origin) for line in lines] == [
        (0.05, "tightened"),
        (0.2, "loosened"),
        (2, "tightened"),
        (0.001, "tightened"),
        (600, "tightened"),
        (48, "loosened"),
    ]


def test_lines_that_need_a_declaration_come_with_it() -> None:
    """Sites, ranges, references and freshness are asked where the charter speaks of them."""
    names = {
        "production.required-completeness-per-site", "production.out-of-range",
        "production.unresolved-references", "production.newest-age",
    }  # fmt: skip
    declared = {
        "production": [{"path": "a.csv", "site": "A"}, {"path": "b.csv", "site": "B"}],
        "fields": {"x": {"min": 0}},
        "references": [{"column": "x", "source": "y", "key": "z"}],
        "freshness_hours": 1,
    }

    assert names & set(standard("production")) == set()
    assert names <= set(standard("production", data=declared))


def test_each_kpi_is_held_to_its_sealed_threshold() -> None:
    """One criterion per KPI; without KPIs or thresholds the gate asks for them."""
    kpis = [
        {"name": "wait", "unit": "min", "direction": "lower", "threshold": 25, "confidence": 0.9},
        {"name": "cost", "unit": "EUR", "direction": "lower"},
    ]
    found = standard("scale", kpis=kpis)

    wait, cost = found["scale.kpi-wait"], found["scale.kpi-cost"]
    assert (wait.metric, wait.subject, wait.comparison, wait.threshold, wait.confidence) == (
        "value.kpi",
        Subject.of(kpi="wait"),
        "<=",
        25,
        0.9,
    )
    assert (cost.metric, cost.subject) == (
        "governance.declared",
        Subject.of(part="kpi-thresholds"),
    )
    assert standard("scale")["scale.kpi"].subject == Subject.of(part="kpis")


def test_continue_asks_for_the_latest_windows() -> None:
    """The same criteria as scale, on fresher evidence."""
    scale, stay = standard("scale"), standard("continue")

    assert (scale["scale.adoption"].max_age, stay["continue.adoption"].max_age) == (
        timedelta(days=92),
        timedelta(days=31),
    )


def test_amendments_can_know_the_default_lines() -> None:
    """Looser or tighter than a default is worked out from the same lines that the gate holds."""
    assert default_lines()["production.rejects"] == DefaultLine(
        metric="readiness.rejects",
        comparison="<=",
        threshold=0.01,
        confidence=0.95,
        is_limit=False,
        max_age_days=31,
    )


@pytest.mark.parametrize(
    "line",
    [
        # how many, how fast, how honest: not how good
        "quality.exception_rate <= 0.05",
        "quality.throughput >= 100",
        # the curated sample says nothing of production
        {"metric": "quality.f1", "comparison": ">=", "threshold": 0.7, "scope": "pilot"},
        {"metric": "quality.f1", "comparison": ">=", "threshold": 0.7, "scope": None},
        # one site is not the whole
        "quality.accuracy[site=EWR] >= 0.8",
        # another gate
        {"metric": "quality.f1", "comparison": ">=", "threshold": 0.7, "stage": "scale"},
    ],
)
def test_quality_is_agreed_by_a_line_on_all_answers_on_production(line: Any) -> None:
    """A line that leaves bad answers on production alone is no agreement on quality."""
    assert "production.quality-agreed" in standard("production", acceptance=[line])


def test_quality_may_be_agreed_for_every_site() -> None:
    """'*' leaves nobody out."""
    found = standard("production", acceptance=["quality.accuracy[site=*] >= 0.8"])

    assert "production.quality-agreed" not in found


def test_an_adjustment_is_held_against_the_default_not_against_another_loosening() -> None:
    """A line that stress.max_* opened wide and an adjustment half closed is still looser."""
    values = {
        "stress": {"max_quality_drop": 0.9},
        "standard": {"production.stress-quality-drop": {"threshold": 0.5, "why": "old forms"}},
        "acceptance": ["quality.accuracy >= 0.85"],
    }

    assert standard("production", **values)["production.stress-quality-drop"].origin == "loosened"
    assert notes("production", **values) == (
        "Loosened against the default standard: production.stress-quality-drop (at most 10 %, at "
        "0.95 confidence, not older than 31 days became at most 50 %, at 0.95 confidence, not "
        "older than 31 days). old forms",
    )


def test_an_adjusted_share_is_no_percentage() -> None:
    """A threshold of 2 for '2 %' would let everything pass."""
    with pytest.raises(CharterError) as caught:
        standard("production", standard={"production.rejects": {"threshold": 2, "why": "scans"}})

    assert (caught.value.message, caught.value.hint) == (
        "standard.production.rejects.threshold: 2 is above all that a share of one can be.",
        "For 2 % write 0.02.",
    )


def test_what_was_measured_for_an_accepted_line_grows_old() -> None:
    """As by default, after 31 days; what a person attested lasts until they say otherwise."""
    found = standard(
        "production",
        acceptance=[
            "quality.accuracy >= 0.85",
            {"metric": "quality.f1", "comparison": ">=", "threshold": 0.7, "max_age_days": 90},
            "governance.signoff[role=legal] >= 1",
        ],
    )

    names = ["quality.accuracy", "quality.f1", "governance.signoff[role=legal]"]
    assert [found[f"production.{name}"].max_age for name in names] == [
        timedelta(days=31),
        timedelta(days=90),
        None,
    ]


def test_a_line_on_stress_is_on_corrupted_data_whether_or_not_it_says_production() -> None:
    """The seal does not keep what is said as by default, so it cannot mean anything else."""
    line = {"metric": "stress.worst_silent_failure", "comparison": "<=", "threshold": 0.02}
    said = standard("production", acceptance=[{**line, "scope": "production"}])
    unsaid = standard("production", acceptance=[line])

    assert said == unsaid
    assert said["production.stress.worst_silent_failure"].scope == "synthetic"


def test_a_milder_trial_than_the_default_is_said() -> None:
    """A threshold is easier to hold where less is tried; every verdict says how much was."""
    values = {
        "acceptance": ["quality.accuracy >= 0.85"],
        "stress": {"operators": ["case"], "columns": ["carrier"], "severities": [0.001]},
        "system": {"python": "model.py:predict", "confident_at": 0.999},
    }

    assert notes("production", **values) == (
        "Stress tries these kinds of damage only: case.",
        "Stress damages these columns only: carrier.",
        "Stress damages at most 0.1 % of the records; 25 % by default.",
        "A wrong answer counts as silent from a confidence of 0.999 on; 0.9 by default.",
    )
    assert notes("scale", **values) == ()


def test_a_smaller_trial_than_the_default_is_said() -> None:
    """Fewer records, pairs or requests hide what damage does, and so does a wider promise."""
    values = {
        "acceptance": ["quality.accuracy >= 0.85"],
        "stress": {"rows": 500, "combine": 0, "max_requests": 4000},
        "system": {
            "python": "model.py:predict",
            "let_through": {"max_error": 0.2, "probability": 0.8},
        },
    }

    assert notes("production", **values) == (
        "Stress tries each kind of damage on 500 records; 5,000 by default.",
        "Stress tries no pair of damage together; 3 by default.",
        "Stress asks for at most 4,000 answers; as many as it takes by default.",
        "Of the answers that go out alone, 20 % may be wrong; 5 % by default.",
        "What is promised of answers that go out alone holds with a probability of 80 %; "
        "90 % by default.",
    )


def test_a_chat_system_is_paid_by_the_answer_and_tried_on_less() -> None:
    """Its default is another one: what is less than that is said."""
    chat = {"chat": {"url": "http://localhost/v1", "model": "m", "user": "{text}"}}
    values = {"acceptance": ["quality.accuracy >= 0.85"], "system": chat}

    assert notes("production", **values, stress={"rows": 100, "max_requests": 2000}) == ()
    assert notes("production", **values, stress={"rows": 60, "max_requests": 800}) == (
        "Stress tries each kind of damage on 60 records; 100 by default.",
        "Stress asks for at most 800 answers; 2,000 by default.",
    )


def test_a_harder_trial_needs_no_remark() -> None:
    """Nor does the default."""
    values = {
        "acceptance": ["quality.accuracy >= 0.85"],
        "stress": {"severities": [0.5], "rows": 10_000},
        "system": {"python": "model.py:predict", "confident_at": 0.7},
    }

    assert notes("production", **values) == ()


def test_what_each_comparison_rests_on_is_asked_of_each_kpi() -> None:
    """Without KPIs the line on KPIs asks for them, and nothing is asked twice."""
    kpis = [{"name": "wait", "unit": "min", "direction": "lower", "threshold": 25}]

    found = standard("scale", kpis=kpis)["scale.comparison-wait"]

    assert (found.metric, found.subject, found.comparison, found.threshold) == (
        "value.assumptions_broken", Subject.of(kpi="wait"), "<=", 0,
    )  # fmt: skip
    assert not [name for name in standard("scale") if name.startswith("scale.comparison")]


def test_a_return_is_asked_for_whether_the_charter_speaks_of_it_or_not() -> None:
    """What was not said is missing, never passed; and only what was measured counts (R702)."""
    lines = [
        standard("scale")["scale.npv"], standard("scale")["scale.payback"],
        standard("continue")["continue.net-per-month"],
    ]  # fmt: skip

    assert [(each.metric, each.comparison, each.threshold) for each in lines] == [
        ("value.npv", ">=", 0),
        ("value.payback_months", "<=", 24),
        ("value.net_per_month", ">=", 0),
    ]  # fmt: skip
    assert {(each.subject, each.bases, each.scope) for each in lines} == {
        (Subject.of(scenario="full"), ("measured",), "production")
    }
