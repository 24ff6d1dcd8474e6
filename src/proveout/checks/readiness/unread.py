"""What lies beside the rows that were read, and was left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from proveout.checks.contract import CheckContext, Finding
from proveout.evidence.model import Scope, Subject
from proveout.evidence.outcome import NotMeasured
from proveout.intake.table import FileRead, OpenTable

_SHOWN = 12


def left_unread(context: CheckContext, opened: OpenTable, scope: Scope) -> Iterator[Finding]:
    """Name the further tables of each file: one is read, where the charter names none."""
    unread: list[str] = []
    steps: list[str] = []
    for file in opened.files:
        others = [str(part) for part in file.read_as.get("other_tables", ())]
        if others:
            steps.append(_next_step(file.read_as, others))
            unread += [f"{file.name}: {part}" for part in others]
            yield NotMeasured(
                metric="readiness.rows",
                subject=Subject.of(source=opened.name),
                reason=_reason(file, others),
                next_step=steps[-1],
            )
    if unread:
        yield context.found(
            "readiness.unread_tables",
            len(unread),
            n=len(unread) + len(opened.files),
            scope=scope,
            subject=Subject.of(source=opened.name),
            inputs={f"data:{opened.name}": opened.fingerprint},
            details={"examples": unread[:_SHOWN], "next_step": steps[0]},
        )


def _reason(file: FileRead, others: Sequence[str]) -> str:
    were = "table was" if len(others) == 1 else "tables were"
    part = file.read_as.get("part") or "the first table"
    return f"of {file.name} '{part}' was read; {len(others)} other {were} not: {_listed(others)}"


def _next_step(read_as: Mapping[str, Any], others: Sequence[str]) -> str:
    alike = [str(part) for part in read_as.get("alike_tables", ())]
    renames: Mapping[str, Mapping[str, str]] = read_as.get("alike_but_for_names") or {}
    steps = []
    if alike:
        same = "has the same columns" if len(alike) == 1 else "have the same columns"
        steps.append(
            f"{_listed(alike)} {same}: to read them together, write 'unite: part' below the "
            "source's path in data.production; the name of each stands then in the column 'part'."
        )
    if renames:
        pairs = {old: new for found in renames.values() for old, new in found.items()}
        written = ", ".join(f"{old}: {new}" for old, new in pairs.items())
        has = "seems" if len(renames) == 1 else "seem"
        steps.append(
            f"{_listed(list(renames))} {has} to hold the same under other names: if so, write "
            f"'unite: part' and 'rename: {{{written}}}'."
        )
    if len(alike) + len(renames) < len(others):
        first = next(part for part in others if part not in alike and part not in renames)
        steps.append(
            "Name each table that counts as a source of its own in data.production, for example "
            f"table: '{first}'."
        )
    return " ".join(steps)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"
