"""What holds of every verdict, whatever the evidence."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.gate_makers import NOW, charter, criterion, fact, interval, outcome, sealed, waiver
from proveout.evidence.model import Evidence, Subject
from proveout.gate import decide
from proveout.gate.model import Criterion, Dossier, Verdict

LOADED = charter()
RANK = {"go": 0, "hold": 1, "stop": 2}
METRICS = ("quality.accuracy", "quality.f1", "stress.worst")

shares = st.integers(0, 20).map(lambda n: n / 20)
subjects = st.sampled_from([Subject(), Subject.of(source="a"), Subject.of(source="b")])


@st.composite
def facts(draw: st.DrawFn) -> Evidence:
    metric, value = draw(st.sampled_from(METRICS)), draw(shares)
    half = draw(st.sampled_from([None, 0.0, 0.05, 0.2]))
    level = draw(st.sampled_from([0.9, 0.95, 0.99]))
    return fact(
        metric,
        value,
        subject=draw(subjects),
        interval=None if half is None else interval(value - half, value + half, level),
        basis=draw(st.sampled_from(["measured", "measured", "simulated", "attested"])),
        scope=draw(st.sampled_from(["production", "production", "pilot"])),
        observed_at=NOW - timedelta(days=draw(st.sampled_from([0, 10]))),
    )


@st.composite
def criteria(draw: st.DrawFn) -> tuple[Criterion, ...]:
    return tuple(
        criterion(
            draw(st.sampled_from(METRICS)),
            id=f"production.{number}",
            subject=draw(st.sampled_from([Subject(), Subject.of(source="*")])),
            comparison=draw(st.sampled_from([">=", "<="])),
            threshold=draw(shares),
            max_age=draw(st.sampled_from([None, timedelta(days=5)])),
            is_limit=draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 4)))
    )


@st.composite
def dossiers(draw: st.DrawFn) -> Dossier:
    found = tuple(draw(st.lists(facts(), max_size=8)))
    checks = sorted({given.check.name for given in found})
    ended = tuple(
        outcome(check, sum(given.check.name == check for given in found)) for check in checks
    )
    waivers = tuple(
        waiver(f"production.{number}") for number in draw(st.sets(st.integers(0, 3), max_size=1))
    )
    return Dossier(evidence=found, outcomes=ended, waivers=waivers)


def verdict(lines: tuple[Criterion, ...], dossier: Dossier) -> Verdict:
    return decide(LOADED, "production", lines, sealed(LOADED, dossier), NOW)


def counted(dossier: Dossier, evidence: tuple[Evidence, ...]) -> Dossier:
    """Replace the evidence as if the checks had found exactly this."""
    checks = sorted({found.check.name for found in evidence})
    ended = tuple(
        outcome(check, sum(found.check.name == check for found in evidence)) for check in checks
    )
    return replace(dossier, evidence=evidence, outcomes=ended)


@given(criteria(), dossiers(), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_the_order_of_evidence_does_not_matter(
    lines: tuple[Criterion, ...], dossier: Dossier, chance: random.Random
) -> None:
    """The same facts in any order give the same verdict, word for word."""
    shuffled = list(dossier.evidence)
    chance.shuffle(shuffled)

    assert verdict(lines, dossier) == verdict(lines, replace(dossier, evidence=tuple(shuffled)))


@given(criteria(), dossiers(), st.integers(0, 7))
@settings(max_examples=200, deadline=None)
def test_removing_evidence_never_opens_the_gate(
    lines: tuple[Criterion, ...], dossier: Dossier, position: int
) -> None:
    """A fact that is gone from the ledger never turns hold or stop into go."""
    fewer = dossier.evidence[:position] + dossier.evidence[position + 1 :]
    before = verdict(lines, dossier)
    after = verdict(lines, replace(dossier, evidence=fewer))

    assert not (after.decision == "go" and before.decision != "go")


@given(criteria(), dossiers())
@settings(max_examples=100, deadline=None)
def test_a_criterion_without_evidence_never_opens_the_gate(
    lines: tuple[Criterion, ...], dossier: Dossier
) -> None:
    """Whatever else was found, a question without an answer holds."""
    unanswered = criterion("load.p95_latency", id="production.unanswered")

    assert verdict((*lines, unanswered), dossier).decision != "go"


@given(criteria(), dossiers(), st.integers(0, 7), shares)
@settings(max_examples=200, deadline=None)
def test_worse_evidence_never_makes_the_gate_more_lenient(
    lines: tuple[Criterion, ...], dossier: Dossier, position: int, by: float
) -> None:
    """A figure moved the wrong way for every criterion on it, interval and all."""
    if position >= len(dossier.evidence):
        return
    target = dossier.evidence[position]
    if len({line.comparison for line in lines if line.metric == target.metric}) != 1:
        return  # worse for one criterion would be better for another
    sign = next(-1 if c.comparison == ">=" else 1 for c in lines if c.metric == target.metric)
    span = target.interval
    moved = target.evolve(
        value=target.value + sign * by,
        interval=None
        if span is None
        else replace(span, low=span.low + sign * by, high=span.high + sign * by),
    )
    worse = (*dossier.evidence[:position], moved, *dossier.evidence[position + 1 :])

    before = verdict(lines, dossier)
    after = verdict(lines, replace(dossier, evidence=worse))

    assert RANK[after.decision] >= RANK[before.decision]


@given(criteria(), dossiers(), facts())
@settings(max_examples=200, deadline=None)
def test_more_evidence_on_what_is_answered_never_makes_the_gate_more_lenient(
    lines: tuple[Criterion, ...], dossier: Dossier, more: Evidence
) -> None:
    """A second opinion can only hold the gate, where the first one stands already."""
    is_known = any(
        (found.metric, found.subject, found.scope, found.basis)
        == (more.metric, more.subject, more.scope, more.basis)
        for found in dossier.evidence
    )
    if not is_known:
        return

    before = verdict(lines, dossier)
    after = verdict(lines, counted(dossier, (*dossier.evidence, more)))

    assert RANK[after.decision] >= RANK[before.decision]


@given(criteria(), dossiers())
@settings(max_examples=100, deadline=None)
def test_the_verdict_is_consistent(lines: tuple[Criterion, ...], dossier: Dossier) -> None:
    """Counts add up, the fix-first list is what is neither passed nor waived, heaviest first."""
    made = verdict(lines, dossier)

    holding = [ruling for ruling in made.rulings if ruling.state not in ("passed", "waived")]
    weights = [ruling.weight for ruling in made.fix_first]
    assert sum(made.counts.values()) == len(made.rulings) == len(lines)
    assert sorted(r.criterion.id for r in made.fix_first) == sorted(r.criterion.id for r in holding)
    assert weights == sorted(weights, reverse=True)
    assert (made.decision == "go") == (bool(lines) and not holding)
    assert made == verdict(lines, dossier)
