"""`kill -9` at random under load: what was acknowledged is in the log, and is there once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from proveout.runtime.log import read_records, recover
from proveout.runtime.log.checking import check

CHILD = Path(__file__).parents[2] / "fixtures" / "logging_child.py"
KILLS = int(os.environ.get("PROVEOUT_KILLS", "16"))
"""200 for the figure in the documentation."""
AT_ONCE = 2
"""Processes that share the log, and recover what others have left at the same time."""


def killed(folder: Path, name: str, after: int, durability: str) -> subprocess.Popen[bytes]:
    """Start a process; it is killed once it has said so many lines."""
    return subprocess.Popen(
        [sys.executable, str(CHILD), str(folder), f"{name}-{after}", durability],
        stdout=subprocess.PIPE,
    )


def heard(child: subprocess.Popen[bytes], after: int) -> list[str]:
    """Kill it when it has said enough, and return all that it said."""
    assert child.stdout is not None
    said = [child.stdout.readline() for _ in range(after)]
    child.kill()
    said += child.stdout.read().splitlines(keepends=True)
    child.wait()
    child.stdout.close()
    return [line.decode().strip() for line in said if line.endswith(b"\n")]


@pytest.mark.slow
@pytest.mark.parametrize("durability", ["process", "fsync"])
def test_nothing_acknowledged_is_missing_and_nothing_is_there_twice(
    tmp_path: Path, durability: str
) -> None:
    """Over many kills, with recoveries and compaction under way that are killed as well."""
    chance = random.Random(durability)
    begun, acknowledged = set[str](), set[str]()
    for round_ in range(KILLS // AT_ONCE // 2):
        # The first lines are said at the start: some are killed in the middle of a recovery.
        plans = [chance.choice([1, 2, chance.randint(3, 3000)]) for _ in range(AT_ONCE)]
        children = [
            killed(tmp_path, f"{round_}-{n}", after, durability) for n, after in enumerate(plans)
        ]
        for child, after in zip(children, plans, strict=True):
            for line in heard(child, after):
                kind, id_ = line.split()
                {"b": begun, "a": acknowledged, "s": set()}[kind].add(id_)

    with recover(tmp_path, "claims"):
        pass

    counts = Counter(record.id for record in read_records(tmp_path, "claims"))
    lost = {each.id for each in read_records(tmp_path, "claims") if each.outcome == "lost"}
    assert acknowledged
    assert [id_ for id_ in acknowledged if counts[id_] != 1] == []
    assert [id_ for id_, n in counts.items() if n != 1] == []
    assert acknowledged & lost == set()
    # A call that was begun has an end, even where nobody lives who could tell it.
    assert begun - counts.keys() == set()
    assert check(tmp_path, "claims").problems == []
