"""Decide: from rulings to a verdict."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fixtures.gate_makers import (
    NOW,
    charter,
    criterion,
    dossier,
    fact,
    interval,
    outcome,
    sealed,
    waiver,
)
from proveout.charter.loading import content
from proveout.errors import CharterError
from proveout.evidence.model import Subject
from proveout.gate import decide
from proveout.gate.model import Criterion, Dossier, LateChange, Loosening, Relative, Verdict
from proveout.gate.standards import SEALED
from proveout.gate.standards.terms import sealed as seal_line

LOADED = charter(
    people={
        "production_owner": {"name": "Maria Alvarez"},
        "engineers": [{"name": "Lena Hoff"}],
        "data_owners": [{"source": "ewr", "name": "Sam Okafor"}],
    },
    data={"production": [{"name": "ewr", "path": "a.csv"}, {"path": "b.csv", "owner": "Rita"}]},
)
LINE = criterion()


def verdict(*criteria: Criterion, given: Dossier, notes: tuple[str, ...] = ()) -> Verdict:
    return decide(LOADED, "production", criteria, sealed(LOADED, given), NOW, notes=notes)


def test_all_passed_is_go() -> None:
    """Every criterion passed, and there is at least one: go."""
    made = verdict(LINE, given=dossier(fact()))

    assert (made.decision, made.summary, made.fix_first, dict(made.counts), made.notes) == (
        "go",
        "It may go live: all 1 criteria are met.",
        (),
        {"passed": 1},
        (),
    )


def test_no_criteria_at_all_is_hold() -> None:
    """A standard that asks for nothing lets nothing pass."""
    made = verdict(given=dossier(fact()))

    assert (made.decision, made.summary) == (
        "hold",
        "It may not go live yet: the standard asks for nothing, and nothing is no pass.",
    )


def test_one_short_is_hold_and_says_who_acts() -> None:
    """The summary is one sentence with what comes first and who acts."""
    made = verdict(LINE, given=dossier(fact(value=0.5)))

    assert (made.decision, made.summary) == (
        "hold",
        "It may not go live yet: 1 of 1 criteria are not met, first of all “quality.accuracy is "
        "high enough”; Lena Hoff (engineer) must act.",
    )


def test_a_role_that_nobody_has_is_said_to_have_nobody() -> None:
    """'Nobody must act' would read as if all were well."""
    made = decide(charter(), "production", (LINE,), dossier(fact(value=0.5)), NOW)

    assert made.summary.endswith("; the engineer must act, and nobody is named.")


def test_a_broken_limit_is_stop() -> None:
    """A limit that is surely broken stops; one that may be broken only holds."""
    limit = criterion(is_limit=True)
    surely = verdict(limit, given=dossier(fact(value=0.5)))
    perhaps = verdict(limit, given=dossier(fact(value=0.79, interval=interval(0.7, 0.9))))
    unknown = verdict(limit, given=Dossier())

    assert [made.decision for made in (surely, perhaps, unknown)] == ["stop", "hold", "hold"]
    assert surely.summary == (
        "Stop: a limit is broken (quality.accuracy is high enough), and 1 of 1 criteria are not "
        "met; Lena Hoff (engineer) must act."
    )


def test_a_waiver_lets_pass_in_the_open() -> None:
    """A waived criterion is never passed: it is waived, with the name, and the summary says so."""
    made = verdict(LINE, given=dossier(fact(value=0.5), waivers=(waiver(LINE.id),)))

    (ruling,) = made.rulings
    assert (made.decision, ruling.state, ruling.deciding.state) == ("go", "waived", "failed")
    assert ruling.waiver is not None
    assert ruling.waiver.who == "Grace Hopper"
    assert made.summary == "It may go live: all 1 criteria are met, 1 of them only by waiver."


def test_a_waiver_counts_only_in_its_time() -> None:
    """Expired waivers count no more and are named; those of tomorrow do not count yet."""
    expired = waiver(LINE.id, until=NOW - timedelta(hours=1))
    to_come = waiver(LINE.id, granted_at=NOW + timedelta(hours=1))
    made = verdict(LINE, given=dossier(fact(value=0.5), waivers=(expired, to_come)))

    assert made.decision == "hold"
    assert made.notes == (
        "A waiver has expired: production.quality.accuracy, by Grace Hopper until 2026-03-01. "
        "the night shift follows",
    )


def test_a_waived_limit_is_shown_loudly() -> None:
    """A named person may override even a limit (R802); the verdict says so first."""
    limit = criterion(is_limit=True)
    made = verdict(limit, given=dossier(fact(value=0.5), waivers=(waiver(limit.id),)))

    assert made.decision == "go"
    assert made.notes[0] == (
        "A broken limit is waived: production.quality.accuracy, by Grace Hopper until 2026-03-02. "
        "the night shift follows"
    )


def test_an_unsealed_charter_holds() -> None:
    """Without a seal the gate holds, whatever was measured, and no waiver helps."""
    line = seal_line("production")
    given = dossier(fact(), waivers=(waiver(line.id),))
    made = decide(LOADED, "production", (line, LINE), given, NOW)

    assert made.decision == "hold"
    assert [(r.criterion.metric, r.state) for r in made.rulings] == [
        (SEALED, "failed"),
        ("quality.accuracy", "passed"),
    ]
    assert made.notes == (
        "The charter is not sealed: its thresholds can still be bent to the results.",
        "The seal cannot be waived: production.sealed, by Grace Hopper.",
    )


def test_a_sealed_charter_says_by_whom() -> None:
    """The seal is a ruling of its own."""
    made = verdict(seal_line("production"), given=Dossier())

    assert made.rulings[0].deciding.reason == "sealed by Ada Byron on 2026-03-01."


def test_a_charter_edited_after_the_seal_is_refused() -> None:
    """The gate does not decide on what nobody agreed to; the error shows the difference."""
    before = charter(acceptance=["quality.accuracy >= 0.9"])
    after = charter(acceptance=["quality.accuracy >= 0.7"])

    with pytest.raises(CharterError) as caught:
        decide(after, "production", (LINE,), sealed(before, Dossier()), NOW)

    assert caught.value.message == (
        "pilot.yaml is not the charter that was sealed, and no amendment says why:\n"
        "acceptance[quality.accuracy].threshold: 0.9 → 0.7 (looser)"
    )
    assert caught.value.hint == (
        "Record the change in the open: proveout amend pilot.yaml --who NAME --why REASON. "
        "Or undo it."
    )


def test_what_was_loosened_is_said_in_every_verdict() -> None:
    """A threshold loosened after results were seen stays in the notes (R104)."""
    loosening = Loosening(
        what="acceptance[0].threshold",
        before="0.9",
        after="0.7",
        who="Bob",
        why="too hard",
        at=NOW,
        results_known=True,
    )
    given = dossier(fact(), loosenings=(loosening,), has_results_before_seal=True)
    made = verdict(LINE, given=given, notes=("The standard's own note.",))

    assert made.loosenings == (loosening,)
    assert made.notes == (
        "The standard's own note.",
        "The charter was sealed after the first results were in the ledger.",
        "Loosened since the seal, after results were known: acceptance[0].threshold from 0.9 to "
        "0.7, by Bob on 2026-03-01. too hard",
    )


def test_checks_that_could_not_run_stand_in_the_verdict() -> None:
    """A check that broke never looks like a clean one."""
    broken = outcome("stress", status="failed", reason="no space left")
    made = verdict(LINE, given=dossier(fact(), outcomes=(outcome("quality", 1), broken)))

    assert broken in made.outcomes


def test_measurements_under_an_earlier_charter_are_named() -> None:
    """An amendment does not throw measurements away; the verdict says under which they stood."""
    made = verdict(LINE, given=dossier(fact(inputs={"charter": "sha256:before"})))

    assert made.notes == (
        "Measured under an earlier version of the charter: quality. What was measured with other "
        "data, another system or other stress does not pass.",
    )


@pytest.mark.parametrize(
    ("role", "source", "owner"),
    [
        ("production owner", None, "Maria Alvarez (production owner)"),
        ("engineer", None, "Lena Hoff (engineer)"),
        # nobody is named
        ("reviewer", None, "nobody named (reviewer)"),
        ("legal", None, "nobody named (legal)"),
        # data: who answers for the source; for all sources, all of them
        ("data owner", "ewr", "Sam Okafor (data owner)"),
        ("data owner", "elsewhere", "nobody named (data owner)"),
        ("data owner", None, "Sam Okafor, Rita (data owner)"),
    ],
)
def test_the_owner_of_a_fix_is_a_person(role: str, source: str | None, owner: str) -> None:
    """Who acts is named from the charter; a role without a name is said to have none."""
    subject = Subject.of(source=source)
    line = criterion(role=role, subject=subject)

    made = verdict(line, given=dossier(fact(value=0.1, subject=subject)))

    assert made.rulings[0].owner == owner


def test_the_fix_first_list_is_ordered_by_what_holds_most() -> None:
    """Broken limit, failed, missing, inconclusive, stale; within, families take turns."""
    lines = [
        criterion("a.stale", max_age=timedelta(days=1)),
        criterion("b.inconclusive"),
        criterion("c.missing"),
        criterion("d.far", threshold=0.9),
        criterion("e.near", threshold=0.9),
        criterion("f.organisation", family="organisational", threshold=0.9),
        criterion("g.limit", is_limit=True),
        criterion("h.passed"),
    ]
    given = dossier(
        fact("a.stale", observed_at=NOW - timedelta(days=2)),
        fact("b.inconclusive", interval=interval(0.7, 0.95)),
        fact("d.far", 0.3),
        fact("e.near", 0.4),
        fact("f.organisation", 0.8),
        fact("g.limit", 0.1),
        fact("h.passed"),
    )

    made = verdict(*lines, given=given)

    # e.near misses by more than f.organisation, but it is the second of its family: it counts half.
    assert [ruling.criterion.metric for ruling in made.fix_first] == [
        "g.limit", "d.far", "f.organisation", "e.near", "c.missing", "b.inconclusive", "a.stale",
    ]  # fmt: skip
    assert made.rulings[-1].weight == 0


def test_what_was_changed_after_results_stands_in_every_verdict() -> None:
    """Another label is neither looser nor tighter, and may be what made the figures good."""
    late = LateChange(what=("data.label", "data.key"), who="Bob", why="cleaner", at=NOW)
    made = verdict(LINE, given=dossier(fact(), late_changes=(late,)))

    assert made.notes == (
        "Changed since the seal, after results were known: data.label, data.key, by Bob on "
        "2026-03-01. cleaner",
    )


@pytest.mark.parametrize(
    ("theirs", "shared"),
    [
        ({"system": "model.py:predict"}, "system"),
        ({"data": {"production": ["a.csv"], "label": "other"}}, "data"),
        (
            {
                "system": {"python": "model.py:predict", "owner": "Ada"},
                "data": {"production": "a.csv"},
            },
            "system and data",
        ),
    ],
)
def test_a_pilot_that_was_sealed_under_another_name_is_named(
    theirs: dict[str, Any], shared: str
) -> None:
    """Renaming a pilot leaves its seal, its results and its loosened thresholds behind."""
    mine = charter(system="model.py:predict", data={"production": ["a.csv"]})
    other = Relative(
        pilot="q",
        sealed_by="Grace Hopper",
        sealed_at=NOW,
        content=content(charter(pilot="q", **theirs).charter),
    )
    given = sealed(mine, dossier(fact(), sealed_elsewhere=(other,)))

    made = decide(mine, "production", (LINE,), given, NOW)

    assert made.notes == (
        f"The same {shared} stood in a charter before: pilot 'q', sealed by Grace Hopper on "
        "2026-03-01. What was found, amended or waived there does not count here.",
    )


def test_pilots_that_share_nothing_are_not_mentioned() -> None:
    """Neither does one charter without a system resemble another."""
    other = Relative(
        pilot="q", sealed_by="Grace Hopper", sealed_at=NOW, content={"pilot": "q", "title": "Q"}
    )

    assert verdict(LINE, given=dossier(fact(), sealed_elsewhere=(other,))).notes == ()


def test_a_waiver_that_has_ended_stays_ended_when_the_clock_is_set_back() -> None:
    """The ledger has seen a later day: the waiver does not live again, and the verdict says so."""
    ended = waiver(LINE.id, until=NOW + timedelta(days=1))
    later = NOW + timedelta(days=20)
    made = verdict(LINE, given=dossier(waivers=(ended,), last_recorded_at=later))

    assert (made.decision, made.rulings[0].state) == ("hold", "missing")
    assert made.notes == (
        "A waiver has expired: production.quality.accuracy, by Grace Hopper until 2026-03-02. "
        "the night shift follows",
        "The clock says 2026-03-01 12:00 UTC, and the ledger was written to at 2026-03-21 12:00 "
        "UTC: one of the two was wrong. Waivers are judged by the later.",
    )


def test_what_a_simulation_showed_is_a_rehearsal_and_said_to_be_one() -> None:
    """A prediction from what was really measured is no simulated system."""
    rehearsed = fact(value=0.99, basis="simulated")
    predicted = fact("load.predicted_p95_latency", 1.0, basis="simulated", unit="s")

    made = verdict(LINE, given=dossier(rehearsed, predicted))

    assert made.decision == "hold"
    assert made.notes == (
        "Found through a simulated system, which is a rehearsal and never a pass: quality.",
    )


def test_data_that_moved_on_between_checks_is_said() -> None:
    """Live data do; a file that was exchanged in between does, too."""
    seen = [
        fact(inputs={"data:tickets": "sha256:a", "data:sites": "sha256:s"}),
        fact("readiness.rejects", 0.0, inputs={"data:tickets": "sha256:b"}),
        fact("stress.worst_quality_drop", 0.0, inputs={"data:tickets": "sha256:a"}),
    ]

    assert verdict(LINE, given=dossier(*seen)).notes == (
        "Checks saw 'tickets' in different states: quality, stress | readiness.",
    )
