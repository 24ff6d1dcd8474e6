"""The board paper as PDF: one page whatever comes, nothing injected, readable aloud."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime
from typing import Any

import pdfplumber
import pytest

from proveout.portfolio.board import PilotPaper, PortfolioPaper, print_pilot, print_portfolio
from proveout.portfolio.board.paper import BoardLine, Holding, Line

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOSTILE = [
    '#panic("x") #import "/etc/passwd" $ x^2 $ \\ * _ ` < > @ref ~ [a] {b} // c /* d */',
    "quotes \" ' and back\\slash \\u{41} #sys.inputs",
    "two\nlines\tand\ra bell\x07",
    "שלום עולם מתוך ההנהלה",
    "مرحبا بالعالم",
]


def paper(text: str = "Plain", **changes: Any) -> PilotPaper:
    """Return one in which every text is the given one."""
    holding = Holding(what=text, why=text, state="failed", does=text, who=text, by=date(2026, 4, 1))
    line = Line(label=text, figure=text, note=text)
    return PilotPaper(
        **{
            "pilot": "p", "title": text, "on": NOW, "purpose": text, "stage": "production",
            "question": "May it go live?", "decision": "hold", "verdict": text, "because": text,
            "standing": text, "money": [line] * 3, "value": [line] * 3, "holds": [holding] * 3,
            "more_holding": 47, "asked": text, "otherwise": text, "limits": [text] * 6,
            "certainty": text, "provenance": text, **changes,
        }
    )  # fmt: skip


def pilots(n: int, text: str = "Read invoices") -> list[BoardLine]:
    return [
        BoardLine(
            pilot=f"p{number}", title=f"{text} {number}", stage="In pilot", decision="hold",
            holds=text, next_step=text, who=text, days=400 - number, is_waiting=True,
            spent=text, monthly=text, value=text,
        )
        for number in range(n)
    ]  # fmt: skip


def portfolio(lines: list[BoardLine], text: str = "Plain") -> PortfolioPaper:
    return PortfolioPaper(
        title="AI pilots", on=NOW, says=text, totals=[Line(label=text, figure=text)] * 3,
        waiting=text, pilots=lines, asked=text, limits=[text] * 3,
    )  # fmt: skip


def read(content: bytes) -> tuple[int, str, dict[str, Any]]:
    """Return pages, text and metadata."""
    with pdfplumber.open(io.BytesIO(content)) as opened:
        return len(opened.pages), opened.pages[0].extract_text(), opened.metadata


def letters(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("text", HOSTILE[:2])
def test_what_names_hold_is_shown_and_never_becomes_markup(text: str) -> None:
    n_pages, shown, metadata = read(print_pilot(paper(title=text)))
    assert n_pages == 1
    assert letters(text)[:60] in letters(shown)
    assert metadata["Title"].startswith("Board paper: ")


@pytest.mark.parametrize(
    "text", [*HOSTILE, "W" * 500, "word " * 200, "日本語のパイロット😀", "", "\x00", "\ud800"]
)
def test_it_is_one_page_whatever_names_hold(text: str) -> None:
    """500 letters without a gap, other scripts, and nothing at all."""
    size: Any = "us-letter" if text.startswith("W") else "a4"
    assert read(print_pilot(paper(text), size=size))[0] == 1
    lines = pilots(200, text[:500])
    assert read(print_portfolio(portfolio(lines, text), size=size))[0] == 1


def test_what_was_cut_is_said() -> None:
    """50 things that hold it, more figures and notes than there is room for, 200 pilots."""
    line = Line(label="a KPI", figure="7 minutes")
    _, shown, _ = read(print_pilot(paper(value=[line] * 9, limits=["a note"] * 8)))
    assert "And 47 more requirements hold it." in shown
    assert "And 5 more figures stand in the dashboard." in shown
    assert "And 2 more notes stand in the dashboard." in shown
    _, shown, _ = read(print_portfolio(portfolio(pilots(200))))
    shown_pilots = len(re.findall(r"Read invoices \d+ HOLD", shown))
    assert 10 <= shown_pilots <= 20
    found = re.search(r"And (\d+) more pilots stand in the dashboard", shown)
    assert found is not None
    assert int(found[1]) == 200 - shown_pilots


def test_a_pilot_that_passed_and_an_empty_portfolio_are_papers_too() -> None:
    _, shown, _ = read(
        print_pilot(paper(decision="go", holds=[], more_holding=0, value=[], limits=[]))
    )
    assert "GO" in shown
    assert "What holds it" not in shown
    assert "No figure was ever agreed by which to tell." in shown
    assert read(print_portfolio(portfolio([])))[0] == 1


def test_it_is_tagged_says_its_language_and_is_the_same_for_the_same_paper() -> None:
    """PDF/UA: it can be read aloud; the same paper twice is the same bytes."""
    content = print_pilot(paper())
    assert b"/MarkInfo" in content
    assert b"/Lang" in content
    assert b"pdfuaid:part" in content
    assert content == print_pilot(paper())
