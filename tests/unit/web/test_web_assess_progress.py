"""How far a run is, by its events."""

from __future__ import annotations

from proveout.web.jobs.progress import CheckLine, Progress, followed

STARTED = {"event": "RunStarted", "run": "run-1", "checks": ["readiness", "stress"]}
BEGUN = {"event": "CheckStarted", "check": "readiness", "question": "Is the data ready?"}
DOING = {
    "event": "CheckProgress", "check": "readiness",
    "progress": {"what": "reading", "done": 3, "total": 4},
}  # fmt: skip
ENDED = {
    "event": "CheckEnded",
    "outcome": {
        "check": "readiness", "status": "done", "n_evidence": 2, "reason": "", "next_step": "",
    },
}  # fmt: skip


def test_checks_are_announced_run_and_end() -> None:
    """Each event changes what it tells of, and nothing else."""
    found = {"event": "EvidenceFound", "check": "readiness"}
    under_way = followed(Progress(), [STARTED, BEGUN, DOING, found])
    assert under_way.line("readiness") == CheckLine(
        check="readiness", question="Is the data ready?", state="running", doing="reading",
        done=3, total=4, n_found=1,
    )  # fmt: skip
    assert under_way.line("stress") == CheckLine(check="stress")

    over = followed(under_way, [ENDED, {"event": "RunEnded"}])
    assert (over.line("readiness").state, over.line("readiness").n_found) == ("done", 2)
    assert over.is_over


def test_what_is_stored_comes_back() -> None:
    """And an event that a newer command writes changes nothing."""
    progress = followed(Progress(), [STARTED, BEGUN, {"event": "SomethingNew"}])
    assert Progress.from_json(progress.as_json()) == progress
