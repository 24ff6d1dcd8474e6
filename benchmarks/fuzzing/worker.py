"""The process that feeds: which input it is at is written down first, so that a crash is found."""

from __future__ import annotations

import json
import random
import resource
import sys
import tempfile
import traceback
import warnings
from pathlib import Path

from benchmarks.fuzzing.mutations import damaged
from benchmarks.fuzzing.seeds import all_seeds
from benchmarks.fuzzing.targets import TARGETS
from proveout.errors import ProveoutError

MOST_GROWTH_KB = 1 << 20
"""What one input may make the process grow by."""


def input_of(target: str, number: int, seed: int, seeds: list[bytes]) -> bytes:
    """Return one input: the same for the same numbers, on every machine."""
    draw = random.Random(f"{seed}/{target}/{number}")  # noqa: S311 - nothing is kept secret by it
    return damaged(draw, TARGETS[target].seeds, seeds)


def main(target: str, first: int, last: int, seed: int, limit_bytes: int) -> None:
    """Feed the inputs of a range; a line of JSON for each that fails, and at the end."""
    warnings.simplefilter("ignore")
    seeds = all_seeds()[TARGETS[target].seeds]
    resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    refused = 0
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        for number in range(first, last):
            _say({"at": number})
            before = _most_kb()
            data = input_of(target, number, seed, seeds)
            try:
                TARGETS[target].feed(data, Path(folder))
            except ProveoutError:
                refused += 1
            except BaseException as error:
                where = traceback.format_exc(limit=-6)
                _say({"failed": number, "what": f"{type(error).__name__}: {error}", "where": where})
                if isinstance(error, KeyboardInterrupt):
                    raise
            grown = _most_kb() - before
            if grown > MOST_GROWTH_KB and number > first:
                _say({"failed": number, "what": f"memory grew by {grown >> 10} MB"})
    _say({"done": last, "refused": refused})


def _most_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _say(message: dict[str, object]) -> None:
    sys.__stdout__.write(json.dumps(message) + "\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:6]))
