"""The records of the clusters, as they stand in their sources, and what speaks for each link."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from proveout.checks.readiness.duplicates.clusters import Linked
from proveout.checks.readiness.duplicates.comparing import likeness_sql
from proveout.checks.readiness.duplicates.model import Cluster, Field, Likened, Member
from proveout.checks.readiness.duplicates.stacking import Stacked


class _Record(NamedTuple):
    id: int
    source: str
    row: int
    first: int | None
    """Id of the record that it repeats in every column."""
    values: tuple[str | None, ...]


def with_members(
    stack: Stacked, found: Sequence[Linked], fields: Sequence[Field]
) -> tuple[Cluster, ...]:
    """Look up the records of all clusters, their copies, and how each compares with its best."""
    if not found:
        return ()
    _write_links(stack, found)
    likened, records = _likened(stack, fields), _records(stack)
    copies: dict[int, list[_Record]] = {}
    for record in records.values():
        if record.first is not None:
            copies.setdefault(record.first, []).append(record)
    return tuple(
        Cluster(
            number=number,
            probability=each.probability,
            members=tuple(
                member
                for record in each.records
                for member in (
                    _member(stack, each, records[record], likened),
                    *(_copy(stack, copy, records[record]) for copy in copies.get(record, ())),
                )
            ),
        )
        for number, each in enumerate(found, start=1)
    )


def _member(
    stack: Stacked, linked: Linked, record: _Record, likened: dict[int, tuple[Likened, ...]]
) -> Member:
    best = linked.best[record.id]
    return Member(
        record=record.id,
        source=record.source,
        row=record.row,
        probability=best.probability,
        weight=best.weight,
        evidence=likened[record.id],
        values=dict(zip(stack.names, record.values, strict=True)),
        linked_to=best.other if best.one == record.id else best.one,
    )


def _copy(stack: Stacked, record: _Record, of: _Record) -> Member:
    return Member(
        record=record.id,
        source=record.source,
        row=record.row,
        probability=1.0,
        evidence=(),
        values=dict(zip(stack.names, record.values, strict=True)),
        copy_of=of.row,
        linked_to=of.id,
    )


def _write_links(stack: Stacked, found: Sequence[Linked]) -> None:
    import pyarrow as pa

    links = [
        (record, pair.other if pair.one == record else pair.one)
        for each in found
        for record, pair in each.best.items()
    ]
    table = pa.table({"id": [one for one, _ in links], "mate": [other for _, other in links]})
    stack.engine.register("links", table)
    stack.engine.execute("CREATE OR REPLACE TEMP TABLE linked AS FROM links")
    stack.engine.unregister("links")


def _likened(stack: Stacked, fields: Sequence[Field]) -> dict[int, tuple[Likened, ...]]:
    told = ", ".join(likeness_sql(field) for field in fields)
    shown = ", ".join(f"lo.o{f.position}, ro.o{f.position}" for f in fields)
    asked = stack.rows(
        f"SELECT l.unique_id, {told}, {shown} FROM linked "  # noqa: S608 - own names
        "JOIN compared AS l ON l.unique_id = linked.id "
        "JOIN compared AS r ON r.unique_id = linked.mate "
        "JOIN records AS lo ON lo.id = linked.id JOIN records AS ro ON ro.id = linked.mate"
    )
    found: dict[int, tuple[Likened, ...]] = {}
    for record, *rest in asked:
        likeness, values = rest[: len(fields)], rest[len(fields) :]
        found[record] = tuple(
            Likened(field=f.name, likeness=how, one=values[2 * at], other=values[2 * at + 1])
            for at, (f, how) in enumerate(zip(fields, likeness, strict=True))
        )
    return found


def _records(stack: Stacked) -> dict[int, _Record]:
    shown = ", ".join(f"o{i}" for i in range(len(stack.names)))
    listed: list[tuple[Any, ...]] = stack.rows(
        f"SELECT id, source, no, copy_of, {shown} FROM records "  # noqa: S608 - own names
        "WHERE id IN (SELECT id FROM linked) OR copy_of IN (SELECT id FROM linked) ORDER BY id"
    )
    return {
        row[0]: _Record(id=row[0], source=row[1], row=row[2], first=row[3], values=row[4:])
        for row in listed
    }
