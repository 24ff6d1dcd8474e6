"""From a contract to the data part of a charter; what has no place there is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from proveout.charter.contract.columns import Column, column_of
from proveout.charter.contract.names import BASIS, OF_TABLE, ORDER, OURS, customs
from proveout.charter.contract.servers import place_of
from proveout.charter.schema import Data
from proveout.errors import InputError

_HOURS = {"h": 1, "hour": 1, "hours": 1, "d": 24, "day": 24, "days": 24, "w": 168, "week": 168,
          "weeks": 168, "m": 1 / 60, "min": 1 / 60, "minute": 1 / 60, "minutes": 1 / 60,
          "s": 1 / 3600, "second": 1 / 3600, "seconds": 1 / 3600}  # fmt: skip
_DELIVERIES = ("daily", "weekdays", "weekly", "monthly", "quarterly", "yearly")
_SAID = {
    "apiVersion", "kind", "id", "name", "version", "status", "schema", "servers", "team",
    "slaProperties",
}  # fmt: skip
"""Keys of a contract that are read, or that name the contract itself."""
_OF_OBJECT = {
    "id", "name", "logicalType", "physicalName", "physicalType", "properties", "quality",
    "relationships", "customProperties",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The data part of a charter, and what of the contract is not in it."""

    data: dict[str, Any]
    """As it is written under 'data'."""
    unmapped: tuple[str, ...]
    """What has no place in a charter, by its place in the contract, with the reason."""
    observed: tuple[str, ...] = ()
    """Rules that say of themselves that nobody has declared them."""


@dataclass(slots=True)
class _Found:
    data: dict[str, Any] = field(default_factory=dict)
    unmapped: list[str] = field(default_factory=list)
    observed: list[str] = field(default_factory=list)

    def leave(self, place: str, why: str) -> None:
        self.unmapped.append(f"{place}: {why}")


def import_contract(contract: Mapping[str, Any], *, table: str | None = None) -> Imported:
    """Map one table of a contract onto the data part of a charter.

    Raises InputError where the contract holds no such table, or several and none is named.
    """
    found = _Found()
    for key, value in contract.items():
        if key not in _SAID and not (key == "description" and _is_ours(value)):
            found.leave(key, "a charter has no place for it")
    whole = _object(contract, table)
    name = str(whole.get("name"))
    others = [str(each.get("name")) for each in _parts(contract.get("schema")) if each is not whole]
    if others:
        found.leave("schema", f"{', '.join(others)} of the same contract: import each by --table")
    for key in whole:
        if key not in _OF_OBJECT:
            found.leave(f"schema.{name}.{key}", "a charter has no place for it")
    for note, value in customs(whole).items():
        if note in OF_TABLE:
            found.data[OF_TABLE[note]] = value
        else:
            found.leave(f"schema.{name}.customProperties.{note}", "a charter has no place for it")
    columns = [_column(each, name, found) for each in _parts(whole.get("properties"))]
    _source(contract, whole, found)
    _key(columns, found)
    _fields(columns, found)
    _references(columns, whole, found)
    for place, rule in _rules(whole, f"schema.{name}"):
        _rule(place, rule, found)
    _agreements(contract, [column.name for column in columns], found)
    return Imported(
        data=_valid(found), unmapped=tuple(found.unmapped), observed=tuple(found.observed)
    )


def _is_ours(description: Any) -> bool:
    """Tell the words that an export writes of itself."""
    return (
        isinstance(description, Mapping)
        and set(description) == {"purpose", "limitations"}
        and (str(description["purpose"]).endswith(OURS))
    )


def _object(contract: Mapping[str, Any], table: str | None) -> Mapping[str, Any]:
    objects = _parts(contract.get("schema"))
    names = [str(each.get("name")) for each in objects]
    if table is None and len(objects) == 1:
        return objects[0]
    for each in objects:
        if table is not None and table in (each.get("name"), each.get("physicalName")):
            return each
    if not objects:
        raise InputError(
            "The contract describes no table: its 'schema' is empty.",
            hint="Give a contract with a schema.",
        )
    if table is None:
        raise InputError(
            f"The contract describes {len(objects)} tables: {', '.join(names)}.",
            hint=f"Say which one to import: --table {names[0]}",
        )
    raise InputError(
        f"The contract describes no table {table!r}; it describes: {', '.join(names)}.",
        hint=f"Write for example: --table {names[0]}",
    )


def _column(part: Mapping[str, Any], table: str, found: _Found) -> Column:
    column = column_of(part)
    place = f"schema.{table}.{column.name}"
    for key, why in column.left:
        found.leave(f"{place}.{key}", why)
    for at, rule in _rules(part, place):
        if _is_observed(rule):
            found.observed.append(_told(at, rule))
        elif not column.takes(rule):
            found.leave(at, _why_no_rule(rule))
    return column


