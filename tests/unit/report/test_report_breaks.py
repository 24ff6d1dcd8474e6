"""What breaks first: data, load, cost, people, in order of how little it takes."""

from __future__ import annotations

from dataclasses import replace

from sample_report import NOW, fact, ruling, sample_report

from proveout.charter.schema import Charter
from proveout.evidence.model import Evidence
from proveout.evidence.outcome import CheckOutcome
from proveout.gate.model import Ruling, State
from proveout.report import Report, render_breaks
from proveout.report.breaks import what_breaks

CHARTER = Charter.model_validate({"pilot": "p", "load": {"pilot_users": 50, "users": 2000}})


def report_of(evidence: tuple[Evidence, ...] = (), rulings: tuple[Ruling, ...] = ()) -> Report:
    sample = sample_report()
    asked = CheckOutcome(
        run="r", check="governance", version="1", status="done", started_at=NOW, ended_at=NOW
    )
    return replace(
        sample,
        loaded=replace(sample.loaded, charter=CHARTER),
        evidence=evidence,
        verdict=replace(sample.verdict, rulings=rulings, fix_first=rulings, outcomes=(asked,)),
    )


def bill(share: float, *, fitting_users: int) -> tuple[Evidence, ...]:
    return (
        fact("cost.monthly", share * 1000, half_width=10, n=200),
        fact(
            "cost.budget_share",
            share,
            half_width=0.01,
            n=200,
            details={
                "to_fit": [
                    {"kind": "users", "now": 2000, "needed": fitting_users, "words": "fewer."},
                    {"kind": "own cache", "now": 0, "needed": 0.4, "words": "A cache of 40 %."},
                ]
            },
        ),
    )


def test_before_anything_was_looked_at_nothing_is_known() -> None:
    """Not known is neither held nor broken."""
    found = what_breaks(report_of())

    assert found.first == ("Nothing was looked at. Not known: data, load, cost and people.")
    assert {part.state for part in found.parts} == {"unknown"}


def test_what_takes_least_breaks_first() -> None:
    """3 % of damaged records, then 400 of 2,000 users, then the budget at 1,284."""
    found = what_breaks(
        report_of(
            (
                fact("stress.breaking_severity", 0.03, half_width=0.01, n=500,
                     scope="synthetic", operator="sentinel"),
                fact("stress.breaking_severity", 0.2, half_width=0.01, n=500,
                     scope="synthetic", operator="case"),
                fact("load.breaking_point", 400, n=9000,
                     details={"what_broke": ["the queue grew without end"]}),
                *bill(1.5, fitting_users=1284),
            )
        )
    )  # fmt: skip

    assert [(part.name, part.takes, part.where) for part in found.parts[:3]] == [
        ("Data", 0.03, "with 3 % of the records damaged"),
        ("Load", 0.2, "at 400 of 2,000 users"),
        ("Cost", 0.642, "at 1,284 of 2,000 users"),
    ]
    assert found.first == (
        "First to break: data, with 3 % of the records damaged. Not known: people."
    )
    assert found.parts[1].headline == "From 400 users on it misses what was agreed."
    assert found.parts[1].further == ("Seen: the queue grew without end.",)
    assert found.parts[2].further == ("Enough by itself: A cache of 40 %.",)


def test_what_is_broken_today_takes_nothing() -> None:
    """Production as it is comes before any damage to it."""
    failing = ruling("failed", "Accuracy is at least 85 %", reason="it is 80 %", weight=2)

    found = what_breaks(
        report_of(
            (fact("stress.breaking_severity", 0.03, n=500, scope="synthetic", operator="stuck"),),
            (failing,),
        )
    )

    data = found.parts[0]
    assert (data.takes, data.where) == (0.0, "with production as it is today")
    assert data.headline == "Accuracy is at least 85 %: it is 80 %"
    assert data.further == ("Stuck in 3 % of the records is enough to miss what was agreed.",)
    assert data.owner == "Lena Hoff (engineer)"


