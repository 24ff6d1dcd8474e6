"""Records of the prediction log as lines on a terminal, and as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from rich.text import Text

from proveout.runtime.call import MONEY_UNIT
from proveout.runtime.record import Record

PAYLOAD = ("request", "answer")
STYLES = {
    "answered": "green",
    "failed": "red",
    "timed-out": "red",
    "lost": "red",
    "blocked": "yellow",
    "over-budget": "yellow",
    "shed": "yellow",
    "switched-off": "yellow",
}
HEADING = (
    f"{'when (UTC)':<23}  {'outcome':<12}  {'status':>6}  {'version':<12}  {'team':<12}  "
    f"{'seconds':>8}  {'tokens':>13}  {'cost':>14}  {'id':<26}  to a person because"
)


def line(record: Record, *, payload: bool = False) -> Text:
    """Write one record as one line; where asked for, its bodies below."""
    when = f"{datetime.fromtimestamp(record.at, UTC):%Y-%m-%d %H:%M:%S.%f}"[:-3]
    outcome = f"{_clean(record.outcome):<12}"
    rest = (
        f"  {record.status or '–':>6}  {_cut(record.version):<12}  {_cut(record.team):<12}  "
        f"{record.seconds:>8.3f}  {_tokens(record):>13}  {_cost(record):>14}  "
        f"{_clean(record.id):<26}  {_why(record)}"
    )
    told = Text.assemble(when, "  ", (outcome, STYLES.get(record.outcome, "")), rest.rstrip())
    if payload:
        for name in PAYLOAD:
            body = getattr(record, name)
            told.append(f"\n    {name}: {_clean(body) if body is not None else 'not kept'}")
    told.no_wrap = True
    return told


def whole(record: Record) -> Text:
    """Write all that is known of one request."""
    width = max(map(len, record.__struct_fields__))
    lines = []
    for name in record.__struct_fields__:
        value = getattr(record, name)
        if value is None or value == ():
            continue
        if name == "at":
            value = datetime.fromtimestamp(value, UTC).isoformat(timespec="milliseconds")
        elif name == "cost":
            value = _cost(record)
        elif isinstance(value, tuple):
            value = "; ".join(value)
        elif isinstance(value, bool):
            value = "yes" if value else "no"
        lines.append(f"{name:<{width}}  {_clean(str(value))}")
    return Text("\n".join(lines), no_wrap=True)


def plain(record: Record, *, payload: bool = True) -> dict[str, Any]:
    """Return one record for JSON, without its bodies where they are not asked for."""
    told: dict[str, Any] = msgspec.to_builtins(record)
    if not payload:
        for name in PAYLOAD:
            told.pop(name, None)
    return told


def _tokens(record: Record) -> str:
    if record.input_tokens is None and record.output_tokens is None:
        return "–"
    return f"{record.input_tokens or 0:,}+{record.output_tokens or 0:,}"


def _cost(record: Record) -> str:
    if record.currency is None and not record.cost:
        return "–"
    return f"{record.cost / MONEY_UNIT:,.6f} {record.currency or ''}".rstrip()


def _why(record: Record) -> str:
    said = ", ".join(record.reasons)
    if record.fallback:
        said = f"{said} (fallback answered)".lstrip()
    return _clean(said)


def _cut(text: str | None) -> str:
    clean = "–" if text is None else _clean(text)
    return clean if len(clean) <= 12 else clean[:11] + "…"


def _clean(text: str) -> str:
    """Show control characters instead of obeying them: bodies come from anybody."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )
