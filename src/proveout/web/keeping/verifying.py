"""Walks along each ledger once a day, and tells whoever answers for it where it is broken.

What is read day by day is checked entry by entry, but what was read before is not read again: an
old entry that somebody changes is found by walking along the whole chain alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any

from proveout.charter.sealing.signing import folded
from proveout.desk import outbox
from proveout.desk.walks import last_walk, name_of, note_walk
from proveout.errors import LedgerBrokenError, ProveoutError
from proveout.notices.letter import Item
from proveout.notices.preferences import Preferences
from proveout.portfolio import Place
from proveout.web.asked import Parts
from proveout.web.keeping.keeper import Turn, of_each, told

EVERY = timedelta(days=1)
AGAIN_AFTER = timedelta(hours=1)
"""A walk that could not be made is not tried again before."""
AT_MOST = timedelta(hours=12)
_COMMAND = "from proveout.web.keeping.verifying import walk; walk()"
_EXPECT = "PROVEOUT_EXPECTED_HASH"

Command = Callable[[], Sequence[str]]


def walk_command() -> Sequence[str]:
    """Return what runs one walk, in a process of its own, so that pages stay quick."""
    return [sys.executable, "-c", _COMMAND]


def walk() -> None:
    """Walk along the ledger that the environment names, and write what was found as JSON."""
    from proveout.evidence.ledger import open_ledger, verify

    found: dict[str, Any]
    try:
        with open_ledger(os.environ["PROVEOUT_LEDGER"], create=False) as ledger:
            result = verify(ledger, expect=os.environ.get(_EXPECT) or None)
        found = result.as_dict()
    except LedgerBrokenError as error:
        found = {"entries": 0, "head": {"hash": ""}, "problems": [{"what": error.message}]}
    except ProveoutError as error:
        found = {"failed": told(error)}
    sys.stdout.write(json.dumps(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    place: Place
    process: subprocess.Popen[bytes]
    says: IO[bytes]
    began: datetime


class Verifying:
    """The job. One ledger at a time."""

    def __init__(self, parts: Parts, command: Command = walk_command) -> None:
        self._parts, self._command = parts, command
        self._walk: _Walk | None = None
        self._not_before: dict[str, datetime] = {}

    def run(self, turn: Turn) -> str | None:
        """See how a walk ended, or begin the next that is due. Raises PartlyFailedError."""
        if self._walk is not None:
            return self._ended(self._walk, turn.now)
        for place in self._parts.library.places:
            if self._is_due(place, turn.now):
                self._begin(place, turn.now)
                return f"Verifying the ledger of {self._pilots(place)}."
        return None

    def close(self) -> None:
        """End a walk that goes on; the next one begins anew."""
        if self._walk is not None:
            self._walk.process.kill()
            self._walk.process.wait()
            self._walk.says.close()
            self._walk = None

    def _is_due(self, place: Place, now: datetime) -> bool:
        not_before = self._not_before.get(place.location)
        if not_before is not None and now < not_before <= now + AGAIN_AFTER:
            return False
        last = last_walk(self._parts.desk, place.location)
        # One that lies ahead was noted under a clock that has been set back since.
        return last is None or not 0 <= now.timestamp() - last.at < EVERY.total_seconds()

    def _begin(self, place: Place, now: datetime) -> None:
        last = last_walk(self._parts.desk, place.location)
        says = tempfile.TemporaryFile()  # noqa: SIM115  # closed when the walk has ended
        # The ledger's address may hold a password: the environment is not shown to everybody.
        process = subprocess.Popen(  # noqa: S603  # our own command
            self._command(),
            env={
                **os.environ,
                "PROVEOUT_LEDGER": place.location,
                _EXPECT: "" if last is None else last.head,
            },
            stdin=subprocess.DEVNULL,
            stdout=says,
            stderr=subprocess.DEVNULL,
        )
        self._walk = _Walk(place=place, process=process, says=says, began=now)

    def _ended(self, walk: _Walk, now: datetime) -> str | None:
        code = walk.process.poll()
        if code is None and now < walk.began + AT_MOST:
            return None
        walk.says.seek(0)
        said, place = walk.says.read(), walk.place
        self.close()
        pilots = self._pilots(place)
        found: dict[str, Any]
        try:
            found = json.loads(said) if code is not None else {"failed": "it took too long"}
        except ValueError:
            found = {"failed": "it ended without a word"}
        if "failed" in found:
            self._not_before[place.location] = now + AGAIN_AFTER
            of_each({pilots: str(found["failed"])})
        problems = [each["what"] for each in found.get("problems", ())]
        note_walk(
            self._parts.desk, place.location, began=walk.began.timestamp(), ended=now.timestamp(),
            n_entries=found["entries"], head=found["head"]["hash"], problems=problems,
        )  # fmt: skip
        if not problems:
            return f"The ledger of {pilots} is whole: {found['entries']:,} entries."
        self._alarm(place, pilots, now)
        of_each({pilots: f"the ledger is broken: {problems[0]}"})
        return None

    def _alarm(self, place: Place, pilots: str, now: datetime) -> None:
        """Tell administrators, and who owns a pilot in it: once, until it was whole again."""
        desk = self._parts.desk
        last = last_walk(desk, place.location)
        if last is None or last.broken is None:
            return
        what = f"The ledger of {pilots} is broken: {last.broken[:300]}. Nothing in it is proof now."
        item = Item(kind="alarm", pilot="", what=what, path="/admin/background")
        owners = {
            folded(owner.name)
            for book in self._parts.library.pilots()
            if book.ledger is place.ledger
            and (owner := book.charter.people.production_owner) is not None
        }
        rows = [
            outbox.Row(
                key=f"{each.account}|{name_of(place.location)}|alarm|{last.whole_at or 0:.0f}",
                account=each.account, kind="alarm", pilot="", says=item.as_dict(),
            )
            for each in outbox.all_chosen(desk)
            if (each.is_administrator or folded(each.person or "") in owners)
            and _wants_alarms(each)
        ]  # fmt: skip
        outbox.put(desk, rows, now.timestamp())

    def _pilots(self, place: Place) -> str:
        books = self._parts.library.pilots()
        names = [book.pilot for book in books if book.ledger is place.ledger]
        more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
        return (", ".join(names[:3]) or "no pilot yet") + more


def _wants_alarms(chosen: outbox.Chosen) -> bool:
    try:
        wants = Preferences.from_dict(chosen.settings)
    except Exception:  # noqa: BLE001  # what cannot be read must not keep an alarm from others
        return False
    return wants.is_on and "alarm" in wants.kinds
