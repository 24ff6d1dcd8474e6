"""Observations of KPIs come in: row by row from a program, or as a file from the browser."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi import UploadFile
from pydantic import BaseModel, Field, FiniteFloat, model_validator

from proveout.charter.schema import Charter
from proveout.charter.schema.adoption import DASHBOARD
from proveout.charter.schema.value import CaseRecord
from proveout.desk.observations import Observation, add_observations
from proveout.desk.usage import REFUSED_SHOWN, Import
from proveout.errors import InputError
from proveout.web.asked import Asked, Deed, Done
from proveout.web.pages.taking_in import (
    MOST_AT_ONCE,
    MOST_LETTERS,
    Given,
    Imported,
    Moment,
    Short,
    clean,
    is_moment,
    namer,
    opened,
    said,
    told_apart,
    without_nul,
)
from proveout.web.paths import path_to
from proveout.web.permissions import Permission

MOST_FURTHER = 30
"""Columns of a row besides those that are known."""
_YES, _NO = ("yes", "y", "true", "x"), ("no", "n", "false")
_DECIMALS, _THOUSANDS = re.compile(r"-?\d+,\d+"), re.compile(r"-?\d{1,3},\d{3}")
_KNOWN = ("id", "kpi", "at", "ended", "value", "case", "team", "person")
_TRUTHS = ("with_system", "assigned", "volunteer")


class ObservationRow(BaseModel):
    """One case of the process, as one KPI saw it."""

    id: Short | None = Field(
        default=None, description="Yours. The same one again is the same observation."
    )
    kpi: Short | None = Field(
        default=None, description="As in the charter; empty where the row has those of several."
    )
    at: Moment = Field(description="When the case began.")
    value: FiniteFloat | None = Field(
        default=None, description="In the unit of the KPI; 1 and 0 for yes and no."
    )
    ended: Moment | None = Field(
        default=None, description="When the case ended, where the KPI is how long it takes."
    )
    case: Short | None = None
    team: Short | None = None
    person: Short | None = Field(default=None, description="A name or a pseudonym.")
    with_system: bool | None = Field(default=None, description="Whether it was done with it.")
    assigned: bool | None = Field(
        default=None, description="Whether it was drawn to be done with it, whatever was done."
    )
    volunteer: bool | None = Field(
        default=None, description="Whether the person came forward by themselves."
    )
    more: dict[Short, Short | FiniteFloat | bool | None] = Field(
        default_factory=dict, max_length=MOST_FURTHER,
        description="What else is known of the case: traits, other figures.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _in_order(self) -> ObservationRow:
        if self.ended is not None and self.ended < self.at:
            msg = "a case does not end before it begins"
            raise ValueError(msg)
        return self


class Observations(BaseModel):
    """Up to 10,000 rows. A case that was open is sent again when it has ended."""

    batch: Short | None = Field(
        default=None,
        description="Yours. Rows without an id are known again by their place in it; without a "
        "batch by what they say.",
    )
    observations: list[ObservationRow] = Field(min_length=1, max_length=MOST_AT_ONCE)


class ObservationFile(BaseModel):
    """A file with a row for each case."""

    file: UploadFile
    kpi: str = ""
    """Of which KPI all rows are; empty where a column says so."""


def import_observations(asked: Asked, given: Observations) -> Done:
    """Keep observations; those that are known are left as they are, but for open cases."""
    _refuse_unknown(asked.book.charter, {each.kpi for each in given.observations})
    named = namer(asked)
    rows = [each.model_dump() for each in given.observations]
    if given.batch is not None:
        for number, row in enumerate(rows):
            row["id"] = row["id"] or f"batch-{given.batch}-{number}"
    found = [
        Observation(**{**row, "person": None if row["person"] is None else named(row["person"])})
        for row in _with_ids(rows)
    ]
    return _done(asked, _kept(asked, found, source="API"))


def import_file(asked: Asked, given: ObservationFile) -> Done:
    """Read a file of observations as any other source is read, and keep what can be read."""
    charter, kpi = asked.book.charter, given.kpi.strip() or None
    _refuse_unknown(charter, {kpi})
    columns = record_in(charter) or CaseRecord.model_validate(DASHBOARD)
    with opened(given.file, called="observations", instead="value.records") as file:
        name = file.name
        read = _read(file, columns, kpi, charter)
    named = namer(asked)
    found = [
        Observation(**{**row, "person": None if row["person"] is None else named(row["person"])})
        for row in _with_ids(read.rows)
    ]
    return _done(
        asked, _kept(asked, found, source=name, n_refused=read.n_refused, refused=read.refused)
    )


def record_in(charter: Charter) -> CaseRecord | None:
    """Return the record of cases that the charter reads from the dashboard; None for none."""
    own = (each.measured.source for each in charter.kpis if each.measured is not None)
    whole = None if charter.value is None else charter.value.records
    told = (each for each in (whole, *own) if each is not None)
    return next((each for each in told if each.source.path == DASHBOARD), None)


def names_of_kpis(charter: Charter) -> list[str]:
    """Return what KPIs are called in observations."""
    return [
        each.measured.name if each.measured is not None and each.measured.name else each.name
        for each in charter.kpis
    ]


def _refuse_unknown(charter: Charter, told: set[str | None]) -> None:
    known = {*names_of_kpis(charter), *(each.name for each in charter.kpis)}
    unknown = sorted(each for each in told if each is not None and each not in known)
    if not unknown:
        return
    has = f"It has: {', '.join(sorted(known))}." if known else "It has none."
    raise InputError(
        f"The charter has no KPI '{unknown[0]}'. {has}",
        hint="Send it under one of these names, or agree on it in the charter first: kpis",
    )


def _with_ids(rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A case that is named is the same case again, whatever has become of it since."""
    named = ("kpi", "at", "case")
    by_case = [row for row in rows if row["case"] is not None]
    others = [row for row in rows if row["case"] is None]
    yield from told_apart(by_case, named)
    yield from told_apart(others, ("kpi", "at", "value", "ended", "team", "person", "more"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    rows: list[dict[str, Any]]
    n_refused: int
    refused: list[dict[str, Any]]


def _read(file: Given, columns: CaseRecord, kpi: str | None, charter: Charter) -> _Read:
    import ibis

    from proveout.checks.adoption.columns import seconds_of, text_of, truth_of

    table = file.table
    named = {
        key: _column(table, getattr(columns, key, key), file.name, is_needed=key == "at")
        for key in (*_KNOWN, *_TRUTHS)
    }
    nothing = ibis.null("string")
    texts = {
        key: nothing if named[key] is None else text_of(table[named[key]])
        for key in (*_KNOWN, *_TRUTHS)
    }
    taken = set(named.values())
    further = [each for each in table.columns if each not in taken][:MOST_FURTHER]
    moments = {
        f"{key}_s": ibis.null("float64") if named[key] is None else seconds_of(table[named[key]])
        for key in ("at", "ended")
    }
    truths = {
        f"is_{key}": ibis.null("boolean") if named[key] is None else truth_of(table[named[key]])
        for key in _TRUTHS
    }
    more = {f"more_{number}": table[each] for number, each in enumerate(further)}
    rows = table.select(**texts, **moments, **truths, **more).to_pyarrow().to_pylist()
    known = {*names_of_kpis(charter), *(each.name for each in charter.kpis)}
    good: list[dict[str, Any]] = []
    refused, n_refused = list(file.refused), file.n_refused
    for number, row in enumerate(rows, start=1):
        told = clean(row)
        why = _fault(told, kpi, known)
        if why is None:
            good.append(_taken(told, kpi, further))
            continue
        n_refused += 1
        if len(refused) < REFUSED_SHOWN:
            refused.append({"line": None, "why": f"case {number}: {why}", "row": ""})
    return _Read(rows=good, n_refused=n_refused, refused=refused)


def _column(table: Any, wanted: str, file: str, *, is_needed: bool) -> str | None:
    alike = [each for each in table.columns if each.strip().casefold() == wanted.casefold()]
    if alike or not is_needed:
        return alike[0] if alike else None
    raise InputError(
        f"{file} has no column '{wanted}', which says when a case began. It has: "
        f"{', '.join(table.columns)}.",
        hint=f"Call it '{wanted}', or say in the charter what it is called: value.records.at",
    )


def _fault(row: Mapping[str, Any], kpi: str | None, known: set[str]) -> str | None:
    """Say why a row is no observation; None where it is one."""
    told = kpi or row["kpi"]
    if told is not None and told not in known:
        return f"the charter has no KPI '{told}'"
    if not is_moment(row["at_s"]):
        return f"'{row['at'] or ''}' is no moment"
    if row["ended"] is not None and not is_moment(row["ended_s"]):
        return f"'{row['ended']}' is no moment"
    if row["ended_s"] is not None and row["ended_s"] < row["at_s"]:
        return f"it ends ({row['ended']}) before it begins ({row['at']})"
    if row["value"] is not None and _number(row["value"]) is None:
        return f"'{row['value']}' is no number"
    doubtful = [each for each in _TRUTHS if row[each] is not None and row[f"is_{each}"] is None]
    return f"{doubtful[0]} '{row[doubtful[0]]}' is neither yes nor no" if doubtful else None


def _number(text: str) -> float | None:
    """Read a figure; yes and no are 1 and 0. '1,234' is none: it may be meant either way."""
    told = text.casefold()
    if told in _YES or told in _NO:
        return float(told in _YES)
    if _DECIMALS.fullmatch(told) and not _THOUSANDS.fullmatch(told):
        told = told.replace(",", ".")
    try:
        value = float(told)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _taken(row: Mapping[str, Any], kpi: str | None, further: Sequence[str]) -> dict[str, Any]:
    ended = row["ended_s"]
    more = {name: _plain(row[f"more_{number}"]) for number, name in enumerate(further)}
    return {
        **{key: row[key] for key in ("id", "case", "team", "person")},
        "kpi": kpi or row["kpi"],
        "at": datetime.fromtimestamp(row["at_s"], UTC),
        "ended": None if ended is None else datetime.fromtimestamp(ended, UTC),
        "value": None if row["value"] is None else _number(row["value"]),
        **{key: row[f"is_{key}"] for key in _TRUTHS},
        "more": {
            without_nul(name)[:MOST_LETTERS]: each
            for name, each in more.items()
            if each is not None
        },
    }


def _plain(value: Any) -> str | float | bool | None:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) else None
    return value.isoformat() if hasattr(value, "isoformat") else str(value)[:MOST_LETTERS]


def _kept(
    asked: Asked,
    found: list[Observation],
    *,
    source: str,
    n_refused: int = 0,
    refused: Sequence[Mapping[str, Any]] = (),
) -> Import:
    return add_observations(
        asked.parts.desk, asked.book.pilot, found, act_id=asked.act_id, by=asked.who,
        source=source, now=asked.now, n_refused=n_refused, refused=refused,
    )  # fmt: skip


def _done(asked: Asked, done: Import) -> Done:
    return Done(
        says=said(done, "observations"),
        goes_to=path_to(asked.book.pilot, "/value#observations"),
        result=Imported(new=done.n_new, known=done.n_known, refused=done.n_refused),
    )


PAGES = ()

DEEDS = (
    Deed(
        path="/pilots/{pilot}/value/observations",
        needs=Permission.assess,
        takes=Observations,
        do=import_observations,
        gives=Imported,
    ),
    Deed(
        path="/pilots/{pilot}/value/observations/file",
        needs=Permission.assess,
        takes=ObservationFile,
        do=import_file,
        gives=Imported,
        is_in_api=False,
    ),
)