def _source(contract: Mapping[str, Any], whole: Mapping[str, Any], found: _Found) -> None:
    servers = _parts(contract.get("servers"))
    places = [(server, place_of(server)) for server in servers]
    known = [(server, place) for server, place in places if place is not None]
    mine = [pair for pair in known if pair[0].get("server") == whole.get("name")] or known
    source: dict[str, Any] = {}
    if mine:
        server, source["path"] = mine[0]
        physical, name = whole.get("physicalName"), whole.get("name")
        if server.get("type") != "local" or (physical and physical != name):
            source["table"] = str(physical or name)
    for server, place in places:
        if place is None:
            found.leave(
                f"servers.{server.get('server')}",
                f"a server of type '{server.get('type')}' is no path or URL that a charter names",
            )
    owners = _owners(contract, found)
    if owners:
        source["owner"] = owners[0]
    if "path" in source:
        found.data["production"] = [source]
    elif owners:
        found.leave("team", f"{owners[0]} owns a source whose place the contract does not say")


def _owners(contract: Mapping[str, Any], found: _Found) -> list[str]:
    team = contract.get("team")
    # Before 3.1, a team was the list of its members.
    members = _parts(team if isinstance(team, list) else (team or {}).get("members"))
    owners = [each for each in members if str(each.get("role", "")).casefold() == "owner"]
    names = [str(each.get("name") or each.get("username")) for each in owners]
    if not names and isinstance(team, Mapping) and team.get("name"):
        names = [str(team["name"])]
    for each in members:
        if each not in owners[:1]:
            who = each.get("name") or each.get("username")
            found.leave(f"team.{who}", "a source of a charter has one owner")
    return names


def _key(columns: Sequence[Column], found: _Found) -> None:
    keyed = [column for column in columns if column.key_position is not None]
    if keyed:
        ranked = sorted(keyed, key=lambda column: column.key_position or 0)
        found.data["key"] = [column.name for column in ranked]


def _fields(columns: Sequence[Column], found: _Found) -> None:
    fields = {column.name: column.declared for column in columns if column.declared}
    if fields:
        found.data["fields"] = fields


def _references(columns: Sequence[Column], whole: Mapping[str, Any], found: _Found) -> None:
    references = [
        {"column": column.name, "source": source, "key": key}
        for column in columns
        for source, key in column.references
    ]
    if references:
        found.data["references"] = references
    if whole.get("relationships"):
        found.leave(
            f"schema.{whole.get('name')}.relationships",
            "a charter names references column by column",
        )


def _rule(place: str, rule: Mapping[str, Any], found: _Found) -> None:
    order = customs(rule).get(ORDER)
    if isinstance(order, Mapping):
        found.data.setdefault("order", []).append(dict(order))
        return
    if _is_observed(rule):
        found.observed.append(_told(place, rule))
        return
    names = (rule.get("arguments") or {}).get("properties")
    if rule.get("metric") == "duplicateValues" and rule.get("mustBe") == 0 and names:
        if "key" not in found.data:
            found.data["key"] = [str(name) for name in names]
        if found.data["key"] == [str(name) for name in names]:
            return
        found.leave(place, "a charter has one key, and the primary key is taken")
        return
    found.leave(place, _why_no_rule(rule))


def _agreements(contract: Mapping[str, Any], columns: Sequence[str], found: _Found) -> None:
    for each in _parts(contract.get("slaProperties")):
        name, value, unit = each.get("property"), each.get("value"), str(each.get("unit", ""))
        place = f"slaProperties.{name}"
        if name in ("latency", "freshness") and unit in _HOURS and isinstance(value, int | float):
            found.data["freshness_hours"] = round(value * _HOURS[unit], 6)
            column = str(each.get("element", "")).rpartition(".")[2]
            if column and column in columns:
                found.data["timestamp"] = column
        elif name == "frequency" and value == 1 and unit in _DELIVERIES and _source_of(found):
            _source_of(found)["deliveries"] = unit
        else:
            found.leave(place, "a charter asks for no such agreement")


def _source_of(found: _Found) -> dict[str, Any]:
    sources = found.data.get("production") or [{}]
    first: dict[str, Any] = sources[0]
    return first


def _valid(found: _Found) -> dict[str, Any]:
    """Take out what a charter would refuse, and say so."""
    data = dict(found.data)
    for name, declared in list(data.get("fields", {}).items()):
        try:
            Data.model_validate({"fields": {name: declared}})
        except ValidationError as error:
            said = error.errors()[0]["msg"].removeprefix("Value error, ")
            found.leave(f"fields.{name}", f"a charter would refuse it: {said}")
            data["fields"] = {k: v for k, v in data["fields"].items() if k != name}
    Data.model_validate(data)
    return data


def _rules(part: Mapping[str, Any], place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for position, rule in enumerate(_parts(part.get("quality"))):
        yield f"{place}.quality[{position}]", rule


def _is_observed(rule: Mapping[str, Any]) -> bool:
    return customs(rule).get(BASIS) == "observed"


def _told(place: str, rule: Mapping[str, Any]) -> str:
    return f"{place}: {rule.get('description') or rule.get('metric') or rule.get('type')}"


def _why_no_rule(rule: Mapping[str, Any]) -> str:
    what = rule.get("metric") or rule.get("rule") or rule.get("type") or "library"
    name = f" '{rule['name']}'" if rule.get("name") else ""
    return f"the rule{name} ({what}) has no place in a charter"


def _parts(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
