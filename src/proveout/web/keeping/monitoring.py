"""Looks at production when it is time, in a process of its own, so that pages stay quick."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from proveout.portfolio import PilotBook
from proveout.runtime.monitors.schedule import last_look, next_look
from proveout.runtime.places import log_of
from proveout.web.asked import Parts
from proveout.web.keeping.escalating import has_runtime
from proveout.web.keeping.keeper import Turn, of_each, told

GO, HELD = 0, 1
AGAIN_AFTER = timedelta(hours=1)
"""A look that failed is not made again before."""
AT_MOST = timedelta(hours=6)
_COMMAND = "import sys; from proveout.cli import main; sys.exit(main())"

Command = Callable[[Path], Sequence[str]]


def look_command(charter: Path) -> Sequence[str]:
    """Return what runs one look: the same as `proveout monitor` in a terminal."""
    return [sys.executable, "-c", _COMMAND, "monitor", str(charter)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    pilot: str
    process: subprocess.Popen[bytes]
    said: IO[bytes]
    until: datetime


class Monitors:
    """The job. One look at a time: it takes memory, and the dashboard shares the machine."""

    def __init__(self, parts: Parts, command: Command = look_command) -> None:
        self._parts, self._command = parts, command
        self._look: _Look | None = None
        self._not_before: dict[str, datetime] = {}

    def run(self, turn: Turn) -> str | None:
        """See how a look ended, or begin the next that is due. Raises PartlyFailedError."""
        if self._look is not None:
            return self._ended(self._look, turn.now)
        failures: dict[str, str] = {}
        for book in self._parts.library.pilots():
            try:
                if self._is_due(book, turn.now):
                    self._begin(book, turn.now)
                    of_each(failures)
                    return f"Looking at {book.pilot}."
            except Exception as error:  # noqa: BLE001  # one pilot must not silence the others
                self._not_before[book.pilot] = turn.now + AGAIN_AFTER
                failures[book.pilot] = told(error)
        of_each(failures)
        return None

    def close(self) -> None:
        """End a look that goes on: what it found until now is in the ledger."""
        if self._look is not None:
            self._look.process.terminate()
            try:
                self._look.process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._look.process.kill()
                self._look.process.wait()
            self._look.said.close()
            self._look = None

    def _is_due(self, book: PilotBook, now: datetime) -> bool:
        not_before = self._not_before.get(book.pilot)
        if not_before is not None and now < not_before:
            return False
        agreed = book.charter.monitoring
        if agreed is None or not has_runtime(book) or book.file is None:
            return False
        log, archive = log_of(book.file.charter, book.file.folder)
        if not log.is_dir() and archive is None:
            return False
        every = timedelta(hours=agreed.every_hours)
        last = last_look(book.ledger.entries(pilot=book.pilot, kinds=("run",)))
        moment = next_look(last, every=every, now=now)
        if moment > now:
            # Nobody else looks earlier than that; if somebody did, it is only later.
            self._not_before[book.pilot] = moment
            return False
        return True

    def _begin(self, book: PilotBook, now: datetime) -> None:
        assert book.file is not None  # noqa: S101  # asked by _is_due
        place = next(each for each in self._parts.library.places if each.ledger is book.ledger)
        said = tempfile.TemporaryFile()  # noqa: SIM115  # closed when the look has ended
        # The ledger's address may hold a password: the environment is not shown to everybody.
        process = subprocess.Popen(  # noqa: S603  # our own command, a path of ours
            self._command(book.file.path),
            env={**os.environ, "PROVEOUT_LEDGER": place.location},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        self._look = _Look(pilot=book.pilot, process=process, said=said, until=now + AT_MOST)

    def _ended(self, look: _Look, now: datetime) -> str | None:
        code = look.process.poll()
        if code is None and now < look.until:
            return None
        said = _last_words(look.said)
        self.close()
        if code in (GO, HELD):
            return f"Looked at {look.pilot}: {'it may stay' if code == GO else 'it is held'}."
        self._not_before[look.pilot] = now + AGAIN_AFTER
        of_each({look.pilot: said if code is not None else "it took more than six hours"})
        return None


def _last_words(said: IO[bytes]) -> str:
    said.seek(0)
    lines = said.read()[-4_000:].decode(errors="replace").strip().splitlines()
    return " ".join(line.strip() for line in lines[-3:])[-400:] or "it ended without a word"
