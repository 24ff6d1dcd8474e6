"""Damaged files: each is read or refused with an error of ours; nothing else may come of it.

A short run of `python -m benchmarks.fuzzing`, which feeds millions with limits of memory and time.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from proveout.errors import ProveoutError

ROOT = Path(__file__).parents[3]
INPUTS = {"csv core": 400, "json core": 300, "pdf tables": 150, "pdf pages": 9, "csv": 9,
          "jsonl": 15, "parquet": 15, "sqlite": 15, "duckdb": 4, "zip": 9, "ods": 9}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _from_the_root() -> Iterator[None]:
    """Let the driver be imported, which is no part of the package."""
    sys.path.insert(0, str(ROOT))
    yield
    sys.path.remove(str(ROOT))


@pytest.mark.parametrize("target", INPUTS)
def test_a_damaged_file_is_read_or_refused(target: str, tmp_path: Path) -> None:
    """Whatever the damage: no other exception, and the reader goes on to the next file."""
    from benchmarks.fuzzing.seeds import all_seeds
    from benchmarks.fuzzing.targets import TARGETS
    from benchmarks.fuzzing.worker import input_of

    seeds = all_seeds()[TARGETS[target].seeds]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of libraries about the damage
        for number in range(INPUTS[target]):
            data = input_of(target, number, 99, seeds)
            try:
                TARGETS[target].feed(data, tmp_path)
            except ProveoutError:
                continue
