"""A run that is killed leaves a ledger that is whole and has everything acknowledged."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

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
    draw = random.Random(11)
    acknowledged: set[str] = set()
    n_killed = 0
    while n_killed < KILLS:
        ours, theirs = processes.Pipe(duplex=False)
        child = processes.Process(target=assess_and_report, args=(str(charter), theirs))
        child.start()
        theirs.close()
        assert ours.poll(60), "the run never began"
        end = time.monotonic() + draw.uniform(0, 0.6)
        with suppress(EOFError):
            while (left := end - time.monotonic()) > 0:
                if ours.poll(left):
                    acknowledged.add(ours.recv())
        assert child.pid is not None
        with suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)
        child.join()
        n_killed += child.exitcode == -signal.SIGKILL
        with suppress(EOFError):
            while ours.poll():
                acknowledged.add(ours.recv())

    with open_ledger(str(charter.parent / "ledger.db"), create=False) as ledger:
        assert verify(ledger).problems == ()
        facts = {Evidence.from_dict(e.body).id for e in ledger.entries(kinds=["evidence"])}
        ends = {f"{e.body['run']} {e.body['check']}" for e in ledger.entries(kinds=["outcome"])}
    assert acknowledged - {"open"} <= facts | ends
    assert facts
    assert ends
