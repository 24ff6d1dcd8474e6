"""Two verdicts side by side, and whether a change is more than noise."""

from __future__ import annotations

from pathlib import Path

from fixtures.dashboard import PILOT, Dashboard, dashboard
from fixtures.found_in_pilot import found

PATH = f"/pilots/{PILOT}/compare"
ACCURACY = "production.quality.accuracy"


def held(board: Dashboard, run: str, accuracy: float) -> None:
    found(board, run=run, accuracy=accuracy)
    board.send(f"/pilots/{PILOT}/gate", stage="production")
    board.clock.move(days=7)


def test_a_state_that_changed_has_both_figures_and_what_moved(tmp_path: Path) -> None:
    """The last two of a gate, unless others are chosen."""
    with dashboard(tmp_path) as board:
        held(board, "run-1", 0.8)
        held(board, "run-2", 0.92)
        told = board.get("/api" + PATH).json()

        assert (told["left"]["held_by"], told["right"]["decision"]) == ("Helen Marsh", "hold")
        line = next(each for each in told["changed"] if each["criterion"] == ACCURACY)
        assert (line["was"], line["is_now"], line["judgement"]) == ("failed", "passed", "better")
        assert line["change"] == "+12 points (8 to 16 points)"
        assert (told["n_anew"], told["n_new"], told["n_gone"]) == (4, 0, 0)
        assert told["charter_note"] == "Both were decided on the same charter."
        assert "failed" in board.get(PATH).text


def test_what_chance_alone_explains_is_called_so(tmp_path: Path) -> None:
    """A better figure is no better system while the interval of the difference holds zero."""
    with dashboard(tmp_path) as board:
        held(board, "run-1", 0.91)
        held(board, "run-2", 0.93)
        told = board.get("/api" + PATH).json()

        assert ACCURACY not in [each["criterion"] for each in told["changed"]]
        line = next(each for each in told["figures"] if each["criterion"] == ACCURACY)
        assert line["judgement"] == "not distinguishable"


def test_an_amendment_between_the_two_is_shown(tmp_path: Path) -> None:
    """With what it did to the standard."""
    with dashboard(tmp_path) as board:
        held(board, "run-1", 0.91)
        file = tmp_path / "pilot" / "pilot.yaml"
        file.write_text(file.read_text().replace("threshold: 2.5", "threshold: 3.5"))
        seen = board.get(f"/api/pilots/{PILOT}/charter").json()["file"]["content_hash"]
        board.send(f"/pilots/{PILOT}/charter/amend", content_hash=seen, why="Longer.")
        held(board, "run-2", 0.91)
        told = board.get("/api" + PATH).json()

        assert told["charter_note"] == "The charter was amended between the two."
        assert [each["effect"] for each in told["charter_changes"]] == ["looser"]


def test_two_are_needed(tmp_path: Path) -> None:
    """With fewer the page says what to do; positions of other entries are refused."""
    with dashboard(tmp_path) as board:
        assert "there are none" in board.get(PATH).text
        held(board, "run-1", 0.9)
        assert "Two recorded verdicts are needed, and there is one." in board.get(PATH).text
        assert board.get(f"{PATH}?left=1&right=2").status_code == 404
