"""What counts as a change of a series, and what is the usual unrest."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from proveout.checks.readiness.series.codes import NewWords, Vocabulary, changed
from proveout.checks.readiness.series.profile import ColumnProfile
from proveout.checks.readiness.series.regimes import shifts
from proveout.checks.readiness.series.renames import likeness
from proveout.checks.readiness.series.units import Sizes


@dataclass
class Letters:
    """A stretch of deliveries that hold one and the same letter."""

    states: str
    seen: list[str] = field(default_factory=list)

    def add(self, at: int) -> None:
        self.seen.append(self.states[at])

    def differs(self, at: int) -> bool:
        return self.states[at] not in self.seen


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ("aaaa", []),
        ("aabb", [((2, 3),)]),
        # One odd delivery is one change; the way back is none.
        ("aabaa", [((2, 2),)]),
        ("aabaab", [((2, 2), (5, 5))]),
        ("aabbcc", [((2, 3),), ((4, 5),)]),
    ],
)
def test_each_change_is_told_once_with_the_runs_for_which_it_holds(
    states: str, expected: list[tuple[tuple[int, int], ...]]
) -> None:
    """What went back to the usual continues the usual."""
    found = shifts(range(len(states)), lambda: Letters(states))

    assert [shift.spans for shift in found] == expected
    assert all(shift.holds == states.endswith(shift.after.seen[0]) for shift in found)


def figures(seed: int, *, times: float = 1.0, n: int = 2_000) -> ColumnProfile:
    """Make a delivery of log-normal amounts, whose level moves by some percent."""
    drawn = random.Random(seed)
    level = 3 + drawn.gauss(0, 0.03)
    values = sorted(times * drawn.lognormvariate(level, 1) for _ in range(n))
    quantiles = tuple(values[int(share * n)] for share in (0.1, 0.25, 0.5, 0.75, 0.9))
    return ColumnProfile(
        kind="float", n=n, n_filled=n, quantiles=quantiles,
        sizes=tuple(math.log(each) for each in quantiles),
    )  # fmt: skip


def pool(profiles: Sequence[ColumnProfile]) -> Sizes:
    """Take in all deliveries but the last."""
    sizes = Sizes(profiles)
    for at in range(len(profiles) - 1):
        sizes.add(at)
    return sizes


@pytest.mark.parametrize("n_before", [1, 3, 11])
@pytest.mark.parametrize(
    ("times", "words"),
    [
        (100, "are 100 times as large, as in cents instead of whole units, or per cent instead of "
         "shares"),
        (0.001, "are one part in 1,000 of what they were, as in kilograms instead of grams, or "
         "thousands instead of single units"),
        (-1, "have the opposite sign"),
    ],
)  # fmt: skip
def test_another_unit_is_told_by_its_factor(n_before: int, times: float, words: str) -> None:
    """All quantiles move alike, far beyond what months differ by."""
    now = figures(99, times=abs(times))
    if times < 0:
        now = ColumnProfile(
            kind="float", n=now.n, n_filled=now.n, sizes=now.sizes, negative=1.0,
            quantiles=tuple(-each for each in now.quantiles or ()),
        )  # fmt: skip
    profiles = [*(figures(seed) for seed in range(n_before)), now]

    scale = pool(profiles).scale(n_before)

    assert scale is not None
    assert scale.words == words


@pytest.mark.parametrize("n", [50, 1_000])
@pytest.mark.parametrize("n_before", [1, 3, 11])
def test_the_unrest_of_small_and_large_deliveries_is_no_change_of_unit(
    n: int, n_before: int
) -> None:
    """Fifty records may be twice as large by chance, and mean nothing."""
    alarms = 0
    for trial in range(30):
        first = 100 * trial
        profiles = [figures(first + at, n=n) for at in range(n_before + 1)]
        alarms += pool(profiles).differs(n_before)

    assert alarms == 0


def test_codes_that_are_written_otherwise_are_paired() -> None:
    """By their letters and by how often they come; what is left is new or gone."""
    before = Counter({"UA": 500, "DL": 400, "AA": 300, "old": 100})
    now = Counter({"United": 510, "dl": 390, "AA": 310, "brand new": 90})

    assert changed(before, now) == NewWords(
        renamed=(("DL", "dl"), ("UA", "United")), new=("brand new",), gone=("old",)
    )


def test_rare_codes_come_and_go_without_a_word() -> None:
    """Eight records must be expected before none means something."""
    assert not changed(Counter({"a": 990, "b": 10}), Counter({"a": 500}))


def test_a_vocabulary_that_is_unsteady_by_nature_must_change_more() -> None:
    """Where shares jump from month to month, a code that is not there says little."""
    steady = [Counter({"a": 700, "b": 300 + at, "c": 40}) for at in range(6)]
    unsteady = [Counter({"a": 700, "b": 600 * (at % 2), "c": 40}) for at in range(6)]
    without = Counter({"a": 700, "b": 300})

    def is_change(counts: list[Counter[str]]) -> bool:
        profiles = [
            ColumnProfile(kind="text", n=1_000, n_filled=1_000, values=values)
            for values in [*counts, without]
        ]
        vocabulary = Vocabulary(profiles)
        for at in range(len(counts)):
            vocabulary.add(at)
        return vocabulary.differs(len(counts))

    assert is_change(steady)
    assert not is_change(unsteady)


@pytest.mark.parametrize(
    ("old", "new", "is_rename"),
    [
        ("dep_delay", "departure_delay", True),
        ("dep_delay", "DepDelay", True),
        ("qty", "quantity", True),
        # Alike in values beyond doubt, whatever the name.
        ("dep_delay", "col_7", True),
    ],
)
def test_a_column_under_another_name_is_known_by_name_and_values(
    old: str, new: str, is_rename: bool
) -> None:
    """The suggestion is for a person to judge: nothing is renamed by itself."""
    assert likeness(old, new, [figures(1)], [figures(2)]).is_rename is is_rename


def test_other_values_under_another_name_are_another_column() -> None:
    """An amount that goes and a count that comes have nothing to do with each other."""
    assert not likeness("amount", "pieces", [figures(1)], [figures(2, times=0.05)]).is_rename
