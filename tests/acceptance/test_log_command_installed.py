"""`proveout log` as installed, beside a process that writes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from fixtures.prediction_log import record
from proveout.runtime.log import Writer


def test_what_comes_is_followed(tmp_path: Path) -> None:
    """One line of JSON each, as they are written."""
    log = tmp_path / "log"
    writer = Writer(log, "claims")
    writer.append_now([record("third")])
    following = subprocess.Popen(
        [Path(sys.executable).parent / "proveout", "log", "tail", "--log", log, "-n", "1", "-f",
         "--json"],
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert following.stdout is not None
    assert json.loads(following.stdout.readline())["id"] == "third"

    writer.append_now([record("fourth")])

    assert json.loads(following.stdout.readline())["id"] == "fourth"
    following.terminate()
    following.wait()
    following.stdout.close()
    writer.close_now()
