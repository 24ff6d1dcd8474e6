"""One criterion against the evidence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fixtures.gate_makers import (
    NOW,
    criterion,
    dossier,
    fact,
    interval,
    not_measured,
    outcome,
)
from proveout.evidence.model import Subject
from proveout.gate.bench import lay_out
from proveout.gate.judge import is_surely_broken, judge
from proveout.gate.model import Criterion, Dossier, Finding

STAR = Subject.of(source="*")


def findings(line: Criterion, found: Dossier, **measured_by: str) -> tuple[Finding, ...]:
    names = {metric.replace("__", "."): check for metric, check in measured_by.items()}
    bench = lay_out(
        found,
        now=NOW,
        charter_hash="sha256:now",
        measured_hash=lambda check: "sha256:same",
        measured_by=names,
    )
    return judge(line, bench)


@pytest.mark.parametrize(
    ("value", "bounds", "comparison", "state"),
    [
        # the bound clears
        (0.90, (0.85, 0.95), ">=", "passed"),
        # the bound is exactly the threshold
        (0.90, (0.80, 0.95), ">=", "passed"),
        # the point clears and the bound does not
        (0.82, (0.79, 0.85), ">=", "inconclusive"),
        # the point does not clear, though the far end of the interval does
        (0.79, (0.75, 0.83), ">=", "failed"),
        # a full count has no interval: the value is its own bound
        (0.80, None, ">=", "passed"),
        (0.7999, None, ">=", "failed"),
        # at most: the upper end decides
        (0.70, (0.60, 0.80), "<=", "passed"),
        (0.70, (0.60, 0.81), "<=", "inconclusive"),
        (0.81, (0.70, 0.90), "<=", "failed"),
    ],
)
def test_the_bound_must_clear_the_threshold(
    value: float, bounds: tuple[float, float] | None, comparison: str, state: str
) -> None:
    """A criterion passes by the bound of its interval, never by the point estimate."""
    given = fact(value=value, interval=None if bounds is None else interval(*bounds))

    (found,) = findings(criterion(comparison=comparison), dossier(given))

    assert found.state == state


def test_the_finding_says_what_was_seen_and_asked() -> None:
    """Bound, margin and reason carry the figures."""
    given = fact(value=0.82, interval=interval(0.79, 0.85), n=1234)

    (found,) = findings(criterion(), dossier(given))

    assert found == Finding(
        subject=Subject(),
        state="inconclusive",
        evidence=given,
        bound=0.79,
        margin=pytest.approx(-0.01),
        reason=(
            "82 % (95 % interval 79 to 85 %, n = 1,234); asked is at least 80 %, which the bound "
            "does not reach."
        ),
    )


def test_an_interval_of_a_lower_level_than_asked_is_inconclusive() -> None:
    """A 90 % interval cannot answer a question at 95 %."""
    given = fact(interval=interval(0.85, 0.95, level=0.90))

    (found,) = findings(criterion(), dossier(given))

    assert (found.state, found.reason.endswith("at least 80 % at 95 % confidence.")) == (
        "inconclusive",
        True,
    )


@pytest.mark.parametrize(
    ("changes", "line", "state", "words"),
    [
        # past the date that the evidence itself gives
        ({"valid_until": NOW - timedelta(days=1)}, {}, "stale", "it was valid until 2026-02-28"),
        # older than the criterion allows
        (
            {"observed_at": NOW - timedelta(days=40)},
            {"max_age": timedelta(days=31)},
            "stale",
            "it is 40 days old and may be 31",
        ),
        # old bad news stays bad news until it is measured again
        (
            {"observed_at": NOW - timedelta(days=40), "value": 0.1},
            {"max_age": timedelta(days=31)},
            "failed",
            "asked is at least 80 %",
        ),
        # what was lacking may have been added: it holds, and nobody reads that it is still lacking
        (
            {"basis": "attested", "inputs": {"charter": "sha256:then"}, "value": 0.1},
            {"bases": ("attested",)},
            "failed",
            "; the charter that it was said of has changed since, so measure it again.",
        ),
        # attested from a charter that has changed
        (
            {"basis": "attested", "inputs": {"charter": "sha256:then"}},
            {"bases": ("attested",)},
            "stale",
            "the charter that it was said of has changed since",
        ),
        # attested from the charter in force
        (
            {"basis": "attested", "inputs": {"charter": "sha256:now"}},
            {"bases": ("attested",)},
            "passed",
            "says Ada Byron",
        ),
        # measured with other data, another system or other stress than the charter names now
        (
            {"inputs": {"charter": "sha256:then", "charter:measured": "sha256:other"}},
            {},
            "stale",
            "the charter has changed since in what it says of data, system or stress",
        ),
        # measured under a charter of which nothing else is known
        (
            {"inputs": {"charter": "sha256:then"}},
            {},
            "stale",
            "the charter has changed since in what it says of data, system or stress",
        ),
        # measured under an earlier charter that differs elsewhere, in a threshold for example
        (
            {"inputs": {"charter": "sha256:then", "charter:measured": "sha256:same"}},
            {},
            "passed",
            "asked is at least 80 %",
        ),
        # found after now: the clock was set back, and nobody knows how old it really is
        (
            {"observed_at": NOW + timedelta(days=2)},
            {},
            "stale",
            "it is of 2026-03-03 12:00 UTC, which is to come: a clock was set back",
        ),
        # two machines are never quite at one
        ({"observed_at": NOW + timedelta(minutes=1)}, {}, "passed", "asked is at least 80 %"),
    ],
)
def test_evidence_grows_stale(
    changes: dict[str, Any], line: dict[str, Any], state: str, words: str
) -> None:
    """What clears the threshold must also be fresh."""
    (found,) = findings(criterion(**line), dossier(fact(**changes)))

    assert (found.state, words in found.reason) == (state, True)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"basis": "simulated"},
            "there is only a figure that is simulated (90 %); it must be measured.",
        ),
        (
            {"basis": "attested"},
            "there is only a figure that is attested (90 %); it must be measured.",
        ),
        (
            {"scope": "pilot"},
            "there is only a figure on the curated sample (90 %); it must be on production data.",
        ),
        (
            {"scope": "synthetic"},
            "there is only a figure on corrupted data (90 %); it must be on production data.",
        ),
        # a fact about a part never answers a question about the whole
        (
            {"subject": Subject.of(site="EWR")},
            "the check 'quality' ran and gave no such figure.",
        ),
    ],
)
def test_other_evidence_is_not_taken_for_what_was_asked(
    changes: dict[str, Any], reason: str
) -> None:
    """Wrong basis, scope or subject is missing evidence, and the reason says what there is."""
    (found,) = findings(criterion(), dossier(fact(**changes)))

    assert (found.state, found.evidence, found.reason) == ("missing", None, reason)


def test_a_business_figure_of_the_pilot_is_not_one_of_a_curated_sample() -> None:
    """It was found on real cases, of a time or of people that do not stand for everyday use."""
    volunteers = "All cases with the system were done by people who came forward by themselves."
    of_pilot = fact(
        "value.kpi", 83, unit="hours", scope="pilot", details={"volunteers": volunteers}
    )

    (found,) = findings(criterion("value.kpi", threshold=75, comparison="<="), dossier(of_pilot))

    assert found.reason == (
        "there is only a figure of the pilot (83 hours); it must be of everyday use. "
        "All cases with the system were done by people who came forward by themselves."
    )


def test_figures_of_two_systems_are_not_put_together() -> None:
    """The system was exchanged after its quality was measured: only the new figures count."""
    old = fact(inputs={"system": "sha256:a"}, observed_at=NOW - timedelta(days=1))
    new = fact("stress.worst_quality_drop", 0.01, inputs={"system": "sha256:b"}, scope="synthetic")
    given = dossier(old, new)

    (quality,) = findings(criterion(), given)
    (stress,) = findings(
        criterion(new.metric, comparison="<=", threshold=0.1, scope="synthetic"), given
    )

    assert (quality.state, stress.state) == ("stale", "passed")
    assert quality.reason.endswith("but another system was measured since.")


def test_a_figure_that_rests_on_no_record_is_missing() -> None:
    """Nought of nought is no share, however good it looks."""
    (found,) = findings(criterion(), dossier(fact(value=1.0, n=0)))

    assert (found.state, found.evidence, found.reason) == (
        "missing",
        None,
        "100 % (n = 0); asked is at least 80 %, but it rests on nothing.",
    )


@pytest.mark.parametrize(
    ("subject", "state"),
    [
        # the whole source could not be read: none of its columns was looked at
        ({"source": "b"}, "missing"),
        # the whole metric could not be had
        ({}, "missing"),
        # one column of the source
        ({"source": "b", "column": "x"}, "missing"),
        # a part that is asked for elsewhere, by a criterion on each site
        ({"source": "b", "column": "x", "site": "north"}, "passed"),
    ],
)
def test_what_could_not_be_measured_as_a_whole_is_missing_in_its_parts(
    subject: dict[str, str], state: str
) -> None:
    """Of two sources one could not be read: a criterion on every column is not met by the other."""
    good = fact(subject=Subject.of(source="a", column="x"))
    ended = outcome(
        "quality", 1, not_measured=(not_measured("quality.accuracy", "unreadable", **subject),)
    )
    line = criterion(subject=Subject.of(source="*", column="*"))

    found = findings(line, dossier(good, outcomes=(ended,)))

    assert found[0].state == state


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (Dossier(), "no check of this version measures it."),
        (
            Dossier(outcomes=(outcome("quality", status="skipped", reason="system is not given"),)),
            "the check 'quality' was skipped: system is not given.",
        ),
        (
            Dossier(outcomes=(outcome("quality", status="failed", reason="disk is full."),)),
            "the check 'quality' failed: disk is full.",
        ),
        (
            Dossier(outcomes=(outcome("quality", status="interrupted"),)),
            "the check 'quality' was interrupted.",
        ),
        (
            Dossier(
                outcomes=(
                    outcome(
                        "quality",
                        not_measured=(not_measured("quality.accuracy", "there are no labels"),),
                    ),
                )
            ),
            "there are no labels.",
        ),
    ],
)
def test_missing_evidence_says_why(given: Dossier, reason: str) -> None:
    """Nothing found is missing, never a pass; the reason names the outcome of the check."""
    (found,) = findings(criterion(), given)

    assert (found.state, found.reason) == ("missing", reason)


def test_a_check_that_was_not_run_yet_is_named() -> None:
    """What an installed check would measure is told apart from what none measures."""
    (found,) = findings(criterion(), Dossier(), quality__accuracy="quality")

    assert found.reason == "the check 'quality' has not run yet."


def test_what_a_broken_off_check_found_does_not_pass() -> None:
    """A check that failed, or whose facts are not all there, may have missed the worst."""
    good = fact()
    failed = dossier(good, outcomes=(outcome("quality", 1, status="failed", reason="crash"),))
    cut = dossier(good, outcomes=(outcome("quality", 2),))
    unknown = dossier(good, outcomes=())

    reasons = [findings(criterion(), given)[0] for given in (failed, cut, unknown)]

    assert [(found.state, found.reason.partition("; ")[2]) for found in reasons] == [
        (
            "inconclusive",
            "asked is at least 80 %, but the check 'quality' failed: crash, so it may not be all.",
        ),
        (
            "inconclusive",
            "asked is at least 80 %, but only 1 of the 2 facts of 'quality' are in the ledger, so "
            "it may not be all.",
        ),
        (
            "inconclusive",
            "asked is at least 80 %, but the check 'quality' never reported an end, so it may not "
            "be all.",
        ),
    ]


def test_a_star_asks_every_subject_and_the_worst_decides() -> None:
    """'*' stands for every value found; findings stand worst first."""
    rows = [
        fact(subject=Subject.of(source="a"), value=0.95),
        fact(subject=Subject.of(source="b"), value=0.50),
        fact(subject=Subject.of(source="c"), value=0.70),
    ]

    found = findings(criterion(subject=STAR), dossier(*rows))

    assert [(str(f.subject), f.state) for f in found] == [
        ("source=b", "failed"),
        ("source=c", "failed"),
        ("source=a", "passed"),
    ]


def test_a_subject_that_could_not_be_measured_is_not_left_out_of_a_star() -> None:
    """Of three sources one could not be read: the criterion on every source is missing."""
    good = fact(subject=Subject.of(source="a"), value=0.95)
    ended = outcome(
        "quality", 1, not_measured=(not_measured("quality.accuracy", "unreadable", source="b"),)
    )

    found = findings(criterion(subject=STAR), dossier(good, outcomes=(ended,)))

    assert (found[0].state, found[0].reason) == ("missing", "source=b: unreadable.")


def test_a_source_of_another_scope_does_not_hold() -> None:
    """What could not be measured on the curated sample is no question of production."""
    good = fact(subject=Subject.of(source="a"), value=0.95)
    pilot = fact("quality.f1", subject=Subject.of(source="sample"), scope="pilot")
    ended = outcome(
        "quality",
        2,
        not_measured=(not_measured("quality.accuracy", "no labels", source="sample"),),
    )

    found = findings(criterion(subject=STAR), dossier(good, pilot, outcomes=(ended,)))

    assert [f.state for f in found] == ["passed"]


def test_of_several_facts_on_one_subject_the_worst_counts() -> None:
    """A second, better figure from elsewhere does not outweigh a worse one."""
    found = findings(criterion(), dossier(fact(value=0.95), fact(value=0.5, check="other")))

    assert found[0].state == "failed"


@pytest.mark.parametrize(
    ("value", "bounds", "is_broken"),
    [
        (0.5, (0.4, 0.6), True),
        # the favourable end still clears: not for sure
        (0.79, (0.7, 0.85), False),
        (0.5, None, True),
        (0.9, (0.85, 0.95), False),
    ],
)
def test_a_limit_is_broken_only_for_sure(
    value: float, bounds: tuple[float, float] | None, is_broken: bool
) -> None:
    """Even the favourable end of the interval must miss."""
    given = fact(value=value, interval=None if bounds is None else interval(*bounds))
    line = criterion(is_limit=True)

    (found,) = findings(line, dossier(given))

    assert is_surely_broken(found, line) is is_broken
