"""Which type a column of text has: the one that every value of it fits, and text otherwise.

A type is given only where nothing is lost by it. Codes with leading zeros, digit strings that are
too long for a number, and columns where even one value does not fit stay text, so that an audit
can see what is in them. What the types are and how they are written, and how they are proven by
the engine on all values, stands in `intake.typing`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from proveout.intake.session import Session
from proveout.intake.typing.deciding import Hints
from proveout.intake.typing.known import ALL, Known
from proveout.intake.typing.loading import store
from proveout.intake.typing.proving import (
    first_rows,
    first_values,
    later_values,
    settle,
    values_sql,
)

__all__ = ["ALL", "MOMENTS", "Hints", "Typing", "store", "typed", "values_of"]

MOMENTS = ("date", "timestamp", "timestamp with zone", "time")


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """The columns of a table as what they are."""

    sql: str
    """The list of what to select."""
    notes: Mapping[str, Any]
    """For `FileRead.read_as`: 'number_formats' and 'date_formats' by column, 'decided_by' where
    figures could be read in two ways, and 'ambiguous' where nothing decided, so that it is text."""


def values_of(
    session: Session,
    rows: str,
    columns: Collection[str],
    *,
    among: Collection[str] | None = None,
    only: Collection[str] = ALL,
    hints: Hints | None = None,
) -> str:
    """Return the SQL that selects columns of text as what they are, as `typed` does."""
    return typed(session, rows, columns, among=among, only=only, hints=hints).sql


def typed(
    session: Session,
    rows: str,
    columns: Collection[str],
    *,
    among: Collection[str] | None = None,
    only: Collection[str] = ALL,
    hints: Hints | None = None,
) -> Typing:
    """Find out what columns of text are.

    `rows` is what stands after FROM; it is read once, and again where later rows differ from the
    first. Only the columns `among` are looked at (all when None), and only for the types `only`.
    """
    names = list(columns if among is None else among)
    known = Known(hints=hints or Hints(), only=() if session.keeps_text else only)
    with first_rows(session, rows) as sample:
        known.see(first_values(session, sample, names))
        settle(session, sample, known, names)
    known.see(later_values(session, rows, known.silent()))
    settle(session, rows, known, names)
    return Typing(sql=values_sql(columns, known.kinds()), notes=known.notes())
