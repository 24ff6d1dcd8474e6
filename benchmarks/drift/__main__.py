"""Run: python -m benchmarks.drift [--seed N] [--rounds N] [--table FILE.csv] [--peers]

Puts 18 kinds of change into windows of the flights (or of any CSV file), and tells in how many of
them the changed column is named; how many windows without a change, and how many quiet weeks, give
alarm; and how long 100,000 rows take. The same for a plain set of tests, and on request for other
packages with their defaults, each in a virtual environment that is thrown away.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import mean

import numpy as np

from benchmarks.drift import peers, plain
from benchmarks.drift.windows import (
    CALIBRATION_WEEKS,
    SHARES,
    Case,
    Trial,
    changed,
    flights,
    table,
    unchanged,
)
from proveout.statistics.drift import Reference, watch

_UNCHANGED_FOR_PEERS = 20
Namer = Callable[[Trial], frozenset[str]]


def main() -> None:
    """Measure, and print the tables for benchmarks/README.md."""
    asked = _arguments()
    case = table(asked.table) if asked.table else flights()
    began = time.perf_counter()
    reference = Reference.learn(case.reference, case.columns, case.blocks)
    print(f"{case.name}: {len(case.reference):,} rows x {len(case.columns)} columns; ", end="")
    print(f"learned in {time.perf_counter() - began:.2f} s\n")
    seeds = range(asked.seed, asked.seed + asked.rounds)

    lag = 0 if case.blocks is None else 1  # a table that knows no time has no later

    def ours(trial: Trial) -> frozenset[str]:
        return frozenset(alarm.column for alarm in watch(reference, trial.table, lag=lag).alarms)

    def theirs(trial: Trial) -> frozenset[str]:
        return plain.named(case.reference, trial.table)

    trials = [trial for seed in seeds for trial in changed(case, seed=seed)]
    trials += unchanged(case, asked.unchanged, seed=asked.seed)
    _report("Proveout", trials, [ours(trial) for trial in trials], kinds=True)
    few = [t for s in seeds for t in changed(case, seed=s, one_column=True)]
    few += unchanged(case, asked.unchanged, seed=asked.seed)
    print("\nOne column for each kind, drawn by lot:\n")
    _head()
    for name, namer in (("Proveout", ours), ("plain set, Bonferroni", theirs)):
        _line(name, few, [namer(trial) for trial in few])
    if asked.peers:
        _peers(case, few, asked)
    _quiet(case)
    _speed(reference, case)


def _peers(case: Case, few: Sequence[Trial], asked: argparse.Namespace) -> None:
    """Ask other packages about some of the windows: all changed ones, few of those unchanged."""
    kept = [t for t in few if t.kind] + [t for t in few if not t.kind][:_UNCHANGED_FOR_PEERS]
    order = np.random.default_rng(asked.seed).permutation(len(kept))
    mixed = [kept[n] for n in order]
    for name, found, why in peers.named(case, mixed, longest_s=asked.peer_seconds):
        done = [(mixed[nth], columns) for nth, columns in sorted(found.items())]
        if len({(t.kind, t.share) for t, _ in done}) < len({(t.kind, t.share) for t in mixed}):
            print(f"| {name} | no figure: {why}, {len(done)} of {len(mixed)} windows |", flush=True)
            continue
        _line(name, [t for t, _ in done], [columns for _, columns in done])
        if why:
            print(f"| | {why}; on {len(done)} of {len(mixed)} windows |", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.drift")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--rounds", type=int, default=1, help="windows of each kind and column")
    parser.add_argument("--unchanged", type=int, default=100)
    parser.add_argument("--table", type=Path, help="a CSV file instead of the flights")
    parser.add_argument("--peers", action="store_true", help="install and ask other packages")
    parser.add_argument("--peer-seconds", type=float, default=300)
    return parser.parse_args()


def _head() -> None:
    shares = " | ".join(f"{share:.0%}" for share in SHARES)
    print(f"| | {shares} | unchanged with an alarm | other columns named |")
    print(f"| --- |{' --- |' * (len(SHARES) + 2)}")


def _report(
    name: str, trials: Sequence[Trial], found: Sequence[frozenset[str]], *, kinds: bool
) -> None:
    _head()
    _line(name, trials, found)
    if not kinds:
        return
    print(f"\n| kind of change | {' | '.join(f'{s:.0%}' for s in SHARES)} | not named at 5 % |")
    print(f"| --- |{' --- |' * (len(SHARES) + 1)}")
    for kind in dict.fromkeys(trial.kind for trial in trials if trial.kind):
        shares = " | ".join(f"{_share(trials, found, kind, s):.2f}" for s in SHARES)
        lost = sorted({
            t.column or "rows" for t, f in zip(trials, found, strict=True)
            if t.kind == kind and t.share == 0.05 and t.column not in f
        })  # fmt: skip
        print(f"| {kind} | {shares} | {', '.join(lost)} |")


def _line(name: str, trials: Sequence[Trial], found: Sequence[frozenset[str]]) -> None:
    """Print the mean over kinds, each of which counts the same."""
    kinds = list(dict.fromkeys(trial.kind for trial in trials if trial.kind))
    shares = [mean(_share(trials, found, kind, share) for kind in kinds) for share in SHARES]
    pairs = list(zip(trials, found, strict=True))
    false = mean(bool(f) for t, f in pairs if not t.kind)
    others = mean(len(f - {t.column}) for t, f in pairs if t.kind)
    print(f"| {name} | {' | '.join(f'{s:.3f}' for s in shares)} | {false:.1%} | {others:.2f} |")


def _share(
    trials: Sequence[Trial], found: Sequence[frozenset[str]], kind: str, share: float
) -> float:
    return mean(
        t.column in f
        for t, f in zip(trials, found, strict=True)
        if t.kind == kind and t.share == share
    )


def _quiet(case: Case) -> None:
    """Watch week after week as a monitor does: a quiet week joins the past."""
    if not case.weeks:
        return
    print("\n| quiet weeks | weeks | with an alarm |\n| --- | --- | --- |")
    for n_weeks in (CALIBRATION_WEEKS, 13):
        past, rest = case.weeks[:n_weeks], case.weeks[n_weeks:]
        alarms = _year(past, rest, case)
        print(f"| after {n_weeks} weeks of calibration | {len(rest)} | {len(alarms)} |")
        for week, named in alarms.items():
            print(f"| week {week + n_weeks + 1} | | {', '.join(sorted(named))} |")


def _year(past: Iterable, rest: Iterable, case: Case) -> Mapping[int, set[str]]:  # type: ignore[type-arg]
    import pandas as pd

    weeks = list(past)
    blocks = np.repeat(np.arange(len(weeks)), [len(week) for week in weeks])
    reference = Reference.learn(pd.concat(weeks, ignore_index=True), case.columns, blocks)
    alarms: dict[int, set[str]] = defaultdict(set)
    for nth, week in enumerate(rest):
        found = watch(reference, week, lag=1)
        named = {alarm.column for alarm in found.alarms}
        if named:
            alarms[nth] = {f"{a.column} ({a.kind}: {a.what})" for a in found.alarms}
        quiet = {name: each for name, each in found.counted.items() if name not in named}
        reference = reference.after(quiet)
    return alarms


def _speed(reference: Reference, case: Case) -> None:
    import pandas as pd

    copies = -(-100_000 // len(case.reference))
    rows = pd.concat([case.reference] * copies, ignore_index=True).head(100_000)
    seconds = []
    for _ in range(6):
        began = time.perf_counter()
        watch(reference, rows)
        seconds.append(time.perf_counter() - began)
    print(f"\n100,000 rows: {sorted(seconds[1:])[2]:.3f} s (median of 5, first for practice)")


if __name__ == "__main__":
    main()
