"""Lines of a table with known columns → its rows, with cells of several lines put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from proveout.intake.pdf.found import Aside, Row
from proveout.intake.pdf.lines import Line
from proveout.intake.pdf.numerals import is_numeral
from proveout.intake.pdf.page import Box, Word, around

Columns = Sequence[tuple[float, float]]


@dataclass(slots=True)
class _Cut:
    """A line cut into the cells of the columns."""

    line: Line
    cells: list[list[Word]]

    def texts(self) -> list[str]:
        return [" ".join(word.text for word in words) for words in self.cells]

    @property
    def filled(self) -> list[int]:
        return [i for i, words in enumerate(self.cells) if words]

    @property
    def has_number(self) -> bool:
        return any(is_numeral(text) for text in self.texts() if text)


def column_of(word: Box, columns: Columns) -> int:
    """Return the column in which a word stands: that which it overlaps most, else the nearest."""
    overlaps = [min(word.x1, x1) - max(word.x0, x0) for x0, x1 in columns]
    return max(range(len(columns)), key=overlaps.__getitem__)


def rows_of(page: int, lines: Sequence[Line], columns: Columns) -> tuple[list[Row], list[Aside]]:
    """Put lines together to rows; what belongs to no row stands aside.

    A line that fills fewer columns than a row does and holds no number goes on with the row that
    is nearest, where its words would not have fitted on the line before.
    """
    cuts = [_cut(line, columns) for line in lines]
    wide = max((len(cut.filled) for cut in cuts), default=0)
    anchors = [i for i, cut in enumerate(cuts) if 2 * len(cut.filled) > wide or (cut.has_number)]
    first_number = next((i for i, cut in enumerate(cuts) if cut.has_number), 0)
    groups: dict[int, list[int]] = {i: [i] for i in anchors}
    asides: list[Aside] = []
    for i, cut in enumerate(cuts):
        if i in groups:
            continue
        home = _home(i, cuts, anchors, columns, heading=i < first_number)
        if home is None:
            asides.append(Aside(page=page, box=cut.line.box, text=cut.line.text))
        else:
            groups[home].append(i)
    rows = [_row(page, [cuts[i] for i in sorted(group)]) for group in groups.values()]
    return rows, asides


def rows_of_bands(page: int, bands: Sequence[Sequence[Line]], columns: Columns) -> list[Row]:
    """Make a row of each band between two rules."""
    return [_row(page, [_cut(line, columns) for line in band]) for band in bands]


def _cut(line: Line, columns: Columns) -> _Cut:
    cells: list[list[Word]] = [[] for _ in columns]
    for word in line.words:
        cells[column_of(word.box, columns)].append(word)
    return _Cut(line, cells)


def _home(
    i: int, cuts: Sequence[_Cut], anchors: Sequence[int], columns: Columns, *, heading: bool
) -> int | None:
    """Find the row which a line goes on with, or begins."""
    above = max((a for a in anchors if a < i), default=None)
    below = min((a for a in anchors if a > i), default=None)
    level = cuts[i].line.box.level
    height = max(cuts[i].line.box.height, 1.0)

    def distance(anchor: int | None) -> float:
        return abs(cuts[anchor].line.box.level - level) if anchor is not None else float("inf")

    # A row's lines stand close; as near to the row above as to that below goes with the former.
    nearest = above if distance(above) <= 1.15 * distance(below) else below
    if nearest is None or distance(nearest) > height * 1.9 * max(1, abs(i - nearest)):
        return None
    if heading:
        return nearest
    for column in cuts[i].filled:
        other = cuts[nearest].cells[column]
        if not other:
            # The other cells stand beside the midst of this one.
            continue
        first, second = sorted((nearest, i))
        between = [c for c in cuts[first:second] if c.cells[column]]
        last = (between[-1] if between else cuts[first]).cells[column]
        if not _wraps(last, cuts[second].cells[column], columns[column]):
            return None
    return nearest


def _wraps(before: Sequence[Word], after: Sequence[Word], column: tuple[float, float]) -> bool:
    """Tell whether the first word of a line would not have fitted on the line before."""
    left = column[1] - before[-1].box.x1
    word = after[0].box
    return left < (word.x1 - word.x0) + 0.2 * word.height


def _row(page: int, cuts: Sequence[_Cut]) -> Row:
    n = len(cuts[0].cells)
    held = [[word for cut in cuts for word in cut.cells[column]] for column in range(n)]
    return Row(
        page=page,
        box=around(word.box for words in held for word in words),
        cells=tuple(" ".join(word.text for word in words) for words in held),
        boxes=tuple(around(w.box for w in words) if words else None for words in held),
    )
