"""The leadership page: messages, obstacles, and what of it is evidence."""

from __future__ import annotations

from pathlib import Path

from fixtures.dashboard import OWNER, PILOT, PROJECT, REVIEWER, dashboard

BASE = f"/pilots/{PILOT}/leadership"


def _facts(board, metric: str) -> list[tuple[float, int, str | None]]:
    return [
        (entry.body["value"], entry.body["n"], entry.body["valid_until"])
        for entry in board.book.ledger.entries(pilot=PILOT, kinds=("evidence",))
        if entry.body["metric"] == metric
    ]


def test_obstacles_are_raised_fall_due_and_are_removed(tmp_path: Path) -> None:
    """Evidence of none overdue holds until the next falls due; once removed, it holds on."""
    with dashboard(tmp_path, viewer=PROJECT) as board:
        board.send(f"{BASE}/obstacles", what="No scanner in Lyon", owner="Claire Petit",
                   due="2025-03-10")  # fmt: skip
        board.clock.move(days=9)
        seen = board.client.get(f"/api{BASE}").json()
        assert (seen["overdue"], seen["open"][0]["days_open"]) == (1, 9)
        done = board.api(f"{BASE}/obstacles/removed", obstacle=seen["open"][0]["id"], how="Bought")

        assert done.status_code == 200
        assert _facts(board, "people.obstacles_overdue") == [
            (0.0, 1, "2025-03-10T23:59:59.999999+00:00"),
            (0.0, 1, None),
        ]
        page = board.get(BASE).text
        assert "gone on 2025-03-12 after 9 days, says Anneke Bakker. Bought" in page
        assert board.client.get(f"/api{BASE}").json()["events"][0]["kind"] == "obstacle removed"


def test_a_message_counts_for_thirty_days(tmp_path: Path) -> None:
    """What was given on a day counts from that day; none can be noted before it is given."""
    with dashboard(tmp_path, viewer=OWNER) as board:
        board.send(f"{BASE}/messages", what="Why we do this", by="Robert Calder", on="2025-02-20")
        early = board.api(f"{BASE}/messages", what="x", by="Robert Calder", on="2025-03-04")

        assert early.json()["message"] == "2025-03-04 is still to come."
        assert _facts(board, "people.leadership_acts") == [(1.0, 1, "2025-03-22T12:00:00+00:00")]
        board.clock.move(days=40)
        assert board.client.get(f"/api{BASE}").json()["lately"] == 0


def test_managers_who_can_lead_it_stand_on_the_timeline(tmp_path: Path) -> None:
    """What another section records is heard here."""
    people = f"/pilots/{PILOT}/people/managers"
    with dashboard(tmp_path, viewer=PROJECT) as board:
        board.send(people, name="Josef Lang", leads="Linz")
        board.as_(REVIEWER).send(f"{people}/equipped", note="Had the handout")

        (event,) = board.client.get(f"/api{BASE}").json()["events"]
        assert (event["kind"], event["by"]) == ("manager equipped", "Josef Lang")
        assert _facts(board, "people.leadership_acts")[0][:2] == (1.0, 1)


def test_no_obstacle_is_evidence_only_once_somebody_says_so(tmp_path: Path) -> None:
    """An empty list says nothing until its owner does."""
    with dashboard(tmp_path, viewer=OWNER) as board:
        assert "this is not evidence" in board.get(BASE).text
        board.send(f"{BASE}/obstacles/looked")

        assert _facts(board, "people.obstacles_overdue") == [(0.0, 1, None)]
        assert "Helen Marsh looked through the list on 2025-03-03." in board.get(BASE).text
