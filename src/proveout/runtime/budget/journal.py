"""Calls that were let in while the store was away, on disk: should the process die before it is
back, they are booked by the recovery.

One file per process in the folder of the log, written only then, gone when all is booked.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import msgspec

from proveout.runtime.budget.plan import Hold, Planner

_ENDING = ".debts"


class _Line(msgspec.Struct, kw_only=True):
    call: str
    accounts: tuple[str, ...]
    periods: tuple[str, ...]
    money: int
    tokens: int
    requests: int
    at: float


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Line).decode


class Journal:
    """The debts of one process and pilot; where there is no folder they are in memory alone."""

    def __init__(self, folder: str, pilot: str, owner: str) -> None:
        self._path = _path(folder, pilot, owner) if folder else None
        self._fd = -1

    def add(self, hold: Hold) -> None:
        """Note a call; on disk when this returns. What the disk refuses stays in memory."""
        if self._path is None:
            return
        plan = hold.plan
        line = _Line(
            call=hold.call,
            accounts=plan.accounts,
            periods=plan.periods,
            money=hold.money,
            tokens=hold.tokens,
            requests=hold.requests,
            at=hold.at,
        )
        with suppress(OSError):
            if self._fd < 0:
                flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
                self._fd = os.open(self._path, flags, 0o640)
            # Begun anew: a line that a full disk has cut must not spoil the next one.
            os.write(self._fd, b"\n" + _encode(line) + b"\n")

    def clear(self) -> None:
        """Forget all: it is booked."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
            assert self._path is not None  # noqa: S101  # there is a file
            self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Leave the file for a recovery, if there is one."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def debts_of(folder: str, pilot: str, owner: str, planner: Planner) -> Iterator[Hold]:
    """Yield what a process that died had noted; a line that was cut was never answered."""
    try:
        lines = _path(folder, pilot, owner).read_bytes().split(b"\n")
    except OSError:
        return
    for line in lines:
        with suppress(msgspec.DecodeError):
            found = _decode(line)
            plan = planner.of(found.accounts, found.periods)
            yield Hold(found.call, plan, found.money, found.tokens, found.requests, found.at)


def forget(folder: str, pilot: str, owner: str) -> None:
    """Remove the file of a process that died; all of it is held now."""
    with suppress(OSError):
        _path(folder, pilot, owner).unlink(missing_ok=True)


def _path(folder: str, pilot: str, owner: str) -> Path:
    return Path(folder) / f"{quote(pilot, safe='')}.{quote(owner, safe='')}{_ENDING}"
