"""What changed between two charters, and whether that made the standard easier to meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from proveout.charter.schema import Charter
from proveout.charter.sealing.concerns import concerns_of
from proveout.charter.sealing.differences import differences
from proveout.charter.sealing.effects import Defaults, effect_of
from proveout.charter.sealing.model import Change
from proveout.evidence.catalogue import Catalogue


def compare(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    catalogue: Catalogue | None = None,
    *,
    defaults: Defaults | None = None,
) -> tuple[Change, ...]:
    """Return every difference between two charters in plain JSON, with its effect.

    What a charter leaves out counts as its default. `defaults` are the lines of the default
    standard; without them a changed threshold of such a line is neither looser nor tighter.
    """
    lines = defaults or {}
    was, now = _filled(before), _filled(after)
    return tuple(
        Change(
            path=difference.path,
            before=_tidy(difference.before),
            after=_tidy(difference.after),
            effect=effect_of(difference, was, now, catalogue, lines),
            concerns=concerns_of(difference, catalogue, lines),
        )
        for difference in differences(was, now)
    )


def _filled(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """Write the defaults out. Content of another version of the schema is taken as it is."""
    try:
        return Charter.model_validate(content).model_dump(mode="json")
    except ValidationError:
        return content


def _tidy(value: Any) -> Any:
    """Leave out what was not given, so that a change shows what somebody wrote."""
    if isinstance(value, Mapping):
        kept = {key: _tidy(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, [], {}, "")}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_tidy(item) for item in value]
    return value
