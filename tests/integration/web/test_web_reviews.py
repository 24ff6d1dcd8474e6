"""The calendar of reviews, of one pilot and of all; and the protocol for wrong answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fixtures.dashboard import LEGAL, OWNER, PILOT, STRANGER, USER, Dashboard, dashboard

PAGE = f"/pilots/{PILOT}/reviews"


def shown(board: Dashboard) -> dict[str, Any]:
    document: dict[str, Any] = board.client.get("/api" + PAGE).json()
    return document


def states(board: Dashboard) -> dict[str, str]:
    """How the gate sees the two figures."""
    report = board.parts.library.report(board.book, "production", board.clock())
    return {
        r.criterion.id.partition(".")[2]: r.state
        for r in report.verdict.rulings
        if r.criterion.id in ("production.reviews-kept", "production.owner-attendance")
    }


def test_a_review_is_held_with_names_notes_and_decisions(tmp_path: Path) -> None:
    """What was noted is shown, and the gate knows of it."""
    with dashboard(tmp_path, viewer=OWNER) as board:
        assert board.send(PAGE + "/live", on="2025-02-10").status_code == 303
        assert [each["name"] for each in shown(board)["waiting"]] == [
            "Performance review", "Half-way review",
        ]  # fmt: skip
        answer = board.send(
            PAGE + "/held", name="Performance review", on="2025-02-25",
            present="Helen Marsh\r\n\r\n Josef Lang ", notes="<script>alert(1)</script>",
            decisions="Josef adds 20 pages",
        )  # fmt: skip
        assert answer.status_code == 303

        past = shown(board)["past"][0]
        assert (past["present"], past["decisions"], past["has_owner"], past["state"]) == (
            ["Helen Marsh", "Josef Lang"], ["Josef adds 20 pages"], True, "held",
        )  # fmt: skip
        page = board.get(PAGE).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page
        assert states(board) == {"reviews-kept": "passed", "owner-attendance": "passed"}


def test_lists_by_the_api_are_lists(tmp_path: Path) -> None:
    """What a form gives line by line, a program gives as a list."""
    with dashboard(tmp_path, viewer=OWNER) as board:
        answer = board.api(
            PAGE + "/held", name="Half-way review", on="2025-03-01", present=["Ada", "Bo"]
        )
        assert answer.status_code == 200, answer.text
        assert shown(board)["past"][0]["present"] == ["Ada", "Bo"]
        assert states(board) == {"reviews-kept": "passed", "owner-attendance": "failed"}


def test_what_is_overdue_is_shown_and_escalated(tmp_path: Path) -> None:
    """On the page of the pilot and in the calendar of all; after a week the sponsor is named."""
    with dashboard(tmp_path, viewer=OWNER) as board:
        board.send(PAGE + "/live", on="2025-02-20")
        board.clock.move(days=12)
        first = shown(board)["waiting"][0]
        assert (first["state"], first["days_overdue"], first["is_escalated"]) == (
            "overdue",
            9,
            True,
        )
        assert first["tells"][-1] == "Robert Calder"
        assert "9 days overdue" in board.get("/calendar").text
        # Nothing had been held or missed for sure when it was last told.
        assert states(board) == {"reviews-kept": "missing", "owner-attendance": "missing"}


def test_a_review_is_moved_for_a_reason(tmp_path: Path) -> None:
    """The calendar of all shows its new day, in its month."""
    with dashboard(tmp_path, viewer=OWNER) as board:
        told = {"name": "Half-way review", "day": "2025-04-15", "to": "2025-05-06"}
        assert board.send(PAGE + "/moved", why="Easter", **told).status_code == 303
        assert board.send(PAGE + "/moved", why="Again", **told).status_code == 400
        months = board.client.get("/api/calendar?month=2025-05").json()["months"]
        assert [[day["on"] for day in month["days"]] for month in months] == [
            ["2025-05-06"], [], [],
        ]  # fmt: skip
        assert "Moved from 2025-04-15 to 2025-05-06 by Helen Marsh: Easter" in board.get(PAGE).text


def test_days_can_be_taken_into_ones_own_calendar(tmp_path: Path) -> None:
    """Of one pilot and of all that one may see."""
    with dashboard(tmp_path, viewer=OWNER) as board:
        for path in ("/calendar.ics", f"/pilots/{PILOT}/calendar.ics", "/api/calendar.ics"):
            file = board.get(path)
            assert file.headers["content-type"].startswith("text/calendar")
            assert "DTSTART;VALUE=DATE:20250415\r\n" in file.text
        assert "BEGIN:VEVENT" not in board.as_(STRANGER).get("/calendar.ics").text


def test_a_refresh_is_practised(tmp_path: Path) -> None:
    """By the internal team; the next one stands in the calendar."""
    with dashboard(tmp_path, viewer=OWNER) as board:
        told = {"on": "2025-02-20", "note": "Test set reviewed"}
        assert board.send(PAGE + "/refreshed", **told).status_code == 303
        assert shown(board)["refresh"]["due"] == "2025-05-21"
        assert board.as_(LEGAL).send(PAGE + "/refreshed", **told).status_code == 403


def test_any_month_can_be_asked_for(tmp_path: Path) -> None:
    """And what is none is refused."""
    with dashboard(tmp_path, viewer=OWNER) as board:
        answers = [
            board.get(f"/calendar?month={month}").status_code
            for month in ("0001-01", "9999-12", "2025-13", "x")
        ]
        assert answers == [200, 200, 422, 422]


def test_the_protocol_can_be_followed_by_users(tmp_path: Path) -> None:
    """Steps, who, by when, how it is switched off."""
    with dashboard(tmp_path, viewer=USER) as board:
        page = board.get(f"/pilots/{PILOT}/protocol").text
        for told in ("Josef Lang", "4 h", "Helen Marsh", "Team lead decides", "15 min",
                     "Key the invoice by hand, as before.", "ext. 210"):  # fmt: skip
            assert told in page
