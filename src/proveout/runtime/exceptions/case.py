"""What was asked and answered, read for whoever has to look at it. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from proveout.charter.schema import Charter
from proveout.charter.schema.gateway import Gateway
from proveout.intake.truths import LABEL, truth_by_field
from proveout.runtime.exceptions.entry import Entry
from proveout.runtime.exceptions.labels import label_text
from proveout.runtime.log.payload import bytes_of

MOST_ROWS = 50
LONGEST = 20_000
"""Letters of one text that are shown."""
Form = Literal["fields", "class", "number", "words"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One message of a conversation."""

    who: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One thing that a correction may say: the true answer of a row, or a field of its document."""

    place: str
    """'0', or '0.total'."""
    label: str
    value: str
    """As answered, or as the user proposed it; empty for what is not there."""
    answered: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A request and its answer."""

    messages: tuple[Spoken, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    """One per answer that was asked for, without long texts, which are in `texts`."""
    n_rows: int = 0
    """Of which at most MOST_ROWS are shown."""
    texts: tuple[Spoken, ...] = ()
    """Columns with long texts: documents."""
    answers: Mapping[int, str] = field(default_factory=dict)
    """What the system answered, by row, as labels are written."""
    documents: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    """The same where answers are documents: field by field."""
    request: str | None = None
    """As it came; None where nothing of it is kept."""
    answer: str | None = None
    form: Form = "words"
    classes: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = ()


def case_of(entry: Entry, charter: Charter) -> Case:
    """Read an entry; what cannot be read as rows is shown as it came."""
    request, answer = _text(entry.request), _text(entry.answer)
    read = _rows(entry, charter)
    answers = {
        row: label_text(each["answer"]) for row, each in read.items() if each["answer"] is not None
    }
    documents = {
        row: {str(name): _cell(value) for name, value in told.items()}
        for row, text in answers.items()
        if (told := _document(text)) is not None
    }
    messages = _messages(request)
    given = [each["row"] for each in read.values()][:MOST_ROWS]
    names = list(dict.fromkeys(name for row in given for name in row))
    long = [name for name in names if any(_is_long(row.get(name)) for row in given)]
    texts = (
        ()
        if messages
        else tuple(
            Spoken(who=name, words=_cut(str(row[name])))
            for row in given
            for name in long
            if row.get(name) is not None
        )
    )
    columns = () if messages else tuple(name for name in names if name not in long)
    form, classes = _form(charter)
    return Case(
        messages=messages,
        columns=columns,
        rows=tuple(tuple(_cell(row.get(name)) for name in columns) for row in given if columns),
        n_rows=len(read),
        texts=texts,
        answers=answers,
        documents=documents,
        request=request,
        answer=answer,
        form=form,
        classes=classes,
        inputs=tuple(_inputs(charter, form, answers, entry.correction)),
    )  # fmt: skip


def corrections(case: Case, places: Mapping[str, str]) -> dict[int, str]:
    """Return the true answers by row, of what was typed at each place: what differs, as it counts.

    A field that was left empty is one that the document does not have. Of a document the fields
    given; `correcting.made_whole` adds the others. Raises ValueError for a place that there is not.
    """
    known = {each.place: each for each in case.inputs}
    found: dict[int, Any] = {}
    for place, typed in places.items():
        value = typed.replace("\r\n", "\n")
        row, _, name = place.partition(".")
        if place not in known and case.inputs:
            raise ValueError(place)
        answered = known[place].answered if place in known else None
        if value.strip() == (answered or "").strip():
            continue
        if name:
            told = case.documents.get(int(row), {})
            found.setdefault(int(row), {})[name] = _typed(
                value.strip(), told.get(name), case, row, name
            )
        elif value.strip():
            found[int(row)] = value.strip()
    return {row: label_text(true) for row, true in found.items()}


def _typed(value: str, answered: str | None, case: Case, row: str, name: str) -> Any:
    """Return a field as the document would have it: a number where it was one."""
    if not value:
        return None
    text = case.answers.get(int(row))
    was = (_document(text or "") or {}).get(name)
    if answered is not None and isinstance(was, int | float) and not isinstance(was, bool):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _inputs(
    charter: Charter, form: Form, answers: Mapping[int, str], proposed: Mapping[int, str]
) -> list[Input]:
    rows = sorted(set(answers) | set(proposed) | {0})[:MOST_ROWS]
    several = len(rows) > 1
    found = []
    for row in rows:
        answered, said = answers.get(row), proposed.get(row)
        if form != "fields":
            label = f"Row {row}" if several else "The true answer"
            value = said if said is not None else answered or ""
            found.append(Input(place=str(row), label=label, value=value, answered=answered))
            continue
        was, now = _document(answered or "") or {}, _document(said or "") or {}
        found += [
            Input(
                place=f"{row}.{name}",
                label=f"Row {row}, {name}" if several else name,
                value=_cell(now.get(name, was.get(name))),
                answered=_cell(was.get(name)) if was else None,
            )
            for name in truth_by_field(charter)
            if name != LABEL
        ]
    return found


def _form(charter: Charter) -> tuple[Form, tuple[str, ...]]:
    if any(name != LABEL for name in truth_by_field(charter)):
        return "fields", ()
    system, data = charter.system, charter.data
    if system is not None and system.task == "regression":
        return "number", ()
    label = truth_by_field(charter).get(LABEL)
    declared = data.fields.get(label) if label is not None else None
    classes: tuple[str, ...] = declared.values if declared is not None else ()
    for way in () if system is None else (system.open_inference, system.mlflow):
        classes = classes or (way.classes if way is not None else ())
    return ("class", classes) if classes else ("words", ())


def _rows(entry: Entry, charter: Charter) -> dict[int, dict[str, Any]]:
    """Read rows and answers as a monitor does, by the protocol that the charter names."""
    from proveout.runtime.monitors.rows import ANSWER, OURS, ROW, Reader

    if entry.request is None:
        return {}
    gateway, system = charter.gateway or Gateway(), charter.system
    reader = Reader(
        system=system,
        versions={each.name: each.system for each in gateway.versions},
        inputs=charter.data.inputs,
    )
    record = {
        "id": entry.call, "at": entry.at, "protocol": _protocol(charter), "version": entry.version,
        "team": entry.team, "user": None, "request": entry.request, "answer": entry.answer,
        "system_status": None,
    }  # fmt: skip
    try:
        read = reader.table([record]).to_pylist()
    except Exception:  # noqa: BLE001 - a body is whatever a client wrote; it is shown as it came
        return {}
    return {
        each[ROW]: {
            "answer": each[ANSWER],
            "row": {name: value for name, value in each.items() if name not in OURS},
        }
        for each in read
    }


def _protocol(charter: Charter) -> str:
    system = charter.system
    if system is None:
        return "json"
    for name in ("chat", "open_inference", "mlflow", "python"):
        if getattr(system, name) is not None:
            return name
    return "json"


def _messages(request: str | None) -> tuple[Spoken, ...]:
    told = _json(request)
    said = told.get("messages") if isinstance(told, dict) else None
    if not isinstance(said, list):
        return ()
    return tuple(
        Spoken(who=str(each.get("role", "")), words=_cut(_words(each.get("content"))))
        for each in said
        if isinstance(each, dict)
    )


def _words(content: Any) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return "" if content is None else json.dumps(content, ensure_ascii=False)
    parts = [each for each in content if isinstance(each, dict)]
    return "\n".join(
        str(each["text"]) if "text" in each else f"({each.get('type', 'a part')}, not shown)"
        for each in parts
    )


def _text(body: str | None) -> str | None:
    """Return a body as text, JSON indented."""
    if body is None:
        return None
    text = bytes_of(body).decode("utf-8", "replace")
    told = _json(text)
    return _cut(text if told is None else json.dumps(told, ensure_ascii=False, indent=2))


def _json(text: str | None) -> Any:
    try:
        return json.loads(text or "")
    except (ValueError, RecursionError):
        return None


def _document(text: str) -> dict[str, Any] | None:
    told = _json(text)
    return told if isinstance(told, dict) else None


def _cell(value: Any) -> str:
    return "" if value is None else label_text(value)


def _is_long(value: Any) -> bool:
    return isinstance(value, str) and (len(value) > 120 or "\n" in value)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
