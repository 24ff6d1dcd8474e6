"""The sandbox gap as findings: field by field, then all fields together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from proveout.checks.contract import CheckContext, Finding, Progress
from proveout.checks.readiness.engine import as_one, kept_aside, under_a_name
from proveout.checks.readiness.gap.covering import coverage_finding, unseen_finding
from proveout.checks.readiness.gap.fields import Field, Profile, agree, plain, profiles
from proveout.evidence.model import WHOLE, Subject
from proveout.evidence.outcome import NotMeasured
from proveout.intake.table import OpenTable

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from proveout.checks.readiness.gap.counting import Counts
    from proveout.checks.readiness.gap.field_gap import FieldGap
    from proveout.checks.readiness.gap.joint import Feature, Joint

GAP = "readiness.sandbox_gap"
AUC = "readiness.sandbox_auc"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sides:
    """Both sides, made comparable."""

    fields: list[Field]
    pilot: list[ir.Table]
    production: list[ir.Table]
    pilot_sample: pd.DataFrame
    production_sample: pd.DataFrame
    n_pilot: int
    n_production: int
    only_pilot: list[str]
    only_production: list[str]
    inputs: dict[str, str]


def findings(context: CheckContext) -> Iterator[Finding]:
    """Compare the pilot sample with all production records; say what could not be compared."""
    pilot, production = context.data.pilot(), context.data.production()
    if pilot is None or not production:
        yield _cannot(
            "the charter names no pilot sample"
            if pilot is None
            else "the charter names no production data",
            "Name both: data.pilot and data.production",
        )
        return
    yield Progress(done=0, total=None, what="comparing the pilot sample with production")
    mine, theirs = profiles(pilot.table), [profiles(each.table) for each in production]
    n_pilot, n_production = _rows(mine), sum(map(_rows, theirs))
    if not n_pilot or not n_production:
        side = "the pilot sample" if not n_pilot else "production"
        yield _cannot(f"{side} holds no records", "Give data with records.")
        return
    if not agree(mine, theirs):
        yield _cannot(
            "the pilot sample and production share no field",
            "Compare files with the same column names.",
        )
        return
    with ExitStack() as names:
        sides = _sides(context, pilot, production, profiled=(mine, theirs), names=names)
        for done, gap in enumerate(_gaps(sides), start=1):
            yield _field_finding(context, sides, gap)
            yield from unseen_finding(context, gap, sides.inputs)
            yield Progress(done=done, total=len(sides.fields) + 1, what=f"comparing {gap.name}")
    yield from _one_sided(context, sides)
    yield Progress(
        done=len(sides.fields),
        total=len(sides.fields) + 1,
        what="telling the pilot's records from production's",
    )
    yield _joint_finding(context, sides)
    data = context.charter.data
    yield coverage_finding(
        context,
        [f for f in sides.fields if f.name != data.label and f.name in (data.inputs or [f.name])],
        sides.pilot_sample,
        sides.production_sample,
        sizes=(sides.n_pilot, sides.n_production),
        inputs=sides.inputs,
    )


def _cannot(reason: str, next_step: str) -> NotMeasured:
    return NotMeasured(metric=AUC, reason=reason, next_step=next_step)


def _rows(profiled: dict[str, Profile]) -> int:
    return next((each.n for each in profiled.values()), 0)


def _sides(
    context: CheckContext,
    pilot: OpenTable,
    production: Sequence[OpenTable],
    *,
    profiled: tuple[dict[str, Profile], list[dict[str, Profile]]],
    names: ExitStack,
) -> _Sides:
    mine, theirs = profiled
    fields = agree(mine, theirs, context.charter.data.key)
    own, *tables = (
        names.enter_context(under_a_name(plain(each.table, fields)))
        for each in (pilot, *production)
    )
    sizes = [_rows(each) for each in theirs]
    in_production = dict.fromkeys(name for each in theirs for name in each)
    return _Sides(
        fields=fields,
        pilot=[own],
        production=names.enter_context(as_one(tables)),
        pilot_sample=_sample([pilot.table], fields, [_rows(mine)], context.seed),
        production_sample=_sample([each.table for each in production], fields, sizes, context.seed),
        n_pilot=_rows(mine),
        n_production=sum(sizes),
        only_pilot=[name for name in mine if name not in in_production],
        only_production=[name for name in in_production if name not in mine],
        inputs={f"data:{each.name}": each.fingerprint for each in (pilot, *production)},
    )


def _sample(
    tables: Sequence[ir.Table], fields: Sequence[Field], sizes: Sequence[int], seed: int
) -> pd.DataFrame:
    """Draw from every table in proportion to its size, then read its fields."""
    import pandas as pd

    from proveout.checks.readiness.gap.joint import MOST_ROWS
    from proveout.intake import fetch
    from proveout.intake.sampling import drawn

    total = sum(sizes)
    found = []
    for table, size in zip(tables, sizes, strict=True):
        if not size:
            continue
        names = [field.name for field in fields if field.name in table.columns]
        rows = None if total <= MOST_ROWS else -(-MOST_ROWS * size // total)
        # Reading texts as figures and dates takes longest: it is done to the rows drawn only.
        with kept_aside(drawn(table, names, rows=rows, seed=seed)) as few:
            found.append(fetch(plain(few, fields), rows=None, seed=seed))
    return pd.concat(found, ignore_index=True) if len(found) > 1 else found[0]


def _gaps(sides: _Sides) -> Iterator[FieldGap]:
    from proveout.checks.readiness.gap.counting import count_outside, extents
    from proveout.checks.readiness.gap.field_gap import gap_of

    before, after = extents(sides.pilot, sides.fields), extents(sides.production, sides.fields)
    outside = count_outside(sides.production, before)
    for field in sides.fields:
        pilot, production = _counts(field, sides)
        yield gap_of(
            field,
            pilot,
            production,
            pilot_range=before.get(field.name),
            production_range=after.get(field.name),
            n_outside=outside.get(field.name, 0),
        )


def _counts(field: Field, sides: _Sides) -> tuple[Mapping[str, Counts], Mapping[str, Counts]]:
    """Count both sides over the same bins."""
    from proveout.checks.readiness.gap import counting

    bins = counting.Bins(edges=(), labels=("all",))
    if field.kind == "number":
        bins = counting.bins_of(
            sides.pilot_sample[field.name].dropna().tolist(),
            sides.production_sample[field.name].dropna().tolist(),
        )

    def count(tables: Sequence[ir.Table]) -> Mapping[str, Counts]:
        match field.kind:
            case "moment":
                return counting.count_parts(tables, field)
            case "number":
                return {"": counting.count_numbers(tables, field, bins)}
            case "category":
                return {"": counting.count_categories(tables, field)}
            case "identifier":
                return {"": counting.count_filled(tables, field)}

    return count(sides.pilot), count(sides.production)


def _field_finding(context: CheckContext, sides: _Sides, gap: FieldGap) -> Finding:
    from proveout.checks.readiness.gap.field_gap import as_details

    return context.found(
        GAP,
        gap.distance.value,
        n=gap.n_pilot + gap.n_production,
        scope="production",
        subject=Subject.of(column=gap.name),
        interval=gap.distance.interval,
        inputs=sides.inputs,
        details=as_details(gap),
    )


def _one_sided(context: CheckContext, sides: _Sides) -> Iterator[Finding]:
    """A field that production lacks is as far off as can be; one the pilot lacks is unknown."""
    for name in sides.only_pilot:
        yield context.found(
            GAP,
            1.0,
            n=sides.n_pilot + sides.n_production,
            scope="production",
            subject=Subject.of(column=name),
            inputs=sides.inputs,
            details={
                "summary": "production does not have this field",
                "kind": "absent",
                "only_in": "pilot",
                "n_pilot": sides.n_pilot,
                "n_production": sides.n_production,
            },
        )
    for name in sides.only_production:
        yield NotMeasured(
            metric=GAP,
            subject=Subject.of(column=name),
            reason=f"the pilot sample does not have the field {name}, which production has",
            next_step="Where the system uses it, take it into the pilot sample.",
        )


def _joint_finding(context: CheckContext, sides: _Sides) -> Finding:
    from proveout.checks.readiness.gap import joint
    from proveout.checks.readiness.gap.together import shifts
    from proveout.checks.readiness.gap.together_words import together_in_words

    label = context.charter.data.label
    fewest = min(len(sides.pilot_sample), len(sides.production_sample))
    if fewest < joint.FEWEST_ROWS:
        return _cannot(
            f"one side holds {fewest} records only; telling them apart takes {joint.FEWEST_ROWS}",
            "Compare with a larger sample.",
        )
    pilot, production = (
        frame.sample(n=fewest, random_state=context.seed) if len(frame) > 4 * fewest else frame
        for frame in (sides.pilot_sample, sides.production_sample)
    )
    used = joint.features(
        pilot, production, [field for field in sides.fields if field.name != label]
    )
    timeless = [feature for feature in used if not feature.is_calendar]
    if not timeless:
        return _cannot(
            "the two share no field but dates, identifiers and constants",
            "Compare files that share what the system is given.",
        )
    without = joint.tell_apart(timeless, len(pilot), seed=context.seed)
    timed = (
        joint.tell_apart(used, len(pilot), seed=context.seed) if len(used) > len(timeless) else None
    )
    together = shifts(used, len(pilot), seed=context.seed)
    return context.found(
        AUC,
        without.auc,
        n=without.n_pilot + without.n_production,
        scope="production",
        subject=WHOLE,
        interval=without.interval,
        inputs=sides.inputs,
        details=_joint_details(sides, used, without, timed, label)
        | {"together": together_in_words(together, used, (pilot, production))},
    )


def _joint_details(
    sides: _Sides, used: Sequence[Feature], without: Joint, timed: Joint | None, label: str | None
) -> dict[str, Any]:
    considered = {feature.column for feature in used}
    calendar = {feature.column for feature in used if feature.is_calendar}
    details: dict[str, Any] = {
        "summary": _in_words(without),
        "fields": _named(without),
        "n_fields": without.n_fields,
        "n_pilot": without.n_pilot,
        "n_production": without.n_production,
        "left_out": [
            {"column": field.name, "reason": _why_left_out(field, calendar, considered, label)}
            for field in sides.fields
            if field.name not in considered or field.name in calendar
        ],
        "only_in_pilot": sides.only_pilot,
        "only_in_production": sides.only_production,
    }
    if timed is not None:
        details["with_time"] = {
            "auc": timed.auc,
            "low": timed.interval.low,
            "high": timed.interval.high,
            "fields": _named(timed),
        }
    return details


def _why_left_out(field: Field, calendar: set[str], considered: set[str], label: str | None) -> str:
    if field.name in calendar:
        return "date: any two periods differ in it"
    if field.name == label:
        return "the true answer"
    if field.kind == "identifier":
        return "identifier"
    return "constant" if field.name not in considered else ""


def _named(joint: Joint) -> list[dict[str, Any]]:
    return [{"column": each.column, "loss": each.loss} for each in joint.telling]


def _in_words(joint: Joint) -> str:
    """Say what the AUC means: a probability, as a count of a hundred."""
    times = round(100 * joint.auc)
    if joint.interval.low <= 0.5:
        return (
            "A classifier that is shown one record from each cannot say which is the pilot's "
            f"(right {times} times of 100; guessing is right 50 times)."
        )
    fields = ", ".join(each.column for each in joint.telling[:3])
    by = f" It goes by {fields}." if fields else ""
    return (
        "Shown one record from each, a classifier says which is the pilot's "
        f"{times} times of 100 (guessing: 50).{by}"
    )
