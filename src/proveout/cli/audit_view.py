"""An audit on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from proveout.cli.audit_facts import FieldAudit, SourceView, count_of
from proveout.cli.audit_story import left_lines, series_lines, since_line, status_words

if TYPE_CHECKING:
    from proveout.checks.readiness.remediation import RemediationGroup, RemediationItem
    from proveout.checks.readiness.remediation.register import Entry
    from proveout.evidence.model import Evidence

NBSP = "\u00a0"

_FIELDS_SHOWN = 40
_ITEMS_SHOWN = 8
_FIELDS_IN_EXAMPLES = 3
_WIDE = 100
"""Terminal width from which a field's range and usual form have a column."""
_MARKS = {"blocks": ("●", "red"), "misleads": ("●", "yellow"), "look": ("○", "dim")}
_LEGEND = (
    ("blocks", "stops a system"),
    ("misleads", "makes it answer wrongly"),
    ("look", "somebody should look"),
)


def shown(
    audits: Sequence[SourceView],
    items: Sequence[RemediationItem],
    *,
    width: int,
    every: bool,
    entries: Sequence[Entry] = (),
    since: str | None = None,
    at: str = "",
) -> RenderableType:
    """Return the human form.

    `entries` are what became of the findings `since` an earlier audit, judged by this one, `at`.
    """
    parts: list[RenderableType] = []
    for audit in audits:
        parts += [_heading(audit), ""]
        if audit.fields:
            parts += [_fields(audit, is_wide=width >= _WIDE, every=every), ""]
        parts += [*_exceptions(audit, width), ""]
        if audit.series is not None:
            parts += [*series_lines(audit.series, width, every=every), ""]
    if since is not None:
        parts += [since_line(entries, since, at), ""]
    if items or not any(audit.exceptions is None for audit in audits):
        parts.extend(_fix_first(items, every=every))
    parts.extend(left_lines(entries, at, every=every))
    return Group(*parts)


def _heading(audit: SourceView) -> Text:
    text = Text()
    text.append(audit.name, style="bold")
    text.append(f"  {audit.n_rows:,} {_plural(audit.n_rows, 'record')}")
    if audit.fields:
        text.append(f" · {len(audit.fields):,} {_plural(len(audit.fields), 'field')}")
    n_lost, n_cells = audit.n_rejects - audit.n_faulty_cells, audit.n_faulty_cells
    if n_lost:
        text.append(f" · {n_lost:,} {_plural(n_lost, 'row')} could not be read", "red")
    else:
        text.append(" · every row could be read", "dim")
    if n_cells:
        hold = "holds" if n_cells == 1 else "hold"
        text.append(f" · {n_cells:,} {_plural(n_cells, 'cell')} {hold} an error", "red")
    return text


def _fields(audit: SourceView, *, is_wide: bool, every: bool) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(" Field", no_wrap=True, overflow="ellipsis", max_width=26)
    table.add_column("Holds", no_wrap=True)
    table.add_column("Filled", no_wrap=True, justify="right")
    table.add_column("Distinct", no_wrap=True, justify="right")
    if is_wide:
        table.add_column("Range, or usual form", no_wrap=True, overflow="ellipsis", max_width=34)
    table.add_column("Worst problem", overflow="fold")
    listed = audit.fields
    if not every and len(listed) > _FIELDS_SHOWN:
        troubled = sorted(listed, key=lambda field: not field.problems)
        listed = tuple(troubled[:_FIELDS_SHOWN])
    for field in listed:
        cells: list[RenderableType] = [
            Text(f" {field.name}", "bold"),
            field.kind,
            Text(_percent(field.filled), "" if field.filled == 1 else "yellow"),
            _different(field),
        ]
        if is_wide:
            cells.append(Text(_form(field), "dim"))
        table.add_row(*cells, _worst(field))
    left = len(audit.fields) - len(listed)
    if not left:
        return table
    return Group(table, Text(f" … and {left:,} more {_plural(left, 'field')}: --all", "dim"))


def _different(field: FieldAudit) -> str:
    """Write how many different values there are; an estimate shows that it is one."""
    if field.distinct is None:
        return "many" if field.kind == "text" and field.filled else ""
    if field.is_distinct_exact or field.distinct <= 1:
        return f"{field.distinct:,}"
    digits = len(str(field.distinct))
    return f"~{round(field.distinct, min(0, 2 - digits)):,}"


def _form(field: FieldAudit) -> str:
    if field.low is not None and field.high is not None:
        return f"{_value(field.low)} to {_value(field.high)}"
    return f"like {', '.join(field.forms)}" if field.forms else ""


def _worst(field: FieldAudit) -> Text:
    if not field.problems:
        return Text("always the same" if field.is_constant else "", "dim")
    item = field.problems[0]
    return Text(_short(item), "red" if item.severity == "blocks" else "yellow")


_IN_SHORT = {
    "missing": "empty in {n}",
    "missing-required": "empty in {n}",
    "wrong-type": "{n} of another type{seen}",
    "out-of-range": "{n} outside its limits{seen}",
    "spelling": "{n} in another spelling{seen}",
    "outlier": "{n} far from the rest{seen}",
    "mixed-formats": "{n} in another form{seen}",
    "formats-differ": "other forms by site or period",
    "unresolved-reference": "{n} not in their list{seen}",
    "stand-in": "{n} that say {texts}",
}
"""A problem in a few words, for a cell."""


