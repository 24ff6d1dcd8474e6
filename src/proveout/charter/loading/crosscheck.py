"""Mistakes that only show when two places of the charter are held against each other.

These look at the values as they were read, not at the validated charter, so that they are told
together with the schema's own complaints.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from proveout.charter.loaded import PathInCharter
from proveout.charter.loading.document import Document
from proveout.charter.loading.measurable import Found, measurement_problems
from proveout.charter.loading.nearest import nearest
from proveout.charter.loading.problem import Position, Problem
from proveout.charter.loading.reachable import reach_problems
from proveout.charter.loading.valued import value_problems
from proveout.evidence.catalogue import Catalogue


def cross_problems(document: Document, known_metrics: Catalogue | None) -> list[Problem]:
    """Return what does not fit together."""
    root = document.value
    if not isinstance(root, dict):
        return []
    checks: list[Callable[[dict[str, Any]], Found]] = [
        _names_given_twice, _unknown_sources, _thresholds_behind_baseline, _label_among_inputs,
        _levels_beyond_full_size, value_problems,
    ]  # fmt: skip
    found = [item for check in checks for item in check(root)]
    for path in (("acceptance",), ("assumptions",)):
        for place, item in _items(root, path):
            found += measurement_problems(place, item, known_metrics)
            if path == ("acceptance",):
                found += reach_problems(place, item, known_metrics)
    return [problem_at(document, *item) for item in found]


def problem_at(document: Document, path: PathInCharter, what: str, write: str) -> Problem:
    """Make a problem of what was found at a place, which the file may name by a short form."""
    sentence = what[:1].upper() + what[1:]
    return Problem(at=_position(path, document), path=path, what=sentence, write=write)


def _names_given_twice(root: dict[str, Any]) -> Found:
    for path in (("data", "production"), ("kpis",), ("assumptions",)):
        first: dict[str, int] = {}
        for index, (place, item) in enumerate(_items(root, path)):
            name = item.get("name") if isinstance(item, dict) else None
            if not isinstance(name, str):
                continue
            if name in first:
                what = f"The name '{name}' is taken by item {first[name] + 1} of the same list."
                yield (*place, "name"), what, "Give each its own name."
            else:
                first[name] = index


def _levels_beyond_full_size(root: dict[str, Any]) -> Found:
    load = root.get("load")
    users = load.get("users") if isinstance(load, dict) else None
    levels = load.get("levels") if isinstance(load, dict) else None
    if not isinstance(users, int) or not isinstance(levels, list):
        return
    for index, level in enumerate(levels):
        if isinstance(level, int) and level > users:
            what = f"{level:,} users are more than full size, which is {users:,}: never sent."
            yield ("load", "levels", index), what, "Take it out, or raise load.users."


def _unknown_sources(root: dict[str, Any]) -> Found:
    names, places = _source_names(root)
    if not names and not places:
        return  # no source is declared yet; that is the gate's to report
    referring = [
        ((*place, key), item.get(key))
        for path, key in ((("data", "references"), "source"), (("people", "data_owners"), "source"))
        for place, item in _items(root, path)
        if isinstance(item, dict)
    ]
    for place, name in referring:
        if not isinstance(name, str) or name in names or _derived_from(name, places):
            continue
        near = nearest(name, names)
        write = f"Did you mean '{near}'? " if near else ""
        known = ", ".join(sorted(names)) or "none; sources without a name go by their path"
        what = f"There is no source named '{name}' in data.production."
        yield place, what, f"{write}Names of the sources: {known}."


def _thresholds_behind_baseline(root: dict[str, Any]) -> Found:
    for place, kpi in _items(root, ("kpis",)):
        if not isinstance(kpi, dict) or not isinstance(kpi.get("baseline"), dict):
            continue
        if kpi.get("guardrail") is True:
            continue
        threshold, baseline = kpi.get("threshold"), kpi["baseline"].get("value")
        direction = str(kpi.get("direction"))
        if not (_is_number(threshold) and _is_number(baseline)):
            continue
        worse = {"higher": threshold < baseline, "lower": threshold > baseline}
        if worse.get(direction, False):
            what = (
                f"{direction.capitalize()} is better, and the threshold {threshold:g} is worse "
                f"than the baseline {baseline:g}: it would be met by doing nothing."
            )
            turned = "lower" if direction == "higher" else "higher"
            write = (
                f"Write a threshold {'above' if direction == 'higher' else 'below'} "
                f"{baseline:g}, or direction: {turned}; for a figure that is only not to become "
                "worse than that, write guardrail: true"
            )
            yield (*place, "threshold"), what, write


def _label_among_inputs(root: dict[str, Any]) -> Found:
    data = root.get("data")
    if not isinstance(data, dict) or not isinstance(data.get("label"), str):
        return
    for place, column in _items(root, ("data", "inputs")):
        if column == data["label"]:
            what = f"'{column}' is the label: the system would be given the true answer."
            yield place, what, "Take it out of data.inputs."


def _source_names(root: dict[str, Any]) -> tuple[set[str], set[str]]:
    """Return the names that are declared, and the places of the sources without one."""
    names: set[str] = set()
    places: set[str] = set()
    for path in (("data", "production"), ("data", "pilot"), ("data", "labels", "source")):
        for _, item in _items(root, path):
            source = {"path": item} if isinstance(item, str) else item
            if isinstance(source, dict) and isinstance(source.get("name"), str):
                names.add(source["name"])
            elif isinstance(source, dict):
                places.update(_plain(str(source.get(key) or "")) for key in ("path", "table"))
    return names, places


def _derived_from(name: str, places: set[str]) -> bool:
    """Tell whether a source without a name may be called so.

    How exactly a name follows from a path is the intake's business. Here it is enough not to
    refuse a name that could: its words are in the path or the table.
    """
    stem = re.sub(r"-[0-9]+$", "", _plain(name))
    return all(any(piece in place for place in places) for piece in stem.split("."))


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9_.-]+", "-", text.casefold())


def _items(root: dict[str, Any], path: tuple[str, ...]) -> Iterator[tuple[PathInCharter, Any]]:
    """Yield the items of a list with their paths; a single value counts as a list of one."""
    value: Any = root
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield (*path, index), item
    elif isinstance(value, str | dict):
        yield path, value


def _position(path: PathInCharter, document: Document) -> Position:
    for length in range(len(path), -1, -1):
        at = document.keys.get(path[:length]) or document.values.get(path[:length])
        if at is not None:
            return at
    return Position(line=1, column=1)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
