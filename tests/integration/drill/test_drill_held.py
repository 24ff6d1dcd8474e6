"""Drills held by the installed command against a simulated model; people at other terminals."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from proveout.evidence.ledger import open_ledger
from proveout.simulation.behaviour import Behaviour, ServiceTime
from proveout.simulation.running import running

Begin = Callable[..., subprocess.Popen[str]]

PROVEOUT = str(Path(sys.executable).parent / "proveout")

CHARTER = """
pilot: desk
system:
  chat: {{url: "{url}/v1", model: simulated, user: "Answer: {{question}}"}}
  task: text
data:
  production: [{{path: questions.csv}}]
load: {{users: 100, give_up_after_s: 0.6}}
rollback: {{procedure: Answer from the handbook, within_minutes: 5}}
governance:
  exceptions: {{goes_to: Shift lead, due_hours: 4, steps: [Tell the shift lead]}}
drill:
  listen: 127.0.0.1:{port}
  users: 6
  participants: [Ana Ruiz, Ben Cole]
  vendor: [Vic Vendor]
"""

SCENARIO = """
name: short
title: A short outage
hours: 12
starts: Saturday 08:00
faults:
  - {name: outage, from_hour: 2, to_hour: 6, fault: {kind: outage}}
"""


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """A language model that answers at once."""
    with running(Behaviour(service=ServiceTime(mean_s=0.005, shape="constant"))) as simulator:
        yield simulator.url


@pytest.fixture
def project(service: str, tmp_path: Path) -> Path:
    """A charter with a drill, questions and a scenario."""
    charter = CHARTER.format(url=service, port=free_port())
    (tmp_path / "pilot.yaml").write_text(charter)
    (tmp_path / "short.yaml").write_text(SCENARIO)
    rows = "".join(f"{number},What about gate {number}?\n" for number in range(40))
    (tmp_path / "questions.csv").write_text(f"case,question\n{rows}")
    return tmp_path


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def proveout(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [PROVEOUT, *arguments], cwd=project, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture
def begin(project: Path) -> Iterator[Begin]:
    """Begin drills; they are over at the end, whatever happens."""
    with ExitStack() as stack:

        def begun(minutes: float = 0.1) -> subprocess.Popen[str]:
            drill = subprocess.Popen(
                [PROVEOUT, "drill", "run", "short.yaml", "--minutes", str(minutes), "--json"],
                cwd=project,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(drill)
            stack.callback(drill.kill)
            return drill

        yield begun


def until(found: Callable[[], Any]) -> Any:
    """Wait for something to be there, and return it."""
    deadline = time.monotonic() + 30
    while not (it := found()):
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)
    return it


def happened(project: Path, event: str) -> bool:
    """Tell whether the drill's timeline holds a line of this event."""
    files = sorted((project / ".proveout" / "drill").glob("drill-*.jsonl"))
    lines = [json.loads(line) for line in files[-1].read_text().splitlines()] if files else []
    return any(line["event"] == event for line in lines)


def drill_entries(project: Path) -> list[dict[str, Any]]:
    """What the ledger keeps; nothing but drills was run."""
    with open_ledger(str(project / ".proveout" / "ledger.db"), create=False) as ledger:
        return [{"kind": entry.kind, "body": entry.body} for entry in ledger.entries()]


def listen_port(project: Path) -> int:
    """The proxy's port, from the charter."""
    _, _, rest = (project / "pilot.yaml").read_text().partition("listen: 127.0.0.1:")
    return int(rest.split()[0])


def answers(port: int) -> bool:
    """Tell whether a client that was pointed at the proxy is answered within a second."""
    ask = {"model": "m", "messages": [{"role": "user", "content": "?"}]}
    try:
        reply = httpx.post(f"http://127.0.0.1:{port}/v1/chat/completions", json=ask, timeout=0.9)
    except httpx.HTTPError:
        return False
    return reply.status_code == 200


