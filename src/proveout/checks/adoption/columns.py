"""Columns of rosters and usage, as the charter names them, and names that are not kept."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, overload

from proveout.charter.schema.adoption import OldWay, Roster, UsageRecord
from proveout.checks.columns import find_column
from proveout.errors import InputError

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

SALT = "PROVEOUT_PERSON_SALT"
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
    found = find_column(table, wanted)
    if found is not None:
        return table[found]
    if not is_needed and name not in said.model_fields_set:
        return None
    place = {Roster: "people", UsageRecord: "usage", OldWay: "old_way"}[type(said)]
    raise InputError(
        f"adoption.{place}: {said.source.path} has no column '{wanted}'. "
        f"It has: {', '.join(table.columns)}.",
        hint=f"Say what it is called there: adoption.{place}.{name}: COLUMN",
    )


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
