"""Where a run spills to disk, and what becomes of it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from proveout.intake.scratch import Scratch

pytest.importorskip("fcntl", reason="folders of killed runs are found by a lock that Windows lacks")

KILLED = """
import os, signal, sys
from pathlib import Path
from proveout.intake.scratch import Scratch
opened = Scratch(Path(sys.argv[1]))
(opened.path / "rows.duckdb").write_text("rows")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_closed_folder_is_gone(tmp_path: Path) -> None:
    """With all that is in it."""
    opened = Scratch(tmp_path)
    (opened.path / "rows.duckdb").write_text("rows")

    opened.close()

    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_a_killed_run_goes_when_the_next_one_begins(tmp_path: Path) -> None:
    """No disk fills up with what nobody will ask for; a run that lives keeps its folder."""
    living = Scratch(tmp_path)
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(list(tmp_path.iterdir())) == 2

    opened = Scratch(tmp_path)

    assert sorted(tmp_path.iterdir()) == sorted([living.path, opened.path])
    living.close()
    opened.close()


def test_folders_of_others_are_left_alone(tmp_path: Path) -> None:
    """Only what bears our lock is ours."""
    (tmp_path / "proveout-report").mkdir()

    Scratch(tmp_path).close()

    assert [each.name for each in tmp_path.iterdir()] == ["proveout-report"]
