"""What a pilot's evidence says to three frameworks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fixtures.dashboard import OWNER, PILOT, USER, Dashboard, dashboard

PAGE = f"/pilots/{PILOT}/frameworks"


def duty(board: Dashboard, framework: str, number: str) -> dict[str, Any]:
    page = board.client.get(f"/api{PAGE}?framework={framework}").json()
    found: dict[str, Any] = next(each for each in page["duties"] if each["number"] == number)
    return found


def test_evidence_appears_where_it_speaks_to_a_duty(tmp_path: Path) -> None:
    """Confirmed tools are evidence for the inventory, and no longer a year later."""
    with dashboard(tmp_path, viewer=OWNER) as board:
        before = [each["state"] for each in duty(board, "nist", "GOVERN 1.6")["proofs"]]
        board.send("/inventory/confirm", pilot=PILOT, tool="invoice-reader", owner="Helen Marsh")
        after = [each["state"] for each in duty(board, "nist", "GOVERN 1.6")["proofs"]]
        board.clock.move(days=366)
        later = [each["state"] for each in duty(board, "nist", "GOVERN 1.6")["proofs"]]

        assert (before, after, later) == (["none", "none"], ["none", "there"], ["none", "stale"])


def test_limits_and_silence_stand_on_every_page(tmp_path: Path) -> None:
    """For whoever may see the pilot; only gaps where they are asked for."""
    with dashboard(tmp_path, viewer=USER) as board:
        for framework in ("nist", "iso", "eu-ai-act"):
            page = board.get(f"{PAGE}?framework={framework}&show=gaps").text
            assert "This is no legal advice" in page
            assert "What Proveout says nothing about" in page
        gaps = board.client.get(f"/api{PAGE}?framework=nist&show=gaps").json()["duties"]
        assert gaps
        assert all(each["state"] != "evidence" for each in gaps)
        assert duty(board, "nist", "GOVERN 1.4")["state"] == "evidence"
