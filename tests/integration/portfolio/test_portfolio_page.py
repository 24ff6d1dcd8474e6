"""The portfolio: who stands still, what holds each pilot, what it costs; and its lineage."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.dashboard import NOW, STRANGER, Dashboard, dashboard, viewer_like
from fixtures.gate_makers import outcome
from fixtures.many_pilots import BOARD, many_pilots
from proveout.evidence.ledger import NewEntry
from proveout.web.permissions import Role


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """Five pilots, 200 days after the first of them began; to be looked at."""
    with many_pilots(tmp_path_factory.mktemp("portfolio")) as opened:
        yield opened


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Dashboard]:
    """Likewise, for a test that changes something."""
    with many_pilots(tmp_path) as opened:
        yield opened


def test_those_who_stand_still_come_first_and_the_headline_says_what_they_cost(
    board: Dashboard,
) -> None:
    """A pilot through its last gate stands still in peace; sums never cross currencies."""
    told = board.client.get("/api/portfolio").json()

    assert told["waiting"]["says"] == (
        "2 of 5 pilots have stood for more than 90 days without a change; they have cost "
        "120,000 EUR and 410,000 USD."
    )
    assert [(line["pilot"], line["is_waiting"]) for line in told["pilots"]] == [
        ("invoices", True),
        ("chat-2023", True),
        ("tickets", False),
        ("chat", False),
        ("forecast", False),
    ]
    monthly = [(each["shown"], each["n_pilots"], each["n_simulated"]) for each in told["monthly"]]
    assert monthly == [("2,100 EUR", 2, 1), ("5,000 USD", 1, 0)]
    assert told["waiting"]["says"] in board.get("/").text


def test_another_limit_is_another_purgatory(board: Dashboard) -> None:
    """What is too long is for the reader to say."""

    def says(limit: int) -> str:
        return board.client.get(f"/api/portfolio?limit={limit}").json()["waiting"]["says"]

    assert says(300) == "No pilot has stood for more than 300 days without a change."
    assert says(40) == (
        "3 of 5 pilots have stood for more than 40 days without a change; they have cost "
        "120,000 EUR and 410,000 USD (recorded for 2 of them)."
    )


def test_a_line_says_what_holds_whose_turn_it_is_and_what_is_next(board: Dashboard) -> None:
    """The heaviest of what is to be put right first, in words."""
    (line,) = [
        each
        for each in board.client.get("/api/portfolio").json()["pilots"]
        if each["pilot"] == "tickets"
    ]

    assert (line["phase_title"], line["stage"], line["decision"]) == (
        "In production",
        "scale",
        "hold",
    )
    assert (line["unchanged_days"], line["days"]) == (50, 200)
    assert line["holding"]["title"] == "At least one KPI decides"
    assert (line["owner"], line["next_step"]) == (
        "Farid Haddad",
        "Measure the KPI in use (proveout check value), and look at the page Value: what the "
        "system did to it, how surely, and what may stand in its way.",
    )
    assert line["spent"] is None
    assert line["monthly"]["known_by"] == "simulated, 810 to 990 EUR, n = 300"
    ((name, value),) = line["value"]
    assert (name, value["shown"], value["known_by"]) == (
        "minutes-per-ticket",
        "4.50 minutes",
        "attested by Ada Byron",
    )


def test_a_look_at_traffic_takes_away_no_figure_that_it_does_not_measure(own: Dashboard) -> None:
    """A monitor runs the cost check too, but a month at full use is for the assessment to say."""
    looked = {"run": "run-9", "at": NOW.isoformat(), "checks": ["cost"], "window": "of a week"}
    own.parts.library.pilot("tickets").ledger.append(
        [
            NewEntry(pilot="tickets", kind="run", body=looked),
            NewEntry(
                pilot="tickets", kind="outcome", body=outcome("cost", 2, run="run-9").as_dict()
            ),
        ]
    )

    (line,) = [
        each
        for each in own.client.get("/api/portfolio").json()["pilots"]
        if each["pilot"] == "tickets"
    ]

    assert line["monthly"]["known_by"] == "simulated, 810 to 990 EUR, n = 300"


def test_what_is_not_known_is_said_to_be_so(board: Dashboard) -> None:
    """No figure is no zero."""
    page = board.get("/?phase=design").text

    assert "1 of 5 pilots" in page
    for words in ("Spending not recorded", "Monthly cost not measured", "Value not measured"):
        assert words in page
    assert "Nothing is said to be done about it." in page


def test_a_failed_pilot_and_its_successor_name_each_other(board: Dashboard) -> None:
    """Both directions, and what was done about the failure."""
    lines = {
        each["pilot"]: each["lineage"]
        for each in board.client.get("/api/portfolio").json()["pilots"]
    }

    known = {
        "result": "failed",
        "failures": ["its data were not those of production"],
        "addressed": "Conversations of a whole year from both sites",
    }
    assert lines["chat"]["before"] == [
        {"name": "Chat for customers, first try", "pilot": "chat-2023", **known},
        {
            "name": "An older one of 2019",
            "pilot": None,
            "result": "stalled",
            "failures": [],
            "addressed": None,
        },
    ]
    assert lines["chat-2023"]["after"] == [{"name": "Chat for customers", "pilot": "chat", **known}]


@pytest.mark.parametrize(
    ("query", "pilots"),
    [
        ("verdict=stop", ["chat-2023"]),
        ("verdict=none", ["chat"]),
        ("phase=widened", ["forecast"]),
        ("owner=Ada+Byron", ["chat"]),
        ("verdict=hold&phase=pilot&owner=Farid+Haddad", ["invoices"]),
        ("sort=title", ["tickets", "chat", "chat-2023", "forecast", "invoices"]),
        ("sort=verdict", ["chat-2023", "invoices", "tickets", "chat", "forecast"]),
        ("sort=phase", ["chat", "invoices", "tickets", "forecast", "chat-2023"]),
        ("sort=spent", ["invoices", "chat-2023", "tickets", "chat", "forecast"]),
    ],
)
def test_pilots_are_chosen_and_ordered_by_the_address(
    board: Dashboard, query: str, pilots: list[str]
) -> None:
    """Page, API and file show the same."""
    told = board.client.get(f"/api/portfolio?{query}").json()
    assert [line["pilot"] for line in told["pilots"]] == pilots

    file = board.get(f"/portfolio.csv?{query}")
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert [row["pilot"] for row in rows] == pilots
    assert board.get(f"/?{query}").status_code == 200


def test_only_what_one_may_see_is_counted(own: Dashboard) -> None:
    """Sums and headline as well."""
    nobody = own.as_(STRANGER).client.get("/api/portfolio").json()
    assert (nobody["n_all"], nobody["spent"], nobody["pilots"]) == (0, [], [])
    assert "There is no pilot that you may see." in own.get("/").text

    user = viewer_like(BOARD, grants={"tickets": frozenset({Role.user})})
    one = own.as_(user).client.get("/api/portfolio").json()
    assert [line["pilot"] for line in one["pilots"]] == ["tickets"]
    assert one["may_note_spending"] == []
    assert own.send("/pilots/tickets/spending", amount=1, currency="EUR").status_code == 403


def test_spending_is_an_act_and_evidence(own: Dashboard) -> None:
    """The last word counts, with the day until which it does; the same form twice is one act."""
    told = {"amount": "130000", "currency": "EUR", "until": "2025-09-10", "note": "=1+1"}
    for _ in range(2):
        assert own.send("/pilots/invoices/spending", act="same-form-1", **told).status_code == 303

    (fact,) = [
        each
        for each in own.parts.library.figures(own.parts.library.pilot("invoices"))
        if each.metric == "cost.spent"
    ]
    assert (fact.value, fact.unit, fact.person) == (130_000.0, "EUR", "Bea Board")
    assert (fact.details["until"], fact.details["note"]) == ("2025-09-10", "=1+1")
    page = own.client.get("/api/pilots/invoices/spending").json()
    assert (page["amount"], page["times"]) == (130_000.0, 2)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"amount": "-1"}, 422),
        ({"amount": "nan"}, 422),
        ({"currency": "euro"}, 422),
        ({"until": "2025-13-01"}, 400),
        ({"until": "2026-01-01"}, 400),
    ],
)
def test_what_is_no_sum_of_money_is_refused(
    board: Dashboard, changes: dict[str, str], status: int
) -> None:
    """Nothing is recorded then."""
    told = {"amount": "1", "currency": "EUR", "until": "2025-09-10", "note": "", **changes}

    assert board.send("/pilots/invoices/spending", **told).status_code == status
    assert board.client.get("/api/pilots/invoices/spending").json()["amount"] == 120_000.0


def test_a_hostile_title_is_text_in_page_and_file(tmp_path: Path) -> None:
    """Neither a browser nor a spreadsheet runs it."""
    path = tmp_path / "x" / "pilot.yaml"
    path.parent.mkdir()
    title = "=cmd|'<script>alert(1)</script>"
    path.write_text(f'pilot: x\ntitle: "{title}"\n', encoding="utf-8")
    with dashboard(tmp_path, viewer=BOARD, charters=[path], is_sealed=False) as opened:
        page = opened.get("/").text
        (row,) = csv.DictReader(
            io.StringIO(opened.get("/portfolio.csv").content.decode("utf-8-sig"))
        )

    assert "<script>alert" not in page
    assert row["title"] == f"'{title}"
