"""On which days the records of each file came about, by the column that moves on with the files."""
# ruff: noqa: S608 - every name in a statement is quoted, or our own

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from proveout.checks.readiness.series.drawing import SampledFiles
from proveout.checks.readiness.series.profile import ColumnProfile

_PARSED = {"DD/MM/YYYY": "%d/%m/%Y", "MM/DD/YYYY": "%m/%d/%Y", "DD.MM.YYYY": "%d.%m.%Y",
           "DD-MM-YYYY": "%d-%m-%Y", "YYYY/MM/DD": "%Y/%m/%d"}  # fmt: skip


def days_of(
    look: SampledFiles, columns: Mapping[str, list[ColumnProfile | None]]
) -> tuple[str | None, list[Counter[Any]]]:
    """Find the column that moves on from file to file, and count its days in each."""
    best: tuple[float, str | None, list[Counter[Any]]] = (
        0.5, None, [Counter() for _ in look.files]
    )  # fmt: skip
    declared = look.declared_moment
    for name in [declared] if declared in columns else columns:
        if not any(each is not None and _is_dated(each) for each in columns[str(name)]):
            continue
        counted = _counted_days(look, str(name), columns[str(name)])
        spread = _spread(counted)
        if spread is not None and (name == declared or spread < best[0]):
            best = (spread, str(name), counted)
    return best[1], best[2]


def _is_dated(profile: ColumnProfile) -> bool:
    if profile.kind in ("date", "timestamp"):
        return True
    n = max((n for form, n in profile.forms.items() if form[:2] in ("YY", "MM", "DD")), default=0)
    return profile.kind == "text" and 2 * n > profile.n_filled > 0


def _counted_days(
    look: SampledFiles, name: str, profiles: Sequence[ColumnProfile | None]
) -> list[Counter[Any]]:
    column = f"c{look.names.index(name)}"
    whens = []
    for at, profile in enumerate(profiles):
        if profile is None or profile.kind != "text" or not profile.forms:
            continue
        form = max(profile.forms, key=lambda each: (profile.forms[each], each))
        if written := _PARSED.get(form.removesuffix(" with zone").removesuffix(" hh:mm")):
            whens.append(f"WHEN {at} THEN try_strptime(left({column}, 10), '{written}')")
    other = f"CASE file {' '.join(whens)} END" if whens else "NULL::TIMESTAMP"
    counted = [Counter[Any]() for _ in look.files]
    for file, day, n in look.rows(
        f"SELECT file, coalesce({other}, TRY_CAST({column} AS TIMESTAMP))::DATE AS day, count(*) "
        f"FROM {look.sample} GROUP BY ALL HAVING day IS NOT NULL"
    ):
        counted[file][day] += n
    return counted


def _spread(counted: Sequence[Counter[Any]]) -> float | None:
    """Return how much of the whole time the records of one file take up, typically."""
    days = [day for counts in counted for day in counts]
    if not days or max(days) == min(days):
        return None
    spans: list[int] = []
    for counts in counted:
        if counts:
            ordered = sorted(counts.elements())
            low, high = ordered[len(ordered) // 20], ordered[-1 - len(ordered) // 20]
            spans.append((high - low).days)
    whole: int = (max(days) - min(days)).days
    return sorted(spans)[len(spans) // 2] / whole
