"""A diagnosis on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from proveout.diagnosis import Diagnosis
from proveout.diagnosis.diagnosis import HONESTLY, READ_SO
from proveout.diagnosis.failures import named
from proveout.diagnosis.questions import BY_ID, QUESTIONS
from proveout.diagnosis.readings import Reading, Source
from proveout.diagnosis.weighing import Cause, Weight

SOURCES: Final[dict[Source, str]] = {
    "measured": "measured",
    "attested": "attested",
    "agreed": "charter",
    "left out": "not in the charter",
    "said": "said",
}
"""On whose word: measured is never shown as said, nor said as measured."""
_SHOWN = 4


def view(found: Diagnosis) -> RenderableType:
    """Return what rich prints; it reads well at 80 columns and without colour."""
    parts: list[RenderableType] = [
        Text(f"Diagnosis of {found.title or found.pilot}", style="bold"),
        Text(found.summary),
        Text(),
        _table(found.causes),
    ]
    for cause in found.active:
        parts += [Text(), *_reasons(cause)]
    if found.conditions:
        parts += [
            Text(),
            Text("To be shown before a next pilot", style="bold"),
            *map(_item, _conditions(found)),
        ]
    outranked = list(_outranked(found))
    if outranked:
        parts += [
            Text(),
            Text("Said otherwise, and not counted", style="bold"),
            *map(_item, outranked),
        ]
    parts += [Text(), Text(f"{READ_SO} {HONESTLY}", style="dim")]
    return Group(*parts)


def questions_view() -> str:
    """Return all questions as a file of answers to be filled in."""
    lines = [
        "# Answers for: proveout diagnose --answers FILE",
        "pilot: NAME",
        "# result: failed        # failed, stalled or succeeded",
        "answers:",
    ]
    for question in QUESTIONS:
        lines += ["", f"  # {question.text}"]
        lines += [f"  #   {option.id}: {option.text}" for option in question.options]
        lines += [f"  {question.id}: unknown"]
    return "\n".join(lines)


def _item(line: str) -> RenderableType:
    """Write one of a list; what does not fit into the line goes on below its first word."""
    item = Table.grid(padding=(0, 1, 0, 0))
    item.add_row(Text("  -"), Text(line))
    return item


def _table(causes: Iterable[Cause]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("")
    table.add_column("Cause")
    table.add_column("Activity", justify="right")
    table.add_column("Between", justify="right")
    table.add_column("How sure")
    table.add_column("Known", justify="right")
    for cause in causes:
        table.add_row(
            f"{cause.place}.",
            Text(cause.name, style="bold" if cause.is_active else ""),
            f"{cause.activity:.2f}",
            f"{cause.low:.2f} to {cause.high:.2f}",
            cause.sure,
            f"{cause.known * 100:.0f} %",
        )
    return table


def _reasons(cause: Cause) -> Iterator[RenderableType]:
    yield Text(f"{cause.name} ({cause.activity:.2f})", style="bold")
    yield Padding(Text(named(cause.failure).means, style="dim"), (0, 0, 0, 2))
    for word, weights in (("For", cause.speaks_for), ("Against", cause.speaks_against)):
        for line in _weights(word, weights):
            yield Padding(Text(line), (0, 0, 0, 2))
    if cause.unknown:
        asked = [BY_ID[each].text for each in cause.unknown[:2]]
        more = f" and {len(cause.unknown) - 2} more" if len(cause.unknown) > 2 else ""
        yield Padding(Text(f"Not known: {' '.join(asked)}{more}"), (0, 0, 0, 2))


def _weights(word: str, weights: tuple[Weight, ...]) -> Iterator[str]:
    for weight in weights[:_SHOWN]:
        told = " ".join(_told(reading) for reading in weight.readings)
        yield f"{word} ({weight.weight:+.2f}): {told}"
    if len(weights) > _SHOWN:
        yield f"{word}: {len(weights) - _SHOWN} more, with --json."


def _told(reading: Reading) -> str:
    return f"{reading.whole} [{SOURCES[reading.source]}]"


def _conditions(found: Diagnosis) -> Iterator[str]:
    for cause in found.active:
        lines = [each for each in found.conditions if each.failure == cause.failure]
        for condition in lines:
            yield f"{condition.text}. ({cause.name}: {condition.id})"


def _outranked(found: Diagnosis) -> Iterator[str]:
    for known in found.known:
        for reading in known.outranked:
            counts = known.counting[0]
            yield f"{_told(reading)} What counts: {_told(counts)}"