def test_a_scripted_operator_is_timed_to_within_a_second(project: Path, begin: Begin) -> None:
    """From the injection to the acknowledgement as it is typed; recovery once users are served."""
    drill = begin()
    until(lambda: happened(project, "fault"))
    injected = time.monotonic()
    acknowledged = proveout(project, "drill", "ack", "--who", "ana ruiz", "--note", "no answers")
    noticed_after = time.monotonic() - injected
    out, err = drill.communicate(timeout=60)
    found = json.loads(out)["drill"]
    fault = found["faults"][0]

    assert drill.returncode == 0, err
    assert acknowledged.stdout.startswith("Noted ")
    assert abs(fault["noticed_s"] - noticed_after) < 1
    assert fault["noticed_by"] == "Ana Ruiz"
    # The outage lasts 2 s of the 6; users who were waiting ask again soon after.
    assert 1.9 < fault["recovered_s"] < 4
    assert fault["served"] < fault["due"]
    assert found["passed"]
    recorded = [entry for entry in drill_entries(project) if entry["kind"] == "evidence"]
    by_metric = {entry["body"]["metric"]: entry["body"]["basis"] for entry in recorded}
    # The model is a simulation, and says so.
    assert by_metric == {
        "drill.time_to_notice": "simulated",
        "drill.time_to_recover": "simulated",
        "drill.served_rate": "simulated",
        "drill.steps_done": "simulated",
        "drill.passed": "simulated",
    }

    before = drill_entries(project)
    mentioned = proveout(project, "check", "drill", "--json")

    assert mentioned.returncode == 2
    assert json.loads(mentioned.stdout)["error"] == {
        "kind": "input",
        "message": "A drill is held with people, not by naming it. What an earlier one showed "
        "stays as it is.",
        "hint": "proveout drill run weekend",
    }
    assert drill_entries(project) == before


def test_a_drill_that_is_broken_off_records_nothing_and_is_told_of_later(
    project: Path, begin: Begin
) -> None:
    """Ctrl-C in the middle of a fault: it is over, and the next drill says that there was one."""
    drill = begin(minutes=1)
    until(lambda: happened(project, "begin"))
    second = proveout(project, "drill", "run", "short.yaml")
    proveout(project, "drill", "step", "1", "--who", "Ana Ruiz")
    stranger = proveout(project, "drill", "ack", "--who", "Ana Ruis", "--json")
    status = json.loads(proveout(project, "drill", "status", "--json").stdout)["status"]
    drill.send_signal(signal.SIGINT)
    _, err = drill.communicate(timeout=20)

    assert drill.returncode == 130
    assert "The drill was broken off. Nothing is recorded of it but that." in err
    assert drill_entries(project) == []
    assert not answers(listen_port(project))
    assert second.returncode == 2
    assert second.stderr.startswith("Error: A drill is being held here already: short, begun ")
    assert (status["steps"], status["steps_done"]) == (
        ["Tell the shift lead", "Answer from the handbook"],
        [1],
    )
    # What is injected is not for those who are to notice it.
    assert "fault" not in json.dumps(status)
    assert json.loads(stranger.stdout)["error"] == {
        "kind": "input",
        "message": "'Ana Ruis' does not take part in this drill.",
        "hint": "Did you mean 'Ana Ruiz'? The charter names under drill: Ana Ruiz, Ben Cole, Vic "
        "Vendor.",
    }

    drill = begin(minutes=0.06)
    out, _ = drill.communicate(timeout=60)
    found = json.loads(out)["drill"]

    assert drill.returncode == 1
    assert found["drills_broken_off_before"] == 1
    assert found["shortcomings"] == ["Nobody of the company noticed outage."]


def test_killed_in_the_middle_nothing_stays_injected(project: Path, begin: Begin) -> None:
    """kill -9 during an outage: clients that were pointed at the proxy are answered at once."""
    port = listen_port(project)
    drill = begin(minutes=0.1)
    until(lambda: happened(project, "fault"))
    assert not answers(port)

    drill.kill()
    drill.wait()
    killed = time.monotonic()
    until(lambda: answers(port))
    took = time.monotonic() - killed
    drill.communicate()

    assert took < 1
    stopped = proveout(project, "drill", "stop")
    assert stopped.stdout == (
        f"The proxy on 127.0.0.1:{port} is gone; no drill was being held any more.\n"
    )
    assert not answers(port)
    assert drill_entries(project) == []
