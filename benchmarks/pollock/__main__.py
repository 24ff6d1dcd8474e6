"""Run: python -m benchmarks.pollock [--no-peers] [--failures N]

Reads broken CSV files in one call of `proveout read` without parameters and scores them by the
measures of Pollock: the files of the benchmark that are beside this repository, and the whole
family of pollutions, row by column, of tables of several shapes.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pollock.peers import PEERS, Load
from benchmarks.pollock.pollutions import Source, pollute
from benchmarks.pollock.score import FAILED, Score, score
from benchmarks.pollock.sources import sources
from benchmarks.pollock.weights import weight_of

_PROVEOUT = Path(sys.executable).parent / "proveout"
_GIVEN = Path(__file__).parents[3] / "shared" / "data" / "pollock"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    scores: dict[str, Score]
    seconds: float

    @property
    def simple(self) -> float:
        """Mean over the files."""
        return sum(each.total for each in self.scores.values()) / len(self.scores)

    @property
    def weighted(self) -> float:
        """Mean by how often each pollution is met."""
        weights = {name: weight_of(name) for name in self.scores}
        summed = sum(self.scores[name].total * weight for name, weight in weights.items())
        return summed / sum(weights.values())


def main() -> None:
    """Measure, and print the tables for benchmarks/README.md."""
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="pollock-") as name:
        folder = Path(name)
        if _GIVEN.is_dir():
            _measure("the given files", _GIVEN / "csv", _GIVEN / "clean", folder / "given", asked)
        else:
            print(f"Skipped: {_GIVEN} is not there.")
        for source in [*_given_source(), *sources()]:
            polluted, clean = folder / source.name / "csv", folder / source.name / "clean"
            _write(source, polluted, clean)
            _measure(
                f"all of '{source.name}'", polluted, clean, folder / source.name / "out", asked
            )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-peers", action="store_true", help="measure Proveout alone")
    parser.add_argument("--failures", type=int, default=0, help="name so many that lost something")
    return parser.parse_args()


def _given_source() -> Iterator[Source]:
    """Return the sound table of the benchmark itself, where it is there."""
    path = _GIVEN / "csv" / "source.csv"
    if path.is_file():
        with path.open(newline="", encoding="utf-8") as stream:
            rows = list(csv.reader(stream))
        yield Source(name="benchmark source", rows=rows, always_quoted=frozenset({6, 7}))


def _write(source: Source, polluted: Path, clean: Path) -> None:
    polluted.mkdir(parents=True)
    clean.mkdir(parents=True)
    for each in pollute(source):
        (polluted / each.name).write_bytes(each.content)
        with (clean / each.name).open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(each.clean)


def _measure(what: str, polluted: Path, clean: Path, out: Path, asked: argparse.Namespace) -> None:
    names = sorted(path.name for path in polluted.iterdir())
    print(f"\n## {what}: {len(names):,} files\n")
    print("| reader | simple | weighted | seconds | files not perfect |")
    print("| --- | --- | --- | --- | --- |")
    ours = _proveout(polluted, clean, out, names)
    _print("`proveout read`", ours)
    for name, load in {} if asked.no_peers else PEERS.items():
        _print(name, _peer(load, polluted, clean, names))
    lost = [name for name, each in ours.scores.items() if each.total < 10 - 1e-9]
    for name in lost[: asked.failures]:
        print(f"- {name}: {ours.scores[name].total:.3f}")


def _print(reader: str, result: _Result) -> None:
    lost = Counter(each.total < 10 - 1e-9 for each in result.scores.values())[True]
    print(
        f"| {reader} | {result.simple:.4f} | {result.weighted:.4f} | {result.seconds:.1f} "
        f"| {lost:,} |",
        flush=True,
    )


def _proveout(polluted: Path, clean: Path, out: Path, names: Sequence[str]) -> _Result:
    began = time.perf_counter()
    subprocess.run(
        [str(_PROVEOUT), "read", *(str(polluted / name) for name in names), "-o", str(out)],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    seconds = time.perf_counter() - began
    scores = {name: score(_rows(out / name), _rows(clean / name)) for name in names}
    return _Result(scores=scores, seconds=seconds)


def _peer(load: Load, polluted: Path, clean: Path, names: Sequence[str]) -> _Result:
    began, loaded = time.perf_counter(), {}
    for name in names:
        try:
            loaded[name] = load(polluted / name)
        except Exception:  # noqa: BLE001 - whatever it is, it was not loaded
            loaded[name] = None
    seconds = time.perf_counter() - began
    scores = {
        name: FAILED if (rows := loaded[name]) is None else score(rows, _rows(clean / name))
        for name in names
    }
    return _Result(scores=scores, seconds=seconds)


def _rows(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.reader(stream))


if __name__ == "__main__":
    main()
