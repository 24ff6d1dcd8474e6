"""What the schema refuses, in sentences that a person can act on."""

from __future__ import annotations

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from proveout.charter.loaded import PathInCharter
from proveout.charter.loading.document import Document
from proveout.charter.loading.examples import example_line
from proveout.charter.loading.nearest import nearest
from proveout.charter.loading.places import ListOf, homes, part_at, shape_at
from proveout.charter.loading.problem import Position, Problem
from proveout.charter.loading.sentences import Sentence, wrong_value
from proveout.charter.schema import Charter


def schema_problems(error: ValidationError, document: Document) -> list[Problem]:
    """Explain what the schema refuses. A misspelled key is not told again as a missing one."""
    details = error.errors(include_url=False)
    meant = {
        (*detail["loc"][:-1], _meant(detail["loc"]))
        for detail in details
        if detail["type"] == "extra_forbidden"
    }
    return [
        _explained(detail, document)
        for detail in details
        if not (detail["type"] == "missing" and detail["loc"] in meant)
    ]


def _meant(path: PathInCharter) -> str | None:
    part = part_at(path[:-1])
    return None if part is None else nearest(str(path[-1]), part.model_fields)


def _explained(error: ErrorDetails, document: Document) -> Problem:
    wanted = tuple(step for step in error["loc"] if step != "[key]")
    path = as_written(wanted, document)
    if error["type"] == "missing":
        what, write = _missing(wanted)
        return Problem(at=_at(path, document), path=(*path, wanted[-1]), what=what, write=write)
    if error["type"] == "extra_forbidden":
        what, write = _unknown_key(path)
        return Problem(at=_at(path, document), path=path, what=what, write=write)
    what, write = wrong_value(error, wanted, document.texts.get(path))
    return Problem(at=_at(path, document), path=path, what=what, write=write)


def as_written(path: PathInCharter, document: Document) -> PathInCharter:
    """Turn a path in the schema into the one in the file, where short forms leave steps out."""
    found: PathInCharter = ()
    for step in path:
        if (*found, step) in document.values:
            found = (*found, step)
        elif not isinstance(step, int):
            break
    return found


def _at(path: PathInCharter, document: Document) -> Position:
    return document.keys.get(path) or document.values[path]


def _missing(path: PathInCharter) -> Sentence:
    return f"'{path[-1]}' is missing.", f"Write for example: {example_line(path)}"


def _unknown_key(path: PathInCharter) -> Sentence:
    key = str(path[-1])
    allowed = list((part_at(_schema_path(path[:-1])) or Charter).model_fields)
    what = f"There is no key '{key}' here."
    if path[0] == "standard" and len(path) == 3:
        return what, f"The id of a criterion is one key: {path[1]}.{key}: {{threshold: …, why: …}}"
    near = nearest(key, allowed)
    elsewhere = homes().get(key, ())
    if near is not None:
        return what, f"Did you mean '{near}'? Allowed here: {', '.join(allowed)}."
    if len(elsewhere) == 1:
        return what, f"It belongs elsewhere: write it as {elsewhere[0]}."
    if elsewhere:
        return what, f"It belongs elsewhere: {' or '.join(elsewhere[:3])}."
    return what, f"Take it out, or choose one of: {', '.join(allowed)}."


def _schema_path(path: PathInCharter) -> PathInCharter:
    """Undo the short form in which a list of one is written without its dash."""
    full: PathInCharter = ()
    for step in path:
        if isinstance(step, str) and isinstance(shape_at(full), ListOf):
            full = (*full, 0)
        full = (*full, step)
    return (*full, 0) if isinstance(shape_at(full), ListOf) else full
