"""Changes as a person reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from proveout.charter.sealing.model import Change


def diff_text(changes: Iterable[Change]) -> str:
    """Write one line for each change.

    >>> from proveout.charter.sealing import Change
    >>> path = "acceptance[quality.accuracy].threshold"
    >>> diff_text([Change(path=path, before=0.85, after=0.8, effect="looser", results_known=True)])
    'acceptance[quality.accuracy].threshold: 0.85 → 0.8 (looser; results were known)'
    """
    return "\n".join(_line(change) for change in changes)


def _line(change: Change) -> str:
    remarks: list[str] = [] if change.effect == "other" else [change.effect]
    if change.results_known:
        remarks.append("results were known")
    told = f" ({'; '.join(remarks)})" if remarks else ""
    if change.before is None:
        return f"{change.path}: added {_shown(change.after)}{told}"
    if change.after is None:
        return f"{change.path}: {_shown(change.before)} taken out{told}"
    return f"{change.path}: {_shown(change.before)} → {_shown(change.after)}{told}"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_shown(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_shown(item) for item in value) + "]"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
