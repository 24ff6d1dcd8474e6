"""Right values in the wrong place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from proveout.checks.stress.columns import Kind, kinds_of
from proveout.checks.stress.operators.operator import Hit, Operator, with_columns

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray


PROSE: frozenset[Kind] = frozenset({"prose"})


def _swap_columns(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    families: dict[str, list[str]] = {}
    for name in hit.columns:
        families.setdefault(min(kinds_of(hit.sample[name]), default="other"), []).append(name)
    new = {}
    for names in families.values():
        mixed = [names[place] for place in rng.permutation(len(names))]
        for one, other in zip(mixed[::2], mixed[1::2], strict=False):
            new[one], new[other] = hit.rows[other], hit.rows[one]
    if not new:  # no two columns of a kind: the first two, whatever they are
        one, other = hit.columns[:2]
        new = {one: hit.rows[other], other: hit.rows[one]}
    return [with_columns(hit.rows, new)]


def _swap_values(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    new = {}
    for name in hit.columns:
        # A rotation in random order: every row gets the value of another row.
        order = rng.permutation(len(hit.rows))
        source = np.empty(len(order), dtype=np.intp)
        source[order] = np.roll(order, 1)
        if len(order) == 1:
            donors = hit.sample[name].iloc[[int(rng.integers(len(hit.sample)))]]
        else:
            donors = hit.rows[name].iloc[source]
        new[name] = donors.set_axis(hit.rows.index)
    return [with_columns(hit.rows, new)]


def _repeat_previous(hit: Hit, rng: Generator) -> list[pd.DataFrame]:  # noqa: ARG001
    before = np.maximum(hit.rows.index.to_numpy() - 1, 0)
    stale = hit.sample.iloc[before].set_index(hit.rows.index)
    return [with_columns(hit.rows, {name: stale[name] for name in hit.columns})]


def _join_wrongly(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    """Give half of the columns, as they belong together, to another of the rows that are hit."""
    return [_with_partners(hit, _joined(hit), _turned(np.arange(len(hit.rows)), rng))]


def _join_wrongly_within(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    """The same among rows of one group, where nothing looks out of place."""
    joined = _joined(hit)
    key = _group_column(hit, joined)
    source = np.arange(len(hit.rows))
    groups = pd.factorize(hit.rows[key].map(str))[0]
    for group in range(int(groups.max()) + 1):
        members = np.flatnonzero(groups == group)
        source[members] = _turned(members, rng)
    return [_with_partners(hit, [name for name in joined if name != key], source)]


def _joined(hit: Hit) -> list[str]:
    """The latter half of the columns: what a join adds stands at the end."""
    return list(hit.columns[(len(hit.columns) + 1) // 2 :])


def _group_column(hit: Hit, joined: list[str]) -> str:
    """The column that is not joined and has the fewest values, but two at least."""
    counts = {
        name: hit.sample[name].map(str).nunique() for name in hit.columns if name not in joined
    }
    several = {name: count for name, count in counts.items() if count > 1} or counts
    return min(several, key=several.__getitem__)


def _turned(members: NDArray[np.intp], rng: Generator) -> NDArray[np.intp]:
    """For each member the one before it in a random order: never itself, unless it is alone."""
    order = rng.permutation(members)
    source = dict(zip(order.tolist(), np.roll(order, 1).tolist(), strict=True))
    return np.array([source[member] for member in members.tolist()], dtype=np.intp)


def _with_partners(hit: Hit, names: list[str], source: NDArray[np.intp]) -> pd.DataFrame:
    partners = hit.rows.iloc[source].set_axis(hit.rows.index)
    if len(hit.rows) == 1:
        partners = hit.sample.iloc[[int(hit.rows.index[0]) - 1]].set_axis(hit.rows.index)
    return with_columns(hit.rows, {name: partners[name] for name in names})


def _slip_down(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    """Take some of the columns from the row above: half of them, drawn at random."""
    chosen = rng.permutation(len(hit.columns))[: max(1, len(hit.columns) // 2)]
    above = hit.sample.iloc[np.maximum(hit.rows.index.to_numpy() - 1, 0)]
    above = above.set_axis(hit.rows.index)
    names = [hit.columns[place] for place in chosen]
    return [with_columns(hit.rows, {name: above[name] for name in names})]


SWAPPED_COLUMNS = Operator(
    name="swapped-columns",
    stands_for="columns mixed up when files are put together by hand",
    does="columns of the same kind exchange their values, in pairs drawn at random",
    kinds=frozenset(),
    damage=_swap_columns,
    overwrites=True,
    spares=PROSE,
    fewest_columns=2,
)

SWAPPED_VALUES = Operator(
    name="swapped-values",
    stands_for="cells sorted or pasted without the rest of their row",
    does="in each column the rows that are hit exchange their values among each other",
    kinds=frozenset(),
    damage=_swap_values,
    overwrites=True,
    spares=PROSE,
)

STALE_VALUES = Operator(
    name="stale-values",
    stands_for="an interface that repeats the last record when it gets no new one",
    does="all values are those of the row before",
    kinds=frozenset(),
    damage=_repeat_previous,
    overwrites=True,
    spares=PROSE,
)

BROKEN_JOIN = Operator(
    name="broken-join",
    stands_for="tables joined by a key that no longer fits: right records, wrong partner",
    does="the latter half of the columns, kept together, comes from another row that is hit",
    kinds=frozenset(),
    damage=_join_wrongly,
    overwrites=True,
    spares=PROSE,
    fewest_columns=2,
)

BROKEN_JOIN_WITHIN = Operator(
    name="broken-join-within",
    stands_for="a join by part of the key, such as the customer without the contract",
    does=(
        "the same among rows that agree in the column with the fewest values, so that nothing "
        "looks out of place"
    ),
    kinds=frozenset(),
    damage=_join_wrongly_within,
    overwrites=True,
    spares=PROSE,
    fewest_columns=3,
)

SLIPPED_COLUMNS = Operator(
    name="slipped-columns",
    stands_for="columns pasted one row too low",
    does="half of the columns, drawn at random, hold the value of the row above",
    kinds=frozenset(),
    damage=_slip_down,
    overwrites=True,
    spares=PROSE,
    fewest_columns=2,
)
