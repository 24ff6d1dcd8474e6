"""Run: python -m benchmarks.lives [--lives N] [--seed N] [--quick]

Plays years of daily checks and prints, for each setting and method, in which share of quiet lives
it ever alarmed, in which share of harmed ones it found the harm, and after how many days.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.lives import columns
from benchmarks.lives.alarms import NEVER, First, daily_test, ours, plain_betting, three_sigma
from benchmarks.lives.labels import Late, as_labels_come
from benchmarks.lives.lives import YEAR, Lives, Setting, play
from proveout.statistics.sequential.budget import PARTS, RESERVE

MAIN = Setting(name="8 % of 50 a day, pilot of 4,000", rate=0.08, a_day=50, pilot=4_000)
OTHERS = (
    Setting(name="5 % of 50, pilot of 1,000", rate=0.05, a_day=50, pilot=1_000),
    Setting(name="2 % of 200, pilot of 4,000", rate=0.02, a_day=200, pilot=4_000),
    Setting(name="10 % of 100, pilot of 2,000", rate=0.10, a_day=100, pilot=2_000),
    Setting(name="15 % of 500, pilot of 5,000", rate=0.15, a_day=500, pilot=5_000),
    Setting(
        name="8 % of 100, pilot of 3,000 as a sum", rate=0.08, a_day=100, pilot=3_000,
        pilot_days_known=False,
    ),
    Setting(
        name="8 % of 100, pilot of 6,000, Mondays 30 % worse", rate=0.08, a_day=100, pilot=6_000,
        weekday=0.3,
    ),
    Setting(
        name="8 % of 100, pilot of 6,000, weeks differ by 20 %", rate=0.08, a_day=100,
        pilot=6_000, weeks=0.2,
    ),
    Setting(
        name="5 % of 200, pilot of 4,000, weeks 30 %, days 20 %", rate=0.05, a_day=200,
        pilot=4_000, weeks=0.3, days=0.2,
    ),
)  # fmt: skip


def main() -> None:
    """Play, and print the tables for benchmarks/README.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lives")
    parser.add_argument("--lives", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="the first setting alone")
    asked = parser.parse_args()
    print(
        "| setting | method | quiet lives with an alarm | harm found | days, median | nine of ten |"
    )
    print("| --- | --- | --- | --- | --- | --- |")
    _compare(MAIN, asked.lives, asked.seed)
    if asked.quick:
        return
    for setting in OTHERS:
        _compare(setting, asked.lives, asked.seed, plain=False)
    _in_one_budget(asked.lives, asked.seed)
    _late(asked.lives, asked.seed)


def _compare(setting: Setting, lives: int, seed: int, *, plain: bool = True) -> None:
    played = play(setting, lives, seed)
    methods = {
        "daily test at 5 %": lambda wrong: daily_test(wrong, played, level=0.05),
        "three sigma": lambda wrong: three_sigma(wrong, played),
        "Bonferroni over 365 days": lambda wrong: daily_test(wrong, played, level=0.05 / YEAR),
    }
    if plain:
        methods["betting, restarts, rate taken as known"] = lambda w: plain_betting(w, played)
    methods["**Proveout**"] = lambda wrong: ours(wrong, played, setting)
    for name, method in methods.items():
        _line(setting.name, name, method(played.quiet), method(played.harmed), played)


def _in_one_budget(lives: int, seed: int) -> None:
    """The error rate with what is its part of the budget, beside thirty columns."""
    share = 0.05 * PARTS["outcomes"] / sum(PARTS.values()) * (1 - RESERVE)
    played = play(MAIN, lives, seed)
    quiet, harmed = (ours(w, played, MAIN, share=share) for w in (played.quiet, played.harmed))
    _line(MAIN.name, "**in one budget with 30 columns**", quiet, harmed, played)
    false, _ = columns.ever(lives, seed)
    found, delay = columns.ever(lives // 4, seed, shifted=3.0)
    either = 1 - (1 - false) * (1 - float(np.mean(quiet < NEVER)))
    print(
        f"\n30 columns: a false alarm in {false:.1%} of quiet lives, in {either:.1%} together "
        f"with the error rate; one column moved by 3 sigma: found in {found:.0%}, {delay:.0f} "
        "days\n"
    )


def _late(lives: int, seed: int) -> None:
    late = Late()
    played = play(MAIN, lives, seed)
    quiet_life, harmed_life, begins = as_labels_come(played, late, seed)
    quiet = ours(quiet_life.quiet, quiet_life, MAIN, labelled=late.known, begins=begins)
    harmed = ours(harmed_life.harmed, harmed_life, MAIN, labelled=late.known, begins=begins)
    name = (
        f"**labels {late.days:.0f} days late ({late.days_if_wrong:.0f} if wrong), a fifth never**"
    )
    _line(MAIN.name, name, quiet, harmed, played)


def _line(setting: str, name: str, quiet: First, harmed: First, played: Lives) -> None:
    """A life that alarmed before its harm counts as neither found nor missed."""
    fair = harmed >= played.harm_on
    delay = (harmed - played.harm_on + 1)[fair]
    found = delay < NEVER / 2
    if not len(delay):
        print(f"| {setting} | {name} | {np.mean(quiet < NEVER):.1%} | all alarmed before | | |")
        return
    slow = np.quantile(delay, 0.9, method="higher")
    print(
        f"| {setting} | {name} | {np.mean(quiet < NEVER):.1%} | {np.mean(found):.1%} "
        f"| {np.median(delay):.0f} | {'never' if slow > NEVER / 2 else f'{slow:.0f}'} |",
        flush=True,
    )


if __name__ == "__main__":
    began = time.perf_counter()
    with threadpool_limits(1):  # many small products of matrices
        main()
    print(f"\n{time.perf_counter() - began:.0f} s")
