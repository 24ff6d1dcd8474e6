"""Run: python -m benchmarks.fuzzing [--inputs N] [--seconds S] [--target NAME …] [--seed N]

Feeds damaged files to every reader, each in a process of its own with limits of memory and time.
What is neither read nor refused with an error of ours is a failure: it is saved with the command
that repeats it. `--repeat TARGET NUMBER` writes one input to standard output.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from benchmarks.fuzzing.seeds import HERE, all_seeds
from benchmarks.fuzzing.targets import TARGETS
from benchmarks.fuzzing.worker import input_of

HANG_S = 60.0
"""Without a word for so long, a reader hangs; on a quiet machine no input takes a second."""
LIMIT_BYTES = 6 << 30
"""Of addresses: the engine reserves more than it uses."""
_BATCH = 5_000


@dataclass(slots=True)
class Tally:
    """What came of the inputs of one target."""

    fed: int = 0
    refused: int = 0
    failures: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0


def main() -> int:
    """Feed, and tell how many inputs went where; 1 where any failed."""
    asked = _arguments()
    if asked.repeat:
        target, number = asked.repeat
        seeds = all_seeds()[TARGETS[target].seeds]
        sys.stdout.buffer.write(input_of(target, int(number), asked.seed, seeds))
        return 0
    seeds = all_seeds()
    chosen = {name: t for name, t in TARGETS.items() if not asked.target or name in asked.target}
    for name in [name for name, t in chosen.items() if not seeds[t.seeds]]:
        print(f"{name}: not fuzzed, its seeds are not on this machine")
        del chosen[name]
    total = sum(target.share for target in chosen.values())
    until = time.monotonic() + asked.seconds
    tallies: dict[str, Tally] = {}
    for name, target in chosen.items():
        wanted = max(1, asked.inputs * target.share // total)
        share = asked.seconds * target.share / total
        # The slow readers get a time of their own: a tenth at most, and what the quick leave.
        own_end = min(until, time.monotonic() + max(share, asked.seconds / len(chosen)))
        tallies[name] = feed(
            name, wanted, seed=asked.seed, first=asked.first, until=own_end, out=asked.out
        )
        tally = tallies[name]
        print(
            f"{name:12} {tally.fed:>9,} fed, {tally.refused:>9,} refused, "
            f"{len(tally.failures):>5} failed, {tally.seconds:7.1f} s",
            flush=True,
        )
    _summary(tallies)
    return 1 if any(tally.failures for tally in tallies.values()) else 0


def feed(
    target: str, wanted: int, *, seed: int, first: int, until: float, out: Path | None
) -> Tally:
    """Feed one target until it had all inputs or the time is over."""
    tally, number = Tally(), first
    began = time.monotonic()
    while number < first + wanted and time.monotonic() < until:
        last = min(first + wanted, number + _BATCH)
        at = number
        for message in _batch(target, number, last, seed, until):
            match message:
                case {"at": int(at)}:
                    tally.fed += 1
                case {"failed": int(), **_rest}:
                    _save(tally, target, message, seed, out)
                case {"done": int(), "refused": int(refused)}:
                    tally.refused += refused
                    at = last - 1
                case {"died": what}:
                    if what:
                        _save(tally, target, {"failed": at, "what": what}, seed, out)
        number = at + 1
    tally.seconds = time.monotonic() - began
    return tally


def _batch(target: str, first: int, last: int, seed: int, until: float) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "benchmarks.fuzzing.worker", target]
    with subprocess.Popen(
        [*command, *map(str, (first, last, seed, LIMIT_BYTES))],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=HERE,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    ) as process:
        assert process.stdout is not None
        said: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=_listen, args=(process.stdout, said), daemon=True).start()
        try:
            while True:
                try:
                    line = said.get(timeout=HANG_S)
                except queue.Empty:
                    yield {"died": f"hangs: no answer in {HANG_S:.0f} s"}
                    return
                if not line:
                    process.wait()
                    yield {"died": f"the process ended by itself: {process.returncode}"}
                    return
                message = json.loads(line)
                yield message
                if "done" in message:
                    return
                if time.monotonic() > until:
                    yield {"died": ""}
                    return
        finally:
            process.kill()


def _listen(stream: IO[bytes], said: queue.Queue[bytes]) -> None:
    for line in stream:
        said.put(line)
    said.put(b"")


def _save(tally: Tally, target: str, message: dict[str, Any], seed: int, out: Path | None) -> None:
    tally.failures.append(message)
    if out is None or len(tally.failures) > 200:
        return
    out.mkdir(parents=True, exist_ok=True)
    stem = f"{target.replace(' ', '-')}-{seed}-{message['failed']}"
    data = input_of(target, message["failed"], seed, all_seeds()[TARGETS[target].seeds])
    (out / f"{stem}.bin").write_bytes(data)
    repeat = f"python -m benchmarks.fuzzing --seed {seed} --repeat '{target}' {message['failed']}"
    (out / f"{stem}.txt").write_text(
        f"{message['what']}\n{message.get('where', '')}\nthe input again: {repeat}\n"
    )


def _summary(tallies: dict[str, Tally]) -> None:
    fed = sum(tally.fed for tally in tallies.values())
    print(f"{fed:,} inputs, {sum(len(t.failures) for t in tallies.values())} failures")
    kinds = Counter(
        (name, failure["what"][:100]) for name, t in tallies.items() for failure in t.failures
    )
    for (name, what), n in kinds.most_common(30):
        print(f"{n:>5} x {name}: {what}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzzing")
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--target", action="append", choices=TARGETS)
    parser.add_argument("--out", type=Path, help="where inputs that fail are saved")
    parser.add_argument("--repeat", nargs=2, metavar=("TARGET", "NUMBER"))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
