"""What each person has to do, told from a book alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from fixtures.gate_makers import charter, seal
from proveout.charter.sealing import standing
from proveout.charter.sealing.signing import digest
from proveout.evidence.alarm import Alarm
from proveout.evidence.ledger.port import Entry
from proveout.evidence.model import WHOLE
from proveout.evidence.waiver import Waiver
from proveout.portfolio import PilotBook
from proveout.portfolio.tasks import Counted, Waiting, in_order, next_up, tasks_of
from proveout.portfolio.tasks.verdict import MOST_FIXES, owners_in
from proveout.register import Act, Register

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
PEOPLE = {
    "production_owner": "Helen Marsh",
    "executive_sponsor": "Robert Calder",
    "reviewer": "Josef Lang",
    "engineers": ["Farid Haddad"],
}


def book(*, is_sealed: bool = True, acts: tuple[Act, ...] = (), **values: Any) -> PilotBook:
    loaded = charter(**{"people": PEOPLE, **values})
    made = seal(loaded, at=NOW - timedelta(days=9))
    entry = Entry(
        seq=1, pilot="p", kind="seal", recorded_at=NOW, body=made.body, prev_hash="", hash=""
    )  # fmt: skip
    register = Register()
    for act in acts:
        register = register.taken(act)
    return PilotBook(
        pilot="p", loaded=loaded, file=loaded, ledger=None,  # type: ignore[arg-type]
        sealing=standing([entry] if is_sealed else []), register=register,
        since=NOW - timedelta(days=20),
    )  # fmt: skip


def verdict(*rulings: tuple[str, str, str]) -> dict[str, Any]:
    """Return a verdict as the ledger keeps it: of criterion, state, owner."""
    return {
        "stage": "production",
        "decision": "hold",
        "decided_at": (NOW - timedelta(days=2)).isoformat(),
        "fix_first": [criterion for criterion, _, _ in rulings],
        "rulings": [
            {"criterion": criterion, "state": state, "owner": owner, "reason": "too low"}
            for criterion, state, owner in rulings
        ],
    }


def said(found: PilotBook, kind: str, counted: Counted | None = None) -> list[tuple[str, str]]:
    return [(t.who, t.what) for t in tasks_of(found, NOW, counted) if t.kind == kind]


def test_before_the_seal_the_owner_is_to_seal_and_nobody_to_sign() -> None:
    unsealed = book(is_sealed=False)
    assert [(t.who, t.what) for t in tasks_of(unsealed, NOW)] == [
        ("Helen Marsh", "Seal the charter")
    ]


def test_each_role_that_signs_is_asked_by_name_until_it_has_signed() -> None:
    """And none that nobody holds: that the gate says."""
    asked = [
        ("Helen Marsh", "Sign off as production owner"),
        ("Robert Calder", "Sign off as executive sponsor"),
        ("Josef Lang", "Sign off as reviewer"),
    ]
    assert said(book(), "sign") == asked
    loaded = book().loaded
    now_there = digest("reviewer", loaded.charter)
    signed = Act(
        id="1", pilot="p", kind="signoff.given", who="Josef Lang", at=NOW,
        says={"role": "reviewer", "why": "read", "charter": loaded.content_hash,
              "signed": now_there},
    )  # fmt: skip
    assert said(book(acts=(signed,)), "sign") == asked[:2]
    old = replace(signed, says={**signed.says, "signed": "sha256:of what stood there before"})
    assert said(book(acts=(old,)), "sign") == [
        *asked[:2],
        (asked[2][0], "Sign off again as reviewer"),
    ]
    ends = replace(signed, says={**signed.says, "until": (NOW + timedelta(days=5)).isoformat()})
    assert said(book(acts=(ends,)), "sign")[-1] == ("Josef Lang", "Renew your sign-off as reviewer")


def test_what_holds_the_gate_is_asked_of_who_promised_it_or_else_of_who_owns_it() -> None:
    """The heaviest are named, the rest counted; nobody is asked for what nobody owns."""
    rulings = [(f"production.c{n}", "missing", "Farid Haddad (engineer)") for n in range(5)]
    rulings += [("production.late", "stale", "nobody named (legal)")]
    promised = Act(
        id="1", pilot="p", kind="fix.planned", who="Helen Marsh", at=NOW,
        says={"criterion": "production.c0", "owner": "Ada Byron", "due": "2026-03-05",
              "note": "Measure on Monday"},
    )  # fmt: skip
    found = replace(book(acts=(promised,)), history=(verdict(*rulings),))
    assert said(found, "fix") == [
        ("Ada Byron", "Measure on Monday"),
        *(("Farid Haddad", f"Get evidence for: c{n}") for n in range(1, 1 + MOST_FIXES)),
        ("Farid Haddad", "See 1 more of what holds the gate, and is yours"),
    ]
    late = next(t for t in tasks_of(found, NOW) if t.who == "Ada Byron")
    assert late.days_over(NOW.date()) == 5
    assert late.is_overdue(NOW.date())


def test_alarms_and_waivers_that_end_soon() -> None:
    alarm = Alarm(
        pilot="p", metric="quality.accuracy", subject=WHOLE, what="Accuracy fell",
        who_acts="Josef Lang", evidence="e", raised_at=NOW,
    )  # fmt: skip
    ends = Waiver(
        pilot="p", criterion="production.trained", who="Helen Marsh", why="soon",
        granted_at=NOW, until=NOW + timedelta(days=3),
    )  # fmt: skip
    later = replace(ends, criterion="production.other", until=NOW + timedelta(days=90))
    renewed = replace(ends, criterion="production.renewed")
    again = replace(renewed, until=NOW + timedelta(days=60))
    found = replace(book(), alarms=(alarm,), waivers=(ends, later, renewed, again))
    assert said(found, "alarm") == [
        ("Josef Lang", "Find out why the alarm was raised, and resolve it")
    ]
    assert said(found, "waiver") == [
        ("Helen Marsh", "Decide what follows your waiver of production.trained")
    ]


def test_legal_questions_are_asked_until_answered_and_signed() -> None:
    found = book(
        legal=[
            {"question": "Who is liable?", "asked_of": "Ines Roth"},
            {
                "question": "May it leave?", "asked_of": "Ines Roth", "answer": "Yes",
                "signed": {"who": "Ines Roth", "on": "2026-01-20"},
            },
        ]
    )  # fmt: skip
    assert said(found, "legal") == [("Ines Roth", "Answer and sign: Who is liable?")]


def test_a_handoff_waits_for_the_team_or_for_the_owner_where_the_team_is_no_person() -> None:
    wanted = {"governance": {"handoff": {"to": "Finance systems"}}}
    assert said(book(**wanted), "handoff") == [
        ("Helen Marsh", "See that Finance systems accepts ownership")
    ]
    accepted = Act(
        id="1", pilot="p", kind="handoff.accepted", who="Farid Haddad", at=NOW, says={"why": "ok"}
    )
    assert said(book(acts=(accepted,), **wanted), "handoff") == []


def test_what_users_said_waits_for_who_took_it_and_else_for_the_reviewer() -> None:
    waits = Counted(
        feedback=(
            Waiting(who=None, n=12, due=date(2026, 3, 9)),
            Waiting(who="Paul Novak", n=1, due=None),
        ),
    )
    assert said(book(), "feedback", waits) == [
        ("Josef Lang", "Triage 12 things that users said"),
        ("Paul Novak", "Answer 1 thing that users said"),
    ]


def test_the_longest_overdue_comes_first_then_alarms_then_what_falls_due() -> None:
    base = tasks_of(book(), NOW)[0]
    made = [
        replace(base, id="none"),
        replace(base, id="soon", due=date(2026, 3, 20)),
        replace(base, id="alarm", kind="alarm"),
        replace(base, id="late", due=date(2026, 3, 9)),
        replace(base, id="latest", due=date(2026, 2, 1)),
    ]
    order = [task.id for task in in_order(made, NOW.date())]
    assert order == ["latest", "late", "alarm", "soon", "none"]


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("Josef Lang", "Helen Marsh"),
        ("helen marsh", "Robert Calder"),
        ("Robert Calder", None),
        ("Farid Haddad", "Helen Marsh"),
        ("Somebody Else", "Helen Marsh"),
    ],
)
def test_it_goes_up_from_reviewer_to_owner_to_sponsor(who: str, expected: str | None) -> None:
    assert next_up(who, book().charter) == expected


def test_a_step_that_nobody_holds_is_left_out() -> None:
    people = {"reviewer": "Josef Lang", "executive_sponsor": "Robert Calder"}
    assert next_up("Josef Lang", book(people=people).charter) == "Robert Calder"


def test_owners_are_read_as_the_gate_writes_them() -> None:
    assert owners_in("Grace Obi, Josef Lang (data owner)") == [
        ("Grace Obi", "data owner"), ("Josef Lang", "data owner")
    ]  # fmt: skip
    assert owners_in("nobody named (legal)") == []


def test_people_are_asked_what_the_change_asks_of_them() -> None:
    """To speak, practise, change rules, clear the way and hold reviews: by name, with the day."""
    change = {
        "roles": [{"role": "Clerk", "what_changes": "Confirms", "representative": "Paul Novak"}],
        "training": [{"who": "Clerks", "scenarios": "A week of mail", "by": "2026-03-20"}],
        "incentives": [
            {"rule": "Bonus per invoice", "rewards": "old", "changed_by": "Helen Marsh",
             "by": "2026-03-01"},
            {"rule": "Already changed", "rewards": "old", "changed_by": "Helen Marsh",
             "done": True},
        ],
    }  # fmt: skip
    governance = {
        "reviews": {"every_days": 14, "attended_by": ["Josef Lang"], "next_on": "2026-03-12"},
        "inventory": [{"tool": "reader", "owner": "Helen Marsh"}],
    }
    acts = (
        Act(id="1", pilot="p", kind="training.invited", who="Helen Marsh", at=NOW,
            says={"training": "Clerks", "people": ["Lea Kern"]}),
        Act(id="2", pilot="p", kind="manager.named", who="Helen Marsh", at=NOW,
            says={"name": "Max Boss", "leads": "Linz"}),
        Act(id="3", pilot="p", kind="leadership.obstacle", who="Helen Marsh", at=NOW,
            says={"what": "No scanner", "raised_by": "Paul Novak", "owner": "Robert Calder",
                  "due": "2026-03-15"}),
    )  # fmt: skip
    found = tasks_of(book(acts=acts, change=change, governance=governance), NOW)
    told = {
        (t.who, t.what): None if t.due is None else f"{t.due:%m-%d}"
        for t in found
        if t.kind in ("confirm", "training", "incentive", "obstacle", "review")
    }
    assert told == {
        ("Josef Lang", "Hold and attend: Performance review"): "03-12",
        ("Helen Marsh", "Confirm that you own reader"): None,
        ("Paul Novak", "Confirm that you spoke for: Clerk"): None,
        ("Max Boss", "Say whether you have what you need to lead the change"): None,
        ("Lea Kern", "Practise on real cases: Clerks"): "03-20",
        ("Helen Marsh", "Change the rule: Bonus per invoice"): "03-01",
        ("Robert Calder", "Remove the obstacle: No scanner"): "03-15",
    }


def test_what_is_left_to_nobody_falls_to_who_answers_for_the_pilot() -> None:
    """And where nobody does, it is listed as nobody's: it is never dropped."""
    waiting = Waiting(who="nobody named", n=3, due=NOW.date())
    counted = Counted(exceptions=(waiting,), feedback=(replace(waiting, who=None),))

    def whose(**values: Any) -> set[tuple[str, str]]:
        found = tasks_of(book(**values), NOW, counted)
        return {(each.kind, each.who) for each in found if each.kind in ("exception", "feedback")}

    assert whose() == {("exception", "Helen Marsh"), ("feedback", "Josef Lang")}
    assert whose(people={}) == {("exception", "nobody named"), ("feedback", "nobody named")}
