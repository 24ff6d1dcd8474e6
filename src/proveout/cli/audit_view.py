"""An audit on a terminal and as plain JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from proveout.cli.adhoc import Collected

if TYPE_CHECKING:
    from proveout.checks.readiness.remediation import RemediationGroup, RemediationItem
    from proveout.evidence.model import Evidence

NBSP = "\u00a0"

_FIELDS_SHOWN = 40
_ITEMS_SHOWN = 8
_FORMS_SHOWN = 3
_WIDE = 100
"""Terminal width from which a field's range and usual form have a column."""
_MARKS = {"blocks": ("●", "red"), "misleads": ("●", "yellow"), "look": ("○", "dim")}
_LEGEND = (
    ("blocks", "stops a system"),
    ("misleads", "makes it answer wrongly"),
    ("look", "somebody should look"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldAudit:
    """One field of one source."""

    name: str
    kind: str
    """What it holds: 'integer', 'text' …"""
    filled: float | None
    """Share of records with a value, 0 to 1; None where there are no records."""
    distinct: int | None
    """Different values; None where they were not counted, as for free text."""
    is_distinct_exact: bool
    """False: an estimate, which may be off by a few percent."""
    low: Any
    high: Any
    forms: tuple[str, ...]
    """One example of each way in which texts are written, the usual one first; up to three."""
    usual_share: float | None
    """Share of the values written in the usual way."""
    is_constant: bool
    problems: tuple[RemediationItem, ...]
    """The weightiest first."""

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form."""
        return {
            "name": self.name,
            "type": self.kind,
            "filled": self.filled,
            "distinct_about": self.distinct,
            "distinct_is_exact": self.is_distinct_exact,
            "low": self.low,
            "high": self.high,
            "forms": list(self.forms),
            "usual_form_share": self.usual_share,
            "constant": self.is_constant,
            "problems": [item.id for item in self.problems],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """One source."""

    name: str
    n_rows: int
    n_rejects: int
    fields: tuple[FieldAudit, ...]
    exceptions: Evidence | None
    """All kinds together; None where there are no records."""
    kinds: tuple[Evidence, ...]
    """Kinds that occur, the most frequent first."""

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form."""
        return {
            "source": self.name,
            "records": self.n_rows,
            "rejects": self.n_rejects,
            "exceptions": None if self.exceptions is None else _share(self.exceptions),
            "kinds": [
                {"kind": each.subject.get("kind"), **_share(each), **_told(each)}
                for each in self.kinds
            ],
            "fields": [field.as_dict() for field in self.fields],
        }


def audits_of(collected: Collected, items: Sequence[RemediationItem]) -> list[SourceView]:
    """Put together what was found, source by source."""
    return [_source(collected, each, items) for each in collected.of("readiness.rows")]


def plain_of(
    audits: Sequence[SourceView], items: Sequence[RemediationItem], collected: Collected
) -> dict[str, Any]:
    """Return the plain form."""
    return {
        "sources": [audit.as_dict() for audit in audits],
        "fix_first": [item.as_dict() for item in items],
        "not_measured": [each.as_dict() for each in collected.not_measured],
        "evidence": [each.as_dict() for each in collected.evidence],
    }


def shown(
    audits: Sequence[SourceView], items: Sequence[RemediationItem], *, width: int, every: bool
) -> RenderableType:
    """Return the human form."""
    parts: list[RenderableType] = []
    for audit in audits:
        parts += [_heading(audit), ""]
        if audit.fields:
            parts += [_fields(audit, is_wide=width >= _WIDE, every=every), ""]
        parts += [*_exceptions(audit, width), ""]
    if items or not any(audit.exceptions is None for audit in audits):
        parts.extend(_fix_first(items, every=every))
    return Group(*parts)


def _source(collected: Collected, rows: Evidence, items: Sequence[RemediationItem]) -> SourceView:
    name = rows.subject.get("source") or ""
    rejects = collected.of("readiness.rejects", source=name)
    every = collected.of("readiness.exceptions", source=name)
    kinds = [each for each in every if each.subject.get("kind") and each.value > 0]
    return SourceView(
        name=name,
        n_rows=int(rows.value),
        n_rejects=_count(rejects[0]) if rejects else 0,
        fields=tuple(_fields_of(collected, name, items)),
        exceptions=next((each for each in every if each.subject.get("kind") is None), None),
        kinds=tuple(sorted(kinds, key=lambda each: -each.value)),
    )


def _fields_of(
    collected: Collected, source: str, items: Sequence[RemediationItem]
) -> Iterator[FieldAudit]:
    types = _by_column(collected, "readiness.type_conformance", source)
    forms = _by_column(collected, "readiness.format_consistency", source)
    spellings = _by_column(collected, "readiness.category_variants", source)
    constant = {
        name
        for each in collected.of("readiness.constant_columns", source=source)
        for name in each.details.get("columns", ())
    }
    for each in collected.of("readiness.completeness", source=source):
        name = each.subject.get("column") or ""
        form = forms.get(name)
        patterns = form.details["patterns"] if form is not None else []
        found = types[name].details.get("found") if name in types else each.details.get("stored")
        yield FieldAudit(
            name=name,
            kind=str(found or "") if each.value else "nothing",
            filled=each.value,
            distinct=_distinct(each, spellings.get(name)),
            is_distinct_exact=_is_counted(spellings.get(name)),
            low=each.details.get("low"),
            high=each.details.get("high"),
            forms=tuple(each["example"] for each in patterns[:_FORMS_SHOWN]),
            usual_share=form.value if form is not None else None,
            is_constant=name in constant,
            problems=tuple(item for item in items if item.source == source and item.column == name),
        )


def _distinct(filled: Evidence, spelling: Evidence | None) -> int | None:
    """Return how many different values there are: counted, or else about."""
    if spelling is not None and _is_counted(spelling):
        return int(spelling.details["distinct"])
    about = filled.details.get("distinct_about")
    # An estimate may lie above what is possible.
    return None if about is None else min(int(about), _count(filled))


def _is_counted(spelling: Evidence | None) -> bool:
    return spelling is not None and "distinct" in spelling.details


def _by_column(collected: Collected, metric: str, source: str) -> dict[str, Evidence]:
    return {each.subject.get("column") or "": each for each in collected.of(metric, source=source)}


def _heading(audit: SourceView) -> Text:
    text = Text()
    text.append(audit.name, style="bold")
    text.append(f"  {audit.n_rows:,} {_plural(audit.n_rows, 'record')}")
    if audit.fields:
        text.append(f" · {len(audit.fields):,} {_plural(len(audit.fields), 'field')}")
    if audit.n_rejects:
        text.append(
            f" · {audit.n_rejects:,} {_plural(audit.n_rejects, 'row')} could not be read", "red"
        )
    else:
        text.append(" · every row could be read", "dim")
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
    n = _count(whole)
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
            f"   {kind:<20} {_count(each):>10,}  {_percent(each.value):>7}   ", (_seen(each), "dim")
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
        body.append(f" ({_percent(group.items[0].share)})", "not bold")
    if seen := _seen_in(group):
        body.append("\nSeen: ", "not bold dim").append(seen, "not bold")
    body.append(f"\n{group.instruction}", "not bold")
    if group.owner != NOBODY:
        body.append("\nOwner: ", "not bold dim").append(group.owner, "not bold")
    entry.add_row(str(at), Text(mark, style), body)
    return entry


def _seen_in(group: RemediationGroup) -> str:
    """Show examples: of one field all of them, of several fields one each."""
    if len(group.items) == 1:
        return "; ".join(_cut(each, 60) for each in group.items[0].examples)
    return "; ".join(
        f"{item.column}: {_cut(item.examples[0], 40)}"
        for item in group.items[:_FORMS_SHOWN]
        if item.examples
    )


def _told(evidence: Evidence) -> dict[str, Any]:
    return {name: evidence.details.get(name, []) for name in ("problems", "examples")} | {
        "sites": evidence.details.get("sites", {})
    }


def _share(evidence: Evidence) -> dict[str, Any]:
    interval = evidence.interval
    return {
        "count": _count(evidence),
        "share": evidence.value,
        "low": None if interval is None else interval.low,
        "high": None if interval is None else interval.high,
        "n": evidence.n,
    }


def _count(evidence: Evidence) -> int:
    return round(evidence.value * evidence.n)


def _seen(evidence: Evidence) -> str:
    """Say what of a kind there is, the most frequent first; else show a record."""
    problems = evidence.details.get("problems") or ()
    if problems:
        return "; ".join(f"{each['what']} ({each['n']:,})" for each in problems)
    examples = evidence.details.get("examples") or ()
    return ", ".join(f"{name}={value}" for name, value in examples[0].items()) if examples else ""


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
