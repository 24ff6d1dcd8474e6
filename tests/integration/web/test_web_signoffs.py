"""Signing in the browser: one's own part, in one's own role, and asked again when it changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fixtures.dashboard import (
    ENGINEER,
    LEGAL,
    OWNER,
    PILOT,
    PROJECT,
    REVIEWER,
    STRANGER,
    USER,
    Dashboard,
    dashboard,
    viewer_like,
)
from proveout.charter.loading import content_hash
from proveout.charter.sealing import amend
from proveout.web.permissions import Role

PAGE = f"/pilots/{PILOT}/signoffs"
LIABLE = "Who is liable for a booking read wrong?"


def shown(board: Dashboard) -> dict[str, Any]:
    answer = board.client.get("/api" + PAGE)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def role(board: Dashboard, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(r for r in shown(board)["roles"] if r["role"] == name)
    return found


def sign(board: Dashboard, name: str, **more: object) -> Any:
    told = {"role": name, "why": "Read and discussed", "part": role(board, name)["part"], **more}
    return board.send(PAGE + "/sign", **told)


def amended(board: Dashboard, **changes: object) -> None:
    """Amend the charter in the open, in the ledger."""
    book = board.book
    charter = book.charter.model_copy(update=changes)
    loaded = replace(book.loaded, charter=charter, content_hash=content_hash(charter))
    amend(loaded, book.ledger, who="Helen Marsh", why="Agreed", now=board.clock())


def state_at_gate(board: Dashboard, criterion: str) -> str:
    report = board.parts.library.report(board.book, "production", board.clock())
    return next(r.state for r in report.verdict.rulings if r.criterion.id == criterion)


def test_each_role_signs_its_own_part_and_no_other(tmp_path: Path) -> None:
    """The part is shown line by line; a form for another role's is neither shown nor taken."""
    with dashboard(tmp_path, viewer=LEGAL) as board:
        mine, other = role(board, "legal"), role(board, "reviewer")
        assert (mine["may_sign"], other["may_sign"]) == (True, False)
        assert {"path": "change.will_do", "says": "Read the ten fields of an invoice"} in mine[
            "says"
        ]
        assert not any(line["path"].startswith("budget") for line in mine["says"])

        assert sign(board, "legal").status_code == 303
        refused = sign(board, "reviewer")
        assert refused.status_code == 403
        assert "You are not reviewer here, and sign in your own role alone." in refused.text
        assert role(board, "legal")["state"] == "signed"
        assert state_at_gate(board, "production.legal-signoff") == "passed"


def test_an_amendment_of_the_budget_asks_legal_nothing(tmp_path: Path) -> None:
    """One of the data does: the page and the gate say so, until legal signs anew."""
    with dashboard(tmp_path, viewer=LEGAL) as board:
        sign(board, "legal")
        board.as_(OWNER)
        sign(board, "production-owner")

        budget = board.book.charter.budget
        assert budget is not None
        amended(board, budget=budget.model_copy(update={"per_month": 3000}))
        assert [role(board, name)["state"] for name in ("legal", "production-owner")] == [
            "signed", "changed",
        ]  # fmt: skip
        assert state_at_gate(board, "production.legal-signoff") == "passed"
        assert state_at_gate(board, "production.owner-signoff") == "stale"

        data = board.book.charter.data
        amended(board, data=data.model_copy(update={"required": ("text", "received")}))
        assert role(board, "legal")["state"] == "changed"
        assert state_at_gate(board, "production.legal-signoff") == "stale"

        board.as_(LEGAL)
        sign(board, "legal")
        assert state_at_gate(board, "production.legal-signoff") == "passed"


def test_what_changed_under_ones_eyes_is_not_signed(tmp_path: Path) -> None:
    """The form names what was read; an amendment in between is found."""
    with dashboard(tmp_path, viewer=REVIEWER) as board:
        before = role(board, "reviewer")["part"]
        people = board.book.charter.people.model_copy(update={"reviewer": None})
        amended(board, people=people)

        answer = board.as_(viewer_like(REVIEWER, grants={PILOT: frozenset({Role.reviewer})})).send(
            PAGE + "/sign", role="reviewer", why="Read", part=before
        )
        assert answer.status_code == 400
        assert "What you were to sign has changed since you read it." in answer.text


