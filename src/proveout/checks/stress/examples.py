"""Real rows that show what damage did, as JSON can hold them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from proveout.checks.stress.changes import is_same
from proveout.checks.stress.operators import is_gone
from proveout.scoring.values import as_text, value_at
from proveout.statistics.scores import Judged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from proveout.checks.stress.trial import Asked


def examples(
    clean: Asked, asked: list[Asked], truth: NDArray[Any], *, most: int = 3
) -> Iterator[dict[str, Any]]:
    found = 0
    for each in asked:
        positions = each.inputs.index.to_numpy(dtype=np.intp)
        for row in np.flatnonzero(each.silent & ~clean.silent[positions]):
            if found == most:
                return
            found += 1
            position = int(positions[row])
            was, now = clean.inputs.iloc[position], each.inputs.iloc[int(row)]
            names = [name for name in now.index if not is_same(was.get(name), now[name])]
            lost = [name for name in was.index if name not in now.index]
            pairs = {name: shown_apart(was.get(name), now[name]) for name in names[:8]}
            yield {
                "before": {
                    **{str(name): pair[0] for name, pair in pairs.items()},
                    **{str(name): shown(was.get(name)) for name in lost[: 8 - len(pairs)]},
                },
                "after": {str(name): pair[1] for name, pair in pairs.items()},
                "answer_before": shown(clean.answers.value[position]),
                "answer": shown(each.answers.value[row]),
                "confidence": shown(each.answers.confidence[row]),
                "truth": shown(truth[position]),
                **_field_at_fault(clean.judged, each.judged, position, int(row)),
            }


def _field_at_fault(clean: Judged, damaged: Judged, position: int, row: int) -> dict[str, Any]:
    """Of a document, say the first field that went wrong instead of all of them."""
    if clean.fields is None or damaged.fields is None:
        return {}
    lost = clean.fields.right[position] & ~damaged.fields.right[row] & clean.fields.required
    if not lost.any():
        return {}
    name = clean.fields.names[int(np.flatnonzero(lost)[0])]
    return {
        "field": name,
        "answer_before": shown(as_text(value_at(clean.answer[position], name))),
        "answer": shown(as_text(value_at(damaged.answer[row], name))),
        "truth": shown(as_text(clean.truth[position].get(name))),
    }


LONGEST, AHEAD = 80, 20
"""Characters of a text that are shown, and how many of them stand ahead of where it differs."""


def shown_apart(one: Any, other: Any) -> tuple[Any, Any]:
    """Show two cells; of long texts the part where they begin to differ."""
    if not (isinstance(one, str) and isinstance(other, str)):
        return shown(one), shown(other)
    if max(len(one), len(other)) <= LONGEST:
        return one, other
    shared = zip(one, other, strict=False)
    same = next((place for place, (a, b) in enumerate(shared) if a != b), min(len(one), len(other)))
    start = 0 if same <= AHEAD * 2 else same - AHEAD
    cut = "…" if start else ""
    return shown(cut + one[start:]), shown(cut + other[start:])


def shown(cell: Any) -> Any:
    """A cell as JSON can hold it, long text cut."""
    if isinstance(cell, np.generic):
        cell = cell.item()
    if isinstance(cell, dict | list | tuple | np.ndarray):
        cell = as_text(cell)
    if is_gone(cell):
        return None
    if isinstance(cell, bool | int):
        return cell
    if isinstance(cell, float) and math.isfinite(cell):
        return float(f"{cell:.6g}")
    text = str(cell)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
