"""`python -m benchmarks.prediction [--first N] [--further N] [--wide N]`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from multiprocessing import Pool

import numpy as np

from benchmarks.prediction.trial import Prior, Trial, try_one


def main() -> None:
    """Try systems of three lists and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=20)
    parser.add_argument("--further", type=int, default=60)
    parser.add_argument("--wide", type=int, default=40)
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    lists: tuple[tuple[str, range, Prior], ...] = (
        ("Twenty systems", range(1, 1 + given.first), "spread"),
        ("Further systems", range(100_001, 100_001 + given.further), "spread"),
        ("Means from 0.05 to 20 s", range(200_001, 200_001 + given.wide), "wide"),
    )
    with Pool(given.processes) as pool:
        for name, seeds, prior in lists:
            print(f"\n### {name}\n\n{_HEAD}", flush=True)
            trials = []
            for trial in pool.imap(try_one, [(seed, prior) for seed in seeds]):
                trials.append(trial)
                print(_row(trial), flush=True)
            if trials:
                print(_summary(trials), flush=True)


_HEAD = (
    "| seed | slots | mean | shape | contention | use | p95, true | predicted | gave up, true "
    "| predicted | cost | of worked | run | |\n" + "| --- " * 14 + "|"
)


def _row(trial: Trial) -> str:
    system, true, said = trial.system, trial.truth, trial.prediction
    shape = system.shape
    if shape in {"lognormal", "gamma"}:
        shape += f" {system.cv:.2g}"
    p95 = gave_up = "-"
    if said is not None:
        p95 = f"{_s(said.p95_s.value)} ({_s(said.p95_s.low)} to {_s(said.p95_s.high)})"
        one = said.abandonment
        gave_up = f"{one.value:.1%} ({one.low:.1%} to {one.high:.1%})"
    verdict = "right" if trial.is_right else "WRONG"
    if trial.reasons:
        verdict = f"refused, would be {verdict}: {' '.join(trial.reasons)}"
    return (
        f"| {trial.seed} | {system.slots} | {system.mean_s:.3g} s | {shape} "
        f"| {system.contention:.3f}, {system.crosstalk:.4f} | {system.utilisation:.2f} "
        f"| {_s(true.p95_s)} | {p95} | {true.abandonment:.1%} | {gave_up} "
        f"| {trial.cost_asked_off:+.1%} | {trial.cost_worked_off:+.1%} "
        f"| {trial.minutes:.0f} min | {verdict} |"
    )


def _s(seconds: float) -> str:
    return "never" if np.isinf(seconds) else f"{seconds:.3g} s"


def _summary(trials: Sequence[Trial]) -> str:
    given = [trial for trial in trials if not trial.reasons]
    refused = [trial for trial in trials if trial.reasons]
    lines = [
        "",
        f"- {len(given)} of {len(trials)} predicted; all within bounds: "
        f"{sum(t.is_right for t in given)}; {len(refused)} refused, of which "
        f"{sum(not t.is_right for t in refused)} would have been wrong.",
    ]
    for name, off in (
        ("p95 off by", [abs(t.p95_off) for t in given]),
        ("share that gave up off by", [abs(t.abandonment_off) for t in given]),
        ("cost off by", [abs(t.cost_asked_off) for t in given]),
        ("cost of what is worked on off by", [abs(t.cost_worked_off) for t in given]),
    ):
        if off:
            lines.append(f"- {name}: median {np.median(off):.2%}, greatest {max(off):.2%}")
    for name in ("p95", "abandonment", "worked per month"):
        held = [t.covered()[name] for t in given]
        lines.append(f"- intervals of {name} that hold the truth: {sum(held)} of {len(held)}")
    lines.append(
        f"- fit and prediction: median {np.median([t.seconds for t in trials]):.1f} s, greatest "
        f"{max(t.seconds for t in trials):.1f} s; users at most {max(t.users for t in trials)}; "
        f"run: median {np.median([t.minutes for t in trials]):.0f} min"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
