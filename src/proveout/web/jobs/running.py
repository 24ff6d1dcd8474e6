"""Start an assessment as a process of its own, watch it, and stop it in order."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from proveout.charter.schema import Stage
from proveout.desk import Desk
from proveout.errors import ProveoutError
from proveout.web.jobs import store
from proveout.web.jobs.progress import Progress, followed

LOOK_EVERY_S = 0.5
STOPPED_WITHIN_S = 30.0
"""A process that was told to stop and does not is ended; what it recorded is kept."""
_TRIES = 5
_INTERRUPTED = 130
_OURS_ALONE = frozenset({"PROVEOUT_OIDC_SECRET"})
"""An assessment runs what a charter names, and a charter may name any variable."""
_VERDICTS = (0, 1, 3)
"""Exit codes that come with a verdict."""

_running: dict[str, Running] = {}
_guard = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is run."""

    job: str
    charter: Path
    ledger: str
    """The ledger's file or address; handed over by the environment, for it may hold a password."""
    database: str
    """Of the dashboard: checks read there what people said and did."""
    stage: Stage
    more: tuple[str, ...] = ()
    """Checks that wait to be asked."""

    def command(self, events: Path) -> list[str]:
        """Return the command line."""
        with_more = [part for name in self.more for part in ("--with", name)]
        return [
            sys.executable, "-m", "proveout.web.jobs.child", "assess", str(self.charter),
            "--stage", self.stage, "--json", "--events", str(events), *with_more,
        ]  # fmt: skip

    def environment(self) -> dict[str, str]:
        """Return the environment: the dashboard's, without what only the dashboard needs."""
        return {
            **{name: value for name, value in os.environ.items() if name not in _OURS_ALONE},
            "PROVEOUT_LEDGER": self.ledger,
            "PROVEOUT_DATABASE": self.database,
        }


@dataclass(slots=True)
class Running:
    """A process that is watched by a thread of its own."""

    order: Order
    desk: Desk
    clock: Callable[[], datetime]
    folder: Path
    process: subprocess.Popen[bytes]
    is_leaving: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None
    progress: Progress = field(default_factory=Progress)
    read_to: int = 0
    """Of the file of events, in bytes."""
    was_stopped: bool = False

    def watch(self) -> None:
        """Note how far it is until it ends, and then how it ended."""
        try:
            self._until_it_ends()
            self._note_end()
        finally:
            if self.process.stdin is not None:
                self.process.stdin.close()
            with _guard:
                _running.pop(self.order.job, None)
            shutil.rmtree(self.folder, ignore_errors=True)

    def _until_it_ends(self) -> None:
        while True:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(STOPPED_WITHIN_S if self.was_stopped else LOOK_EVERY_S)
                return
            if self.was_stopped:
                self.process.kill()
                continue
            asked: str | None = None
            # A database that is busy, or away for a moment, is no reason to leave a process alone.
            with suppress(ProveoutError):
                news = self._news()
                asked = store.beat(
                    self.desk,
                    self.order.job,
                    now=self.clock(),
                    progress=self.progress if news else None,
                )
            if asked or self.is_leaving.is_set():
                self.was_stopped = True
                self.process.send_signal(signal.SIGINT)

    def _news(self) -> bool:
        """Read the events that have come since; a line that is being written waits."""
        try:
            with self._events.open("rb") as stream:
                stream.seek(self.read_to)
                told = stream.read()
        except OSError:
            return False
        whole = told[: told.rfind(b"\n") + 1]
        self.read_to += len(whole)
        self.progress = followed(self.progress, map(json.loads, whole.splitlines()))
        return bool(whole)

    def _note_end(self) -> None:
        self._news()
        code = self.process.returncode
        told = _document(self.folder / "stdout")
        values: dict[str, Any] = {"exit_code": code, "progress": self.progress.as_json()}
        if code in _VERDICTS and told.get("ok"):
            values |= {"state": "done", "decision": told["report"]["verdict"]["decision"]}
        elif code == _INTERRUPTED or self.was_stopped:
            values |= {
                "state": "stopped",
                "message": "It was stopped before it came to a verdict.",
                "hint": "What was found until then is in the ledger.",
            }
        else:
            error = told.get("error") or {"message": _last_words(self.folder / "stderr")}
            values |= {
                "state": "failed",
                "message": error["message"],
                "hint": error.get("hint"),
            }
        # Unless it is noted, the job will be told as lost; what it found is recorded all the same.
        for _ in range(_TRIES):
            with suppress(ProveoutError):
                store.end(self.desk, self.order.job, now=self.clock(), **values)
                return
            self.is_leaving.wait(1.0)

    @property
    def _events(self) -> Path:
        return self.folder / "events.jsonl"


def start(order: Order, *, desk: Desk, clock: Callable[[], datetime]) -> None:
    """Start what was noted as a job. Where it cannot be started, the job says why."""
    folder = Path(tempfile.mkdtemp(prefix="proveout-job-"))
    try:
        with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
            process = subprocess.Popen(  # noqa: S603 - our own command, no shell
                order.command(folder / "events.jsonl"),
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=err,
                env=order.environment(),
                # A Ctrl-C at the dashboard's terminal is the dashboard's, which passes it on.
                start_new_session=True,
            )
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        store.end(
            desk, order.job, now=clock(), state="failed", message=f"It did not start: {error}."
        )
        return
    running = Running(order, desk, clock, folder, process)
    running.thread = threading.Thread(
        target=running.watch, name=f"proveout-job-{order.job}", daemon=True
    )
    with _guard:
        _running[order.job] = running
    running.thread.start()


def stop_all() -> None:
    """Stop every assessment that this process has started, and wait until they have ended."""
    with _guard:
        running = tuple(_running.values())
    for each in running:
        each.is_leaving.set()
    for each in running:
        if each.thread is not None:
            each.thread.join(STOPPED_WITHIN_S + 5)


def wait_for(job: str, timeout_s: float | None = None) -> None:
    """Wait until a job of this process has ended."""
    with _guard:
        running = _running.get(job)
    if running is not None and running.thread is not None:
        running.thread.join(timeout_s)


def _document(file: Path) -> dict[str, Any]:
    """Return what the command gave as JSON; nothing where it gave none."""
    try:
        told: dict[str, Any] = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return told


def _last_words(file: Path) -> str:
    try:
        lines: Sequence[str] = file.read_text("utf-8", errors="replace").strip().splitlines()
    except OSError:
        lines = ()
    return " ".join(lines[-3:])[:2000] or "It ended without a word."


atexit.register(stop_all)
