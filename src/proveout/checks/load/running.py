"""Running the engine from outside: a process that ends when we do."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from proveout.capacity.runs import Level, Requests
from proveout.checks.load.spec import COLUMNS, LevelPlan, LoadSpec
from proveout.errors import InputError, MissingExtraError, ProveoutError, UnreachableError

LATE_S = 1e-3
LATE_SHARE = 0.01
"""With one request in a hundred the generator may be late by a millisecond, or by a hundredth of
what is told of the service: its median latency, or the latency that is asked for. As latency counts
from when a request was due, what the generator is late makes the service look worse, never better.
"""

OWN_FAULTS = frozenset({"no more connections left in the load generator"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How far the engine is with a level."""

    plan: LevelPlan
    elapsed_s: float
    finished: int
    bad: int
    """Failed, or given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRun:
    """One level as it was measured, and what is to be known of the measuring itself."""

    level: Level
    late_p99_s: float
    """How much too late 99 of 100 requests were taken up by the generator, at most."""
    limited: str | None
    """Why the generator, not the service, is what was measured; None where it kept up."""
    simulated: bool
    """The far end says that it is a simulation."""
    unread: int
    """Replies whose content was not looked at, for want of memory."""
    was_stopped: bool
    """Broken beyond doubt, and ended early."""


class Engine:
    """The process that sends, ready for one level after another."""

    def __init__(self, process: subprocess.Popen[str], spec: LoadSpec, log: Path) -> None:
        self._process = process
        self._spec = spec
        self._log = log

    @property
    def pid(self) -> int:
        """The process that sends, or leads those who do."""
        return self._process.pid

    def run(self, plan: LevelPlan) -> Iterator[Sending | LevelRun]:
        """Run one level; the last that comes is what became of it.

        Raises UnreachableError when a worker is lost.
        """
        self.tell(json.dumps(asdict(plan)))
        while "file" not in (told := self.hear()):
            yield Sending(
                plan=plan, elapsed_s=told["elapsed_s"], finished=told["n"], bad=told["bad"]
            )
        yield _level_run(told, plan, self._spec)

    def tell(self, line: str) -> None:
        """Write a line to the process."""
        assert self._process.stdin is not None  # noqa: S101
        with contextlib.suppress(BrokenPipeError):  # what it died of is in its log
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        """Return the next thing that the process tells. Raises what it tells as an error."""
        assert self._process.stdout is not None  # noqa: S101
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            raise ProveoutError(
                f"The load generator broke: {_last_line(self._log)}",
                hint="Try with a single level; if that breaks as well, tell us.",
            )
        told: dict[str, Any] = json.loads(line)
        if "error" in told:
            raise _error(told["error"])
        return told


@contextmanager
def engine(spec: LoadSpec, folder: Path) -> Iterator[Engine]:
    """Start the engine; files go to `folder`. It is gone afterwards, and when we are killed.

    Raises UnreachableError when the service or the workers cannot be reached, InputError for a
    variable that is not set, and MissingExtraError without Locust.
    """
    if importlib.util.find_spec("locust") is None:
        raise MissingExtraError(extra="load", wanted_for="Sending load")
    log = folder / "engine.log"
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(  # noqa: S603
            # -P: what lies in the folder where we happen to be is none of our modules.
            [sys.executable, "-P", "-m", "proveout.checks.load.engine", "lead", str(folder)],
            stdin=subprocess.PIPE,  # open as long as we live, and closed when we die
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            started = Engine(process, spec, log)
            started.tell(spec.as_json())
            started.hear()
            yield started
        finally:
            _end(process)


def run_load(
    spec: LoadSpec, plans: Iterable[LevelPlan], folder: Path
) -> Iterator[Sending | LevelRun]:
    """Run levels in order; one that is broken beyond doubt is the last."""
    with engine(spec, folder) as started:
        for plan in plans:
            for event in started.run(plan):
                yield event
                if isinstance(event, LevelRun) and event.was_stopped:
                    return


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None  # noqa: S101
    assert process.stdout is not None  # noqa: S101
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()


def _level_run(told: Mapping[str, Any], plan: LevelPlan, spec: LoadSpec) -> LevelRun:
    import numpy as np

    columns = dict(zip(COLUMNS, np.load(told["file"]), strict=True))
    requests = Requests(
        due_s=columns["due_s"],
        sent_s=columns["sent_s"],
        done_s=columns["done_s"],
        first_token_s=columns["first_token_s"],
        outcome=columns["outcome"].astype(np.int8),
        input_tokens=columns["input_tokens"],
        output_tokens=columns["output_tokens"],
    )
    late = columns["begun_s"] - columns["due_s"]
    late_p99_s = float(np.quantile(late, 0.99)) if len(late) else 0.0
    return LevelRun(
        level=Level(
            users=plan.users,
            arrivals=plan.arrivals,
            rate_per_s=len(requests.due_s) / plan.seconds
            if plan.rate_per_s is None
            else plan.rate_per_s,
            # One that was ended early is as long as requests fell due.
            seconds=float(requests.due_s.max()) if told["stopped"] else plan.seconds,
            give_up_after_s=plan.give_up_after_s,
            requests=requests,
            faults=dict(told["faults"]),
        ),
        late_p99_s=late_p99_s,
        limited=_limited(late_p99_s, requests, spec.asked_s, told["faults"]),
        simulated=told["simulated"],
        unread=told["unread"],
        was_stopped=told["stopped"],
    )


def _limited(
    late_p99_s: float, requests: Requests, asked_s: float, faults: Mapping[str, int]
) -> str | None:
    import numpy as np

    for fault in sorted(OWN_FAULTS & faults.keys()):
        return f"{fault} ({faults[fault]:,} requests)"
    latency_s = requests.done_s - requests.due_s
    median_s = float(np.median(latency_s)) if len(latency_s) else 0.0
    bound_s = max(LATE_S, LATE_SHARE * max(median_s, asked_s))
    if late_p99_s <= bound_s:
        return None
    return (
        f"the load generator was {late_p99_s * 1e3:.1f} ms late with one in a hundred requests, "
        f"and {bound_s * 1e3:.1f} ms are allowed"
    )


def _error(told: Mapping[str, str]) -> ProveoutError:
    kind = InputError if told["kind"] == "input" else UnreachableError
    return kind(told["message"], hint=told["hint"] or None)


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8").strip().splitlines() if log.is_file() else []
    return lines[-1] if lines else "it said nothing"
