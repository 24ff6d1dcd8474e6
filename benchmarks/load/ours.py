"""One level of ours, with what it took."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from proveout.checks.load.running import LevelRun, engine
from proveout.checks.load.spec import LevelPlan, LoadSpec, RawTarget

BODY = '{"rows": [{"text": "a question"}]}'
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was reported, and what the process took for it."""

    run: LevelRun
    memory_mb: float
    cores: float
    """Busy, on average over the level."""


def spec_for(url: str, *, seed: int) -> LoadSpec:
    """One body again and again."""
    raw = RawTarget(url=url, method="POST", headers={"content-type": "application/json"}, body=BODY)
    return LoadSpec(seed=seed, raw=raw, stops_when_broken=False)


def measure(url: str, plan: LevelPlan, *, seed: int) -> Measured:
    """Run a level."""
    spec = spec_for(url, seed=seed)
    with tempfile.TemporaryDirectory() as folder, engine(spec, Path(folder)) as started:
        before = _cpu_s(started.pid)
        for event in started.run(plan):
            if isinstance(event, LevelRun):
                run = event
        used_s = _cpu_s(started.pid) - before
        memory_mb = _memory_mb(started.pid)
    return Measured(run=run, memory_mb=memory_mb, cores=used_s / (plan.seconds + plan.warm_up_s))


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _memory_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise ValueError
