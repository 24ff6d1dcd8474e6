"""A charter in chapters, by what the schema says of each of its keys: a new key appears by itself.

What is shown is the content that was sealed, in which secrets are hidden.
"""

from __future__ import annotations

import json
import re
import types
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from proveout.charter.schema import Charter, Part, Person
from proveout.charter.schema.system import KINDS

_CHAPTERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Purpose", ("title", "outcome", "kpis", "assumptions", "predecessors")),
    ("People", ("people",)),
    ("Process, and the way back", ("process", "integration", "rollback", "production_design")),
    ("Data", ("data",)),
    ("System", ("system",)),
    ("Standard", ("acceptance", "standard", "stress")),
    ("Load and budget", ("load", "budget")),
    ("Governance", ("governance", "milestones")),
    ("Change", ("change", "adoption")),
    ("Legal", ("legal",)),
    ("Drill", ("drill",)),
    ("Rollout", ("gateway", "rollout")),
    ("Monitoring", ("monitoring",)),
)
_UNTOLD = ("version", "pilot")
_WITH_NAME = {"name", "role", "email", "source"}
"""Whoever has no further keys is written as a person: 'Ada Byron (COO)'."""
_REQUIREMENTS = re.compile(r"\s*\((?:R\d[^)]*)\)")
_WORDS = {
    "p95": "95th percentile of",
    "kpis": "figures of the business",
    "kpi": "figure of the business",
    "acts": "acts on alarms",
    "s": "(seconds)",
}


class Term(BaseModel):
    """One value that was agreed, or was not."""

    label: str
    explains: str
    """What the schema says of it."""
    says: str | None
    """None: not agreed."""
    is_default: bool = False
    """Nobody wrote it: it holds because nothing else is said."""


class Table(BaseModel):
    """A list of things of one kind."""

    label: str
    explains: str
    columns: list[str]
    rows: list[list[str]]


class Clause(BaseModel):
    """One key of the charter."""

    key: str
    label: str
    explains: str
    is_agreed: bool
    terms: list[Term]
    tables: list[Table]


class Chapter(BaseModel):
    """Clauses that belong together."""

    title: str
    clauses: list[Clause]


class _Kind(NamedTuple):
    """What a key holds."""

    form: Literal["plain", "part", "parts", "named"]
    part: type[Part] | None = None


def chapters(content: Mapping[str, Any]) -> list[Chapter]:
    """Put the content of a charter into chapters; what is not in it was not agreed."""
    fields = Charter.model_fields
    told = {key for _, keys in _CHAPTERS for key in keys} | set(_UNTOLD)
    further = tuple(key for key in fields if key not in told)
    parts = (*_CHAPTERS, *((("Further agreements", further),) if further else ()))
    return [
        Chapter(
            title=title,
            clauses=[_clause(key, fields[key], content.get(key)) for key in keys if key in fields],
        )
        for title, keys in parts
    ]


def not_agreed(told: Sequence[Chapter]) -> list[str]:
    """Name the clauses in which nothing was agreed."""
    return [each.label for chapter in told for each in chapter.clauses if not each.is_agreed]


def _clause(key: str, field: FieldInfo, said: Any) -> Clause:
    kind = _kind(field.annotation)
    terms: list[Term] = []
    tables: list[Table] = []
    label, explains = words(key), _explained(field, kind)
    if kind.form == "part" and kind.part is not None:
        if said is not None:
            _tell(kind.part, said, "", terms, tables)
    elif kind.form in ("parts", "named") and kind.part is not None:
        if said:
            tables.append(_table(kind, said, label, ""))
    elif said not in (None, [], {}):
        terms.append(Term(label=label, explains="", says=written(said)))
    is_empty_list = kind.form == "parts" and said == []
    if is_empty_list:
        terms.append(Term(label=label, explains="", says="none, and that is agreed"))
    return Clause(
        key=key,
        label=label,
        explains=explains,
        is_agreed=said not in (None, {}) and (bool(said) or is_empty_list or said is False),
        terms=terms,
        tables=tables,
    )


