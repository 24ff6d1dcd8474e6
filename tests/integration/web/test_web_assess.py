"""An assessment from the browser: a process of its own, one at a time, told as it goes."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from fixtures.dashboard import NOW, OWNER, Dashboard, dashboard, viewer_like
from fixtures.tickets_pilot import SYSTEM, lay_out
from proveout.desk import open_desk
from proveout.web.asking import act_of
from proveout.web.jobs import Job, Progress, job, jobs_of, stop_all
from proveout.web.jobs.running import wait_for
from proveout.web.jobs.store import ask_to_stop, beat, begin, end, give_up_lost

PILOT = "late-answers"
PATH = f"/pilots/{PILOT}/assess"
PRIYA = viewer_like(OWNER, name="Priya Nair", person="Priya Nair")
JOB = act_of(OWNER.account, PATH, "assessment-1")
SLOW = """\
import pathlib, time

def answer(rows):
    pathlib.Path(__file__).with_name("asked").touch()
    time.sleep(600)
"""


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Dashboard]:
    """A dashboard over the tickets pilot, whose system is recorded."""
    lay_out(tmp_path)
    charter = tmp_path / "pilot.yaml"
    charter.write_text(charter.read_text() + SYSTEM)
    with dashboard(tmp_path, viewer=PRIYA, charters=[charter]) as opened:
        yield opened
        stop_all()


def latest(board: Dashboard) -> dict:
    return board.get("/api" + PATH).json()["current"]


def test_an_assessment_runs_to_its_verdict_and_stands_in_the_ledger(board: Dashboard) -> None:
    """Whoever may starts it; it ends in the same verdict as the command's, and says by whom."""
    started = board.send(PATH, act="assessment-1", stage="design")
    assert (started.status_code, started.headers["location"]) == (303, PATH)
    wait_for(JOB, 120)

    told = latest(board)
    assert (told["state"], told["decision"], told["started_by"]) == ("done", "go", "Priya Nair")
    assert {each["check"]: each["state"] for each in told["checks"]}["readiness"] == "done"
    book = board.parts.library.pilot(PILOT)
    assert book.verdicts["design"]["run"] == told["run"]
    assert "It came to a verdict" in board.get(PATH).text


def test_the_same_form_sent_twice_starts_one(board: Dashboard) -> None:
    """A form is one act; a second assessment of the pilot waits until the first has ended."""
    board.send(PATH, act="assessment-1", stage="design")
    again = board.send(PATH, act="assessment-1", stage="design")
    other = board.send(PATH, act="assessment-2", stage="design")

    assert again.status_code == 303
    assert other.status_code == 400
    assert "An assessment of this pilot is running, started by Priya Nair." in other.text
    assert [each.id for each in jobs_of(board.parts.desk, PILOT)] == [JOB]


@pytest.mark.parametrize("by", ["button", "server"])
def test_it_is_stopped_in_order(tmp_path: Path, by: str) -> None:
    """Stopped by its button or with the server, it keeps what it found and has no verdict."""
    lay_out(tmp_path)
    charter = tmp_path / "pilot.yaml"
    (tmp_path / "slow.py").write_text(SLOW)
    charter.write_text(charter.read_text() + "system: {python: 'slow.py:answer'}\n")
    with dashboard(tmp_path, viewer=PRIYA, charters=[charter]) as board:
        board.send(PATH, act="assessment-1", stage="production")
        while not (tmp_path / "asked").exists():
            wait_for(JOB, 0.1)
        if by == "button":
            assert board.send(PATH + "/stop", id=JOB).status_code == 303
            wait_for(JOB, 60)
        else:
            stop_all()

        told = latest(board)
        assert (told["state"], told["message"]) == (
            "stopped",
            "It was stopped before it came to a verdict.",
        )
        book = board.parts.library.pilot(PILOT)
        assert book.history == ()
        found = [entry.body["check"]["name"] for entry in book.ledger.entries(kinds=("evidence",))]
        assert "readiness" in found


def test_an_error_is_told_as_the_command_tells_it(board: Dashboard, tmp_path: Path) -> None:
    """What the command refuses is shown in its words: here the file is gone under its hands."""
    from proveout.web.jobs.running import Order, start

    made = a_job(board, "assessment-1")
    order = Order(
        job=made.id, charter=tmp_path / "gone.yaml", ledger=str(tmp_path / "ledger.db"),
        database=str(tmp_path / "desk.db"), stage="design",
    )  # fmt: skip
    start(order, desk=board.parts.desk, clock=board.clock)
    wait_for(made.id, 60)

    told = latest(board)
    assert told["state"] == "failed"
    assert "gone.yaml" in told["message"]


