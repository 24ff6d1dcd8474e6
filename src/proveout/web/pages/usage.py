"""Usage comes in: event by event from a program, or as a file from the browser."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import UploadFile
from pydantic import BaseModel, Field

from proveout.charter.schema.adoption import DASHBOARD, UsageRecord
from proveout.desk.usage import REFUSED_SHOWN, Import, Use, add_usage
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
    nameless,
    namer,
    opened,
    said,
    told_apart,
    without_nul,
)
from proveout.web.paths import path_to
from proveout.web.permissions import Permission

_SAME = ("person", "at", "case", "way", "outcome")
"""By what a row without an id is known again."""


class UsageEvent(BaseModel):
    """One use."""

    id: Short = Field(description="Yours. The same one again is the same use.")
    person: Short = Field(description="A name or a pseudonym, the same as on the roster.")
    at: Moment
    outcome: Short | None = Field(default=None, description="kept, overruled or abandoned.")
    case: Short | None = Field(
        default=None, description="What it was used for; the id of a request in the log."
    )
    way: Short | None = Field(default=None, description="'old' for a case done the old way.")
    team: Short | None = None
    role: Short | None = None
    volunteer: bool | None = None


class UsageEvents(BaseModel):
    """Up to 10,000 uses."""

    events: list[UsageEvent] = Field(min_length=1, max_length=MOST_AT_ONCE)


class UsageFile(BaseModel):
    """A file with a row for each use."""

    file: UploadFile


def import_events(asked: Asked, given: UsageEvents) -> Done:
    """Keep uses; those that are known by their id are left as they are."""
    named = namer(asked)
    uses = [
        Use(
            id=each.id, person=named(each.person), at=each.at, outcome=each.outcome,
            case=each.case, way=each.way, team=each.team, role=each.role,
            volunteer=each.volunteer,
        )
        for each in given.events
    ]  # fmt: skip
    return _done(asked, _kept(asked, uses, source="API"))


def import_file(asked: Asked, given: UsageFile) -> Done:
    """Read a file of uses as any other source is read, and keep what can be read."""
    columns = _columns(asked)
    with opened(given.file, called="usage", instead="adoption.usage") as file:
        name = file.name
        rows, n_refused, refused = _read(file, columns)
    named = namer(asked)
    uses = [Use(**{**row, "person": named(row["person"])}) for row in told_apart(rows, _SAME)]
    return _done(asked, _kept(asked, uses, source=name, n_refused=n_refused, refused=refused))


def _read(
    file: Given, columns: UsageRecord
) -> tuple[list[dict[str, Any]], int, list[dict[str, Any]]]:
    """Return the uses, how many rows are none, and the first of these."""
    import ibis

    from proveout.checks.adoption.columns import column_of
    from proveout.checks.columns import known_seconds_of, known_truth_of, text_of

    source = columns.source.model_copy(update={"path": file.name})
    columns = columns.model_copy(update={"source": source})
    table = file.table

    def text(key: str) -> Any:
        column = column_of(table, columns, key)
        return ibis.null("string") if column is None else text_of(column)

    own = [each for each in table.columns if each.strip().casefold() in ("id", "event_id")]
    raw_at = column_of(table, columns, "at", is_needed=True)
    rows = (
        table.select(
            id=text_of(table[own[0]]) if own else ibis.null("string"),
            person=text_of(column_of(table, columns, "person", is_needed=True)),
            at=known_seconds_of(raw_at), raw_at=raw_at.cast("string"), outcome=text("outcome"),
            case=text("case"), way=text("way"), team=text("team"), role=text("role"),
            volunteer=known_truth_of(column_of(table, columns, "volunteer")),
        )
        .to_pyarrow()
        .to_pylist()
    )  # fmt: skip
    good: list[dict[str, Any]] = []
    refused, n_refused = list(file.refused), file.n_refused
    for number, row in enumerate(rows, start=1):
        raw = row.pop("raw_at")
        told = clean(row)
        if told["person"] is not None and is_moment(told["at"]):
            good.append({**told, "at": datetime.fromtimestamp(told["at"], UTC)})
            continue
        n_refused += 1
        if len(refused) < REFUSED_SHOWN:
            raw = without_nul(raw or "")[:MOST_LETTERS]
            why = "nobody is named" if told["person"] is None else f"'{raw}' is no moment"
            refused.append({"line": None, "why": f"use {number}: {why}", "row": ""})
    return good, n_refused, refused


def _columns(asked: Asked) -> UsageRecord:
    """Return what columns are called: as the charter says, where it reads from the dashboard."""
    adoption = asked.book.charter.adoption
    usage = None if adoption is None else adoption.usage
    is_ours = usage is not None and usage.source.path == DASHBOARD
    return usage if usage is not None and is_ours else UsageRecord.model_validate(DASHBOARD)


def _kept(
    asked: Asked,
    uses: list[Use],
    *,
    source: str,
    n_refused: int = 0,
    refused: list[dict[str, Any]] | None = None,
) -> Import:
    return add_usage(
        asked.parts.desk, asked.book.pilot, uses, act_id=asked.act_id, by=asked.who, source=source,
        now=asked.now, n_refused=n_refused,
        refused=nameless(asked, refused or []),
    )  # fmt: skip


def _done(asked: Asked, done: Import) -> Done:
    return Done(
        says=said(done, "uses"),
        goes_to=path_to(asked.book.pilot, "/adoption#import"),
        result=Imported(new=done.n_new, known=done.n_known, refused=done.n_refused),
    )


PAGES = ()

DEEDS = (
    Deed(
        path="/pilots/{pilot}/usage",
        needs=Permission.assess,
        takes=UsageEvents,
        do=import_events,
        gives=Imported,
    ),
    Deed(
        path="/pilots/{pilot}/usage/file",
        needs=Permission.assess,
        takes=UsageFile,
        do=import_file,
        gives=Imported,
        is_in_api=False,
    ),
)