def _short(item: RemediationItem) -> str:
    example = _cut(item.examples[0]) if item.examples else ""
    texts = item.sentence.split(" says ")[-1].split(" in")[0]
    words = _IN_SHORT.get(item.kind, item.kind.replace("-", " "))
    return words.format(
        n=f"{item.n_records:,}", seen=f": {example}" if example else "", texts=texts
    )


def _exceptions(audit: SourceView, width: int) -> Iterator[RenderableType]:
    whole = audit.exceptions
    if whole is None:
        yield Text(" There are no records to judge.", "yellow")
        return
    n = count_of(whole)
    if not n:
        yield Text(" No record is an exception that somebody must handle.", "green")
        return
    yield Text.assemble(
        " ",
        (f"{n:,} of {whole.n:,} records ({_percent(whole.value)})", "bold"),
        (" is an exception" if n == 1 else " are exceptions"),
        " that the system or a person must handle:",
    )
    for each in audit.kinds:
        kind = (each.subject.get("kind") or "").replace("-", " ")
        line = Text.assemble(
            f"   {kind:<20} {count_of(each):>10,}  {_percent(each.value):>7}   ",
            (_seen(each), "dim"),
        )
        line.truncate(max(width - 1, 40), overflow="ellipsis")
        yield line


def _fix_first(items: Sequence[RemediationItem], *, every: bool) -> Iterator[RenderableType]:
    from proveout.checks.readiness.remediation import NOBODY, grouped

    if not items:
        yield Text("Nothing to fix was found.", "green")
        return
    legend = Text("Fix first", "bold")
    for severity, means in _LEGEND:
        if any(item.severity == severity for item in items):
            mark, style = _MARKS[severity]
            legend.append(f"   {mark}", f"not bold {style}").append(f" {means}", "not bold dim")
    yield legend
    groups = grouped(items)
    listed = groups if every else groups[:_ITEMS_SHOWN]
    for at, group in enumerate(listed, start=1):
        yield Padding(_entry(at, group), (1, 0, 0, 0))
    left = len(groups) - len(listed)
    if left:
        yield Text(f"\n … and {left:,} more: --all", "dim")
    if all(item.owner == NOBODY for item in items):
        yield Text(
            "\nNobody is named who owns this data: name them in a charter (proveout init).", "dim"
        )


def _entry(at: int, group: RemediationGroup) -> Table:
    from proveout.checks.readiness.remediation import NOBODY

    mark, style = _MARKS[group.severity]
    entry = Table.grid(padding=(0, 1))
    entry.add_column(justify="right", width=3, style="dim")
    entry.add_column(width=1)
    entry.add_column()
    body = Text(group.sentence.rstrip("."), "bold")
    if len(group.items) == 1:
        body.append(f" ({_extent(group.items[0])})", "not bold")
    if seen := _seen_in(group):
        body.append("\nSeen: ", "not bold dim").append(seen, "not bold")
    body.append(f"\n{group.instruction}", "not bold")
    if moved := _moved(group):
        body.append("\n").append_text(moved)
    if group.owner != NOBODY:
        body.append("\nOwner: ", "not bold dim").append(group.owner, "not bold")
    entry.add_row(str(at), Text(mark, style), body)
    return entry


def _moved(group: RemediationGroup) -> Text | None:
    """Say how a finding moved since the audit before; of several fields, how each did."""
    if len(group.items) == 1:
        (item,) = group.items
        if item.status is None:
            return None
        return status_words(item.status, item.trend, str(item.first_seen))
    counted = Counter(item.status for item in group.items if item.status is not None)
    told = ", ".join(f"{n} {status}" for status, n in counted.items())
    return Text(f"Since the last audit: {told}", "not bold") if told else None


def _seen_in(group: RemediationGroup) -> str:
    """Show examples: of one field all of them, of several fields one each."""
    if len(group.items) == 1:
        return "; ".join(_cut(each, 60) for each in group.items[0].examples)
    return "; ".join(
        f"{item.column}: {_cut(item.examples[0], 40)}"
        for item in group.items[:_FIELDS_IN_EXAMPLES]
        if item.examples
    )


def _seen(evidence: Evidence) -> str:
    """Say what of a kind there is, the most frequent first; else show a record."""
    problems = evidence.details.get("problems") or ()
    if problems:
        return "; ".join(f"{each['what']} ({each['n']:,})" for each in problems)
    examples = evidence.details.get("examples") or ()
    return ", ".join(f"{name}={value}" for name, value in examples[0].items()) if examples else ""


def _extent(item: RemediationItem) -> str:
    return item.extent if item.metric.endswith("_deliveries") else _percent(item.share)


def _percent(share: float | None) -> str:
    if share is None:
        return ""
    if share in (0, 1):
        return f"{share:.0%}".replace("%", f"{NBSP}%")
    if share < 0.001:
        return f"<0.1{NBSP}%"
    if share > 0.999:
        return f">99.9{NBSP}%"
    return f"{100 * share:.1f}{NBSP}%"


def _value(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,.10g}"
    return str(value).replace("T00:00:00", "").replace("+00:00", "").replace("T", " ")


def _cut(text: str, most: int = 28) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _plural(n: int, noun: str) -> str:
    return noun if n == 1 else f"{noun}s"
