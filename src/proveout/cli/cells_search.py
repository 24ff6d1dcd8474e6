"""`proveout audit --cells`: ask about rows where that is wanted, then search every cell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from proveout.errors import InputError

if TYPE_CHECKING:
    from proveout.checks.contract import CheckContext
    from proveout.checks.readiness.cells import CellSearch
    from proveout.cli.adhoc import Collected
    from proveout.cli.output import Output


@dataclass(frozen=True, slots=True, kw_only=True)
class CellOptions:
    """What the command line says about the search for wrong cells."""

    out: Path | None = None
    """Where to list them."""
    labels: Path | None = None
    """Rows that were corrected by hand."""
    ask: int | None = None
    """How many rows to ask about."""

    @property
    def wanted(self) -> bool:
        """Whether any of it was asked for."""
        return not (self.out is None and self.labels is None and self.ask is None)


def with_cells(
    context: CheckContext, collected: Collected, options: CellOptions, output: Output
) -> tuple[Collected, CellSearch | None, list[str]]:
    """Search the cells of the one source, and add what was found to the rest.

    Returns None for the search where only rows were asked about, and what is to be said after
    the results.
    """
    from proveout.checks.readiness.cells import METRIC, findings_of, search, text_of
    from proveout.cli.adhoc import Collected, collect
    from proveout.cli.cells_ask import asked_labels, given_labels

    sources = context.data.production()
    if len(sources) != 1:
        raise InputError(
            f"Cells are looked at in one source at a time; {len(sources)} were given.",
            hint="Name one file: proveout audit orders.csv --cells cells.csv",
        )
    (opened,) = sources
    with text_of(opened, context.loaded.folder) as (grid, session):
        labels, notes = given_labels(options, grid, opened.name), []
        if options.ask is not None:
            labels, note = asked_labels(
                options, grid, opened.name, output, seed=context.seed, given=labels
            )
            notes.append(note)
            if options.out is None:
                return collected, None, notes
        found = search(
            grid, source=opened.name, session=session, labels=labels, out=options.out,
            seed=context.seed,
        )  # fmt: skip
    notes += _notes(found, options)
    more = collect(findings_of(context, opened, found), output, begin="summing up")
    return (
        Collected(
            evidence=(*(e for e in collected.evidence if e.metric != METRIC), *more.evidence),
            not_measured=(
                *(each for each in collected.not_measured if each.metric != METRIC),
                *more.not_measured,
            ),
        ),
        found,
        notes,
    )


def _notes(found: CellSearch, options: CellOptions) -> list[str]:
    if options.out is None:
        return []
    cells = "1 value that is" if found.n == 1 else f"{found.n:,} values that are"
    notes = [f"{cells} probably wrong: listed in {options.out}, rows counted from 0."]
    if not found.n_labelled and found.n_rows:
        notes.append("20 rows corrected by hand make this much sharper: add --ask 20")
    return notes
