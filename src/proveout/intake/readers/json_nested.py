"""What is nested in records: objects become columns of their own, lists stay JSON text."""
# ruff: noqa: S608 - every name in a statement is quoted by session.quoted

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proveout.intake.session import Session, literal, quoted

if TYPE_CHECKING:
    from duckdb.sqltypes import DuckDBPyType

MOST_FIELDS = 60
"""Of one object; one with more is a list whose keys are values."""


def one_value_each(table: str, session: Session) -> tuple[str, dict[str, Any]]:
    """Return a view with one value per column and row, and what was done for it.

    An object becomes a column for each of its fields, 'customer.city'. Lists, and fields whose
    kind differs from record to record, are kept as JSON text.
    """
    described = session.engine.execute(f"SELECT * FROM {quoted(table)} LIMIT 0").description or []
    columns: list[tuple[str, str]] = []
    flat: list[str] = []
    text: list[str] = []
    taken = {str(name).casefold() for name, *_ in described}
    for name, kind, *_ in described:
        leaves = _leaves(str(name), quoted(str(name)), kind)
        if kind.id == "struct":
            names = [leaf.casefold() for leaf, _, _ in leaves]
            if _can_stand_apart(names, taken):
                flat.append(str(name))
                taken |= set(names)
            else:
                leaves = [(str(name), quoted(str(name)), None)]
        for leaf, path, leaf_kind in leaves:
            own = leaf_kind.id if leaf_kind is not None else "struct"
            columns.append((leaf, _as_value(path, leaf_kind)))
            if own in _NESTED or str(leaf_kind) == "JSON":
                text.append(leaf)
    read_as: dict[str, Any] = {"kept_as_text": text} if text else {}
    if flat:
        read_as["flattened"] = flat
    if not read_as:
        return table, {}
    view = session.new_name("json_view")
    chosen = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in columns)
    session.execute(f"CREATE VIEW {quoted(view)} AS SELECT {chosen} FROM {quoted(table)}")
    return view, read_as


_NESTED = ("struct", "map", "list", "array", "union")


def _can_stand_apart(names: list[str], taken: set[str]) -> bool:
    """Tell whether fields can be columns: not too many, no name twice, none the engine cuts off."""
    return (
        0 < len(names) <= MOST_FIELDS
        and len(set(names)) == len(names)
        and not taken & set(names)
        and not any("\0" in name for name in names)
    )


def _leaves(name: str, path: str, kind: DuckDBPyType) -> list[tuple[str, str, Any]]:
    if kind.id != "struct":
        return [(name, path, kind)]
    return [
        leaf
        for field, inner in kind.children
        for leaf in _leaves(f"{name}.{field}", f"struct_extract({path}, {literal(field)})", inner)
    ]


def _as_value(path: str, kind: DuckDBPyType | None) -> str:
    if kind is None or kind.id in _NESTED:
        return f"to_json({path})::VARCHAR"
    # JSON is the engine's type for a field whose values differ in kind.
    return f"{path} ->> '$'" if str(kind) == "JSON" else path
