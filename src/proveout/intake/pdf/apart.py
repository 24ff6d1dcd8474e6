"""Take a document apart in a process of its own, with limits of memory and time.

A document is a program of sorts: one of a few kB can ask for many GB, or for hours. What takes it
apart can be ended from outside, and what it had read until then is kept.
"""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from proveout.errors import InputError, MissingExtraError
from proveout.intake.pdf.page import Page, page_of

MEMORY_BYTES = 2 << 30
"""Of addresses, for one document: a page of dense text needs 50 MB, a large map 500 MB."""
SECONDS_PER_PAGE = 90.0
"""A dense page takes half a second; a drawing with thousands of rules some ten seconds."""
_AHEAD = 4
"""Pages taken apart before they are asked for."""


def pages_apart(
    path: Path,
    name: str,
    *,
    memory_bytes: int = MEMORY_BYTES,
    seconds_per_page: float = SECONDS_PER_PAGE,
) -> Iterator[Page]:
    """Yield the pages of a document. Raises as `extraction.pages_of` does.

    A page at which the limits are reached, and all after it, come as one page with a fault.
    """
    command = [sys.executable, "-m", "proveout.intake.pdf.worker", str(path), name]
    with subprocess.Popen(  # noqa: S603 - our own module
        [*command, str(memory_bytes)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None  # noqa: S101 - asked for above
        said: queue.Queue[dict[str, Any] | None] = queue.Queue(_AHEAD)
        stop = threading.Event()
        listener = threading.Thread(target=_listen, args=(process.stdout, said, stop), daemon=True)
        listener.start()
        try:
            yield from _told(said, name, seconds_per_page)
        finally:
            stop.set()
            process.kill()
            listener.join()


def _told(
    said: queue.Queue[dict[str, Any] | None], name: str, seconds_per_page: float
) -> Iterator[Page]:
    number = 0
    while True:
        try:
            message = said.get(timeout=seconds_per_page)
        except queue.Empty:
            why = f"taking it apart took more than {seconds_per_page:.0f} seconds"
            yield _gave_up(name, number, why)
            return
        match message:
            case None:
                why = "taking it apart failed, most likely because it needs too much memory"
                yield _gave_up(name, number, why)
                return
            case {"page": plain}:
                number += 1
                yield page_of(plain)
            case {"error": [told, hint]}:
                raise InputError(told, hint=hint)
            case {"missing": [extra, wanted_for]}:
                raise MissingExtraError(extra=extra, wanted_for=wanted_for)
            case _:
                return


def _gave_up(name: str, number: int, why: str) -> Page:
    """Tell that what comes after the pages read so far could not be read."""
    if number == 0:
        raise InputError(
            f"{name} cannot be read as a PDF document: {why}.",
            hint="Open it in a viewer and save a copy, or export the table as CSV.",
        )
    return Page(number=number + 1, width=0, height=0, words=(), fault=f"{why}; all after it too")


def _listen(
    stream: IO[bytes], said: queue.Queue[dict[str, Any] | None], stop: threading.Event
) -> None:
    def put(message: dict[str, Any] | None) -> None:
        while not stop.is_set():
            with contextlib.suppress(queue.Full):
                said.put(message, timeout=0.2)
                return

    for line in stream:
        try:
            put(json.loads(line))
        except ValueError:
            break
    put(None)
