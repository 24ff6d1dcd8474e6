"""Archiving beside a gateway, in a process of low priority that takes nothing from its requests.

Also that process itself: `python -m proveout.runtime.log.background`, told by JSON what to do.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from proveout.errors import InputError, ProveoutError, UnreachableError
from proveout.runtime.log import places
from proveout.runtime.log.compaction import Compacted, compact

EVERY_S = 60.0
RETENTION_EVERY_S = 3600.0
NICE = 19


class _Task(msgspec.Struct):
    folder: str
    pilot: str
    archive: str | None
    retention_days: int | None


class _Result(msgspec.Struct):
    done: Compacted | None = None
    problem: str | None = None
    hint: str | None = None


async def keep_archived(
    folder: Path,
    pilot: str,
    *,
    archive: str | None = None,
    retention_days: int | None = None,
    tell: Callable[[Compacted | ProveoutError], None] = lambda _: None,
    every_s: float = EVERY_S,
) -> None:
    """Archive sealed segments as they come, and delete what is too old, until cancelled.

    Several processes may do this for one log: one at a time is at it. What cannot be done now is
    told, and tried again the next time.
    """
    loop = asyncio.get_running_loop()
    cleared_at: float | None = None
    while True:
        await asyncio.sleep(every_s)
        is_old_due = retention_days is not None and (
            cleared_at is None or loop.time() - cleared_at > RETENTION_EVERY_S
        )
        if not is_old_due and not _has_sealed(folder, pilot):
            continue
        try:
            done = await asyncio.to_thread(
                compact_aside, folder, pilot, archive=archive, retention_days=retention_days
            )
        except ProveoutError as error:
            tell(error)
            continue
        cleared_at = loop.time()
        if done != Compacted() and not done.is_busy:
            tell(done)


def compact_aside(
    folder: Path, pilot: str, *, archive: str | None = None, retention_days: int | None = None
) -> Compacted:
    """Do what `compact` does, in a process of its own. Raises what it raises."""
    task = _Task(str(folder), pilot, archive, retention_days)
    ended = subprocess.run(  # noqa: S603  # this module, by this interpreter
        [sys.executable, "-m", __name__],
        input=msgspec.json.encode(task),  # not as an argument: an address may hold a secret
        capture_output=True,
        check=False,
    )
    try:
        result = msgspec.json.decode(ended.stdout, type=_Result)
    except msgspec.DecodeError:
        last = ended.stderr.decode(errors="replace").strip().rsplit("\n", 1)[-1]
        raise UnreachableError(
            f"The prediction log of '{pilot}' could not be archived: {last or ended.returncode}.",
            hint=f"Try it by hand: proveout log compact --log {folder}",
        ) from None
    if result.done is None:
        raise UnreachableError(str(result.problem), hint=result.hint)
    return result.done


def _has_sealed(folder: Path, pilot: str) -> bool:
    return any(places.segments(folder, pilot).glob(f"*{places.SEALED}"))


def _main() -> None:
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=_Task)
    os.nice(NICE)
    try:
        done = compact(
            Path(task.folder),
            task.pilot,
            archive=task.archive,
            retention_days=task.retention_days,
        )
        result = _Result(done=done)
    except (UnreachableError, InputError) as error:
        result = _Result(problem=error.message, hint=error.hint)
    sys.stdout.buffer.write(msgspec.json.encode(result))


if __name__ == "__main__":
    _main()
