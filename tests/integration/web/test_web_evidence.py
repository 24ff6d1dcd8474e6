"""Every line of the standard with its figure, and where each figure comes from."""

from __future__ import annotations

from pathlib import Path

from fixtures.dashboard import OWNER, PILOT, dashboard
from fixtures.found_in_pilot import found

PATH = f"/pilots/{PILOT}/evidence"
PRODUCTION = "stage=production"


def test_a_line_has_its_state_figure_interval_and_age(tmp_path: Path) -> None:
    """What decides a criterion stands beside it, with all that makes it evidence."""
    with dashboard(tmp_path) as board:
        facts = found(board, accuracy=0.91)
        board.clock.move(days=4)
        told = board.get(f"/api{PATH}?{PRODUCTION}&text=quality.accuracy").json()

        line = next(each for each in told["lines"] if each["criterion"].endswith(".accuracy"))
        assert line["state"] == "passed"
        assert line["asked"] == "at least 85 %"
        figure = line["figure"]
        assert (figure["id"], figure["text"], figure["interval"]) == (
            facts[0].id,
            "91 %",
            "88 to 94 %",
        )
        assert (figure["n"], figure["basis"], figure["age_days"]) == (400, "measured", 4)


def test_lines_are_filtered_by_family_state_and_words(tmp_path: Path) -> None:
    """Empty fields of the form stand for all; what matches nothing says so."""
    with dashboard(tmp_path) as board:
        everything = board.get(f"/api{PATH}?{PRODUCTION}&family=&state=&text=").json()
        assert everything["n_found"] == everything["n_all"] > 40
        few = board.get(f"/api{PATH}?{PRODUCTION}&family=organisational&state=missing").json()
        assert 0 < few["n_found"] < everything["n_found"]
        assert {(each["family"], each["state"]) for each in few["lines"]} == {
            ("organisational", "missing")
        }
        assert "Nothing is like that." in board.get(f"{PATH}?{PRODUCTION}&text=zzz").text


def test_long_lists_have_pages_and_the_last_one_ends(tmp_path: Path) -> None:
    """Fifty a page; a page behind the last is the last."""
    with dashboard(tmp_path) as board:
        first = board.get(f"/api{PATH}?{PRODUCTION}").json()
        last = board.get(f"/api{PATH}?{PRODUCTION}&page=999").json()
        assert len(first["lines"]) == min(50, first["n_found"])
        assert last["page"] == last["n_pages"]


def test_behind_a_figure_stands_its_provenance_and_history(tmp_path: Path) -> None:
    """Check, run, inputs, place in the ledger, and every time that it was found before."""
    with dashboard(tmp_path) as board:
        old = found(board, accuracy=0.86)[0]
        board.clock.move(days=10)
        new = found(board, run="run-2", accuracy=0.93)[0]
        told = board.get(f"/api{PATH}/{new.id}?{PRODUCTION}").json()

        entry = next(
            each for each in board.book.ledger.entries(pilot=PILOT, kinds=("evidence",))
            if each.body["run"] == "run-2"
        )  # fmt: skip
        assert (told["ledger_seq"], told["ledger_hash"]) == (entry.seq, entry.hash)
        assert (told["check"], told["run"], told["artifact"]) == (
            "quality", "run-2", "answers.parquet",
        )  # fmt: skip
        assert ("the data 'leeds'", "sha256:" + "ab" * 32) in [
            (each["what"], each["fingerprint"]) for each in told["inputs"]
        ]
        assert [each["id"] for each in told["history"]["points"]] == [new.id, old.id]
        assert [each["criterion"] for each in told["resting"]] == ["production.quality.accuracy"]

        page = board.get(f"{PATH}/{new.id}?{PRODUCTION}").text
        assert page.count('<svg class="track"') == 2
        superseded = board.get(f"{PATH}/{old.id}").text
        assert "A later run, or a later word, has taken its place" in superseded


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    """Neither an unknown id nor one of another pilot."""
    with dashboard(tmp_path, viewer=OWNER) as board:
        for wanted in ("ev-0000", "<script>", "ev-%27%20OR%201=1"):
            assert board.get(f"{PATH}/{wanted}").status_code == 404
