"""Listing checks and printing help must stay quick."""

from __future__ import annotations

import subprocess
import sys


def test_naming_the_room_loads_nothing_heavy() -> None:
    """`proveout --help` must not wait for scipy."""
    code = "import sys, proveout.statistics, proveout.checks.quality; print('scipy' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"
