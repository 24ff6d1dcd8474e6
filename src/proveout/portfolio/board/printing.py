"""Print a paper as PDF: one page, tagged, without network, the same bytes for the same paper.

Typst draws it. What is shown is handed over as data and never becomes markup, whatever it holds.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from proveout.errors import MissingExtraError
from proveout.portfolio.board.cutting import cut_pilot, cut_portfolio
from proveout.portfolio.board.paper import PilotPaper, PortfolioPaper

PaperSize = Literal["a4", "us-letter"]

_FOLDER = Path(__file__).parent
_STANDARD: Literal["ua-1"] = "ua-1"
"""PDF/UA: tagged, with title and language, so that it can be read aloud."""


def print_pilot(paper: PilotPaper, *, size: PaperSize = "a4") -> bytes:
    """Return the PDF of one pilot. Raises MissingExtraError without `typst`."""
    return _print("pilot.typ", cut_pilot(paper), paper.on, size)


def print_portfolio(paper: PortfolioPaper, *, size: PaperSize = "a4") -> bytes:
    """Return the PDF of the portfolio, in landscape. Raises MissingExtraError without `typst`."""
    return _print("portfolio.typ", cut_portfolio(paper), paper.on, size)


def _print(template: str, plain: dict[str, Any], on: datetime, size: PaperSize) -> bytes:
    try:
        import typst
    except ImportError:
        raise MissingExtraError(extra="board", wanted_for="a board paper as PDF") from None
    inputs = {"paper": json.dumps(plain), "size": size}

    def compiled(*, own_fonts_only: bool, standard: Literal["ua-1"] | None) -> bytes:
        return typst.compile(
            _FOLDER / template,
            root=_FOLDER,
            sys_inputs=inputs,
            format="pdf",
            ignore_system_fonts=own_fonts_only,
            timestamp=int(on.timestamp()),
            pdf_standards=[] if standard is None else [standard],
        )

    # The fonts that Typst brings have Latin, Greek, Cyrillic, Hebrew and Arabic. For other scripts
    # those of the machine are taken; where it has none either, a box stands for the letter, which
    # PDF/UA does not allow.
    for own_fonts_only in (True, False):
        try:
            return compiled(own_fonts_only=own_fonts_only, standard=_STANDARD)
        except typst.TypstError as error:
            if "could not be displayed" not in str(error):
                raise
    return compiled(own_fonts_only=False, standard=None)
