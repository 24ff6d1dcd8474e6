"""Estimates, coverage and width beside two packages: `python -m benchmarks.value [--runs 1000]`."""

from __future__ import annotations

import argparse

import numpy as np

from benchmarks.value import daily, ours, summaries
from benchmarks.value.experiments import settings
from benchmarks.value.peers import asked

RESAMPLED = 1_000


def main() -> None:
    """Print two tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--cases", type=int, default=4_000)
    parser.add_argument("--lives", type=int, default=100)
    parser.add_argument("--no-daily", action="store_true")
    options = parser.parse_args()
    once(options.runs, options.cases)
    if not options.no_daily:
        every_week(options.lives)


def once(runs: int, n: int) -> None:
    """Print what one look gives."""
    given, own = {}, {}
    for setting in settings(n):
        drawn = (setting.draw(np.random.default_rng([n, seed])) for seed in range(runs))
        given[setting.name], own[setting.name] = [], []
        for seed, cases in enumerate(drawn):
            run = dict(summaries.arms(cases, setting.statistic))
            if setting.statistic.quantile is not None:
                run["samples"] = summaries.resampled(
                    cases, setting.statistic.quantile, RESAMPLED, seed
                )
            given[setting.name].append(run)
            own[setting.name].append(ours.found(setting, cases))
    told = {"Proveout": own}
    for peer in ("gbstats", "confidence"):
        can = {
            name: each
            for name, each in given.items()
            if peer != "gbstats" or "samples" not in each[0]
        }
        answer = asked(peer, can)
        if isinstance(answer, str):
            print(f"{peer} {answer}")
        else:
            told[peer] = answer
    print(f"{runs} experiments of {n:,} cases each, 95 % intervals\n")
    print("| setting | | covers | width | estimates apart, in parts of the effect: median, most |")
    print("| --- | --- | --- | --- | --- |")
    for setting in settings(n):
        mine = np.array(own[setting.name])
        for who, found in told.items():
            if setting.name not in found:
                continue
            each = np.array(found[setting.name])
            known = ~np.isnan(each[:, 0])
            hit = (each[known, 1] <= setting.truth) & (setting.truth <= each[known, 2])
            width = float(np.mean(each[known, 2] - each[known, 1]))
            apart = np.abs(each[known, 0] - mine[known, 0]) / abs(setting.truth)
            print(
                f"| {setting.name} | {who} | {hit.mean():.1%} of {known.sum()} | {width:.3f} "
                f"| {np.median(apart):.2%}, {np.max(apart):.2%} |"
            )


def every_week(n_lives: int) -> None:
    """Print what becomes of those who look each week for a year."""
    print(f"\n{n_lives} years of 50 cases a day, looked at each week\n")
    print(
        "| | without effect: true effect left out at some look | with effect: found "
        "| median day | width in the end |"
    )
    print("| --- | --- | --- | --- | --- |")
    none = [daily.draw(seed, 50, 0.0) for seed in range(n_lives)]
    some = [daily.draw(10_000 + seed, 50, -1.0) for seed in range(n_lives)]
    rows = {"Proveout, confidence sequence": (daily.by_sequence(none), daily.by_sequence(some))}
    for peer in ("gbstats", "confidence"):
        answer = asked(peer, {"none": daily.looks(none), "some": daily.looks(some)})
        if isinstance(answer, str):
            print(f"{peer} {answer}")
            continue
        shape = (n_lives, daily.DAYS // daily.EVERY, 3)
        rows[f"{peer}, sequential"] = (
            np.array(answer["none"]).reshape(shape), np.array(answer["some"]).reshape(shape),
        )  # fmt: skip
    for who, (quiet, real) in rows.items():
        day = daily.first_day(real)
        print(
            f"| {who} | {daily.met(quiet, 0.0).mean():.1%} | {np.mean(~np.isnan(day)):.0%} "
            f"| {np.nanmedian(day):.0f} | {np.mean(quiet[:, -1, 2] - quiet[:, -1, 1]):.3f} |"
        )
    looks = [
        [ours.by_looks(cases, 19_000 + daily.DAYS - 1) for cases in lives] for lives in (none, some)
    ]
    wrong = [any(low > 0 or high < 0 for _, low, high in life) for life in looks[0]]
    right = [any(low > 0 or high < 0 for _, low, high in life) for life in looks[1]]
    print(f"| Proveout, planned looks | {np.mean(wrong):.1%} | {np.mean(right):.0%} | | |")


if __name__ == "__main__":
    main()
