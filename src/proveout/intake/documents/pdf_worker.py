"""The process in which PDF documents are read: a path on each line in, pages as JSON lines out."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from proveout.errors import InputError, MissingExtraError
from proveout.intake.pdf.extraction import pages_of
from proveout.intake.pdf.lines import lines_of
from proveout.intake.pdf.page import Page
from proveout.intake.pdf.reader import unreadable

_PARAGRAPH = 1.2
"""A gap between two lines wider than so many heights of a line is a blank line."""


def main(memory_bytes: str) -> None:
    """Read the documents that standard input names, until it ends."""
    _limit(int(memory_bytes))
    for line in sys.stdin:
        asked = json.loads(line)
        for message in _told(Path(asked["path"]), asked["name"]):
            sys.stdout.write(json.dumps(message) + "\n")
            sys.stdout.flush()


def _told(path: Path, name: str) -> Iterator[dict[str, Any]]:
    try:
        for page in pages_of(path, name, grids=False):
            yield {"page": _plain(page, name)}
        yield {"end": True}
    except InputError as error:
        protected = "password" in error.message or "encrypted" in error.message
        yield {"error": ["protected" if protected else "unreadable-file", error.message]}
    except MissingExtraError:
        yield {"missing": ["pdf", f"Reading the PDF document {name}"]}


def _plain(page: Page, name: str) -> dict[str, Any]:
    reject = unreadable(page, name)
    said = None if reject is None else [reject.reason, reject.message]
    # A stamp on a scan is text; words in letters that nobody knows are none.
    unknown = reject is not None and reject.reason == "unreadable-text"
    return {
        "number": page.number,
        "text": "" if unknown else text_of_page(page),
        "fault": said,
    }


def text_of_page(page: Page) -> str:
    """Write the lines of a page, what stands apart on a line parted by two blanks."""
    said: list[str] = []
    bottom: float | None = None
    for line in lines_of(page.words, space=page.space):
        box = line.box
        if bottom is not None and box.top - bottom > _PARAGRAPH * max(box.height, 1.0):
            said.append("")
        bottom = box.bottom
        said.append("  ".join(" ".join(word.text for word in group) for group in line.groups))
    return "\n".join(said)


def _limit(memory_bytes: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        if most == resource.RLIM_INFINITY or most > memory_bytes:
            resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, most))


if __name__ == "__main__":
    main(sys.argv[1])
