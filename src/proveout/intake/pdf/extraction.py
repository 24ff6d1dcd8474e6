"""Take the pages of a document apart with pdfplumber; the only module that knows it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from proveout.errors import InputError, MissingExtraError
from proveout.intake.pdf.page import Box, Page, Word

if TYPE_CHECKING:
    from pdfplumber.page import Page as PlumberPage

MOST_EDGES = 8_000
"""Rules on a page; more are a drawing, and looking for cells in it would take minutes."""
MOST_CHARACTERS = 200_000
"""Characters on a page: a page of the smallest print holds 20,000."""
_THIN = 4.0
"""A filled box thinner than this, in points, is a rule."""
_TOLERANCE = 0.15
"""A gap between characters that parts words, in heights: a narrow blank is 0.2, kerning 0.05."""


def pages_of(path: Path, name: str, *, grids: bool = True) -> Iterator[Page]:
    """Take a document apart, page by page; only one page is in memory.

    Who wants its text alone does without what is drawn on it (`grids`), which takes half the time.

    Raises InputError with the true reason where it cannot be opened, MissingExtraError where the
    library is not installed.
    """
    try:
        import pdfplumber
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            extra="pdf", wanted_for=f"Reading the PDF document {name}"
        ) from error
    # The library reports every oddity of a document; what matters is told by us.
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    with path.open("rb") as stream:
        try:
            document = pdfplumber.open(stream)
            pages = document.pages
        except Exception as error:
            raise _refused(name, error) from error
        if not pages:
            raise InputError(f"{name} has no pages.", hint="Export it again.")
        for number, page in enumerate(pages, start=1):
            yield _taken_apart(number, page, grids)
            page.close()
            _forget(document)


def _forget(document: Any) -> None:
    """Let go of what the library keeps of the pages behind."""
    document.doc._cached_objs.clear()  # it offers no other way


def _refused(name: str, error: Exception) -> InputError:
    from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect

    causes = _kinds(error)
    if PDFPasswordIncorrect in causes:
        return InputError(
            f"{name} is protected by a password.",
            hint="Save a copy without the password ('Print to PDF' does), or export the table.",
        )
    if PDFEncryptionError in causes:
        return InputError(
            f"{name} is encrypted in a way that cannot be read.",
            hint="Save a copy without protection, or export the table.",
        )
    return InputError(
        f"{name} is no PDF document that can be read: it is damaged or cut short.",
        hint="Fetch or export it again; open it in a viewer and save a copy.",
    )


def _kinds(error: Exception) -> set[type]:
    """Return the classes of an error and of what it wraps."""
    return {type(error), *(type(cause) for cause in error.args), type(error.__context__)}


def _taken_apart(number: int, page: PlumberPage, with_grids: bool) -> Page:
    try:
        return _read(number, page, with_grids)
    except Exception as error:  # noqa: BLE001 - whatever a damaged page does to the library
        why = (str(error) or type(error).__name__).splitlines()[0][:200]
        if {MemoryError, RecursionError} & _kinds(error):
            why = "taking it apart needs more memory than it may take"
        return Page(number=number, width=0, height=0, words=(), fault=why)


def _read(number: int, page: PlumberPage, with_grids: bool) -> Page:
    width, height = float(page.width), float(page.height)
    if len(page.chars) > MOST_CHARACTERS:
        return Page(
            number=number, width=width, height=height, words=(),
            fault=f"it holds {len(page.chars)} characters, more than {MOST_CHARACTERS}",
        )  # fmt: skip
    once = page.dedupe_chars(tolerance=0.5)  # some programs print bold text twice
    drawn = once.filter(_is_no_shade) if with_grids else None
    edges = [] if drawn is None else drawn.edges
    grids = _grids(drawn) if drawn is not None and 3 < len(edges) <= MOST_EDGES else ()
    words = [
        word
        for found in once.extract_words(
            x_tolerance_ratio=_TOLERANCE, return_chars=True, use_text_flow=False
        )
        for word in _cut(found, grids)
    ]
    return Page(
        number=number,
        width=width,
        height=height,
        words=tuple(words),
        grids=grids,
        rules=tuple(_box(edge) for edge in edges[:MOST_EDGES] if edge["orientation"] == "h"),
        space=_space(once.chars),
        pictured=_pictured(page),
    )


def _is_no_shade(thing: dict[str, Any]) -> bool:
    """Leave out what is only filled: shades of rows show every other one, rules are thin."""
    if thing["object_type"] != "rect" or thing.get("stroke"):
        return True
    return bool(min(thing["width"], thing["height"]) < _THIN)


def _grids(page: PlumberPage) -> tuple[tuple[Box, ...], ...]:
    return tuple(tuple(Box(*cell) for cell in table.cells) for table in page.find_tables())


def _cut(found: dict[str, Any], grids: tuple[tuple[Box, ...], ...]) -> Iterator[Word]:
    """Cut a word where a rule between two cells goes through it: the two stand close."""
    box = _box(found)
    if not found["text"].strip():
        return
    sides = {
        side
        for grid in grids
        for cell in grid
        if cell.top <= box.level <= cell.bottom
        for side in (cell.x0, cell.x1)
        if box.x0 + 1 < side < box.x1 - 1
    }
    chars = found["chars"]
    parts: list[list[Any]] = [[]]
    for char in chars:
        before = parts[-1][-1] if parts[-1] else None
        if before and any(_middle(before) < side <= _middle(char) for side in sides):
            parts.append([])
        parts[-1].append(char)
    if len(parts) == 1:
        yield Word(box, found["text"])
        return
    for part in parts:
        text = "".join(char["text"] for char in part)
        if text.strip():
            yield Word(Box(part[0]["x0"], found["top"], part[-1]["x1"], found["bottom"]), text)


def _middle(char: dict[str, Any]) -> float:
    return float(char["x0"] + char["x1"]) / 2


def _box(thing: Any) -> Box:
    return Box(float(thing["x0"]), float(thing["top"]), float(thing["x1"]), float(thing["bottom"]))


def _space(chars: list[Any]) -> float:
    """Find how wide a blank is: as drawn, else as all characters are where these are alike."""
    blanks = [c["width"] / c["size"] for c in chars if c["text"] == " " and c["size"]]
    if blanks:
        return min(max(float(median(blanks)), 0.2), 0.7)
    widths = [c["width"] / c["size"] for c in chars[:500] if c["size"]]
    if len(widths) > 20 and max(widths) - min(widths) < 0.02:
        return float(min(max(widths[0], 0.2), 0.7))
    return 0.28


def _pictured(page: PlumberPage) -> float:
    area = float(page.width) * float(page.height)
    covered = sum(
        max(0.0, min(i["x1"], page.width) - max(i["x0"], 0))
        * max(0.0, min(i["bottom"], page.height) - max(i["top"], 0))
        for i in page.images
    )
    return min(1.0, float(covered) / area) if area else 0.0
