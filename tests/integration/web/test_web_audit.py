"""The audit trail: every entry in words, the chain verified, and all of it to take away."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from fixtures.dashboard import AUDITOR, ENGINEER, LEGAL, OWNER, PILOT, Dashboard, dashboard
from proveout.evidence.ledger import NewEntry

PAGE = f"/pilots/{PILOT}/audit"


def trail(board: Dashboard, query: str = "") -> dict[str, Any]:
    answer = board.client.get(f"/api{PAGE}{query}")
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def filled(board: Dashboard) -> None:
    """Have two people do something."""
    confirm = {"pilot": PILOT, "tool": "invoice-reader", "owner": "Helen Marsh"}
    board.as_(OWNER).send("/inventory/confirm", **confirm)
    signed = {"question": "Who is liable for a booking read wrong?", "answer": "The <i>clerk</i>"}
    board.as_(LEGAL).send(f"/pilots/{PILOT}/signoffs/legal/sign", **signed)


def test_the_trail_says_who_did_what(tmp_path: Path) -> None:
    """The latest first, each with its fingerprint; evidence where it is asked for."""
    with dashboard(tmp_path) as board:
        filled(board)
        told = trail(board.as_(AUDITOR))["entries"]
        assert [(line["who"], line["says"]) for line in told] == [
            (
                "Ines Roth",
                "signed an answer to “Who is liable for a booking read wrong?”: The <i>clerk</i>",
            ),
            ("Helen Marsh", "confirmed the tool “invoice-reader”"),
            ("Helen Marsh", "sealed the charter"),
        ]
        assert "The <i>clerk</i>" not in board.get(PAGE).text
        said = [line["says"] for line in trail(board, "?kind=evidence")["entries"]]
        assert "vouches for governance.inventory_confirmed: 100 % (n = 1)" in said


def test_the_trail_is_narrowed(tmp_path: Path) -> None:
    """By kind, person and day; a person's word is evidence, too."""
    with dashboard(tmp_path) as board:
        filled(board)
        board.as_(AUDITOR)
        for query, kinds in (("", ["act"]), ("&kind=all", ["evidence", "act"])):
            found = trail(board, f"?person=Ines%20Roth{query}")["entries"]
            assert [entry["kind"] for entry in found] == kinds
        assert [e["kind"] for e in trail(board, "?kind=seal")["entries"]] == ["seal"]
        assert trail(board, "?person=Ines")["entries"] == []
        assert trail(board, "?until=2001-01-01")["entries"] == []
        assert len(trail(board, "?since=2001-01-01&until=&person=&before=")["entries"]) == 3


def test_a_long_trail_is_read_page_by_page(tmp_path: Path) -> None:
    """Nothing is missed or shown twice, whatever comes meanwhile."""
    with dashboard(tmp_path, viewer=AUDITOR) as board:
        runs = [
            NewEntry(pilot=PILOT, kind="run", body={"run": str(n), "checks": ["load"], "at": "x"})
            for n in range(120)
        ]
        board.book.ledger.append(runs)
        seen: list[int] = []
        query: str | None = "?kind=run"
        while query is not None:
            page = trail(board, query)
            seen += [entry["seq"] for entry in page["entries"]]
            query = page["next_page"] and "?" + page["next_page"].partition("?")[2]
        assert seen == list(range(121, 1, -1))


def test_an_entry_is_shown_whole(tmp_path: Path) -> None:
    """As it is stored; one of another pilot, or none, is not there."""
    with dashboard(tmp_path, viewer=AUDITOR) as board:
        board.book.ledger.append([NewEntry(pilot="other", kind="run", body={"checks": []})])
        assert "Read suppliers" in board.get(f"{PAGE}/1").text
        missing = [board.get(f"{PAGE}/{name}").status_code for name in ("2", "99", "x", "-1")]
        assert missing == [404, 404, 404, 404]


def test_whoever_may_look_may_verify(tmp_path: Path) -> None:
    """That it is whole, up to where, and who found that, is an entry itself."""
    with dashboard(tmp_path, viewer=AUDITOR) as board:
        assert board.send(f"{PAGE}/verify").status_code == 303
        chain = trail(board)["chain"]
        assert (chain["verified_by"], chain["verified_entries"]) == ("Otto Audit", 1)
        assert "Otto Audit" in board.get(PAGE).text
        assert board.as_(ENGINEER).send(f"{PAGE}/verify").status_code == 403


def test_a_ledger_that_was_tampered_with_is_found(tmp_path: Path) -> None:
    """And nothing is noted as whole."""
    with dashboard(tmp_path, viewer=OWNER) as board:
        board.send("/inventory/confirm", pilot=PILOT, tool="invoice-reader", owner="Helen Marsh")
        assert board.get(PAGE).status_code == 200
        with sqlite3.connect(tmp_path / "ledger.db") as raw:
            raw.execute("DROP TRIGGER ledger_entries_no_update")
            raw.execute("UPDATE ledger_entries SET body = replace(body, 'Helen', 'Ellen')")
        raw.close()
        answer = board.send(f"{PAGE}/verify")
        assert answer.status_code == 400
        assert "entry 1 was changed: its content does not match its hash" in answer.text


def test_all_entries_can_be_taken_away(tmp_path: Path) -> None:
    """One a line, as the command line exports them."""
    with dashboard(tmp_path, viewer=AUDITOR) as board:
        file = board.get(f"{PAGE}.jsonl")
        assert [json.loads(line)["kind"] for line in file.text.splitlines()] == ["seal"]