def _tell(part: type[Part], said: Any, before: str, terms: list[Term], tables: list[Table]) -> None:
    """Add a term or a table for every key of a part; parts within parts are told in place."""
    if not isinstance(said, Mapping):
        terms.append(Term(label=before or "Agreed", explains="", says=written(said)))
        return
    for key, field in part.model_fields.items():
        value, kind = said.get(key), _kind(field.annotation)
        if key in KINDS and part.__name__ == "System" and value is None:
            continue  # a system is reached in one way; the others are no omission
        if kind.form == "part" and value is None and field.default_factory is not None:
            value = {}  # it holds with its defaults
        label = f"{before}: {words(key)}" if before else words(key)
        explains = _explained(field, kind)
        if kind.form == "part" and kind.part is not None and isinstance(value, Mapping):
            if _is_person(value):
                terms.append(Term(label=label, explains=explains, says=written(value)))
            else:
                _tell(kind.part, value, label, terms, tables)
        elif kind.form in ("parts", "named") and value:
            tables.append(_table(kind, value, label, explains))
        else:
            terms.append(_term(label, explains, field, value))


def _term(label: str, explains: str, field: FieldInfo, value: Any) -> Term:
    if value is not None:
        return Term(label=label, explains=explains, says=written(value))
    default = None if field.default is PydanticUndefined else field.default
    if default is None or default in ((), "") or isinstance(default, Part):
        return Term(label=label, explains=explains, says=None)
    return Term(label=label, explains=explains, says=written(default), is_default=True)


def _table(kind: _Kind, said: Any, label: str, explains: str) -> Table:
    rows = (
        [{"": name, **_mapped(each)} for name, each in said.items()]
        if isinstance(said, Mapping)
        else [_mapped(each) for each in said]
    )
    order = ["", *(kind.part.model_fields if kind.part is not None else ())]
    used = [key for key in order if any(row.get(key) not in (None, "") for row in rows)]
    return Table(
        label=label,
        explains=explains,
        columns=[words(key) if key else "Name" for key in used],
        rows=[[_cell(row, key, kind.part) for key in used] for row in rows],
    )


def _cell(row: Mapping[str, Any], key: str, part: type[Part] | None) -> str:
    if key in row:
        return written(row[key])
    fields = {} if part is None else part.model_fields
    default = fields[key].default if key in fields else None
    is_said = isinstance(default, bool | int | float | str) and default != ""
    return f"{written(default)} (default)" if is_said else "–"


def _mapped(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {"": value}


def written(value: Any) -> str:
    """Write a value of a charter as a person would."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:,}" if isinstance(value, int) else f"{value:,.10g}"
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return _of_mapping(value)
    if isinstance(value, Sequence):
        return "; ".join(written(each) for each in value) or "none"
    return str(value)


def _of_mapping(value: Mapping[str, Any]) -> str:
    if _is_person(value):
        beside = ", ".join(str(value[key]) for key in ("role", "email") if value.get(key))
        source = f"{value['source']}: " if value.get("source") else ""
        return f"{source}{value['name']}{f' ({beside})' if beside else ''}"
    if any(isinstance(each, Mapping) for each in value.values()):
        return json.dumps(value, ensure_ascii=False)
    return ", ".join(f"{words(key).lower()}: {written(each)}" for key, each in value.items())


def _is_person(value: Mapping[str, Any]) -> bool:
    return "name" in value and set(value) <= _WITH_NAME


def words(key: str) -> str:
    """Return a key as it is read: 'Per million input tokens'."""
    if not key:
        return ""
    told = " ".join(_WORDS.get(part, part) for part in key.split("_"))
    return told[0].upper() + told[1:]


def _explained(field: FieldInfo, kind: _Kind) -> str:
    # Of people the key itself says enough.
    is_told = kind.part is not None and kind.part is not Person
    text = field.description or (kind.part.__doc__ if kind.part and is_told else None) or ""
    return _REQUIREMENTS.sub("", " ".join(text.split())).replace("`", "")


def _kind(annotation: Any) -> _Kind:
    """Tell what a key holds, by its annotation."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _kind(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        kinds = [_kind(each) for each in get_args(annotation) if each is not type(None)]
        return next((each for each in kinds if each.form != "plain"), _Kind("plain"))
    if origin is tuple:
        return _many("parts", get_args(annotation)[0])
    if origin is dict:
        return _many("named", get_args(annotation)[1])
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return _Kind("part", annotation)
    return _Kind("plain")


def _many(form: Literal["parts", "named"], item: Any) -> _Kind:
    inner = _kind(item)
    return _Kind(form, inner.part) if inner.part is not None else _Kind("plain")
