"""Choose one table or sheet of those that a place holds."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from proveout.errors import InputError

_SHOWN = 12


def chosen(wanted: str | None, there: Sequence[str], *, what: str, where: str) -> str:
    """Return the one that is named, or the only one. Raises InputError with those there are."""
    if wanted is not None and wanted in there:
        return wanted
    if not there:
        raise InputError(
            f"{where} holds no {what}.", hint="Export it again, or correct the source's path."
        )
    if wanted is None:
        if len(there) == 1:
            return there[0]
        raise InputError(
            f"{where} holds {len(there)} {what}s: {listed(there)}.",
            hint=f"Say which one to read: 'table: {there[0]}' in the charter, '--table {there[0]}' "
            "on the command line.",
        )
    alike = [name for name in there if name.casefold() == wanted.casefold()]
    if len(alike) == 1:
        return alike[0]
    near = difflib.get_close_matches(wanted, there, n=1, cutoff=0.6)
    raise InputError(
        f"{where} holds no {what} named {wanted!r}; it holds: {listed(there)}.",
        hint=f"Did you mean {near[0]!r}?" if near else f"Write for example: table: {there[0]}",
    )


def listed(names: Sequence[str]) -> str:
    """Write names in a row, not more than a reader takes in."""
    shown = ", ".join(names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"
