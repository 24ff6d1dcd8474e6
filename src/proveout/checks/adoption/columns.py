"""Columns of rosters and usage, found by name, and their values in one form."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, overload

from proveout.charter.schema.adoption import OldWay, Roster, UsageRecord
from proveout.errors import InputError

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

SALT = "PROVEOUT_PERSON_SALT"
_YES = ("yes", "y", "true", "1", "1.0", "volunteer", "x")
_NO = ("no", "n", "false", "0", "0.0")
_POINTS = r"^(\d{1,2})\.(\d{1,2})\.(\d{4})"
_MILLISECONDS_FROM = 1e11
"""Numbers above it count milliseconds: in seconds they would be of the year 5138."""

_Said = Roster | UsageRecord | OldWay


@overload
def column_of(
    table: ir.Table, said: _Said, name: str, *, is_needed: Literal[True]
) -> ir.Column: ...
@overload
def column_of(table: ir.Table, said: _Said, name: str) -> ir.Column | None: ...
def column_of(
    table: ir.Table, said: _Said, name: str, *, is_needed: bool = False
) -> ir.Column | None:
    """Return the column that the charter means, whatever its case; None where it may be missing.

    Raises InputError where it is needed, or was named and is not there.
    """
    wanted: str = getattr(said, name)
    if wanted in table.columns:
        return table[wanted]
    alike = [each for each in table.columns if each.strip().casefold() == wanted.casefold()]
    if len(alike) == 1:
        return table[alike[0]]
    if not is_needed and name not in said.model_fields_set:
        return None
    place = {Roster: "people", UsageRecord: "usage", OldWay: "old_way"}[type(said)]
    raise InputError(
        f"adoption.{place}: {said.source.path} has no column '{wanted}'. "
        f"It has: {', '.join(table.columns)}.",
        hint=f"Say what it is called there: adoption.{place}.{name}: COLUMN",
    )


def text_of(column: Any) -> Any:
    """Return texts without blanks around them; nothing where there is none."""
    return column.cast("string").strip().nullif("")


def seconds_of(column: Any) -> Any:
    """Return seconds since 1970; nothing where the value is no moment."""
    import ibis

    kind = column.type()
    if kind.is_numeric():
        seconds = column.cast("float64")
        is_milli = seconds > _MILLISECONDS_FROM
        return ibis.ifelse(is_milli, seconds / 1000, seconds)
    if not kind.is_timestamp():
        # With points it is day, month, year: nobody writes it otherwise.
        said = column.cast("string").strip().re_replace(_POINTS, r"\3-\2-\1")
        column = said.try_cast("timestamp('UTC')")
    return column.cast("timestamp('UTC')").epoch_seconds().cast("float64")


def truth_of(column: Any) -> Any:
    """Return yes or no; nothing where it is neither."""
    import ibis

    if column is None:
        return ibis.null("boolean")
    if column.type().is_boolean():
        return column
    said = text_of(column).lower()
    return ibis.cases((said.isin(_YES), True), (said.isin(_NO), False), else_=ibis.null("boolean"))


def pseudonym(person: str, salt: str) -> str:
    """Return what stands in the place of a name: the same for the same name and salt.

    >>> pseudonym("Ada Byron ", "s") == pseudonym("ada byron", "s")
    True
    """
    name = person.strip().lower().encode()
    return hmac.new(salt.encode(), name, hashlib.sha256).hexdigest()[:32]


def salt_of(environment: Mapping[str, str] | None = None) -> str:
    """Return the salt. Raises InputError where there is none."""
    salt = (os.environ if environment is None else environment).get(SALT, "")
    if len(salt) < 16:
        raise InputError(
            f"adoption.hash needs a salt of 16 characters or more in {SALT}.",
            hint=f'Make one, and keep it: export {SALT}="$(openssl rand -hex 16)"',
        )
    return salt


def pseudonyms(rows: pa.Table) -> pa.Table:
    """Put pseudonyms in the place of names: column `person`."""
    import pyarrow as pa

    salt = salt_of()
    named = rows["person"].to_pylist()
    known = {each: pseudonym(each, salt) for each in set(named) if each is not None}
    hashed = pa.array([None if each is None else known[each] for each in named], pa.string())
    return rows.set_column(rows.schema.get_field_index("person"), "person", hashed)
