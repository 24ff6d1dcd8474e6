"""The inventory of AI tools over all pilots."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fixtures.dashboard import LEGAL, OWNER, PILOT, REVIEWER, STRANGER, USER, Dashboard, dashboard

HELPER = {"pilot": PILOT, "tool": "Mail <helper>", "owner": "Ines Roth", "used_for": "Drafts"}


def lines(board: Dashboard, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = board.client.get("/api/inventory" + query).json()["tools"]
    return found


def state(board: Dashboard) -> str:
    report = board.parts.library.report(board.book, "production", board.clock())
    wanted = "production.inventory-confirmed"
    return next(r.state for r in report.verdict.rulings if r.criterion.id == wanted)


def test_owners_confirm_their_tools(tmp_path: Path) -> None:
    """Each their own; the gate passes when all did, and asks again a year later."""
    with dashboard(tmp_path, viewer=OWNER) as board:
        assert state(board) == "missing"
        assert board.send("/inventory/add", **HELPER).status_code == 303
        mine = {"pilot": PILOT, "tool": "invoice-reader", "owner": "Helen Marsh"}
        other = {key: HELPER[key] for key in ("pilot", "tool", "owner")}
        assert board.send("/inventory/confirm", **mine).status_code == 303
        assert board.send("/inventory/confirm", **other).status_code == 403
        assert state(board) == "failed"

        assert board.as_(LEGAL).send("/inventory/confirm", **other).status_code == 303
        assert state(board) == "passed"
        board.clock.move(days=366)
        assert state(board) == "stale"
        assert [line["is_confirmed"] for line in lines(board)] == [False, False]


def test_tools_are_found_added_and_taken_out(tmp_path: Path) -> None:
    """By those who are responsible; hostile names are text."""
    with dashboard(tmp_path, viewer=OWNER) as board:
        board.send("/inventory/add", **HELPER)
        page = board.get("/inventory").text
        assert "Mail <helper>" not in page
        assert "Mail &lt;helper&gt;" in page
        assert [line["tool"] for line in lines(board, "?text=draft")] == [
            "invoice-reader", "Mail <helper>",
        ]  # fmt: skip
        assert [line["tool"] for line in lines(board, "?show=mine")] == ["invoice-reader"]

        gone = {"pilot": PILOT, "tool": "Mail <helper>", "why": "Replaced"}
        assert board.as_(REVIEWER).send("/inventory/retire", **gone).status_code == 403
        assert board.as_(OWNER).send("/inventory/retire", **gone).status_code == 303
        assert [line["tool"] for line in lines(board)] == ["invoice-reader"]


def test_a_pilot_that_one_may_not_see_is_not_there(tmp_path: Path) -> None:
    """Neither its tools nor its name."""
    with dashboard(tmp_path, viewer=OWNER) as board:
        told = board.send("/inventory/add", **{**HELPER, "pilot": "secret"})
        assert told.status_code == 400
        page = board.as_(STRANGER).get("/inventory").text
        assert "No tool names you as its owner" in page
        assert "Helen Marsh" not in page


def test_whoever_only_uses_a_system_confirms_the_tool_that_is_theirs(tmp_path: Path) -> None:
    """They see it, and no other; of somebody else's they are refused."""
    with dashboard(tmp_path, viewer=OWNER) as board:
        board.send("/inventory/add", **{**HELPER, "owner": "Paul Novak"})
        tools = board.as_(USER).client.get("/api/inventory").json()["tools"]
        assert [(each["tool"], each["may_confirm"]) for each in tools] == [(HELPER["tool"], True)]
        told = {"pilot": PILOT, "tool": HELPER["tool"], "owner": "Paul Novak"}
        assert board.send("/inventory/confirm", **told).status_code == 303
        assert board.client.get("/api/inventory").json()["tools"][0]["is_confirmed"]
        theirs = board.as_(OWNER).client.get("/api/inventory").json()["tools"]
        other = next(each for each in theirs if each["owner"] != "Paul Novak")
        refused = board.as_(USER).send(
            "/inventory/confirm", pilot=PILOT, tool=other["tool"], owner=other["owner"]
        )
        assert refused.status_code == 403
