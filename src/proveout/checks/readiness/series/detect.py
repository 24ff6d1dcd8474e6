"""Find every change in a series, column by column, each told once and in its worst form."""

from __future__ import annotations

from proveout.checks.readiness.series.changes import Change
from proveout.checks.readiness.series.contents import of_values
from proveout.checks.readiness.series.deliveries import Series
from proveout.checks.readiness.series.profile import Profiles
from proveout.checks.readiness.series.showing import Known
from proveout.checks.readiness.series.structure import of_columns, of_layout, of_stated_units


def changes(series: Series, profiles: Profiles) -> list[Change]:
    """List the changes of a series, the earliest first; none where there is one delivery."""
    order = [delivery.position for delivery in series.deliveries]
    columns: dict[str, Known] = {}
    for name, by_file in profiles.columns.items():
        ordered = [by_file[position] for position in order]
        if any(each is not None for each in ordered):
            columns[name] = ordered
    found = [*of_columns(columns), *of_layout(series)]
    for name, known in columns.items():
        stated = list(of_stated_units(name, series))
        begun = {change.spans[0][0] for change in stated}
        measured = [
            change for change in of_values(name, known)
            if change.kind != "unit-changed" or change.spans[0][0] not in begun
        ]  # fmt: skip
        found += [*measured, *stated]
    return sorted(found, key=lambda each: (each.spans[0][0], each.column or "", each.kind))
