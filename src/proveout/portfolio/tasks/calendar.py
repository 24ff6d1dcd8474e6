"""What the calendar and the inventory ask: reviews, refreshes, tools to be confirmed. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from proveout.portfolio.tasks.ground import Ground
from proveout.portfolio.tasks.making import short, task
from proveout.portfolio.tasks.task import Task
from proveout.register.inventory import INVENTORY, YEAR, tools
from proveout.register.reviews import reviews_due

AHEAD = timedelta(days=14)


def reviews(ground: Ground) -> Iterator[Task]:
    """Yield the reviews and refreshes that are due or overdue, for each who is expected."""
    book = ground.book
    for each in reviews_due(book.register, book.charter, ground.now, ahead=AHEAD):
        occasion = each.occasion
        is_refresh = occasion.kind == "refresh"
        for name in occasion.expects:
            yield task(
                book, "refresh" if is_refresh else "review",
                f"{short(occasion.name)}/{occasion.due}/{short(name)}",
                who=name, role="does it" if is_refresh else "is expected",
                what=f"Practise the {occasion.name.lower()}" if is_refresh
                else f"Hold and attend: {occasion.name}",
                why="Nobody can do in an emergency what they never did." if is_refresh
                else "What nobody looks at regularly goes wrong unseen.",
                page="/reviews", due=occasion.due,
            )  # fmt: skip


def inventory(ground: Ground) -> Iterator[Task]:
    """Yield the tools that their owners are to confirm: once, and then each year."""
    book = ground.book
    if not book.is_sealed:
        return
    for tool in tools(book.register.of(INVENTORY), book.charter):
        last = tool.confirmed_at
        if last is not None and ground.now + AHEAD <= last + YEAR:
            continue
        due = None if last is None else (last + YEAR).date()
        yield task(
            book, "confirm", f"tool/{short(tool.tool)}/{due}", who=tool.owner,
            role="owns the tool", what=f"Confirm that you own {tool.tool}",
            why="A tool without an owner is nobody's when it is wrong.",
            page="/inventory", due=due, is_for_all=True,
        )  # fmt: skip
