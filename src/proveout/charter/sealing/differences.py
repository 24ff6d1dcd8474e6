"""Where two charters differ, value by value.

Items of a list are matched by what they are (the name of a KPI, the metric of a criterion), not by
where they stand, so that a new first item does not look like a change of all the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import PydanticUndefined

from proveout.charter.schema import Adjustment, DataField, Part
from proveout.charter.schema.purpose import Rollback
from proveout.charter.schema.standard import Load

ANY = "*"
"""Stands in a pattern for an item of a list, or for a name that the user chose."""

Pattern = tuple[str, ...]
"""A path without the names that users choose: ('acceptance', '*', 'threshold')."""

_CHOSEN_NAMES: frozenset[Pattern] = frozenset(
    {("data", "fields"), ("standard",), ("system", "scoring", "fields")}
)
"""Mappings whose keys are names that the user chose."""


def _unsaid(part: type[Part]) -> dict[str, Any]:
    """Return what an entry means that is not there: the defaults of its part, in plain JSON."""
    defaults = {key: field.default for key, field in part.model_fields.items()}
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in defaults.items()
        if value is not None and value is not PydanticUndefined
    }


_NOTHING_SAID: dict[Pattern, dict[str, Any]] = {
    ("data", "fields", ANY): _unsaid(DataField),
    ("load",): _unsaid(Load),
    ("rollback",): _unsaid(Rollback),
    ("standard", ANY): _unsaid(Adjustment),
}
"""Entries that are compared key by key when they come or go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One value that differs."""

    path: str
    """As shown: 'acceptance[quality.accuracy].threshold'."""
    pattern: Pattern
    before: Any
    after: Any
    owner_before: Any
    """What the value belongs to: the criterion, the KPI, the part; None where it was not there."""
    owner_after: Any
    name: str | None = None
    """Name or identity of the innermost item that it stands in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    path: str = ""
    pattern: Pattern = ()
    name: str | None = None

    def key(self, key: str) -> _Place:
        path = f"{self.path}.{key}" if self.path else key
        return _Place(path=path, pattern=(*self.pattern, key), name=self.name)

    def item(self, name: str) -> _Place:
        return _Place(path=f"{self.path}[{name}]", pattern=(*self.pattern, ANY), name=name)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    """Yield what differs between two charters in plain JSON, in the order of the second."""
    yield from _values(_Place(), before, after, None, None)


def _values(
    place: _Place, before: Any, after: Any, owner_before: Any, owner_after: Any
) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _mappings(place, before, after)
        return
    identify = _IDENTITY.get(place.pattern)
    if identify is not None and _is_list(before) and _is_list(after):
        yield from _lists(place, before or [], after or [], identify)
        return
    if place.pattern in _NOTHING_SAID and None in (before, after):
        silent = _NOTHING_SAID[place.pattern]
        found = list(_mappings(place, before or silent, after or silent))
        if found:
            yield from found
            return
    yield Difference(
        path=place.path,
        pattern=place.pattern,
        before=before,
        after=after,
        owner_before=owner_before,
        owner_after=owner_after,
        name=place.name,
    )


def _mappings(
    place: _Place, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Difference]:
    step = place.item if place.pattern in _CHOSEN_NAMES else place.key
    for key in dict.fromkeys([*after, *before]):
        yield from _values(step(key), before.get(key), after.get(key), before, after)


def _lists(
    place: _Place, before: Sequence[Any], after: Sequence[Any], identify: _Identify
) -> Iterator[Difference]:
    names_before, names_after = _names(before, after, identify)
    old, new = (
        dict(zip(names_before, before, strict=True)),
        dict(zip(names_after, after, strict=True)),
    )
    found = [
        difference
        for name in dict.fromkeys([*new, *old])
        for difference in _values(
            place.item(name), old.get(name), new.get(name), old.get(name), new.get(name)
        )
    ]
    yield from found
    if not found:
        # The same items in another order: another content, so something must be told.
        yield Difference(
            path=place.path,
            pattern=place.pattern,
            before=names_before,
            after=names_after,
            owner_before=None,
            owner_after=None,
        )


_Identify = Callable[[Mapping[str, Any]], tuple[str, str]]
"""Gives an item's short name, and the longer one that is used where short ones collide."""


def _names(
    before: Sequence[Any], after: Sequence[Any], identify: _Identify
) -> tuple[list[str], list[str]]:
    """Name the items of both lists by the same rule: the shortest that tells them apart."""
    both = ([identify(item) for item in before], [identify(item) for item in after])
    crowded = {
        name
        for names in both
        for name, count in Counter(short for short, _ in names).items()
        if count > 1
    }
    return _numbered(both[0], crowded), _numbered(both[1], crowded)


def _numbered(names: Sequence[tuple[str, str]], crowded: set[str]) -> list[str]:
    seen: Counter[str] = Counter()
    result = []
    for short, long in names:
        name = long if short in crowded else short
        seen[name] += 1
        result.append(name if seen[name] == 1 else f"{name} #{seen[name]}")
    return result


def _is_list(value: Any) -> bool:
    return value is None or (isinstance(value, Sequence) and not isinstance(value, str))


def _by(*keys: str) -> _Identify:
    def identify(item: Mapping[str, Any]) -> tuple[str, str]:
        name = next((str(item[key]) for key in keys if item.get(key)), "?")
        return name, name

    return identify


def _criterion(item: Mapping[str, Any]) -> tuple[str, str]:
    subject = item.get("subject") or {}
    narrowed = ", ".join(f"{key}={value}" for key, value in sorted(subject.items()))
    short = f"{item.get('metric')} {narrowed}".strip()
    scope = item.get("scope") or "any scope"
    return short, f"{short} {item.get('comparison')} {scope} {item.get('stage')}"


def _source(item: Mapping[str, Any]) -> tuple[str, str]:
    short = str(item.get("name") or item.get("path"))
    return short, f"{short} {item.get('table') or ''}".strip()


def _order(item: Mapping[str, Any]) -> tuple[str, str]:
    name = f"{item.get('earlier')} < {item.get('later')}"
    return name, name


def _limit(item: Mapping[str, Any]) -> tuple[str, str]:
    said = (item.get("per", "pilot"), item.get("only"), item.get("period", "month"))
    name = " ".join(str(part) for part in said if part)
    return name, name


_IDENTITY: dict[Pattern, _Identify] = {
    ("acceptance",): _criterion,
    ("assumptions",): _by("name"),
    ("budget", "limits"): _limit,
    ("change", "incentives"): _by("rule"),
    ("change", "roles"): _by("role"),
    ("change", "training"): _by("who"),
    ("data", "order"): _order,
    ("data", "production"): _source,
    ("data", "references"): _by("column"),
    ("gateway", "clients"): _by("name"),
    ("gateway", "rules"): _by("name"),
    ("gateway", "versions"): _by("name"),
    ("governance", "inventory"): _by("tool"),
    ("kpis",): _by("name"),
    ("legal",): _by("question"),
    ("milestones",): _by("name"),
    ("monitoring", "teams"): _by("team"),
    ("people", "data_owners"): _by("source"),
    ("people", "engineers"): _by("name"),
    ("predecessors",): _by("pilot"),
    ("value", "returns", "worth"): _by("kpi"),
}
