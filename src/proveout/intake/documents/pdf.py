"""A PDF document → its text, line by line as it stands on the page.

One process takes document after document apart: starting it takes as long as ten invoices. It has
limits of memory and time, can be ended from outside, and is begun anew for the next document.
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
from typing import Any, Self

from proveout.errors import MissingExtraError
from proveout.intake.documents.model import MOST_CHARACTERS, Document, Fault, NoTextError, cut

MEMORY_BYTES = 2 << 30
"""Of addresses: a page of dense text needs 50 MB, a large map 500 MB."""
SECONDS_PER_PAGE = 60.0
"""A dense page takes half a second."""
_FRESH_AFTER = 200
"""Documents after which the process is begun anew: what it never lets go of adds up."""


class PdfTexts:
    """Reads PDF documents, one after the other. Close it, or use it in a `with` statement."""

    def __init__(
        self, *, memory_bytes: int = MEMORY_BYTES, seconds_per_page: float = SECONDS_PER_PAGE
    ) -> None:
        self._memory_bytes = memory_bytes
        self._seconds = seconds_per_page
        self._process: subprocess.Popen[bytes] | None = None
        self._said: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._n_read = 0

    def read(self, path: Path, name: str) -> Document:
        """Read one document.

        Raises NoTextError where nothing of it can be read, MissingExtraError without the library.
        """
        texts: list[str] = []
        faults: list[Fault] = []
        n_characters = 0
        for page in self._pages(path, name):
            if page["fault"] is not None:
                reason, message = page["fault"]
                faults.append(
                    Fault(
                        reason=reason, message=f"{name}: {message}", at=f"page {page['number']}",
                        raw=page["text"][:200],
                    )
                )  # fmt: skip
            texts.append(page["text"])
            n_characters += len(page["text"])
            if n_characters > MOST_CHARACTERS:
                self.close()  # the pages after it are not wanted
                break
        if not any(text.strip() for text in texts):
            raise _nothing(name, len(texts), faults)
        text, more = cut("\n\n".join(texts), name)
        return Document(text=text, kind="pdf", parts=len(texts), faults=(*faults, *more))

    def close(self) -> None:
        """End the process."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _pages(self, path: Path, name: str) -> Iterator[dict[str, Any]]:
        self._ask(path, name)
        number = 0
        while True:
            try:
                message = self._said.get(timeout=self._seconds)
            except queue.Empty:
                message = None
                why = f"taking it apart took more than {self._seconds:.0f} seconds"
            else:
                why = "taking it apart failed, most likely because it needs too much memory"
            match message:
                case {"page": page}:
                    number += 1
                    yield page
                case {"end": _}:
                    return
                case {"error": [reason, told]}:
                    raise NoTextError(reason, told)
                case {"missing": [extra, wanted_for]}:
                    raise MissingExtraError(extra=extra, wanted_for=wanted_for)
                case _:
                    self.close()
                    if number == 0:
                        raise NoTextError(
                            "unreadable-file",
                            f"{name} cannot be read as a PDF document: {why}.",
                        )
                    told = f"page {number + 1} and all after it cannot be read: {why}."
                    yield {"number": number + 1, "text": "", "fault": ["unreadable-page", told]}
                    return

    def _ask(self, path: Path, name: str) -> None:
        if self._n_read >= _FRESH_AFTER:
            self.close()
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._begin()
        self._n_read += 1
        assert self._process is not None  # noqa: S101 - begun above
        assert self._process.stdin is not None  # noqa: S101 - asked for
        asked = json.dumps({"path": str(path), "name": name}) + "\n"
        with contextlib.suppress(BrokenPipeError):  # its end is told by what it says: nothing
            self._process.stdin.write(asked.encode())
            self._process.stdin.flush()

    def _begin(self) -> None:
        command = [sys.executable, "-m", "proveout.intake.documents.pdf_worker"]
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [*command, str(self._memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._said, self._n_read = queue.Queue(), 0
        listener = threading.Thread(
            target=_listen, args=(self._process.stdout, self._said), daemon=True
        )
        listener.start()


def _nothing(name: str, n_pages: int, faults: list[Fault]) -> NoTextError:
    pages = "its page is" if n_pages == 1 else f"all of its {n_pages} pages are"
    if faults and all(fault.reason == "scanned-page" for fault in faults):
        return NoTextError(
            "scanned-document",
            f"{name} is a scan: {pages} pictures without text. Run text recognition over it first "
            "(ocrmypdf IN.pdf OUT.pdf)."
            if n_pages > 1
            else f"{name} is a scan: {pages} a picture without text. Run text recognition over it "
            "first (ocrmypdf IN.pdf OUT.pdf).",
        )
    if faults:
        return NoTextError("unreadable-file", f"Nothing can be read. {faults[0].message}")
    return NoTextError("no-text", f"{name} holds no text.")


def _listen(stream: Any, said: queue.Queue[dict[str, Any] | None]) -> None:
    with contextlib.suppress(OSError, ValueError):  # closed, or cut off amid a line
        for line in stream:
            said.put(json.loads(line))
    said.put(None)
