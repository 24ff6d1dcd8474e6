"""The charter as it was agreed; it is sealed and amended as it was seen, and waived in the open."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fixtures.dashboard import (
    AUDITOR,
    LEGAL,
    OWNER,
    PILOT,
    SPONSOR,
    Dashboard,
    dashboard,
)

PATH = f"/pilots/{PILOT}/charter"


def see(board: Dashboard) -> dict:
    return board.get("/api" + PATH).json()


def edit(folder: Path, old: str, new: str) -> None:
    file = folder / "pilot" / "pilot.yaml"
    file.write_text(file.read_text().replace(old, new))


def test_a_lawyer_reads_it_without_the_file(tmp_path: Path) -> None:
    """By chapters, with who sealed it and what is not agreed."""
    with dashboard(tmp_path, viewer=LEGAL) as board:
        page, told = board.get(PATH).text, see(board)
        assert [each["title"] for each in told["chapters"]][:4] == [
            "Purpose", "People", "Process, and the way back", "Data",
        ]  # fmt: skip
        assert "Helen Marsh fixed this charter on 2025-02-01" in page
        assert "May invoices leave" in page
        assert "Seal this charter" not in page
        assert told["file"]["is_in_force"]


def test_it_is_sealed_as_it_was_seen(tmp_path: Path) -> None:
    """The hash is part of the form: what was edited since is not sealed."""
    with dashboard(tmp_path, is_sealed=False) as board:
        seen = see(board)["file"]["content_hash"]
        edit(tmp_path, "users: 60", "users: 61")
        refused = board.send(PATH + "/seal", content_hash=seen)
        assert refused.status_code == 400
        assert "pilot.yaml has changed since you looked at it." in refused.text
        assert not board.book.is_sealed

        now = see(board)["file"]["content_hash"]
        with ThreadPoolExecutor(4) as pool:
            answers = list(
                pool.map(lambda _: board.send(PATH + "/seal", content_hash=now), range(4))
            )
        assert {each.status_code for each in answers} == {303}
        assert len(list(board.book.ledger.entries(pilot=PILOT, kinds=("seal",)))) == 1
        assert see(board)["seal"]["who"] == "Helen Marsh"


def test_an_amendment_shows_its_effects_before_and_after(tmp_path: Path) -> None:
    """What the file says otherwise stands there, easier or harder, until somebody records it."""
    with dashboard(tmp_path) as board:
        edit(tmp_path, "threshold: 2.5", "threshold: 3.5")
        file = see(board)["file"]
        assert not file["is_in_force"]
        assert file["changes"] == [
            {
                "path": "kpis[minutes-per-invoice].threshold",
                "before": "2.5",
                "after": "3.5",
                "effect": "looser",
                "results_known": False,
            }
        ]
        form = {"content_hash": file["content_hash"], "why": "Clerks need longer."}
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: board.send(PATH + "/amend", **form), range(4)))
        assert {each.status_code for each in answers} == {303}

        told = see(board)
        assert [(each["who"], each["why"]) for each in told["amendments"]] == [
            ("Helen Marsh", "Clerks need longer.")
        ]
        assert told["file"]["is_in_force"]
        loosened = board.client.get(f"/api/pilots/{PILOT}?stage=scale").json()["loosened"]
        assert [each["what"] for each in loosened] == ["kpis[minutes-per-invoice].threshold"]


def test_a_file_that_cannot_be_read_is_told_with_its_line(tmp_path: Path) -> None:
    """The charter in force is shown all the same."""
    with dashboard(tmp_path) as board:
        edit(tmp_path, "users: 60", "users: many")
        page = board.get(PATH)
        assert page.status_code == 200
        assert "The file pilot.yaml cannot be used as it is now." in page.text
        assert "load.users" in page.text
        assert "What is agreed" in page.text


def test_a_criterion_is_waived_in_the_open_and_once(tmp_path: Path) -> None:
    """By name, until a day, for a reason; the verdict shows it as waived."""
    with dashboard(tmp_path, viewer=SPONSOR) as board:
        form = {"criterion": "production.trained", "until": "2099-04-01", "why": "Night shift."}
        waivers = f"/pilots/{PILOT}/waivers"
        assert board.send(waivers, **form).status_code == 303
        assert board.send(waivers, **form).status_code == 303
        assert [(each["who"], each["is_in_force"]) for each in see(board)["waivers"]] == [
            ("Robert Calder", True)
        ]
        told = board.client.get(f"/api/pilots/{PILOT}?stage=production").json()
        assert [each["criterion"] for each in told["waived"]] == ["production.trained"]
        assert told["counts"]["waived"] == 1


def test_a_waiver_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    """By the rules of the command."""
    refusals: tuple[tuple[dict[str, str], str], ...] = (
        ({"criterion": "production.sealed"}, "The seal cannot be waived"),
        ({"criterion": "production.traned"}, "The standard has no criterion"),
        ({"until": "2025-03-02"}, "2025-03-02 is over, so the waiver would never count."),
        ({"why": " "}, "A waiver needs a reason."),
    )
    with dashboard(tmp_path) as board:
        for form, told in refusals:
            given = {"criterion": "production.trained", "until": "2025-04-01", "why": "x", **form}
            refused = board.send(f"/pilots/{PILOT}/waivers", **given)
            assert refused.status_code == 400
            assert told in refused.text
        assert board.book.waivers == ()


def test_who_looks_on_changes_nothing(tmp_path: Path) -> None:
    """An auditor and legal read; they neither seal, amend nor waive. Nor does a foreign form."""
    given = {"content_hash": "x", "why": "x", "criterion": "x", "until": "2025-04-01"}
    with dashboard(tmp_path, viewer=AUDITOR) as board:
        for deed in ("/charter/seal", "/charter/amend", "/waivers"):
            for viewer in (AUDITOR, LEGAL):
                sent = board.as_(viewer).send(f"/pilots/{PILOT}{deed}", **given)
                assert sent.status_code == 403
            forged = board.as_(OWNER).send(f"/pilots/{PILOT}{deed}", csrf="no", **given)
            assert forged.status_code == 403
