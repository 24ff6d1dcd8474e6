"""The flights of the example, audited from the command line."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.audit.running import Run, Runner

_PREPARE = Path(__file__).parents[2] / "examples" / "flights" / "prepare.py"
PROVEOUT = "from proveout.cli import main; main()"
"""The command, as installed."""


def write(folder: Path) -> Path:
    """Write the example's data: 336,776 flights in three CSV files."""
    folder.mkdir()
    shutil.copy(_PREPARE, folder)
    subprocess.run([sys.executable, folder / _PREPARE.name], check=True)
    return folder / "data" / "production"


def measure(runner: Runner, folder: Path, rounds: int) -> list[Run]:
    """Audit them so many times, after once for practice."""
    arguments = ("audit", str(folder))
    runner.run(PROVEOUT, *arguments)
    return [runner.run(PROVEOUT, *arguments) for _ in range(rounds)]
