"""Fingerprints: the same data give the same text on every machine, other data another one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir

WHOLE_UP_TO_BYTES = 256 << 20
"""Larger files are sampled: reading many GB once more would cost as much as the audit itself."""
_BLOCK = 1 << 20
_BLOCKS = 64


def fingerprint_of_files(files: Iterable[tuple[str, Path]]) -> str:
    """Hash names and contents of files; the order in which they are given does not matter.

    A single file's name does not count: a renamed copy is the same data. The prefix tells whether
    everything was hashed ('sha256:') or parts of a large file ('sha256-sampled:').
    """
    listed = sorted(files)
    alone = len(listed) == 1
    digest = hashlib.sha256()
    sampled = False
    for name, path in listed:
        content, in_part = _content(path)
        sampled |= in_part
        digest.update(content if alone else hashlib.sha256(name.encode()).digest() + content)
    return f"sha256{'-sampled' if sampled else ''}:{digest.hexdigest()}"


def _content(path: Path) -> tuple[bytes, bool]:
    size = path.stat().st_size
    with path.open("rb") as stream:
        if size <= WHOLE_UP_TO_BYTES:
            return hashlib.file_digest(stream, "sha256").digest(), False
        digest = hashlib.sha256(str(size).encode())
        for block in range(_BLOCKS):
            stream.seek((size - _BLOCK) * block // (_BLOCKS - 1))
            digest.update(stream.read(_BLOCK))
    return digest.digest(), True


def fingerprint_of_table(table: ir.Table) -> str:
    """Hash the columns of a database table and all of its rows, in whatever order they come.

    The sum of each row's own hash does not depend on the order, and is made where the data lives.
    """
    backend = table.get_backend()
    if backend.name == "postgres":
        figures = _in_postgres(table)
    elif backend.name == "duckdb":
        figures = _embedded(table)
    else:
        figures = _elsewhere(table)
    columns = [f"{name}:{type_}" for name, type_ in table.schema().items()]
    said = "\n".join([*columns, *map(str, figures)])
    return f"sha256:{hashlib.sha256(said.encode()).hexdigest()}"


def _embedded(table: ir.Table) -> tuple[Any, ...]:
    backend = table.get_backend()
    own = "md5_number_lower(r::VARCHAR)::HUGEINT"
    asked = f"SELECT count(*), sum({own}) FROM ({backend.compile(table)}) AS r"  # noqa: S608 - compiled by Ibis
    (figures,) = backend.con.execute(asked).fetchall()
    return tuple(figures)


def _in_postgres(table: ir.Table) -> tuple[Any, ...]:
    backend = table.get_backend()
    own = "('x' || left(md5(r::text), 15))::bit(60)::bigint"
    asked = f"SELECT count(*), sum({own}) FROM ({backend.compile(table)}) AS r"  # noqa: S608 - compiled by Ibis
    with backend.con.cursor() as cursor:
        cursor.execute(asked)
        (figures,) = cursor.fetchall()
    return tuple(figures)


def _elsewhere(table: ir.Table) -> tuple[Any, ...]:
    """Sum two numbers of 31 bits for each row: together as hard to meet by accident as 62 bits.

    Columns that not every engine can write as text do not count.
    """
    from proveout.intake.databases.answers import from_server
    from proveout.intake.databases.numbering import comparable, number_of, record_text

    text = record_text(table, comparable(table))
    asked = table.aggregate(
        n=table.count(), one=number_of(text, "one").sum(), other=number_of(text, "other").sum()
    )
    (figures,) = from_server(asked).to_pylist()
    return tuple(None if figure is None else int(figure) for figure in figures.values())
