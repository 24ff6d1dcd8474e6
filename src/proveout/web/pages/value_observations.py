"""Observations of KPIs come in: row by row from a program, or as a file from the browser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fastapi import UploadFile
from pydantic import BaseModel, Field, FiniteFloat, model_validator

from proveout.charter.schema import Charter
from proveout.charter.schema.adoption import DASHBOARD
from proveout.charter.schema.value import CaseRecord
from proveout.desk.observations import Observation, add_observations
from proveout.errors import InputError
from proveout.web.asked import Asked, Deed, Done
from proveout.web.pages.taking_in import (
    MOST_AT_ONCE,
    Imported,
    Moment,
    Short,
    nameless,
    namer,
    opened,
    said,
    told_apart,
    wants_no_names,
)
from proveout.web.pages.value_files import MOST_FURTHER, read_rows
from proveout.web.paths import path_to
from proveout.web.permissions import Permission


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
    rows = [each.model_dump() for each in given.observations]
    if given.batch is not None:
        for number, row in enumerate(rows):
            row["id"] = row["id"] or f"batch-{given.batch}-{number}"
    return _taken_in(asked, rows, source="API")


def import_file(asked: Asked, given: ObservationFile) -> Done:
    """Read a file of observations as any other source is read, and keep what can be read."""
    charter, kpi = asked.book.charter, given.kpi.strip() or None
    _refuse_unknown(charter, {kpi})
    columns = record_in(charter) or CaseRecord.model_validate(DASHBOARD)
    with opened(given.file, called="observations", instead="value.records") as file:
        name = file.name
        read = read_rows(file, columns, kpi, _known_kpis(charter))
    return _taken_in(asked, read.rows, source=name, n_refused=read.n_refused, refused=read.refused)


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


def _known_kpis(charter: Charter) -> set[str]:
    return {*names_of_kpis(charter), *(each.name for each in charter.kpis)}


def _refuse_unknown(charter: Charter, told: set[str | None]) -> None:
    known = _known_kpis(charter)
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


def _taken_in(
    asked: Asked,
    rows: Sequence[dict[str, Any]],
    *,
    source: str,
    n_refused: int = 0,
    refused: Sequence[Mapping[str, Any]] = (),
) -> Done:
    """Keep rows, and say what became of them."""
    named = namer(asked)
    left_out = _without_unnamed(rows, asked.book.charter) if wants_no_names(asked) else []
    # Before ids are made of what they say: by an id a name could be guessed.
    told = [
        {**row, "person": None if row["person"] is None else named(row["person"])} for row in rows
    ]
    found = [Observation(**row) for row in _with_ids(told)]
    done = add_observations(
        asked.parts.desk, asked.book.pilot, found, act_id=asked.act_id, by=asked.who,
        source=source, now=asked.now, n_refused=n_refused, refused=nameless(asked, refused),
    )  # fmt: skip
    says = said(done, "observations")
    if left_out:
        says += (
            f" Not kept: {', '.join(left_out)}. No name of a person may be kept "
            "(adoption.hash), and the charter does not say what is in there."
        )
    return Done(
        says=says,
        goes_to=path_to(asked.book.pilot, "/value#observations"),
        result=Imported(new=done.n_new, known=done.n_known, refused=done.n_refused),
    )


def _without_unnamed(rows: Sequence[dict[str, Any]], charter: Charter) -> list[str]:
    """Take out columns that the charter does not name; return what they are called."""
    whole = None if charter.value is None else charter.value.records
    measured = [each.measured for each in charter.kpis if each.measured is not None]
    records = [each for each in (whole, *(each.source for each in measured)) if each is not None]
    known = {name for each in records for name in each.traits}
    for each in measured:
        told = (each.value, each.begins, each.ends, each.happened, each.per)
        known.update(name for name in told if name is not None)
    wanted = {name.casefold() for name in known}
    left_out: dict[str, None] = {}
    for row in rows:
        left_out.update((name, None) for name in row["more"] if name.casefold() not in wanted)
        row["more"] = {
            name: value for name, value in row["more"].items() if name.casefold() in wanted
        }
    return list(left_out)


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
