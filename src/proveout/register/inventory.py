"""The AI tools in use, each with an owner who confirms it once a year (R502).

Tools stand in the charter, or are added here. A tool that belongs to no pilot is added to the
pilot whose people look after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from proveout.charter.schema import Charter
from proveout.charter.sealing.signing import digest, folded
from proveout.errors import InputError
from proveout.evidence.model import PART_INPUT
from proveout.register.act import Act, Fact
from proveout.register.growing import added

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One tool in use."""

    tool: str
    owner: str
    used_for: str = ""
    """What its outputs are used for."""
    monitored_by: str = ""
    version: str = ""
    is_of_charter: bool = True
    """False: added here."""
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None

    def is_confirmed(self, now: datetime) -> bool:
        """Tell whether its owner confirmed it in the last year."""
        return self.confirmed_at is not None and now <= self.confirmed_at + YEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """A word on one tool."""

    owner: str
    """Whom the tool named as its owner then."""
    who: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """What was added, confirmed and taken out of use. Keys are folded names of tools."""

    added: Mapping[str, Tool]
    confirmed: Mapping[str, Confirmation]
    retired: Mapping[str, str]
    """With the reason."""
    last_by: str = ""
    """Who said something here last."""


def tools(state: Inventory, charter: Charter) -> tuple[Tool, ...]:
    """Return the tools in use: those of the charter, and those that were added."""
    known = {
        folded(item.tool): Tool(
            tool=item.tool,
            owner=item.owner,
            used_for=item.outputs_used_for or "",
            monitored_by=item.monitored_by or "",
            version=_version(item.tool, charter),
        )
        for item in charter.governance.inventory
    }
    known |= {key: tool for key, tool in state.added.items() if key not in known}
    return tuple(
        _confirmed(tool, state.confirmed.get(key))
        for key, tool in known.items()
        if key not in state.retired
    )


def _confirmed(tool: Tool, word: Confirmation | None) -> Tool:
    # A new owner confirms anew.
    if word is None or folded(word.owner) != folded(tool.owner):
        return tool
    return replace(tool, confirmed_by=word.who, confirmed_at=word.at)


def _version(tool: str, charter: Charter) -> str:
    is_ours = folded(tool) in (folded(charter.pilot), folded(charter.title or charter.pilot))
    system = charter.system
    return (system.version or "") if is_ours and system is not None else ""


@dataclass(frozen=True, slots=True)
class Inventories:
    """The section.

    Acts: 'inventory.confirmed' {tool, owner}; 'inventory.added' {tool, owner, used_for,
    monitored_by, version}; 'inventory.retired' {tool, why}.
    """

    name: str = "inventory"

    def empty(self) -> Inventory:
        """Nothing was said."""
        return Inventory(added={}, confirmed={}, retired={})

    def taken(self, state: Inventory, act: Act) -> Inventory:
        """Note what was added, confirmed or retired."""
        says, key = act.says, folded(act.says["tool"])
        noted = replace(state, last_by=act.who)
        match act.kind:
            case "inventory.added":
                tool = Tool(
                    tool=says["tool"],
                    owner=says["owner"],
                    used_for=says.get("used_for", ""),
                    monitored_by=says.get("monitored_by", ""),
                    version=says.get("version", ""),
                    is_of_charter=False,
                )
                retired = {name: why for name, why in state.retired.items() if name != key}
                return replace(noted, added={**state.added, key: tool}, retired=retired)
            case "inventory.confirmed":
                word = Confirmation(owner=says["owner"], who=act.who, at=act.at)
                return replace(noted, confirmed=added(state.confirmed, key, word))
            case "inventory.retired":
                return replace(noted, retired={**state.retired, key: says["why"]})
        return state

    def refuse(self, state: Inventory, act: Act, charter: Charter) -> None:
        """Refuse a tool without a name or owner, one that is there, and one that is not."""
        says = act.says
        known = {folded(each.tool): each for each in tools(state, charter)}
        there = known.get(folded(says["tool"]))
        if act.kind == "inventory.added":
            if not says["tool"].strip() or not says["owner"].strip():
                raise InputError(
                    "A tool needs a name and an owner.", hint="Name a person who answers for it."
                )
            if there is not None:
                raise InputError(
                    f"'{says['tool']}' is in the inventory already: {there.owner} owns it.",
                    hint="Its owner confirms it.",
                )
            return
        if there is None:
            raise InputError(
                f"The inventory has no tool '{says['tool']}'.",
                hint=f"It has: {', '.join(each.tool for each in known.values()) or 'none'}",
            )
        if act.kind == "inventory.confirmed" and folded(says["owner"]) != folded(there.owner):
            raise InputError(
                f"'{there.tool}' is owned by {there.owner} by now.", hint="Open the page again."
            )
        if act.kind == "inventory.retired" and not says["why"].strip():
            raise InputError("Say why it is out of use.", hint="And what took its place, if any.")

    def facts(self, state: Inventory, charter: Charter, now: datetime) -> Iterator[Fact]:
        """Yield the share that is confirmed, once somebody said anything here."""
        in_use = tools(state, charter)
        if state == self.empty() or not in_use:
            return
        confirmed = [each for each in in_use if each.is_confirmed(now)]
        ends = [each.confirmed_at + YEAR for each in confirmed if each.confirmed_at is not None]
        waiting = [each.tool for each in in_use if each not in confirmed]
        yield Fact(
            metric="governance.inventory_confirmed",
            value=len(confirmed) / len(in_use),
            n=len(in_use),
            person=state.last_by,
            valid_until=min(ends, default=None),
            inputs={f"{PART_INPUT}inventory": digest("inventory", charter)},
            details={
                "confirmed": [each.tool for each in confirmed],
                "latest": max(
                    (f"{e.confirmed_at.astimezone(UTC):%Y-%m-%d}" for e in confirmed
                     if e.confirmed_at is not None), default=None,
                ),
                **({"unconfirmed": waiting} if waiting else {}),
            },
        )  # fmt: skip


INVENTORY = Inventories()
