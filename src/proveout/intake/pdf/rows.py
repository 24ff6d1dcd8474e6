"""Lines of a table with known columns → its rows, with cells of several lines put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from proveout.intake.pdf.found import Aside, Row
from proveout.intake.pdf.lines import Line, text_of
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

    A line that fills fewer columns than a row does, and holds no number, goes on with the row above
    or begins the one below, whichever side of the widest gap between the two rows it stands on;
    and only where its first word would not have fitted on the line before.
    """
    cuts = [_cut(line, columns) for line in lines]
    numeric = _numeric_columns(cuts, len(columns))
    wide = max((len(cut.filled) for cut in cuts), default=0)
    anchors = [i for i, cut in enumerate(cuts) if _is_row(cut, wide, numeric)]
    first_number = next((i for i, cut in enumerate(cuts) if cut.has_number), 0)
    homes = _homes(cuts, anchors)
    groups: dict[int, list[int]] = {i: [i] for i in anchors}
    asides: list[Aside] = []
    for i, cut in enumerate(cuts):
        if i in groups:
            continue
        home = homes.get(i)
        if home is not None and (i < first_number or _goes_on(i, home, cuts, columns)):
            groups[home].append(i)
        elif 2 * len(cut.filled) > wide:
            groups[i] = [i]
        else:
            asides.append(Aside(page=page, box=cut.line.box, text=cut.line.text))
    rows = [_row(page, [cuts[i] for i in sorted(group)]) for _, group in sorted(groups.items())]
    return rows, asides


def _numeric_columns(cuts: Sequence[_Cut], n: int) -> set[int]:
    """Return the columns in which mostly numbers stand."""
    texts = [[text for cut in cuts if (text := cut.texts()[c])] for c in range(n)]
    return {c for c in range(n) if sum(map(is_numeral, texts[c])) > 0.5 * max(1, len(texts[c]))}


def _is_row(cut: _Cut, wide: int, numeric: set[int]) -> bool:
    """Tell a line that is a row of its own, or the main line of one."""
    texts = cut.texts()
    numbers = sum(is_numeral(texts[c]) for c in numeric)
    if 2 * len(cut.filled) > wide:
        return bool(numbers) or 0 in cut.filled or not numeric
    return numbers > 1 or (numbers == 1 and (0 in cut.filled or wide < 4))


def rows_of_bands(page: int, bands: Sequence[Sequence[Line]], columns: Columns) -> list[Row]:
    """Make a row of each band between two rules."""
    return [_row(page, [_cut(line, columns) for line in band]) for band in bands]


def _cut(line: Line, columns: Columns) -> _Cut:
    cells: list[list[Word]] = [[] for _ in columns]
    for word in line.words:
        cells[column_of(word.box, columns)].append(word)
    return _Cut(line, cells)


def _homes(cuts: Sequence[_Cut], anchors: Sequence[int]) -> dict[int, int]:
    """Find for each line between two rows the one that it stands with."""
    levels = [cut.line.box.level for cut in cuts]
    height = max((cut.line.box.height for cut in cuts), default=1.0)
    homes: dict[int, int] = {}
    for above, below in zip([None, *anchors], [*anchors, None], strict=True):
        first = 0 if above is None else above
        last = len(cuts) - 1 if below is None else below
        if above is None or below is None:
            break_at = first if above is None else last
        else:
            gaps = [levels[i + 1] - levels[i] for i in range(first, last)]
            # Where nothing tells, what stands below a row goes on with it.
            widest = max(gaps, default=0.0)
            near = [i for i, gap in enumerate(gaps) if gap > widest - 0.08 * height]
            break_at = first + near[-1]
        for i in range(first, last + 1):
            home = above if i <= break_at and above is not None else below
            if home is not None and abs(levels[i] - levels[home]) < 1.9 * height * max(
                1, abs(i - home)
            ):
                homes[i] = home
    return homes


def _goes_on(i: int, home: int, cuts: Sequence[_Cut], columns: Columns) -> bool:
    """Tell whether the text of a line goes on with what stands in the same columns of its row."""
    first, second = sorted((home, i))
    for column in cuts[i].filled:
        before = [cut for cut in cuts[first:second] if cut.cells[column]]
        after = cuts[second].cells[column]
        # Where the row has nothing in this column, its other cells stand beside the midst of it.
        if before and after and not _wraps(before[-1].cells[column], after, columns[column]):
            return False
    return True


def _wraps(before: Sequence[Word], after: Sequence[Word], column: tuple[float, float]) -> bool:
    """Tell whether the first word of a line would not have fitted on the line before."""
    if before[-1].text.endswith("-"):
        return True
    left = column[1] - before[-1].box.x1
    word = after[0].box
    return left < (word.x1 - word.x0) + 0.2 * word.height


def _row(page: int, cuts: Sequence[_Cut]) -> Row:
    n = len(cuts[0].cells)
    held = [[word for cut in cuts for word in cut.cells[column]] for column in range(n)]
    return Row(
        page=page,
        box=around(word.box for words in held for word in words),
        cells=tuple(map(text_of, held)),
        boxes=tuple(around(w.box for w in words) if words else None for words in held),
    )
