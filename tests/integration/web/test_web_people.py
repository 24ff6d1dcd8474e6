"""The people page: who knows what changes, who spoke for them, managers, and rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.dashboard import (
    AUDITOR,
    OWNER,
    PILOT,
    PROJECT,
    USER,
    dashboard,
    viewer_like,
)

BASE = f"/pilots/{PILOT}"
ROLE = "Accounts payable clerk"
PAUL = viewer_like(USER, person="Paul Novak")


def _text(board) -> str:
    return board.client.get(f"/api{BASE}/people").json()["roles"][0]["text"]


def _facts(board, metric: str) -> list[tuple[dict[str, str], float, int, str]]:
    found = {}
    for entry in board.book.ledger.entries(pilot=PILOT, kinds=("evidence",)):
        if entry.body["metric"] == metric:
            body = entry.body
            found[str(body["subject"])] = (
                body["subject"], body["value"], body["n"], body["person"],
            )  # fmt: skip
    return list(found.values())


def test_people_who_confirm_for_their_role_are_evidence(tmp_path: Path) -> None:
    """A person counts once; people on a signed list are added by whoever vouches for it."""
    with dashboard(tmp_path, viewer=PAUL) as board:
        text = _text(board)
        for _ in range(2):
            done = board.send(f"{BASE}/people/informed", role=ROLE, text=text)
            assert done.status_code == 303
        board.clock.move(minutes=1)
        board.as_(PROJECT).send(
            f"{BASE}/people/lists", role=ROLE, text=text, count=4, note="Linz, 1 March, folder 7"
        )

        facts = _facts(board, "people.informed")
        assert ({"role": ROLE}, 5 / 22, 22, "Anneke Bakker") in facts
        assert ({}, 5 / 22, 22, "Anneke Bakker") in facts
        seen = board.client.get(f"/api{BASE}/people").json()["roles"][0]
        assert (seen["confirmed"], seen["listed"], seen["known"]) == (1, 4, 5)
        assert (
            "Anneke Bakker, who vouches for it: Linz, 1 March" in board.get(f"{BASE}/people").text
        )


def test_what_was_rewritten_has_to_be_read_again(tmp_path: Path) -> None:
    """Whoever sends a form of an earlier text is told so, and nothing is recorded."""
    with dashboard(tmp_path, viewer=PAUL) as board:
        answer = board.api(f"{BASE}/people/informed", role=ROLE, text="0" * 12)

        assert answer.status_code == 400
        assert answer.json() == {
            "kind": "input",
            "message": f"What changes for '{ROLE}' was rewritten meanwhile.",
            "hint": "Open the page again, and read it as it stands now.",
        }
        assert _facts(board, "people.informed") == []


def test_the_representative_alone_speaks_for_a_role(tmp_path: Path) -> None:
    """Only whom the charter names, by the name that an administrator has set."""
    with dashboard(tmp_path, viewer=USER) as board:
        refused = board.api(f"{BASE}/people/represented", role=ROLE)
        assert refused.status_code == 403
        assert "I spoke for them" not in board.get(f"{BASE}/people").text

        board.as_(PAUL)
        assert "I spoke for them" in board.get(f"{BASE}/people").text
        assert board.api(f"{BASE}/people/represented", role=ROLE, note="12 Feb").status_code == 200
        assert _facts(board, "people.represented") == [({}, 1.0, 1, "Paul Novak")]


def test_managers_confirm_in_person(tmp_path: Path) -> None:
    """Named by the project owner, confirmed by nobody but themselves."""
    josef = viewer_like(USER, account="a-josef", name="Josef Lang", person="Josef  LANG")
    with dashboard(tmp_path, viewer=PROJECT) as board:
        for name in ("Josef Lang", "Grace Obi"):
            assert board.send(f"{BASE}/people/managers", name=name).status_code == 303
        assert board.api(f"{BASE}/people/managers/equipped").status_code in (403, 422)
        assert board.api(f"{BASE}/people/managers/equipped", note="").status_code == 403
        board.as_(josef)
        assert board.api(f"{BASE}/people/managers/equipped", note="Handout").status_code == 200

        assert _facts(board, "people.managers_equipped")[0][1:3] == (0.5, 2)
        handout = board.get(f"{BASE}/people/handout").text
        assert "Release a booking" in handout
        assert "Josef Lang, ext. 210" in handout


def test_a_rule_of_the_charter_is_changed_with_evidence(tmp_path: Path) -> None:
    """The register's word goes beyond the charter's; a link elsewhere is https and nothing else."""
    rule = "Bonus for invoices keyed per day"
    with dashboard(tmp_path, viewer=PROJECT) as board:
        bad = board.api(
            f"{BASE}/people/rules/changed", rule=rule, evidence="x", link="javascript:alert(1)"
        )
        assert bad.status_code == 422
        board.send(f"{BASE}/people/rules", rule="Overtime pay", rewards="old", by="2025-03-01")
        assert "overdue" in board.get(f"{BASE}/people").text
        done = board.api(
            f"{BASE}/people/rules/changed",
            rule=rule,
            evidence="New bonus scheme of 1 March",
            link="https://intranet.example/bonus",
        )

        assert done.status_code == 200
        assert _facts(board, "people.incentives_changed") == [({}, 0.5, 2, "Anneke Bakker")]


def test_nobody_is_taken_at_a_word_that_is_not_theirs(tmp_path: Path) -> None:
    """Who may only look is shown no form, and is refused what he sends."""
    with dashboard(tmp_path, viewer=AUDITOR) as board:
        page = board.get(f"{BASE}/people").text
        assert f"{BASE}/people/" not in page.replace(f"{BASE}/people/handout", "")
        for path, fields in (
            ("people/informed", {"role": ROLE, "text": "x"}),
            ("people/lists", {"role": ROLE, "text": "x", "count": 1, "note": "x"}),
            ("people/managers", {"name": "x"}),
            ("people/rules/looked", {"note": "x"}),
        ):
            assert board.api(f"{BASE}/{path}", **fields).status_code == 403


@pytest.mark.parametrize("path", ["people", "people/handout", "leadership"])
def test_pages_answer_in_both_forms(tmp_path: Path, path: str) -> None:
    """HTML and JSON of every page, for a user and for the owner."""
    with dashboard(tmp_path) as board:
        for viewer in (OWNER, USER):
            board.as_(viewer)
            assert board.get(f"{BASE}/{path}").status_code == 200
            assert board.client.get(f"/api{BASE}/{path}").status_code == 200


def test_what_people_write_is_text_and_nothing_else(tmp_path: Path) -> None:
    """Hostile names and notes are shown as they are written."""
    hostile = "<script>alert(1)</script>\"'&"
    with dashboard(tmp_path, viewer=PROJECT) as board:
        board.send(f"{BASE}/people/managers", name=hostile, leads=hostile)
        board.send(f"{BASE}/people/rules", rule=hostile, rewards="old", changed_by=hostile)
        board.send(f"{BASE}/leadership/messages", what=hostile, by=hostile, to=hostile)
        board.send(f"{BASE}/leadership/obstacles", what=hostile, owner=hostile, raised_by=hostile)

        for path in ("people", "leadership"):
            page = board.get(f"{BASE}/{path}").text
            assert "<script>alert" not in page
            assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
