"""The board paper and the tasks, as they are asked for."""

from __future__ import annotations

import io
from pathlib import Path

import pdfplumber

from fixtures.dashboard import (
    ADMINISTRATOR,
    ENGINEER,
    NOW,
    OWNER,
    PILOT,
    REVIEWER,
    STRANGER,
    USER,
    Dashboard,
    dashboard,
    viewer_like,
)
from proveout.evidence.ledger.port import NewEntry
from proveout.evidence.model import CheckRef, Evidence, Interval

BASE = f"/pilots/{PILOT}"


def note(board: Dashboard, metric: str, value: float, unit: str, **changes: object) -> None:
    """Put an attested figure into the ledger, as the register does."""
    found = Evidence(
        pilot=PILOT, metric=metric, value=value, unit=unit, n=1, basis="attested",
        scope="production", observed_at=NOW, check=CheckRef(name="attest", version="1"),
        run="attest", person="Robert Calder", **changes,  # type: ignore[arg-type]
    )  # fmt: skip
    board.book.ledger.append([NewEntry(pilot=PILOT, kind="evidence", body=found.as_dict())])


def text_of(content: bytes) -> str:
    with pdfplumber.open(io.BytesIO(content)) as opened:
        assert len(opened.pages) == 1
        return " ".join((opened.pages[0].extract_text() or "").split())


def test_the_paper_is_the_same_as_page_document_and_pdf(tmp_path: Path) -> None:
    """The same numbers as the dashboard: those of its verdict, its portfolio and its ledger."""
    with dashboard(tmp_path, viewer=OWNER) as board:
        note(board, "cost.spent", 84_500.0, "EUR")
        interval = Interval(low=1800.0, high=2400.0, level=0.95, method="t")
        note(board, "cost.monthly", 2100.0, "EUR/month", interval=interval)
        paper = board.get(f"/api{BASE}/board").json()
        page = board.get(f"{BASE}/board")
        answer = board.get(f"{BASE}/board.pdf")
        assert answer.headers["content-type"] == "application/pdf"
        shown = text_of(answer.content)
        verdict = board.get(f"/api{BASE}").json()
        assert paper["verdict"] == verdict["summary"]
        assert paper["decision"] == verdict["decision"]
        (line,) = board.get("/api/portfolio").json()["pilots"]
        figures = {each["label"]: each["figure"] for each in paper["money"]}
        assert figures == {
            "Spent until now": line["spent"]["shown"],
            "A month at full use": line["monthly"]["shown"],
            "Agreed for a month": "2,500 EUR a month",
        }
        told = [paper["title"], paper["verdict"], paper["asked"], paper["otherwise"]]
        told += [each["figure"] for each in paper["money"] + paper["value"]]
        # In a table, lines of neighbours come in between.
        told += [" ".join(each["what"].split()[:2]) for each in paper["holds"]]
        for each in told:
            assert " ".join(each.split())[:40] in shown
            assert each.replace("'", "&#39;") in page.text
        assert f"And {paper['more_holding']} more requirements hold it." in shown


def test_the_portfolio_paper_adds_up_what_the_portfolio_shows(tmp_path: Path) -> None:
    with dashboard(tmp_path, viewer=OWNER) as board:
        note(board, "cost.spent", 84_500.0, "EUR")
        paper = board.get("/api/board").json()
        shown = text_of(board.get("/portfolio.pdf?size=letter").content)
        spent = board.get("/api/portfolio").json()["spent"]
        assert paper["totals"][0]["figure"] == spent[0]["shown"]
        for each in [paper["says"], paper["totals"][0]["figure"], "Read suppliers"]:
            assert each in shown
        assert "Board paper" in board.get("/board").text


def test_who_may_take_it(tmp_path: Path) -> None:
    """What is asked for wrongly is refused, and so is who may not."""
    cases = (
        (USER, f"{BASE}/board.pdf", 200),
        (STRANGER, f"{BASE}/board.pdf", 403),
        (STRANGER, "/portfolio.pdf", 403),
        (USER, "/portfolio.pdf", 403),
        (OWNER, f"{BASE}/board.pdf?size=a0", 422),
        (OWNER, f"{BASE}/board?stage=none", 422),
        (STRANGER, "/tasks", 200),
        (ADMINISTRATOR, "/admin/background", 200),
        (OWNER, "/admin/background", 403),
    )
    with dashboard(tmp_path, viewer=OWNER) as board:
        found = [(path, board.as_(viewer).get(path).status_code) for viewer, path, _ in cases]
    assert found == [(path, status) for _, path, status in cases]


def test_tasks_are_ones_own_first_then_others_where_one_answers_for_it(tmp_path: Path) -> None:
    with dashboard(tmp_path, viewer=OWNER) as board:
        own = board.get("/api/tasks").json()
        assert {each["who"] for each in own["mine"]} == {"Helen Marsh"}
        assert "Sign off as production owner" in [each["what"] for each in own["mine"]]
        assert "Josef Lang" in {each["who"] for each in own["others"]}
        for path in {each["path"] for each in own["mine"] + own["others"]}:
            assert board.get(path).status_code == 200, path
        theirs = board.as_(REVIEWER).get("/api/tasks").json()
        assert {each["who"] for each in theirs["mine"]} == {"Josef Lang"}
        assert (theirs["others"], theirs["sees_others"]) == ([], False)
        nobody = board.as_(STRANGER).get("/api/tasks").json()
        assert (nobody["mine"], nobody["others"], nobody["n_others"]) == ([], [], 0)


def test_what_was_done_is_no_task_any_more_and_what_is_late_comes_first(tmp_path: Path) -> None:
    with dashboard(tmp_path, viewer=OWNER) as board:
        board.send(
            f"{BASE}/fixes", criterion="design.outcome", owner="Farid Haddad", due="2025-03-05",
            note="Write it down",
        )  # fmt: skip
        board.send(f"{BASE}/gate", stage="design")
        board.clock.move(days=4)
        board.as_(ENGINEER)
        page = board.get("/tasks").text
        tasks = board.get("/api/tasks").json()
        first = tasks["mine"][0]
        assert (first["what"], first["days_over"]) == ("Write it down", 2)
        assert "2 days overdue" in page


def test_names_are_shown_as_text(tmp_path: Path) -> None:
    """Whatever somebody is called."""
    hostile = viewer_like(OWNER, person="<script>alert(1)</script>", name="<b>")
    with dashboard(tmp_path, viewer=hostile) as board:
        for path in ("/tasks", "/me/notices"):
            assert "<script>alert" not in board.get(path).text


def test_the_portfolio_leads_to_its_board_paper(tmp_path: Path) -> None:
    with dashboard(tmp_path, viewer=OWNER) as board:
        assert 'href="/board"' in board.get("/").text
        assert 'href="/board"' not in board.as_(USER).get("/").text
