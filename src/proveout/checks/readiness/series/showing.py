"""What every finder of changes needs: its stretches, when they hold, and real examples."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from proveout.checks.readiness.series.forms import as_written
from proveout.checks.readiness.series.profile import ColumnProfile
from proveout.checks.readiness.series.regimes import Pool, Shift, shifts

Known = Sequence[ColumnProfile | None]
"""A column in each delivery, the earliest first; None where it is not there."""
P = TypeVar("P", bound=Pool)
SHOWN = 3
"""Examples or codes that are shown."""
_UNSTEADY = 1 / 3
"""Stretches per delivery beyond which a field just varies from one to the next."""


def found_shifts(known: Sequence[int] | range, new_pool: Callable[[], P]) -> list[Shift[P]]:
    """Find the shifts; none where a thing is another one in every other delivery."""
    found = shifts(list(known), new_pool)
    return found if len(found) <= max(2, _UNSTEADY * len(known)) else []


def where(known: Known, has: Callable[[ColumnProfile | None], bool]) -> list[int]:
    return [at for at, each in enumerate(known) if has(each)]


def when(shift: Shift[Any]) -> dict[str, Any]:
    return {"spans": shift.spans, "holds": shift.holds}


def examples(
    old: Known, new: Known, shift: Shift[Any], forms: tuple[str, str] | None = None
) -> tuple[str, ...]:
    """Show one value before, and two since; `forms` are how each side is written."""
    before, after = examples_of(old, shift, "before"), examples_of(new, shift, "after")
    if forms is not None:
        before, after = (
            tuple(as_written(text, form) for text in texts)
            for texts, form in zip((before, after), forms, strict=True)
        )
    shown = [f"{text} before" for text in before[:1]]
    return (*shown, *(f"{text} since" for text in after[: SHOWN - len(shown)]))


def examples_of(known: Known, shift: Shift[Any], side: str) -> tuple[str, ...]:
    since = shift.spans[0][0]
    if side == "after":
        return first_of(known[since:])
    return first_of(list(reversed(known[:since])))


def first_of(known: Sequence[ColumnProfile | None]) -> tuple[str, ...]:
    return next((each.examples for each in known if each is not None and each.examples), ())


def yaml_name(name: str) -> str:
    """Write a name as the charter can hold it."""
    if re.fullmatch(r"[A-Za-z_][\w. -]*", name) and not name.endswith(" "):
        return name
    return "'" + name.replace("'", "''") + "'"