def test_each_owner_of_data_signs_or_a_deputy_does(tmp_path: Path) -> None:
    """One of three is not all; whoever an administrator made data owner signs for the rest."""
    with dashboard(tmp_path, viewer=REVIEWER) as board:
        sign(board, "data-owner")
        assert role(board, "data-owner")["missing"] == ["Grace Obi", "Claire Petit"]
        assert state_at_gate(board, "production.data-owner-signoff") == "failed"

        deputy = viewer_like(STRANGER, grants={PILOT: frozenset({Role.data_owner})})
        board.as_(deputy)
        assert sign(board, "data-owner").status_code == 303
        assert role(board, "data-owner")["state"] == "signed"
        assert state_at_gate(board, "production.data-owner-signoff") == "passed"


def test_a_signature_is_withdrawn_by_whoever_gave_it(tmp_path: Path) -> None:
    """And the gate holds again."""
    with dashboard(tmp_path, viewer=REVIEWER) as board:
        sign(board, "reviewer")
        told = {"role": "reviewer", "why": "The audit did not begin"}
        assert board.send(PAGE + "/withdraw", **told).status_code == 303
        assert role(board, "reviewer")["state"] == "withdrawn"
        assert state_at_gate(board, "production.reviewer-signoff") == "failed"
        assert board.send(PAGE + "/withdraw", **told).status_code == 400


def test_the_same_form_sent_twice_is_one_signature(tmp_path: Path) -> None:
    """By the form and by the API."""
    with dashboard(tmp_path, viewer=LEGAL) as board:
        part = role(board, "legal")["part"]
        for _ in range(2):
            assert sign(board, "legal", act="form-0001").status_code == 303
            board.api(PAGE + "/sign", key="key-00001", role="legal", why="Again", part=part)
        acts = [entry.body["says"]["why"] for entry in board.book.ledger.entries(kinds=("act",))]
        assert len(acts) == 2
        assert acts[1] == "Again"


def test_nothing_is_signed_before_the_seal(tmp_path: Path) -> None:
    """What can still be rewritten is not signed."""
    with dashboard(tmp_path, viewer=LEGAL, is_sealed=False) as board:
        assert "Seal the charter first" in board.get(PAGE).text
        assert not role(board, "legal")["may_sign"]
        assert sign(board, "legal").status_code == 400


def test_questions_of_legal_are_answered_and_signed(tmp_path: Path) -> None:
    """The project writes an answer down, legal signs one; charter and dashboard count together."""
    with dashboard(tmp_path, viewer=PROJECT) as board:
        told = {"question": LIABLE, "answer": "The clerk who releases <b>it</b>"}
        assert board.send(PAGE + "/legal/answer", **told).status_code == 303
        assert state_at_gate(board, "production.legal-signed") == "failed"
        assert board.send(PAGE + "/legal/sign", **told).status_code == 403
        assert "releases &lt;b&gt;it&lt;/b&gt;" in board.get(PAGE).text

        board.as_(LEGAL)
        assert board.send(PAGE + "/legal/sign", **told).status_code == 303
        assert [each["signed_by"] for each in shown(board)["questions"]] == ["Ines Roth"] * 2
        assert state_at_gate(board, "production.legal-signed") == "passed"


@pytest.mark.parametrize(("accepts", "state"), [("yes", "passed"), ("no", "failed")])
def test_the_receiving_team_accepts_or_refuses(tmp_path: Path, accepts: str, state: str) -> None:
    """Explicitly, with a reason."""
    with dashboard(tmp_path, viewer=ENGINEER) as board:
        told = {"accepts": accepts, "why": "Restarted it twice in the drill"}
        assert board.send(PAGE + "/handoff", **told).status_code == 303
        assert state_at_gate(board, "production.handoff-accepted") == state
        assert shown(board)["handoff"]["why"] == told["why"]


def test_users_read_and_strangers_do_not(tmp_path: Path) -> None:
    """A user of the pilot sees who signed, and no form."""
    with dashboard(tmp_path, viewer=USER) as board:
        page = board.get(PAGE).text
        assert "0 of 5 roles have signed" in page
        assert "<textarea" not in page
        assert board.as_(STRANGER).get(PAGE).status_code == 403
