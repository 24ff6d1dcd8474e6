"""What a board is told, in plain words: asked, otherwise, and what figures do not prove."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest

from fixtures.gate_makers import NOW, charter, fact
from proveout.charter.schema import Stage
from proveout.charter.sealing import standing
from proveout.evidence.catalogue import SHIPPED, Catalogue
from proveout.gate.model import Criterion, Decision, Finding, Ruling, State, Verdict
from proveout.portfolio import PilotBook
from proveout.portfolio.board import pilot_paper
from proveout.portfolio.board.words import asked_of_board, enumerated, otherwise
from proveout.portfolio.stage import Stands
from proveout.register import Act, Register
from proveout.report.model import Report


def ruling(number: int, state: State, **evidence: Any) -> Ruling:
    criterion = Criterion(
        id=f"production.c{number}", stage="production", title=f"Title {number}",
        metric="quality.accuracy", comparison=">=", threshold=0.9, family="technical",
        fix=f"Fix {number}", role="engineer",
    )  # fmt: skip
    found = fact(**evidence) if evidence else None
    deciding = Finding(
        subject=criterion.subject, state=state, evidence=found, bound=None, margin=None,
        reason=f"reason {number}",
    )  # fmt: skip
    return Ruling(
        criterion=criterion, state=state, deciding=deciding, findings=(deciding,),
        owner="Farid Haddad (engineer)", weight=0.0 if state == "passed" else 1.0,
    )  # fmt: skip


def report(*rulings: Ruling, decision: Decision = "hold", **values: Any) -> Report:
    loaded = charter(**values)
    holding = tuple(each for each in rulings if each.state != "passed")
    verdict = Verdict(
        pilot="p", stage="production", decision=decision, summary="It may not go live yet.",
        decided_at=NOW, rulings=rulings, fix_first=holding, charter_hash=loaded.content_hash,
        sealed_at=None, sealed_by=None,
        counts={state: sum(r.state == state for r in rulings) for state in ("passed", "missing")},
    )  # fmt: skip
    evidence = tuple(r.deciding.evidence for r in rulings if r.deciding.evidence is not None)
    return Report(
        verdict=verdict, loaded=loaded, evidence=evidence, catalogue=Catalogue(SHIPPED),
        generated_at=NOW,
        ledger_head=(7, "a" * 64), version="1",
    )  # fmt: skip


def book(found: Report, *acts: Act) -> PilotBook:
    register = Register()
    for act in acts:
        register = register.taken(act)
    return PilotBook(
        pilot="p", loaded=found.loaded, file=None, ledger=None,  # type: ignore[arg-type]
        sealing=standing([]), register=register, since=NOW - timedelta(days=100),
        stands=Stands(stage="production", decision="hold", since=NOW - timedelta(days=61)),
    )  # fmt: skip


def test_the_three_heaviest_are_named_with_who_promised_what_by_when() -> None:
    """And how many hold it besides."""
    made = report(*(ruling(number, "missing") for number in range(5)))
    plan = Act(
        id="1", pilot="p", kind="fix.planned", who="Helen Marsh", at=NOW,
        says={"criterion": "production.c1", "owner": "Ada Byron", "due": "2026-04-01",
              "note": "Measure on Monday"},
    )  # fmt: skip
    paper = pilot_paper(made, book(made, plan))
    assert [(h.what, h.does, h.who, h.by and h.by.isoformat()) for h in paper.holds] == [
        ("Title 0", "Fix 0", "Farid Haddad (engineer)", None),
        ("Title 1", "Measure on Monday", "Ada Byron", "2026-04-01"),
        ("Title 2", "Fix 2", "Farid Haddad (engineer)", None),
    ]
    assert paper.more_holding == 2
    assert paper.asked == (
        "Keep it out of live use until what holds it is done. For 2 things that hold it no day is "
        "promised: ask for one."
    )


def test_what_is_simulated_attested_or_unknown_is_said_plainly() -> None:
    made = report(
        ruling(1, "passed", basis="attested"), ruling(2, "passed", basis="simulated"),
        ruling(3, "missing"), ruling(4, "passed", value=0.9),
    )  # fmt: skip
    assert pilot_paper(made, book(made)).limits == [
        "A rehearsal: a simulation stood in for the system, and what is found so is no pass.",
        "1 of 4 requirements rests on simulation: no proof.",
        "1 of 4 rests on the word of a named person, not on a measurement.",
        "1 of 4 was never measured or declared.",
        "The requirements were never fixed before the start: they may have been fitted.",
    ]


def test_money_and_worth_are_the_reports_and_what_nobody_knows_is_said() -> None:
    spent = replace(
        fact("cost.spent", 84_500.0, basis="attested", unit="EUR", check="attest"), person="Ada"
    )
    made = replace(
        report(
            ruling(1, "missing"),
            kpis=[{"name": "minutes", "unit": "minutes", "direction": "lower", "threshold": 2.5}],
            outcome="Faster",
        ),
        evidence=(spent,),
    )
    paper = pilot_paper(made, book(made))
    assert [(line.label, line.figure, line.note, line.is_known) for line in paper.money] == [
        ("Spent until now", "84,500 EUR", "noted by Ada", True),
        ("A month at full use", "not measured", "", False),
        ("Agreed for a month", "nothing was agreed", "", False),
    ]
    assert [(line.label, line.figure, line.note) for line in paper.value] == [
        ("minutes", "not measured", "agreed: 2.50 minutes")
    ]
    assert paper.purpose == "Faster"
    assert "nobody knows what it is worth" in paper.otherwise


def test_how_long_it_stands_is_of_the_gate_that_it_stands_before() -> None:
    made = report(ruling(1, "missing"))
    found = book(made)
    assert "before the gate 'production' for 61 days" in pilot_paper(made, found).standing


@pytest.mark.parametrize("stage", get_args(Stage))
@pytest.mark.parametrize("decision", get_args(Decision))
def test_every_verdict_asks_something_and_says_what_follows(
    stage: Stage, decision: Decision
) -> None:
    asked = asked_of_board(stage, decision, unpromised=0)
    follows = otherwise(stage, decision, monthly="2,100 EUR a month", days=3, value=False)
    assert asked.endswith(".")
    assert follows.startswith("If nothing is d")
    assert ("2,100 EUR" in follows) == (decision != "go")


def test_parts_are_joined_as_people_do() -> None:
    assert [enumerated(["a"]), enumerated(["a", "b", "c"])] == ["a", "a, b and c"]


def test_what_let_it_pass_is_never_called_measured_where_it_was_not() -> None:
    """A waiver and a word are told as such in the one sentence that says why it may go on."""

    def why(*rulings: Ruling, waived: int = 0) -> str:
        made = report(*rulings, decision="go")
        verdict = replace(made.verdict, fix_first=(), counts={"waived": waived})
        made = replace(made, verdict=verdict)
        return pilot_paper(made, book(made)).because

    measured = ruling(1, "passed", basis="measured", scope="production")
    word = ruling(2, "passed", basis="attested", person="Ada Byron")
    assert why(measured) == "Every requirement is met, by the worse end of what was measured."
    assert why(measured, word) == (
        "Every requirement is met, by the worse end of what was measured, or by what is only "
        "attested or simulated."
    )
    assert why(measured, ruling(3, "waived"), waived=1) == (
        "All but 1 of the requirements are met, by the worse end of what was measured; 1 passed "
        "only by waiver."
    )
    assert why() == "Nothing was required, and so nothing was met."


def test_what_a_month_costs_is_told_with_its_basis_in_a_sentence_too() -> None:
    found = fact("cost.monthly", 2_000.0, unit="EUR/month", basis="simulated")
    made = replace(report(ruling(1, "missing")), evidence=(found,))
    assert "(simulated)" in pilot_paper(made, book(made)).otherwise
