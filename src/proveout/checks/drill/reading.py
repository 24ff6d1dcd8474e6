"""Scenario files: the shipped ones by name, one's own by path; every mistake at once."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from proveout.charter.loading.document import Document, read_document
from proveout.charter.loading.nearest import nearest
from proveout.charter.loading.problem import Position, Problem, path_text
from proveout.charter.loading.text import read_text
from proveout.checks.drill.scenario import Busy, Scenario, ScenarioFault
from proveout.errors import InputError
from proveout.faults.effects import KINDS

_FOLDER = files("proveout.checks.drill") / "scenarios"
_ORDER = ("weekend", "outage", "slow", "bad-answers")


def shipped() -> tuple[Scenario, ...]:
    """Return the scenarios that come with the package."""
    return tuple(_parsed(shipped_text(name), f"{name}.yaml") for name in _ORDER)


def shipped_text(name: str) -> str:
    """Return the file of a shipped scenario."""
    return (_FOLDER / f"{name}.yaml").read_text("utf-8")


def read_scenario(wanted: str, *, folder: Path) -> Scenario:
    """Return a shipped scenario by its name, or the one in a file. Raises InputError."""
    if wanted in _ORDER:
        return _parsed(shipped_text(wanted), f"{wanted}.yaml")
    path = folder / wanted
    if path.is_file():
        return _parsed(read_text(path), str(path))
    near = nearest(wanted, _ORDER)
    mean = f"Did you mean '{near}'? " if near else ""
    raise InputError(
        f"There is no scenario '{wanted}', neither shipped nor as a file in {folder.resolve()}.",
        hint=f"{mean}Shipped are: {', '.join(_ORDER)}. See them: proveout drill scenarios",
    )


def _parsed(text: str, file: str) -> Scenario:
    document = read_document(text)
    problems = [*document.problems]
    if isinstance(document.value, dict):
        try:
            scenario = Scenario.model_validate(document.value)
        except ValidationError as error:
            errors = error.errors(include_url=False)
            # Where all items of a list are wrong, it is told to be too short as well.
            inside = {each["loc"][:1] for each in errors if len(each["loc"]) > 1}
            problems += [
                _explained(each, document)
                for each in errors
                if not (each["type"] == "too_short" and each["loc"] in inside)
            ]
        else:
            if not problems:
                return scenario
    told = list(dict.fromkeys(_told(file, each) for each in sorted(problems, key=lambda p: p.at)))
    count = "1 mistake" if len(told) == 1 else f"{len(told)} mistakes"
    raise InputError(
        f"{file} has {count}.\n" + "\n".join(told),
        hint="See one that is right: proveout drill show weekend",
    )


def _told(file: str, problem: Problem) -> str:
    name = path_text(problem.path)
    where = f"{file}:{problem.at.line}:{problem.at.column}{': ' + name if name else ''}"
    return f"{where}\n  {problem.what}\n  {problem.write}"


def _explained(error: ErrorDetails, document: Document) -> Problem:
    # A union adds the name of its member to the path, which nobody wrote.
    path = tuple(step for step in error["loc"] if step not in KINDS)
    known: tuple[str | int, ...] = path
    while known and known not in document.values:
        known = known[:-1]
    at = document.keys.get(known) or document.values.get(known) or Position(line=1, column=1)
    what, write = _sentence(error, path)
    return Problem(at=at, path=path, what=what, write=write)


def _sentence(error: ErrorDetails, path: tuple[str | int, ...]) -> tuple[str, str]:
    key = str(path[-1]) if path else ""
    kind = error["type"]
    if kind == "missing":
        return f"'{key}' is missing.", f"Write: {key}: …"
    if kind == "extra_forbidden":
        allowed = _allowed(path)
        near = nearest(key, allowed)
        mean = f"Did you mean '{near}'? " if near else ""
        listed = f"Allowed here: {', '.join(allowed)}." if allowed else "Take it out."
        return f"There is no key '{key}' here.", mean + listed
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        seen = str(error.get("ctx", {}).get("tag", ""))
        near = nearest(seen, KINDS) if seen else None
        mean = f"Did you mean '{near}'? " if near else ""
        what = f"There is no fault of the kind '{seen}'." if seen else "'kind' is missing."
        return what, f"{mean}Allowed: {', '.join(KINDS)}."
    said = error["msg"].removeprefix("Value error, ")
    what, _, write = said.partition("; ")
    return f"{what[:1].upper()}{what[1:]}.", f"{write[:1].upper()}{write[1:]}." if write else (
        f"Here is: {error.get('input')!r}."
    )


def _allowed(path: tuple[str | int, ...]) -> tuple[str, ...]:
    if len(path) == 1:
        return tuple(Scenario.model_fields)
    if path[0] == "faults" and len(path) == 3:
        return tuple(ScenarioFault.model_fields)
    return tuple(Busy.model_fields) if path[0] == "busy" and len(path) == 3 else ()
