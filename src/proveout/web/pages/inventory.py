"""Every AI tool in use, over all pilots: whose it is, what for, and who confirms it (R502)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from proveout.charter.sealing.signing import folded
from proveout.errors import InputError, NotAllowedError
from proveout.portfolio import PilotBook
from proveout.portfolio.stage import PHASES, stands
from proveout.register.inventory import INVENTORY, YEAR, tools
from proveout.web.asked import Asked, Deed, Done, Page
from proveout.web.permissions import Permission, names_in

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]

_PAGE = 50


class InventoryAsks(BaseModel):
    """What to look for."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    show: Literal["all", "unconfirmed", "mine"] = "all"
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


class ToolLine(BaseModel):
    """One tool."""

    number: int
    tool: str
    owner: str
    used_for: str
    monitored_by: str
    version: str
    pilot: str
    title: str
    """Of the pilot whose people look after it."""
    phase: str
    is_of_charter: bool
    """False: added here, past the pilot's charter."""
    confirmed_by: str | None
    confirmed_at: datetime | None
    valid_until: datetime | None
    is_confirmed: bool
    may_confirm: bool
    may_retire: bool


class PilotChoice(BaseModel):
    """A pilot to which the viewer may add a tool."""

    pilot: str
    title: str


class InventoryPage(BaseModel):
    """The inventory."""

    n_tools: int
    n_confirmed: int
    n_found: int
    tools: list[ToolLine]
    page: int
    n_pages: int
    adds_to: list[PilotChoice]
    sees_all: bool
    """False: only what the viewer is to confirm is shown."""


def inventory(asked: Asked, asks: InventoryAsks) -> InventoryPage:
    """List the tools of all pilots that the viewer may see."""
    books = asked.visible()
    lines = [each for book in books for each in _lines(asked, book)]
    sees_all = asked.may(Permission.see_all)
    if not sees_all:
        # Whoever only uses a system sees what is to be confirmed by them, and no more.
        lines = [each for each in lines if each.may_confirm]
    lines.sort(key=lambda each: (each.is_confirmed, each.tool.casefold(), each.pilot))
    found = [each for each in lines if _is_asked(asked, each, asks)]
    n_pages = max(1, -(-len(found) // _PAGE))
    page = min(asks.page, n_pages)
    shown = found[(page - 1) * _PAGE : page * _PAGE]
    return InventoryPage(
        n_tools=len(lines),
        n_confirmed=sum(each.is_confirmed for each in lines),
        n_found=len(found),
        tools=[each.model_copy(update={"number": number}) for number, each in enumerate(shown)],
        page=page,
        n_pages=n_pages,
        adds_to=[
            PilotChoice(pilot=book.pilot, title=book.title)
            for book in books
            if asked.viewer.may(Permission.prepare, book)
        ],
        sees_all=sees_all,
    )


def _lines(asked: Asked, book: PilotBook) -> Iterator[ToolLine]:
    phase = stands(book.history, first_seen=book.since, switches=book.switches).phase
    may_prepare = asked.viewer.may(Permission.prepare, book)
    for each in tools(book.register.of(INVENTORY), book.charter):
        yield ToolLine(
            number=0,
            tool=each.tool,
            owner=each.owner,
            used_for=each.used_for,
            monitored_by=each.monitored_by,
            version=each.version,
            pilot=book.pilot,
            title=book.title,
            phase=PHASES[phase],
            is_of_charter=each.is_of_charter,
            confirmed_by=each.confirmed_by,
            confirmed_at=each.confirmed_at,
            valid_until=None if each.confirmed_at is None else each.confirmed_at + YEAR,
            is_confirmed=each.is_confirmed(asked.now),
            may_confirm=_may_confirm(asked, book, each.owner),
            may_retire=may_prepare,
        )


def _may_confirm(asked: Asked, book: PilotBook, owner: str) -> bool:
    """Tell whether the viewer owns it, or speaks for a team that does and is no person here."""
    if not asked.viewer.may(Permission.see, book):
        return False
    if folded(owner) == folded(asked.who):
        return True
    is_person = folded(owner) in {folded(name) for name in names_in(book.charter)}
    return not is_person and asked.viewer.may(Permission.prepare, book)


def _is_asked(asked: Asked, each: ToolLine, asks: InventoryAsks) -> bool:
    if asks.show == "unconfirmed" and each.is_confirmed:
        return False
    if asks.show == "mine" and folded(each.owner) != folded(asked.who):
        return False
    told = (each.tool, each.owner, each.used_for, each.monitored_by, each.title, each.pilot)
    return not asks.text or any(asks.text.casefold() in text.casefold() for text in told)


class Confirm(BaseModel):
    """That a tool is in use, and whose it is."""

    pilot: Name
    tool: Name
    owner: Name
    """As the page shows it."""


class Add(BaseModel):
    """A tool in use that no charter names."""

    pilot: Name
    """The pilot whose people look after it."""
    tool: Name
    owner: Name
    used_for: Short = ""
    monitored_by: Short = ""
    version: Short = ""


class Retire(BaseModel):
    """A tool that is out of use."""

    pilot: Name
    tool: Name
    why: Words


def confirm(asked: Asked, given: Confirm) -> Done:
    """Confirm a tool for a year: it is in use, and one's own."""
    there = _of_pilot(asked, given.pilot)
    known = tools(there.book.register.of(INVENTORY), there.book.charter)
    tool = next((each for each in known if folded(each.tool) == folded(given.tool)), None)
    if tool is not None and not _may_confirm(asked, there.book, tool.owner):
        raise NotAllowedError(
            f"'{tool.tool}' is confirmed by its owner, {tool.owner}.", hint="Ask them to."
        )
    there.record("inventory.confirmed", {"tool": given.tool, "owner": given.owner})
    return Done(says=f"{given.tool} is confirmed for a year.", goes_to="/inventory")


def add(asked: Asked, given: Add) -> Done:
    """Add a tool that no charter names."""
    there = _of_pilot(asked, given.pilot)
    there.refuse_unless(Permission.prepare)
    there.record("inventory.added", given.model_dump(exclude={"pilot"}))
    return Done(says=f"{given.tool} is in the inventory.", goes_to="/inventory")


def retire(asked: Asked, given: Retire) -> Done:
    """Take a tool out of use."""
    there = _of_pilot(asked, given.pilot)
    there.refuse_unless(Permission.prepare)
    there.record("inventory.retired", {"tool": given.tool, "why": given.why})
    return Done(says=f"{given.tool} is out of use.", goes_to="/inventory")


def _of_pilot(asked: Asked, name: str) -> Asked:
    """Ask in the pilot that a form names; one that the viewer may not see is not there."""
    book = next((each for each in asked.visible() if each.pilot == name), None)
    if book is None:
        raise InputError(f"You see no pilot '{name}'.", hint="Choose one of the list.")
    return replace(asked, pilot=book)


PAGES = (
    Page(
        path="/inventory", title="Inventory of AI systems", template="inventory.html.j2",
        needs=Permission.signed_in, view=inventory, shows=InventoryPage, asks=InventoryAsks,
    ),
)  # fmt: skip
DEEDS = (
    Deed(path="/inventory/confirm", needs=Permission.signed_in, takes=Confirm, do=confirm),
    Deed(path="/inventory/add", needs=Permission.see_all, takes=Add, do=add),
    Deed(path="/inventory/retire", needs=Permission.see_all, takes=Retire, do=retire),
)
