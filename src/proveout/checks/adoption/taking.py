"""Uses of each source in one form: the columns person, at, word, case, is_old, team, role,
volunteer, by_import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proveout.charter.schema.adoption import DASHBOARD, Adoption, OldWay, UsageRecord
from proveout.checks.adoption.columns import column_of, pseudonyms
from proveout.checks.adoption.days import calls_of
from proveout.checks.columns import known_seconds_of, known_truth_of, text_of
from proveout.checks.contract import Served

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

_OLD = ("old", "old way", "manual")


def imported(table: ir.Table, said: UsageRecord, adoption: Adoption) -> pa.Table:
    """Take in the usage that the charter names."""
    import ibis

    is_kept_here = said.source.path == DASHBOARD
    if is_kept_here:
        # The charter's names are of the files that are given to the dashboard; it has its own.
        said = UsageRecord(source=said.source)

    def optional(name: str) -> Any:
        return column_of(table, said, name)

    outcome, way = optional("outcome"), optional("way")
    hashed = adoption.hash and not is_kept_here
    person = text_of(column_of(table, said, "person", is_needed=True)).lower()
    part = table.select(
        person=person,
        at=known_seconds_of(column_of(table, said, "at", is_needed=True)),
        word=ibis.null("string") if outcome is None else text_of(outcome).lower(),
        case=_text_or_none(optional("case")),
        is_old=ibis.literal(False)
        if way is None
        else text_of(way).lower().isin(_OLD).fill_null(False),
        team=_text_or_none(optional("team")),
        role=_text_or_none(optional("role")),
        volunteer=known_truth_of(optional("volunteer")),
        by_import=ibis.literal(True),
    )
    return _taken(part, is_hashed=hashed)


def old_way(table: ir.Table, said: OldWay, adoption: Adoption) -> pa.Table:
    """Take in what was done the old way."""
    import ibis

    nothing = ibis.null("string")
    part = table.select(
        person=text_of(column_of(table, said, "person", is_needed=True)).lower(),
        at=known_seconds_of(column_of(table, said, "at", is_needed=True)),
        word=nothing, case=nothing, is_old=ibis.literal(True), team=nothing, role=nothing,
        volunteer=ibis.null("boolean"), by_import=ibis.literal(True),
    )  # fmt: skip
    return _taken(part, is_hashed=adoption.hash)


def logged(served: Served, adoption: Adoption) -> pa.Table:
    """Each request of a named user is a use, of the window and of the time before it."""
    import ibis

    overruled, upheld = calls_of(served)
    requests = served.requests.table
    spans = [
        requests.select(id=requests.id, person=requests.user, team=requests.team, at=requests.at)
    ]
    before = served.before()
    if before is not None:
        t = before.table
        spans.append(
            t.group_by(id=t.proveout_id).aggregate(
                person=t.proveout_user.max(), team=t.proveout_team.max(), at=t.proveout_at.min()
            )
        )
    rows = spans[0] if len(spans) == 1 else spans[0].union(spans[1])
    word = ibis.cases(
        (rows.id.isin(overruled), "overruled"), (rows.id.isin(upheld), "kept"),
        else_=ibis.null("string"),
    )  # fmt: skip
    part = rows.filter(rows.person.notnull()).select(
        person=text_of(rows.person).lower(), at=known_seconds_of(rows.at), word=word,
        case=rows.id.cast("string"), is_old=ibis.literal(False), team=_text_or_none(rows.team),
        role=ibis.null("string"), volunteer=ibis.null("boolean"), by_import=ibis.literal(False),
    )  # fmt: skip
    return _taken(part, is_hashed=adoption.hash)


def _taken(part: ir.Table, *, is_hashed: bool) -> pa.Table:
    """Take rows out of the engine that they lie in, which may be a server."""
    arrow = part.to_pyarrow()
    return pseudonyms(arrow) if is_hashed else arrow


def _text_or_none(column: Any) -> Any:
    import ibis

    return ibis.null("string") if column is None else text_of(column)
