"""Production rows as the system is given them: for checks that ask it and need no true answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from proveout.charter.schema import Charter
from proveout.errors import InputError
from proveout.intake.sampling import fetch
from proveout.intake.table import OpenTable
from proveout.intake.union import unite

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionInputs:
    """Rows drawn at random from all production sources together."""

    frame: pd.DataFrame
    """What the system is given; indexed by position."""
    fingerprints: dict[str, str]
    """Of the sources, as 'data:NAME'."""


def production_inputs(
    charter: Charter, opened: Sequence[OpenTable], *, rows: int | None, seed: int
) -> ProductionInputs:
    """Draw rows, of those columns that the system is given.

    Raises InputError without any row, and where a declared input is not there.
    """
    if not opened:
        raise InputError(
            "The charter names no production data, of which requests could be made.",
            hint="Name a source: data.production",
        )
    table = unite(opened)
    absent = [name for name in charter.data.inputs if name not in table.columns]
    if absent:
        found = [name for name in table.columns if not name.startswith("__")]
        raise InputError(
            f"Production data do not have '{absent[0]}', which the system is to be given.",
            hint=f"Columns found: {', '.join(found[:20])}. Look at data.inputs.",
        )
    columns = given_columns(charter, table.columns)
    if not columns or (drawn := fetch(table, columns, rows=rows, seed=seed)).empty:
        raise InputError(
            "Production data hold no row that could be given to the system.",
            hint="Look at data.production and data.inputs: proveout audit pilot.yaml",
        )
    return ProductionInputs(
        frame=drawn.reset_index(drop=True)[list(columns)],
        fingerprints={f"data:{each.name}": each.fingerprint for each in opened},
    )


def given_columns(charter: Charter, found: Sequence[str]) -> tuple[str, ...]:
    """Return the declared inputs that are there, or all columns but truths and keys.

    A column that holds a true answer is never given, even where it is declared as an input.
    """
    data, truths = charter.data, truth_columns(charter)
    if data.inputs:
        return tuple(name for name in data.inputs if name in found and name not in truths)
    kept_back = {*truths, *data.key}
    return tuple(name for name in found if name not in kept_back and not name.startswith("__"))


def truth_columns(charter: Charter) -> frozenset[str]:
    """Return the columns that hold true answers: the label, and those of a document's fields."""
    data, system = charter.data, charter.system
    named = {data.label, data.labels.column if data.labels is not None else None}
    if system is not None and system.scoring is not None:
        named |= {field.truth or name for name, field in system.scoring.fields.items()}
    return frozenset(name for name in named if name is not None)
