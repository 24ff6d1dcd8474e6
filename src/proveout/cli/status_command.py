"""`proveout status`: where the pilots of a ledger stand, as the dashboard's portfolio shows it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Group
from rich.table import Column, Table
from rich.text import Text

from proveout.cli.output import Output
from proveout.cli.paths import (
    CHARTER_FILE,
    CharterArgument,
    JsonOption,
    LedgerOption,
    ledger_location,
)

if TYPE_CHECKING:
    from proveout.charter.loaded import LoadedCharter
    from proveout.portfolio import PilotBook
    from proveout.portfolio.lines import PilotLine


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("status", epilog="Example: proveout status --ledger shared/ledger.db")(command)


def command(
    charter: CharterArgument = Path(CHARTER_FILE),
    *,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show every pilot of the ledger: its last verdict, how old that is, and what holds it."""
    from proveout.assess.registry import installed
    from proveout.assess.workspace import utc_now
    from proveout.evidence.ledger import open_ledger
    from proveout.portfolio import Library, Place
    from proveout.portfolio.lines import LIMIT_DAYS, lines, waiting_first
    from proveout.portfolio.waiting import waiting

    output = Output(as_json=as_json)
    location, now = ledger_location(charter, ledger), utc_now()
    with open_ledger(location, create=False) as opened:
        place = Place(ledger=opened, location=location, charters=_charters(charter))
        library = Library([place], installed())
        books = {book.pilot: book for book in library.pilots() if book.since is not None}
        for name in books:
            library.pilot(name)  # a ledger in trouble is an error, and no line
        found = waiting_first(
            lines(
                list(books.values()),
                figures_of=library.figures,
                criterion_of=library.criterion,
                now=now,
            )
        )
    held = [Text(f"{line.title}: {_last(books[line.pilot])}") for line in found if line.decision]
    stuck = waiting(found, LIMIT_DAYS)
    output.show(
        Group(_table(found, books, now), *([Text()] if held else []), *held, Text(), stuck.says)
        if found
        else "The ledger holds no pilot yet.",
        {
            "pilots": [_plain(line, books[line.pilot], now) for line in found],
            "waiting": stuck.model_dump(mode="json"),
        },
    )


def _charters(path: Path) -> tuple[LoadedCharter, ...]:
    """Return the charter, which names people before it is sealed; the ledger is enough without."""
    from proveout.charter.loading import load_charter
    from proveout.errors import ProveoutError

    try:
        return (load_charter(path),)
    except ProveoutError:
        return ()


def _table(found: list[PilotLine], books: dict[str, PilotBook], now: datetime) -> Table:
    table = Table(
        Column("Pilot", overflow="fold"),
        "Phase", "Decision", "Decided", "No change for", "Not met", "Spent", box=None,
    )  # fmt: skip
    for line in found:
        verdict = _verdict(books[line.pilot])
        table.add_row(
            line.pilot,
            line.phase_title if line.is_sealed else f"{line.phase_title}, not sealed",
            line.decision or "none yet",
            "–" if line.decided_at is None else f"{_days((now - line.decided_at).days)} ago",
            f"{_days(line.unchanged_days or 0)}{' !' if line.is_waiting else ''}",
            "–" if verdict is None else str(len(verdict["fix_first"])),
            "–" if line.spent is None else line.spent.shown,
        )
    return table


def _verdict(book: PilotBook) -> Any:
    """Return the last one at the gate that the pilot stands before."""
    return book.verdicts.get(book.stands.stage)


def _last(book: PilotBook) -> str:
    verdict = _verdict(book)
    return "" if verdict is None else str(verdict["summary"])


def _plain(line: PilotLine, book: PilotBook, now: datetime) -> dict[str, Any]:
    """Return the line, with what this command has always told of the last verdict beside it."""
    last = book.history[-1] if book.history else None
    decided = None if last is None else datetime.fromisoformat(last["decided_at"])
    seal, since, entry_at = book.sealing.seal, book.since, book.last_entry_at
    assert since is not None  # noqa: S101 - pilots without an entry are left out
    assert entry_at is not None  # noqa: S101
    return {
        **line.model_dump(mode="json"),
        "since": since.isoformat(),
        "age_days": (now - since).days,
        "last_entry": entry_at.isoformat(),
        "sealed_by": None if seal is None else seal.who,
        "sealed_at": None if seal is None else seal.at.isoformat(),
        "stage": None if last is None else last["stage"],
        "gate": line.stage,
        "decision": None if last is None else last["decision"],
        "decided_at": None if decided is None else decided.isoformat(),
        "decision_age_days": None if decided is None else (now - decided).days,
        "summary": "" if last is None else last["summary"],
        "criteria_not_met": 0 if last is None else len(last["fix_first"]),
    }


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number:,} days"
