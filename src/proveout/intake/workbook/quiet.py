"""Keep what a library written in Rust prints when it gives up from the standard error stream.

It writes straight to the file descriptor. Whatever else is written there meanwhile is passed on.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_PANIC = re.compile(
    rb"\n?thread '[^\n]*' (?:\(\d+\) )?panicked at (?:(?!note: )[^\n]*\n){1,300}?"
    rb"(?:note: [^\n]*RUST_BACKTRACE[^\n]*\n)"
)
_STDERR = 2
_LOCK = threading.RLock()


@contextmanager
def without_panic_text() -> Iterator[None]:
    """Leave out of the standard error stream what a panic prints within."""
    with _LOCK:
        try:
            before = os.dup(_STDERR)
        except OSError:  # there is no standard error stream
            yield
            return
        with tempfile.TemporaryFile() as kept:
            if sys.stderr is not None:
                with suppress(OSError, ValueError):
                    sys.stderr.flush()
            os.dup2(kept.fileno(), _STDERR)
            try:
                yield
            finally:
                if sys.stderr is not None:
                    with suppress(OSError, ValueError):
                        sys.stderr.flush()
                os.dup2(before, _STDERR)
                os.close(before)
                kept.seek(0)
                rest = _PANIC.sub(b"", kept.read())
                if rest:
                    os.write(_STDERR, rest)
