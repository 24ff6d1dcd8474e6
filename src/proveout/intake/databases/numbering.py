"""A text or a number for a whole record, made by whichever engine holds it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from proveout.intake.databases.abilities import abilities_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

PRIME = 2_147_483_647
"""Numbers lie below it: so small that the sum over a billion rows still fits into 64 bits."""
_MOST_PARTS = 40
"""PostgreSQL gives a function no more than 100 arguments."""


def comparable(table: ir.Table) -> list[str]:
    """Name the columns that every engine can write as text: no arrays, bytes or JSON."""
    return [
        name
        for name, type_ in table.schema().items()
        if type_.is_string()
        or type_.is_numeric()
        or type_.is_boolean()
        or type_.is_temporal()
        or type_.is_uuid()
    ]


def record_text(table: ir.Table, names: Sequence[str]) -> ir.StringValue:
    """Return a text that is equal exactly when the named columns are; never null.

    Lengths keep 'ab', 'c' apart from 'a', 'bc'.
    """
    parts: list[Any] = []
    for name in names:
        text = table[name].cast("string")
        parts += [text.length().cast("string").fill_null("-"), text.fill_null("")]
    return _joined(parts)


def record_mark(table: ir.Table, names: Sequence[str]) -> ir.StringValue:
    """Return the same where the engine tells 'Oslo' from 'OSLO', else a digest of it."""
    text = record_text(table, names)
    return text if abilities_of(text).minds_case else text_mark(text)


def text_mark(text: ir.StringValue) -> ir.StringValue:
    """Return a text that differs where case or blanks at the end do, on engines that mind neither.

    It is the MD5 digest, against accidents and not against attacks.
    """
    engine = text.get_backend().name
    return text.hexdigest("md5") if engine == "mssql" else _builtin("md5")(text)


def regexp_replace(text: ir.StringValue, pattern: str) -> ir.StringValue:
    """Take out of a text all that matches a pattern, on MySQL."""
    return _builtin("regexp_replace")(text, pattern, "")


def number_of(text: ir.StringValue, salt: str = "") -> ir.IntegerValue:
    """Return a number from 0 to PRIME - 1 that looks random, and is the same for equal texts."""
    import ibis

    engine = text.get_backend().name
    said = ibis.literal("/").join([text, ibis.literal(salt)]) if salt else text
    if engine in ("mysql", "pyspark"):
        # 15 hexadecimal digits of MD5 are 60 bits.
        wide = _builtin("conv")(_builtin("md5")(said).left(15), 16, 10).cast("int64")
    elif engine == "trino":
        wide = _builtin("from_big_endian_64")(_builtin("xxhash64")(_builtin("to_utf8")(said)))
    elif engine == "mssql":
        wide = _builtin("hashbytes")("MD5", said).cast("int64")
    else:
        wide = said.hash()
    # Not the absolute value: the smallest 64-bit number has none.
    return (wide % PRIME + PRIME) % PRIME


def _joined(parts: Sequence[Any]) -> Any:
    """Put texts together; SQL Server would be told a text that doubles with each '+'."""
    import ibis

    if not parts:
        return ibis.literal("")
    if len(parts) <= _MOST_PARTS:
        return ibis.literal(":").join(parts)
    groups = range(0, len(parts), _MOST_PARTS)
    return _joined([_joined(parts[start : start + _MOST_PARTS]) for start in groups])


@cache
def _builtin(name: str) -> Any:
    """Return a function of the engine that Ibis has no name for."""
    import ibis

    def md5(text: str) -> str: ...  # type: ignore[empty-body]
    def conv(text: str, base: int, to: int) -> str: ...  # type: ignore[empty-body]
    def regexp_replace(text: str, pattern: str, by: str) -> str: ...  # type: ignore[empty-body]
    def to_utf8(text: str) -> bytes: ...  # type: ignore[empty-body]
    def xxhash64(raw: bytes) -> bytes: ...  # type: ignore[empty-body]
    def from_big_endian_64(raw: bytes) -> int: ...  # type: ignore[empty-body]
    def hashbytes(how: str, text: str) -> bytes: ...  # type: ignore[empty-body]

    known = (md5, conv, regexp_replace, to_utf8, xxhash64, from_big_endian_64, hashbytes)
    return ibis.udf.scalar.builtin({function.__name__: function for function in known}[name])
