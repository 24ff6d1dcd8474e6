"""The pulse survey in the dashboard: opened, answered once each, shown after its end."""

from __future__ import annotations

from pathlib import Path

from fixtures.dashboard import OWNER, PILOT, USER, Dashboard, dashboard, viewer_like

BASE = f"/pilots/{PILOT}/pulse"


def opened(board: Dashboard) -> str:
    told = board.as_(OWNER).api(BASE, ends_on="2025-03-10", asked=22, own_statement="It is easy.")
    return str(told.json()["id"])


def answer(board: Dashboard, survey: str, number: int, score: int, team: str) -> int:
    board.as_(viewer_like(USER, account=f"a-{number}"))
    scores = dict.fromkeys(("better", "trust", "wrong", "heard", "own"), score)
    sent = board.send(f"{BASE}/{survey}/answer", **scores, team=team, words=f"Word {number}")
    return int(sent.status_code)


def test_those_affected_are_asked_and_see_what_was_answered_after_the_end(tmp_path: Path) -> None:
    with dashboard(tmp_path) as board:
        survey = opened(board)
        sent = [answer(board, survey, n, 5 if n < 6 else 2, "linz") for n in range(8)]
        again = answer(board, survey, 0, 1, "linz")
        before = board.get(f"/api{BASE}").json()["running"]
        board.clock.move(days=8)
        page = board.get(f"/api{BASE}").json()

    assert {*sent, again} == {303}
    assert (before["n"], before["is_shown"], before["shares"]) == (8, False, [])
    assert page["running"] is None
    lead = page["ended"][0]["shares"][0]
    assert (lead["favourable"], lead["n"], lead["counts"]) == (6, 8, [0, 2, 0, 0, 6])
    assert lead["said"] == "75 % (47 to 91 %)"
    assert [each["team"] for each in page["ended"][0]["groups"]] == ["linz"]
    assert sorted(page["ended"][0]["words"]) == [f"Word {n}" for n in range(8)]


def test_an_unanswered_question_is_named(tmp_path: Path) -> None:
    with dashboard(tmp_path) as board:
        survey = opened(board)
        told = board.as_(USER).api(f"{BASE}/{survey}/answer", better=5, trust=4, wrong=3, heard=2)

    assert told.json()["message"] == "One question has no answer: It is easy."


def test_only_those_who_prepare_open_and_end_one(tmp_path: Path) -> None:
    with dashboard(tmp_path, viewer=USER) as board:
        assert board.send(BASE, ends_on="2025-03-10", asked=22).status_code == 403
        survey = opened(board)
        assert board.as_(USER).send(f"{BASE}/{survey}/end").status_code == 403
        assert board.as_(OWNER).send(f"{BASE}/{survey}/end").status_code == 303
        assert "Fewer than 5 answered" in board.get(BASE).text
