"""What a reason says, word for word."""

from __future__ import annotations

from fixtures.gate_makers import NOW, charter, criterion, dossier, fact, interval, outcome
from proveout.evidence.model import Subject
from proveout.gate import decide
from proveout.gate.reasons import seen


def test_nobody_is_quoted_for_what_the_charter_does_not_say() -> None:
    """'Missing, says Ada Byron' would put into her mouth what she never said."""
    about = Subject.of(part="reviewer")
    asked = criterion("governance.declared", subject=about)
    declared = {"unit": "flag", "basis": "attested", "subject": about, "n": 1}

    absent = fact("governance.declared", 0, details={"missing": ["people.reviewer"]}, **declared)
    there = fact("governance.declared", 1, **declared)

    assert seen(absent, asked) == "no: the charter lacks people.reviewer"
    assert seen(there, asked) == "yes, says Ada Byron"


def test_what_only_people_can_say_is_missing_because_nobody_said_it() -> None:
    """Not because a check 'ran and gave no such figure': no check could."""
    asked = criterion("governance.signoff", bases=("attested",), scope=None)
    known = dossier(outcomes=(outcome("governance", 3),))

    verdict = decide(charter(), "production", (asked,), known, NOW)

    assert verdict.rulings[0].deciding.reason == "nobody has attested it."


def test_a_figure_that_falls_short_never_reads_as_if_it_did_not() -> None:
    """97.8 % with a wide interval would round to the 98 % that are asked for."""
    asked = criterion("readiness.required_completeness", threshold=0.98)
    short = fact("readiness.required_completeness", 0.978, interval=interval(0.94, 0.99), n=139)

    assert seen(short, asked) == (
        "97.8 % (95 % interval 94 to 99 %, n = 139); asked is at least 98 %"
    )
