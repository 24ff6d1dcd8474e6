"""The engine against a simulated service, each a process or thread of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from proveout.capacity.runs import Outcome
from proveout.charter.schema import System
from proveout.checks.load.running import LevelRun, Sending, run_load
from proveout.checks.load.spec import LevelPlan, LoadSpec
from proveout.errors import UnreachableError
from proveout.simulation.behaviour import Behaviour, ServiceTime, Tokens
from proveout.simulation.running import running

PLAN = LevelPlan(
    users=40,
    arrivals="open",
    rate_per_s=100.0,
    think_s=40 / 100,
    seconds=1.0,
    warm_up_s=0.3,
    give_up_after_s=1.0,
)
QUICK = ServiceTime(mean_s=0.01, shape="constant")


def asking(url: str, **more: object) -> LoadSpec:
    system = System.model_validate({"http": url, "task": "classification"})
    return LoadSpec(
        seed=1, system=system.model_dump(mode="json", exclude_none=True), rows=({"x": 1},), **more
    )


def sent(spec: LoadSpec, plan: LevelPlan, folder: Path) -> LevelRun:
    last = list(run_load(spec, [plan], folder))[-1]
    assert isinstance(last, LevelRun)
    return last


def test_every_request_has_a_moment_for_each_step(tmp_path: Path) -> None:
    """Due, sent and done follow each other, and as many are sent as were to fall due."""
    plans = [replace(PLAN, arrivals=arrivals) for arrivals in ("open", "closed")]
    with running(Behaviour(service=QUICK)) as service:
        told = list(run_load(asking(service.url), plans, tmp_path))
    runs = [each for each in told if isinstance(each, LevelRun)]

    assert [run.level.arrivals for run in runs] == ["open", "closed"]
    for run in runs:
        found = run.level.requests
        assert (found.outcome == Outcome.ANSWERED).all()
        assert (found.due_s <= found.sent_s).all()
        assert (found.done_s - found.sent_s >= 0.009).all()
        assert ((found.due_s >= 0) & (found.due_s < PLAN.seconds)).all()
        assert len(found.due_s) == pytest.approx(100, abs=50)
        assert run.simulated


def test_users_give_up_when_their_patience_ends(tmp_path: Path) -> None:
    """One slot that takes long: latency ends at the patience, counted from when it was due."""
    slow = Behaviour(slots=1, service=ServiceTime(mean_s=30, shape="constant"))
    with running(slow) as service:
        spec = asking(service.url, stops_when_broken=False)
        run = sent(spec, replace(PLAN, give_up_after_s=0.2), tmp_path)
    found = run.level.requests

    assert (found.outcome == Outcome.GAVE_UP).all()
    assert found.done_s - found.due_s == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("behaviour", "kinds"),
    [
        (Behaviour(service=QUICK, error_rate=0.5, malformed_rate=1.0),
         {"HTTP 500", "malformed answer"}),
        (Behaviour(service=QUICK, requests_per_minute=1.0), {"HTTP 429"}),
    ],
)  # fmt: skip
def test_errors_are_counted_by_kind(behaviour: Behaviour, kinds: set[str], tmp_path: Path) -> None:
    """What is no answer has failed, and the level says how often in which way."""
    with running(behaviour) as service:
        run = sent(asking(service.url, stops_when_broken=False), PLAN, tmp_path)

    n_failed = int((run.level.requests.outcome == Outcome.FAILED).sum())
    assert n_failed > 0.9 * len(run.level.requests.outcome)
    assert set(run.level.faults) == kinds
    assert sum(run.level.faults.values()) == n_failed


def test_a_level_that_is_broken_beyond_doubt_is_ended_and_is_the_last(tmp_path: Path) -> None:
    """Nobody's service is beaten on when it lies on the floor."""
    long = replace(PLAN, seconds=60.0)
    with running(Behaviour(service=QUICK, error_rate=1.0)) as service:
        told = list(run_load(asking(service.url), [long, long], tmp_path))
    runs = [each for each in told if isinstance(each, LevelRun)]

    assert [run.was_stopped for run in runs] == [True]
    assert all(isinstance(each, Sending) for each in told[:-1])


def test_a_stream_tells_its_first_token(tmp_path: Path) -> None:
    """The first token comes after a share of the time, the rest later."""
    behaviour = Behaviour(
        service=ServiceTime(mean_s=0.1, shape="constant"), tokens=Tokens(first_token_share=0.3)
    )
    chat = {"model": "m", "user": "{question}", "stream": True}
    with running(behaviour) as service:
        system = System.model_validate({"chat": {"url": f"{service.url}/v1", **chat}})
        spec = LoadSpec(
            seed=1,
            system=system.model_dump(mode="json", exclude_none=True),
            rows=({"question": "why?"},),
        )
        run = sent(spec, replace(PLAN, rate_per_s=20.0), tmp_path)
    found = run.level.requests
    waited = found.first_token_s - found.due_s

    assert (waited >= 0.029).all()  # the simulation's own clock ticks in milliseconds
    assert (found.first_token_s < found.done_s).all()
    assert (found.output_tokens > 0).all()


def test_workers_share_the_load_and_their_requests_are_put_together(tmp_path: Path) -> None:
    """Two processes send half each; what they found is one level, in order."""
    with running(Behaviour(service=QUICK)) as service:
        run = sent(asking(service.url, workers=2), PLAN, tmp_path)
    due = run.level.requests.due_s

    assert len(due) == pytest.approx(100, abs=50)
    assert (np.diff(due) >= 0).all()
    assert (run.level.requests.outcome == Outcome.ANSWERED).all()


def test_a_service_that_is_not_there_is_said_to_be_unreachable(tmp_path: Path) -> None:
    """Nothing is sent, and nothing is called a failure of the service."""
    with running(Behaviour()) as service:
        url = service.url

    with pytest.raises(UnreachableError) as caught:
        sent(asking(url), PLAN, tmp_path)
    assert caught.value.message == "Nobody can be reached there: connection refused."


def test_nothing_goes_on_sending_when_the_parent_is_killed(tmp_path: Path) -> None:
    """Killed with -9, it takes the engine and its workers with it."""
    program = """
import sys, pathlib
from proveout.checks.load.running import engine
from proveout.checks.load.spec import LevelPlan, LoadSpec, RawTarget
raw = RawTarget(url=sys.argv[1], method="GET", headers={}, body="")
plan = LevelPlan(users=1, arrivals="open", rate_per_s=20.0, think_s=1, seconds=600, warm_up_s=1,
                 give_up_after_s=1)
with engine(LoadSpec(seed=1, raw=raw, workers=1, stops_when_broken=False),
            pathlib.Path(sys.argv[2])) as started:
    for told in started.run(plan):
        print(started.pid, flush=True)
"""
    with running(Behaviour(service=QUICK)) as service:
        parent = subprocess.Popen(
            [sys.executable, "-c", program, f"{service.url}/", str(tmp_path)],
            stdout=subprocess.PIPE,
            text=True,
        )
        with parent:
            assert parent.stdout is not None
            leader = int(parent.stdout.readline())
            family = {leader, *children_of(leader)}
            parent.send_signal(signal.SIGKILL)
        deadline = time.monotonic() + 20
        while family and time.monotonic() < deadline:
            family = {pid for pid in family if is_alive(pid)}
            os.sched_yield()

    assert family == set()


def children_of(parent: int) -> set[int]:
    """Processes that a process started."""
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="utf-8")
    children = {int(pid) for pid in found.split()}
    assert children
    return children


def is_alive(pid: int) -> bool:
    """Whether it runs; one that has ended and waits to be buried does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"
