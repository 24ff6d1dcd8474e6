"""A run that is killed leaves a ledger that is whole and has everything acknowledged."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from proveout.assess import open_workspace
from proveout.assess.events import CheckEnded, Event, EvidenceFound
from proveout.evidence.ledger import open_ledger, verify
from proveout.evidence.model import Evidence

KILLS = 100
CHARTER = """
pilot: killed
data:
  production: records.csv
  label: truth
  key: id
system:
  recorded: { answer: answer, confidence: confidence }
"""


def assess_and_report(charter: str, acknowledged: Connection) -> None:
    """Assess once; say for each event which facts the ledger has acknowledged with it."""

    def watch(event: Event) -> None:
        match event:
            case EvidenceFound():
                acknowledged.send(event.evidence.id)
            case CheckEnded():
                acknowledged.send(f"{event.outcome.run} {event.outcome.check}")

    path = Path(charter)
    with open_workspace(path, str(path.parent / "ledger.db"), path.parent) as workspace:
        acknowledged.send("open")
        workspace.assess(
            "production", only=["readiness", "quality", "governance"], seed=1, watch=watch
        )


@dataclass(frozen=True, slots=True)
class Run:
    """What became of one run."""

    exit_code: int | None
    acknowledged: set[str]
    seconds: float


@dataclass(frozen=True, slots=True)
class Kill:
    """When a run is killed: so many seconds after so many acknowledgements.

    Counted in what was acknowledged, not by the clock alone: a machine that is busier than it was
    when the whole run was timed would kill every run before its first fact.
    """

    after: int
    seconds: float


def run_until(kill: Kill | None, processes: Any, charter: Path) -> Run:
    """Assess in a process of its own, to its end or until it is killed."""
    ours, theirs = processes.Pipe(duplex=False)
    child = processes.Process(target=assess_and_report, args=(str(charter), theirs))
    child.start()
    theirs.close()
    assert ours.poll(60), "the run never began"
    assert ours.recv() == "open"
    began = time.monotonic()
    said: set[str] = set()
    with suppress(EOFError):
        while kill is None or len(said) < kill.after:
            said.add(ours.recv())
    if kill is not None:
        child.join(kill.seconds)
        with suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)
    child.join()
    with suppress(EOFError):
        while ours.poll():
            said.add(ours.recv())
    return Run(child.exitcode, said, time.monotonic() - began)


@pytest.fixture
def charter(tmp_path: Path) -> Path:
    """Lay out a pilot so small that a run takes a fraction of a second."""
    draw = random.Random(7)
    rows = [f"{i},{draw.choice('ab')},{draw.choice('ab')},{draw.random():.3f}" for i in range(120)]
    text = "\n".join(["id,truth,answer,confidence", *rows]) + "\n"
    (tmp_path / "records.csv").write_text(text, encoding="utf-8")
    path = tmp_path / "pilot.yaml"
    path.write_text(CHARTER, encoding="utf-8")
    return path


@pytest.mark.slow
def test_a_hundred_kills_at_random_moments_lose_nothing_acknowledged(charter: Path) -> None:
    """However a run ends, the chain holds and every acknowledged entry is in the ledger."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(
        ["proveout.assess", "proveout.intake", "proveout.checks.quality.check", "sklearn.metrics",
         "scipy.stats", "statsmodels.stats.proportion", "ibis", "duckdb", "pandas", "sqlalchemy"]
    )  # fmt: skip
    whole = run_until(None, processes, charter)
    assert whole.exit_code == 0
    n_said = len(whole.acknowledged)
    draw = random.Random(11)
    acknowledged: set[str] = set()
    n_killed = 0
    while n_killed < KILLS:
        kill = Kill(draw.randrange(n_said), draw.uniform(0, whole.seconds / n_said))
        killed = run_until(kill, processes, charter)
        n_killed += killed.exit_code == -signal.SIGKILL
        acknowledged |= killed.acknowledged

    with open_ledger(str(charter.parent / "ledger.db"), create=False) as ledger:
        assert verify(ledger).problems == ()
        facts = {Evidence.from_dict(e.body).id for e in ledger.entries(kinds=["evidence"])}
        ends = {f"{e.body['run']} {e.body['check']}" for e in ledger.entries(kinds=["outcome"])}
    assert acknowledged <= facts | ends
    assert acknowledged & facts
