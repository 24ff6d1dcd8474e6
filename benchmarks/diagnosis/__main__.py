"""Run: python -m benchmarks.diagnosis

Ranks the causes of every worked case and held-out case; fits the weights to all worked cases but
one and ranks that one; takes single answers away or changes them; and shakes all weights at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from benchmarks.diagnosis.ranking import (
    documented,
    fitted,
    left_out,
    one_step_off,
    place,
    place_by,
    without_one,
)
from benchmarks.diagnosis.worked import Case, cases
from proveout.diagnosis.failures import STRUCTURAL
from proveout.diagnosis.readings import said
from proveout.diagnosis.weighing import weigh

_PULLS = (10.0, 1.0, 0.1)
_SHAKES, _DRAWS = (0.25, 0.5, 1.0), 1_000


def main() -> None:
    """Print the tables for benchmarks/README.md."""
    worked, held_out = cases("worked"), cases("held-out")
    _ranked("Worked cases", worked)
    _ranked("Held out", held_out)
    failed = [each for each in worked if each.first]
    print("\nEach worked case by weights fitted to the others: first, first or second")
    for name, start in (("documented", documented()), ("nothing", 0 * documented())):
        for pull in _PULLS:
            print(f"from {name}, pull {pull:g}: {_counted(left_out(failed, start, pull).values())}")
            late = [case for case in held_out if case.first]
            again = fitted(failed, start, pull)
            print(f"  and the held-out: {_counted(place_by(again, each) for each in late)}")
    print("\nOne answer taken away")
    taken = [where for each in failed for where in without_one(each)]
    print(_counted(taken))
    print("\nOne answer changed to the one beside it")
    print(_counted([where for each in failed for where in one_step_off(each)]))
    print(f"\nAll weights shaken, {_DRAWS:,} draws: all first or second, all but one, median")
    for spread in _SHAKES:
        print(f"spread {spread:g}: {_shaken(failed, spread)}")


def _ranked(title: str, found: Sequence[Case]) -> None:
    print(
        f"\n{title}\n\n| case | named first in print | place | ranking |\n| --- | --- | --- | --- |"
    )
    for case in found:
        causes = [each for each in weigh(said(case.answers)) if each.failure in STRUCTURAL]
        told = ", ".join(
            f"{each.failure} {each.activity:.2f} ({each.low:.2f} to {each.high:.2f})"
            for each in causes[:3]
        )
        where = "" if case.first is None else str(place(case.answers, case.first))
        print(f"| {case.name} | {case.first or 'it went well'} | {where} | {told} |")
    places = [place(case.answers, case.first) for case in found if case.first]
    print(f"\n{_counted(places)}")


def _counted(places: Iterable[int]) -> str:
    found = list(places)
    first, second = sum(each == 1 for each in found), sum(each <= 2 for each in found)
    return f"{first} first, {second} first or second, of {len(found)}"


def _shaken(failed: Sequence[Case], spread: float) -> str:
    draws = np.random.default_rng(1)
    weights = documented()
    is_set = weights != 0
    hits = np.array([
        sum(place_by(weights + draws.normal(0, spread, weights.shape) * is_set, case) <= 2
            for case in failed)
        for _ in range(_DRAWS)
    ])  # fmt: skip
    n = len(failed)
    whole, but_one = float(np.mean(hits == n)), float(np.mean(hits >= n - 1))
    return f"{whole:.0%}, {but_one:.0%}, {np.median(hits):g} of {n}"


if __name__ == "__main__":
    main()
