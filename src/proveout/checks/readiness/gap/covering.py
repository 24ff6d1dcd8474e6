"""What production holds and the pilot sample never showed: values, combinations, records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from proveout.checks.contract import CheckContext, Finding
from proveout.checks.readiness.gap.field_gap import FieldGap, Unseen
from proveout.checks.readiness.gap.fields import Field
from proveout.evidence.figures import figure
from proveout.evidence.model import Subject
from proveout.evidence.outcome import NotMeasured
from proveout.statistics import wilson

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from proveout.statistics.support import Coverage

UNSEEN = "readiness.unseen_share"
OUTSIDE = "readiness.outside_pilot"

_SHOWN = 10


def unseen_finding(
    context: CheckContext, gap: FieldGap, inputs: Mapping[str, str]
) -> Iterator[Finding]:
    """Say how many production records hold a value of the field that the pilot never showed."""
    if gap.kind == "identifier" or gap.unseen_is_unknown:
        return
    unseen = gap.unseen
    n = 0 if unseen is None else unseen.n_records
    details: dict[str, Any] = {
        "summary": _in_words(unseen),
        "n_pilot": gap.n_pilot,
        "examples": []
        if unseen is None
        else [f"{value} ({count:,} records)" for value, count in unseen.examples[:3]],
    }
    if unseen is not None and unseen.pilot_range is not None:
        details["pilot"] = list(unseen.pilot_range)
        details["production"] = list(unseen.production_range or ())
    yield context.found(
        UNSEEN,
        n / gap.n_production,
        n=gap.n_production,
        scope="production",
        subject=Subject.of(column=gap.name),
        interval=wilson(n, gap.n_production),
        inputs=inputs,
        details=details,
    )


def _in_words(unseen: Unseen | None) -> str:
    if unseen is None or not unseen.n_records:
        return "production holds nothing in this field that the pilot never showed"
    share = figure(unseen.share, "fraction")
    if unseen.n_values is not None:
        listed = ", ".join(value for value, _ in unseen.examples[:3])
        more = ", …" if unseen.n_values > 3 else ""
        values = "a value" if unseen.n_values == 1 else f"one of {unseen.n_values:,} values"
        return f"{share} of production holds {values} that the pilot never showed: {listed}{more}"
    low, high = unseen.pilot_range or ("", "")
    return f"{share} of production is outside the pilot's {low} to {high}"


def coverage_finding(
    context: CheckContext,
    fields: Sequence[Field],
    pilot: pd.DataFrame,
    production: pd.DataFrame,
    *,
    sizes: tuple[int, int],
    inputs: Mapping[str, str],
) -> Finding:
    """Say how many production records are outside what the pilot showed, and of which kinds."""
    from proveout.checks.readiness.gap.joint import calendar_columns
    from proveout.statistics.support import coverage

    names = [field.name for field in fields if field.kind != "identifier"]
    calendar = calendar_columns(pilot, production, fields)
    try:
        found = coverage(pilot[names], production[names], calendar=calendar)
    except ValueError as error:
        return NotMeasured(
            metric=OUTSIDE, reason=str(error), next_step="Compare with a larger pilot sample."
        )
    if not found.columns:
        return NotMeasured(
            metric=OUTSIDE,
            reason="the two share no field by which records can be of one kind: there are but "
            "identifiers, and fields whose values hardly come again",
            next_step="Compare files that share what the system is given.",
        )
    n_outside, n = int(found.outside.sum()), len(production)
    return context.found(
        OUTSIDE,
        n_outside / n,
        n=n,
        scope="production",
        interval=wilson(n_outside, n),
        inputs=inputs,
        details=_details(found, pilot, production, sizes),
    )


def _details(
    found: Coverage, pilot: pd.DataFrame, production: pd.DataFrame, sizes: tuple[int, int]
) -> dict[str, Any]:
    n = len(production)
    details: dict[str, Any] = {
        "summary": _summary(found, n),
        "by_value": float(found.by_value.mean()),
        "n_pilot": len(pilot),
        "segments": [
            {
                "what": segment.words,
                "columns": list(segment.columns),
                "n": segment.n,
                "share": segment.share,
                "sentence": f"{segment.words}: {figure(segment.share, 'fraction')} of production, "
                "none in the pilot",
            }
            for segment in found.segments[:_SHOWN]
        ],
        "periods": [
            f"{each.words}: {figure(each.share, 'fraction')} of production, none in the pilot"
            for each in found.periods[:_SHOWN]
        ],
        "columns": list(found.columns),
        "left_out": list(found.left_out),
    }
    if len(pilot) < sizes[0]:
        details["pilot_drawn_from"] = sizes[0]
    if n < sizes[1]:
        details["drawn_at_random_from"] = sizes[1]
    return details


def _summary(found: Coverage, n: int) -> str:
    outside = int(found.outside.sum())
    if not outside:
        said = "Every record of production is of a kind that the pilot sample showed"
        if not found.left_out:
            return f"{said}."
        left = ", ".join(found.left_out[:3]) + (", …" if len(found.left_out) > 3 else "")
        return f"{said}, not going by {left}, whose values hardly come again."
    share = figure(outside / n, "fraction")
    listed = "; ".join(
        f"{each.words} ({figure(each.share, 'fraction')})" for each in found.segments[:3]
    )
    return f"{share} of production is of a kind that the pilot sample never showed: {listed}."
