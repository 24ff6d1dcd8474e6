"""Lists of allowed values that change without notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from proveout.checks.stress.columns import Kind
from proveout.checks.stress.operators.operator import Hit, Operator, with_values

if TYPE_CHECKING:
    from numpy.random import Generator

CATEGORY: frozenset[Kind] = frozenset({"category"})

NEW_CATEGORY_VALUE = "Newly added"


def _rename(hit: Hit, rng: Generator) -> list[pd.DataFrame]:  # noqa: ARG001  # nothing random
    new = {}
    for name in hit.columns:
        codes = {
            value: f"{name[:3].upper()}-{number:02d}"
            for number, value in enumerate(sorted(set(hit.sample[name].dropna().tolist())), start=1)
        }
        new[name] = [codes.get(cell, cell) for cell in hit.rows[name].tolist()]
    return [with_values(hit.rows, new)]


def _add_new(hit: Hit, rng: Generator) -> list[pd.DataFrame]:  # noqa: ARG001  # nothing random
    new = {}
    for name in hit.columns:
        known, value = set(hit.sample[name].dropna().tolist()), NEW_CATEGORY_VALUE
        while value in known:
            value += " too"
        new[name] = [value] * len(hit.rows)
    return [with_values(hit.rows, new)]


def _merge(hit: Hit, rng: Generator) -> list[pd.DataFrame]:  # noqa: ARG001  # nothing random
    new = {}
    for name in hit.columns:
        counts = hit.sample[name].value_counts()
        ordered = sorted(counts.index, key=lambda value: (-counts[value], value))
        most, others = ordered[0], set(ordered[(len(ordered) + 1) // 2 :])
        new[name] = [most if cell in others else cell for cell in hit.rows[name].tolist()]
    return [with_values(hit.rows, new)]


def _mistake(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    """Take the next of the known ones in a random order: another one for sure."""
    new = {}
    for name in hit.columns:
        known = sorted(set(hit.sample[name].dropna().tolist()))
        order = [known[place] for place in rng.permutation(len(known))]
        after = dict(zip(order, [*order[1:], *order[:1]], strict=True))
        new[name] = [after.get(cell, cell) for cell in hit.rows[name].tolist()]
    return [with_values(hit.rows, new)]


CATEGORY_RENAME = Operator(
    name="category-rename",
    stands_for="a code list that replaces names when a source system is upgraded",
    does="each category becomes a code of its own, such as 'WOR-03'",
    kinds=CATEGORY,
    damage=_rename,
)

NEW_CATEGORY = Operator(
    name="new-category",
    stands_for="a product, site or reason that did not exist when the system was built",
    does="a category that the sample does not hold",
    kinds=CATEGORY,
    damage=_add_new,
    overwrites=True,
)

MERGED_CATEGORIES = Operator(
    name="merged-categories",
    stands_for="a reorganisation that puts small units under the largest one",
    does="the rarer half of the categories becomes the most frequent one",
    kinds=CATEGORY,
    damage=_merge,
)

WRONG_CATEGORY = Operator(
    name="wrong-category",
    stands_for="the line above or below in a drop-down list",
    does="another category of the column, the same one for each",
    kinds=CATEGORY,
    damage=_mistake,
)