def test_a_job_that_nobody_watches_is_told_as_lost(board: Dashboard) -> None:
    """A killed server leaves no lock behind: after a minute its job is lost, and one may begin."""
    a_job(board, "of-a-killed-server")
    assert latest(board)["state"] == "running"
    board.clock.move(minutes=2)

    told = latest(board)
    assert (told["state"], told["message"]) == (
        "lost",
        "The dashboard that ran it ended without a word.",
    )
    assert begin(board.parts.desk, a_job(board, "next", noted=False), account=None)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_one_at_a_time_is_held_by_the_database(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    """Not memory but a constraint: of eight who ask at once, one begins."""
    is_file = database == "sqlite"
    place = str(tmp_path / "d.db") if is_file else request.getfixturevalue("postgres_url")
    with open_desk(place) as desk:
        wanted = [a_job(None, f"job-{number}") for number in range(8)]
        with ThreadPoolExecutor(8) as pool:
            begun = list(pool.map(lambda each: begin(desk, each, account=None), wanted))
        assert begun.count(True) == 1
        (noted,) = jobs_of(desk, PILOT)

        end(desk, noted.id, now=NOW, state="done", exit_code=0, decision="go")
        assert not begin(desk, noted, account=None)
        other = next(each for each in wanted if each.id != noted.id)
        assert begin(desk, other, account=None)
        ask_to_stop(desk, other.id, who="Priya Nair")
        assert beat(desk, other.id, now=NOW, progress=Progress(run="run-1")) == "Priya Nair"
        give_up_lost(desk, PILOT, now=NOW + timedelta(minutes=5))
        told = job(desk, other.id)
        assert told is not None
        assert (told.state, told.progress.run) == ("lost", "run-1")


def test_only_the_charter_in_force_is_measured(board: Dashboard, tmp_path: Path) -> None:
    """An edited file is refused, with where to look."""
    charter = tmp_path / "pilot.yaml"
    charter.write_text(charter.read_text().replace("threshold: 30", "threshold: 45"))

    refused = board.send(PATH, stage="design")
    assert refused.status_code == 400
    assert "pilot.yaml says something else than the charter in force." in refused.text
    assert "says something else" in board.get(PATH).text


def a_job(board: Dashboard | None, name: str, *, noted: bool = True) -> Job:
    made = Job(
        id=name, pilot=PILOT, stage="design", state="running", started_by="Priya Nair",
        started_at=NOW, beat_at=NOW + timedelta(seconds=1), progress=Progress(),
    )  # fmt: skip
    if noted and board is not None:
        assert begin(board.parts.desk, made, account=None)
    return made


PARENT = """\
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from proveout.desk import open_desk
from proveout.web.jobs.running import Order, start

folder = Path(sys.argv[1])
with open_desk(str(folder / "desk.db")) as desk:
    order = Order(
        job="of-the-parent", charter=folder / "pilot.yaml", ledger=str(folder / "ledger.db"),
        database=str(folder / "desk.db"), stage="production",
    )
    start(order, desk=desk, clock=lambda: datetime(2025, 3, 3, 9, tzinfo=UTC))
    time.sleep(600)
"""


def test_it_ends_in_order_when_its_server_is_killed(tmp_path: Path) -> None:
    """No orphan goes on asking the system: its run is noted as interrupted."""
    lay_out(tmp_path)
    charter = tmp_path / "pilot.yaml"
    (tmp_path / "slow.py").write_text(SLOW)
    charter.write_text(charter.read_text() + "system: {python: 'slow.py:answer'}\n")
    with dashboard(tmp_path, viewer=PRIYA, charters=[charter]) as board:
        made = a_job(board, "of-the-parent")
        parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)])
        until = time.monotonic() + 60
        while not (tmp_path / "asked").exists() and time.monotonic() < until:
            assert parent.poll() is None
            threading.Event().wait(0.1)
        parent.kill()
        parent.wait()

        ledger, ended = board.parts.library.places[0].ledger, []
        while "interrupted" not in ended and time.monotonic() < until:
            threading.Event().wait(0.1)
            ended = [each.body["status"] for each in ledger.entries(kinds=("outcome",))]
        assert ended[-1] == "interrupted"
        board.clock.move(minutes=2)
        assert (latest(board)["id"], latest(board)["state"]) == (made.id, "lost")