def test_a_month_whose_interval_reaches_over_the_budget_does_not_hold() -> None:
    """The bound decides, as at the gate."""
    under = what_breaks(report_of(bill(0.98, fitting_users=2000)))
    near = what_breaks(report_of(bill(0.995, fitting_users=2000)))

    assert [p.state for p in under.parts if p.name == "Cost"] == ["holds"]
    assert [p.state for p in near.parts if p.name == "Cost"] == ["breaks"]


def test_a_rehearsal_shows_what_breaks_and_never_what_holds() -> None:
    """A month that fits through a simulated system is not known to fit."""

    def cost_of(share: float) -> tuple[str, tuple[str, ...]]:
        found = tuple(replace(e, basis="simulated") for e in bill(share, fitting_users=900))
        parts = what_breaks(report_of(found)).parts
        return next((part.state, part.further) for part in parts if part.name == "Cost")

    assert cost_of(0.5) == (
        "unknown",
        ("A month at full use costs 500 (490 to 510; n = 200), 50 % (49 to 51 %) of the budget.",),
    )
    assert cost_of(1.5)[0] == "breaks"


def test_the_budget_holds_only_where_the_gate_says_so() -> None:
    """It knows whether the figure is of this charter, and whether less was agreed."""

    def cost_of(state: State) -> tuple[str, str]:
        line = ruling(state, "A month costs at most 40 %", metric="cost.budget_share", reason="no",
                      weight=1)  # fmt: skip
        parts = what_breaks(report_of(bill(0.5, fitting_users=2000), (line,))).parts
        return next((part.state, part.headline) for part in parts if part.name == "Cost")

    assert cost_of("passed")[0] == "holds"
    assert cost_of("missing") == ("unknown", "A month costs at most 40 %: no")
    assert cost_of("failed") == ("breaks", "A month costs at most 40 %: no")


def test_a_company_that_is_not_ready_breaks_before_any_drill() -> None:
    """Declared and missing, once somebody has looked."""
    missing = ruling("missing", "The team has accepted ownership", metric="governance.declared",
                     reason="nobody has", weight=1)  # fmt: skip
    asked = report_of(rulings=(missing,))
    not_asked = replace(asked, verdict=replace(asked.verdict, outcomes=()))

    people = {
        name: next(part for part in what_breaks(each).parts if part.name == "People")
        for name, each in (("asked", asked), ("not asked", not_asked))
    }
    assert people["asked"].headline == "The team has accepted ownership: nobody has"
    assert people["asked"].state == "breaks"
    assert people["not asked"].state == "unknown"


def test_what_people_did_in_a_rehearsed_drill_comes_before_what_is_not_declared() -> None:
    """The gate takes no rehearsal as evidence; the reader hears what went wrong in it first."""
    missing = ruling("missing", "The team has accepted ownership", metric="governance.declared",
                     reason="nobody has", weight=1)  # fmt: skip
    drill = fact("drill.passed", 0, details={"shortcomings": ["Nobody noticed the outage."]})

    found = what_breaks(report_of((replace(drill, basis="simulated"),), (missing,)))

    assert found.first.startswith("First to break: people, in the last drill.")
    people = found.parts[0]
    assert (people.headline, people.basis, people.further) == (
        "Nobody noticed the outage.",
        "simulated",
        ("The team has accepted ownership: nobody has",),
    )


def test_what_comes_from_a_simulation_says_so() -> None:
    """On the page as well."""
    point = replace(fact("load.breaking_point", 400, n=9000), basis="simulated")

    page = render_breaks(report_of((point,)))

    assert "breaks at 400 of 2,000 users · simulated" in page


def test_the_page_escapes_what_comes_from_data() -> None:
    """A title of the charter's own is text, never markup."""
    nasty = ruling("failed", "<script>alert(1)</script>", reason="<b>", weight=1)

    page = render_breaks(report_of(rulings=(nasty,)))

    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;: &lt;b&gt;" in page
