"""When a worker counts as hanging."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, cast

from proveout.runtime.gateway.workers import SILENT_LOOKS, _hangs, _Worker


class Process:
    """One of which only the number matters."""

    pid = 7


def looks(worker: _Worker, shared: Path, n: int) -> list[bool]:
    return [_hangs(worker, shared) for _ in range(n)]


def test_a_worker_without_a_sign_of_life_hangs(tmp_path: Path) -> None:
    """Not at once, and not where it says something in between; others say nothing of it."""
    worker = _Worker(0, cast("Any", Process()), cast("Any", None))
    counts = tmp_path / "7-ab.counts"
    counts.write_bytes(b"")
    (tmp_path / "77-ab.counts").write_bytes(b"")
    first = looks(worker, tmp_path, SILENT_LOOKS)
    os.utime(counts, ns=(1, 1))
    again = looks(worker, tmp_path, SILENT_LOOKS + 1)

    assert first == [False] * SILENT_LOOKS
    assert again == [*[False] * SILENT_LOOKS, True]


def test_of_one_that_cannot_leave_a_sign_nothing_is_known(tmp_path: Path) -> None:
    """A full disk is no reason to end all workers."""
    worker = _Worker(0, cast("Any", Process()), cast("Any", None))

    assert not any(looks(worker, tmp_path, 3 * SILENT_LOOKS))
