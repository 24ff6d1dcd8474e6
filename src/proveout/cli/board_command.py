"""`proveout board`: the board paper, of a pilot or of all, as one page of PDF."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from proveout.cli.output import Output
from proveout.cli.paths import (
    CHARTER_FILE,
    CharterArgument,
    JsonOption,
    LedgerOption,
    ledger_location,
    short,
)
from proveout.cli.stage import StageName
from proveout.cli.whole_lines import whole_lines
from proveout.errors import InputError

if TYPE_CHECKING:
    from proveout.charter.loaded import LoadedCharter
    from proveout.portfolio import Library
    from proveout.portfolio.board import PaperSize, PilotPaper, PortfolioPaper


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("board", epilog="Example: proveout board pilot.yaml --out board.pdf")(command)


def command(
    charter: CharterArgument = Path(CHARTER_FILE),
    *,
    out: Annotated[
        Path | None,
        typer.Option(help="Where to write it. Default: PILOT-board.pdf, or portfolio-board.pdf."),
    ] = None,
    portfolio: Annotated[
        bool, typer.Option("--portfolio", help="Of all pilots of the ledger, on one page.")
    ] = False,
    stage: Annotated[
        StageName | None,
        typer.Option(help="Which gate. Default: the one that the pilot stands before."),
    ] = None,
    letter: Annotated[bool, typer.Option("--letter", help="US letter instead of A4.")] = False,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the board paper: one page of PDF in plain language, with the dashboard's figures."""
    from proveout.portfolio.board import print_pilot, print_portfolio

    output = Output(as_json=as_json)
    size: PaperSize = "us-letter" if letter else "a4"
    # A portfolio is of a ledger, and needs no charter beside it.
    loaded = None if portfolio and not charter.exists() else _charter(charter)
    paper: PilotPaper | PortfolioPaper
    with _library(charter, loaded, ledger) as library:
        if portfolio or loaded is None:
            paper = _of_all(library)
            name, content = "portfolio", print_portfolio(paper, size=size)
        else:
            paper = _of_one(library, loaded.charter.pilot, stage)
            name, content = paper.pilot, print_pilot(paper, size=size)
    file = out or Path(f"{name}-board.pdf")
    _write(file, content)
    shown = {"file": str(file), "paper": paper.model_dump(mode="json")}
    output.show(whole_lines(f"Board paper: {short(file)}"), shown)


def _charter(path: Path) -> LoadedCharter:
    from proveout.charter.loading import load_charter

    return load_charter(path)


@contextmanager
def _library(charter: Path, loaded: LoadedCharter | None, ledger: str | None) -> Iterator[Library]:
    from proveout.assess.registry import installed
    from proveout.evidence.ledger import open_ledger
    from proveout.portfolio import Library, Place

    location = ledger_location(charter, ledger)
    charters = () if loaded is None else (loaded,)
    with open_ledger(location, create=False) as opened:
        yield Library([Place(ledger=opened, location=location, charters=charters)], installed())


def _of_one(library: Library, pilot: str, stage: StageName | None) -> PilotPaper:
    from proveout.assess.workspace import utc_now
    from proveout.portfolio.board import pilot_paper

    book = library.pilot(pilot)
    gate = book.stands.stage if stage is None else stage.value
    return pilot_paper(library.report(book, gate, utc_now()), book)


def _of_all(library: Library) -> PortfolioPaper:
    from proveout.assess.workspace import utc_now
    from proveout.portfolio.board import portfolio_paper
    from proveout.portfolio.lines import lines

    now = utc_now()
    found = lines(
        library.pilots(),
        figures_of=library.figures,
        criterion_of=library.criterion,
        now=now,
    )
    return portfolio_paper(found, now)


def _write(file: Path, content: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as error:
        raise InputError(
            f"{file} cannot be written: {error.strerror}.", hint="Name another file."
        ) from error
