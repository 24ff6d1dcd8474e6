"""The process in which a document is taken apart: one JSON object per page on standard output."""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import Any

from proveout.errors import InputError, MissingExtraError
from proveout.intake.pdf.extraction import pages_of


def main(path: str, name: str, memory_bytes: str) -> None:
    """Take one document apart and tell its pages."""
    _limit(int(memory_bytes))
    try:
        for page in pages_of(Path(path), name):
            _tell({"page": page.plain()})
        _tell({"end": True})
    except InputError as error:
        _tell({"error": [error.message, error.hint]})
    except MissingExtraError:
        _tell({"missing": ["pdf", f"Reading the PDF document {name}"]})


def _limit(memory_bytes: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        if most == resource.RLIM_INFINITY or most > memory_bytes:
            resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, most))


def _tell(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:4])
