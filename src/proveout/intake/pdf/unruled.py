"""Tables without rules: found by the gaps that go down between their columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from proveout.intake.pdf.found import Aside, Found
from proveout.intake.pdf.lines import Line, gap_between_phrases, lines_of
from proveout.intake.pdf.numerals import is_numeral
from proveout.intake.pdf.page import Box, Page, Word, around
from proveout.intake.pdf.rows import rows_of, rows_of_bands

_Reach = tuple[float, float]


def unruled_tables(page: Page, free: Sequence[Word]) -> tuple[list[Found], list[Line]]:
    """Find the tables among words that no drawn table took; return also the lines left over."""
    lines = lines_of(free, space=page.space)
    tables: list[Found] = []
    left: list[Line] = []
    for block in _blocks(lines):
        found = _table(page, block)
        if found is None:
            left += block
        else:
            tables.append(found)
    return tables, left


def _blocks(lines: Sequence[Line]) -> list[list[Line]]:
    """Part lines where a column's gap ends: at wide gaps, where phrases go across columns, and
    where a lone line is followed by what reads like a header."""
    blocks: list[list[Line]] = []
    current: list[Line] = []
    columns: list[_Reach] = []
    for i, line in enumerate(lines):
        fits = _fitted(line, columns)
        is_lone = not _is_wide(line, fits) and (
            fits is None or not columns or line.phrases[0].x0 <= columns[0][1]
        )
        if current and (
            _is_far(current, line)
            or _ends(line, lines[i + 1 :], columns)
            or (is_lone and _is_title(line, lines[i + 1 : i + 8], current))
        ):
            blocks.append(current)
            current, columns = [], []
            fits = _fitted(line, columns)
        current.append(line)
        if fits is not None and len(fits) > 1:
            columns = _merged([*columns, *fits])
    blocks.append(current)
    return [part for block in blocks if block for part in _trimmed(block)]


def _is_far(block: Sequence[Line], line: Line) -> bool:
    gap = line.box.top - block[-1].box.bottom
    height = max(line.box.height, 1.0)
    # Rows of several lines stand closer within than between; of many gaps one alone tells nothing.
    gaps = sorted(b.box.top - a.box.bottom for a, b in pairwise(block))
    once = len(gaps) > 5 and gaps[-1] > 2.5 * max(gaps[-2], 1.0)
    usual = max(gaps[-2 if once else -1], 0.0) if gaps else height
    return gap > max(1.6 * usual + 0.5 * height, 0.9 * height)


def _is_wide(line: Line, fits: Sequence[_Reach] | None) -> bool:
    """Tell a line with columns; where gaps are narrow, one with a number in them."""
    return len(line.phrases) > 1 or (fits is not None and len(fits) > 1 and _has_number(line))


def _is_title(line: Line, after: Sequence[Line], block: Sequence[Line]) -> bool:
    """Tell a lone line between a table of numbers and the header of the next."""
    rows = [other for other in block if len(other.phrases) > 1]
    following = next((other for other in after if len(other.phrases) > 1), None)
    if len(line.phrases) > 1 or following is None or len(rows) < 2:
        return False
    return (
        2 * sum(map(_has_number, rows)) > len(rows)
        and not _has_number(following)
        and (
            len(following.phrases) > 2
            or line.box.top - block[-1].box.bottom > 0.5 * line.box.height
        )
    )


def _has_number(line: Line) -> bool:
    return any(is_numeral(word.text) for group in line.groups for word in (group[0], group[-1]))


def _ends(line: Line, after: Sequence[Line], columns: Sequence[_Reach]) -> bool:
    """Tell whether other columns begin here: this line and the next of its kind go across."""
    if not columns or _fitted(line, columns) is not None:
        return False
    following = next((other for other in after[:3] if len(other.phrases) > 1), None)
    return len(line.phrases) > 1 and (following is None or _fitted(following, columns) is None)


def _fitted(line: Line, columns: Sequence[_Reach]) -> list[_Reach] | None:
    """Return where a line's phrases stand, cut where columns are; None where one goes across.

    Words that stand close belong to two columns where the gap between them is also the columns'.
    """
    reaches: list[_Reach] = []
    for group in line.groups:
        parts: list[list[Word]] = []
        last: int | None = None
        loose = False
        for word in group:
            over = [
                i
                for i, (x0, x1) in enumerate(columns)
                if min(word.box.x1, x1) > max(word.box.x0, x0)
            ]
            if len(over) > 1:
                return None
            own = over[0] if over else None
            if own is not None and last is not None and own != last:
                if loose:
                    return None
                parts.append([])
            if not parts:
                parts.append([])
            parts[-1].append(word)
            loose = own is None
            last = own if own is not None else last
        reaches += [(part[0].box.x0, max(word.box.x1 for word in part)) for part in parts]
    return reaches


def _merged(reaches: Sequence[_Reach]) -> list[_Reach]:
    merged: list[_Reach] = []
    for x0, x1 in sorted(reaches):
        if merged and x0 <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], x1))
        else:
            merged.append((x0, x1))
    return merged


def _trimmed(block: list[Line]) -> list[list[Line]]:
    """Part off the lines above the first and below the last that has columns."""
    columns = _columns([line for line in block if len(line.phrases) > 1])
    fits = [_fitted(line, columns) or [(p.x0, p.x1) for p in line.phrases] for line in block]
    wide = [i for i, line in enumerate(block) if _is_wide(line, fits[i])]
    if len(wide) < 2:
        return [block]
    first, last = wide[0], wide[-1]
    while first > 0 and _belongs(block[first - 1], block[first], fits[wide[0]], columns):
        first -= 1
    while last + 1 < len(block) and _belongs(block[last + 1], block[last], fits[wide[-1]], columns):
        last += 1
    parts = block[:first], block[first : last + 1], block[last + 1 :]
    return [part for part in parts if part]


def _belongs(line: Line, beside: Line, row: Sequence[_Reach], columns: Sequence[_Reach]) -> bool:
    """Tell whether a lone phrase at the edge of a table is part of a cell in it: close, and not
    across the columns, nor where the first one is."""
    phrase = line.phrases[0]
    gap = max(line.box.top, beside.box.top) - min(line.box.bottom, beside.box.bottom)
    if gap > 0.6 * line.box.height or _fitted(line, columns) is None:
        return False
    over = [(x0, x1) for x0, x1 in row if min(x1, phrase.x1) > max(x0, phrase.x0)]
    if len(over) > 1 or phrase.x0 <= columns[0][1]:
        return False
    # Beside an empty cell of its row: text of several lines, with the others beside its midst.
    return not over or abs(over[0][0] - phrase.x0) < 1.5 or abs(over[0][1] - phrase.x1) < 1.5


def _table(page: Page, block: Sequence[Line]) -> Found | None:
    wide = [line for line in block if len(line.phrases) > 1]
    if len(wide) < 2:
        return None
    columns = _columns(wide)
    fits = [_fitted(line, columns) is not None for line in block]
    across = [line for line, fit in zip(block, fits, strict=True) if not fit]
    lines = [line for line, fit in zip(block, fits, strict=True) if fit]
    if len(lines) < 2:
        return None
    columns = _tight(lines, columns, page.space)
    bands = _bands(page, lines, columns)
    asides = [Aside(page=page.number, box=line.box, text=line.text) for line in across]
    if bands:
        rows = rows_of_bands(page.number, bands, columns)
    else:
        rows, more = rows_of(page.number, lines, columns)
        asides += more
    texts = [row.cells for row in rows]
    if not is_tabular(texts, n_columns=len(columns)):
        return None
    below_header = _below_header(page, lines)
    return Found(
        page=page.number,
        box=around(row.box for row in rows),
        columns=tuple(columns),
        rows=tuple(rows),
        ruled=False,
        n_header=(
            sum(row.box.level < below_header for row in rows)
            if below_header is not None and not bands
            else None
        ),
        asides=tuple(sorted(asides, key=lambda aside: aside.box.top)),
    )


def _columns(wide: Sequence[Line]) -> list[_Reach]:
    """Take the columns on which most lines agree: a line that goes across two is left out."""
    columns: list[_Reach] = []
    # Lines with many phrases know the columns best.
    for line in sorted(wide, key=lambda line: -len(line.phrases)):
        fits = _fitted(line, columns)
        if fits is not None:
            columns = _merged([*columns, *fits])
    return columns


def _tight(lines: Sequence[Line], columns: list[_Reach], space: float) -> list[_Reach]:
    """Part columns that stand close, until none can be parted."""
    parted: list[_Reach] = []
    waiting = list(reversed(columns))
    while waiting:
        x0, x1 = waiting.pop()
        held = [[w for w in line.words if x0 <= w.box.middle <= x1] for line in lines]
        cut = _cut_at([words for words in held if words], space)
        if cut is None:
            parted.append((x0, x1))
        else:
            waiting += [(cut[1], x1), (x0, cut[0])]
    return parted


def _cut_at(held: Sequence[Sequence[Word]], space: float) -> _Reach | None:
    """Find a gap between two columns: words end on one line before it, or begin on one after it,
    while those on the other side do not keep step, as they would in a phrase that comes again."""
    if len(held) < 4:
        return None
    height = held[0][0].box.height
    gaps = [(a.box.x1, b.box.x0) for words in held for a, b in pairwise(words)]
    for end, start in sorted({(round(a), round(b)) for a, b in gaps if b - a > 0.5}):
        left = [[w for w in words if w.box.middle < (end + start) / 2] for words in held]
        right = [words[len(part) :] for words, part in zip(held, left, strict=True)]
        ends = [part[-1].box.x1 for part in left if part]
        begins = [part[0].box.x0 for part in right if part]
        both = sum(bool(a) and bool(b) for a, b in zip(left, right, strict=True))
        if both < max(3, 0.3 * len(held)) or min(begins) - max(ends) < 0.5:
            continue
        if min(begins) - max(ends) > gap_between_phrases(height, space):
            return max(ends), min(begins)
        firsts = [part[0].box.x0 for part in left if part]
        texts = {part[-1].text for part in left if part}
        flush_left = _share_on_one_line(begins) > 0.9 and max(ends) - min(ends) > height
        flush_right = _share_on_one_line(ends) > 0.9 and (
            max(firsts) - min(firsts) > 0.4 * height or len(texts) > max(4, 0.9 * len(ends))
        )
        if flush_left or flush_right:
            return max(ends), min(begins)
    return None


def _share_on_one_line(places: Sequence[float]) -> float:
    """Return the share of edges that stand on the commonest line."""
    return max(sum(abs(place - other) < 0.8 for other in places) for place in places[:20]) / len(
        places
    )


def _separators(page: Page, box: Box) -> list[float]:
    """Return the levels at which rules go across most of a block."""
    levels: dict[int, float] = {}
    for rule in page.rules:
        width = min(rule.x1, box.x1 + 3) - max(rule.x0, box.x0 - 3)
        if width > 0 and box.top < rule.level < box.bottom:
            levels[round(rule.level)] = levels.get(round(rule.level), 0.0) + width
    found: list[float] = []
    for level, width in sorted(levels.items()):
        if width > 0.6 * (box.x1 - box.x0) and not (found and level - found[-1] < 3):
            found.append(float(level))
    return found


def _bands(page: Page, lines: Sequence[Line], columns: Sequence[_Reach]) -> list[list[Line]] | None:
    """Group lines by the rules between rows; None where the rules part something else."""
    cuts = _separators(page, around(line.box for line in lines))
    if len(cuts) < 2:
        return None
    bands: list[list[Line]] = [[] for _ in range(len(cuts) + 1)]
    for line in lines:
        bands[sum(cut < line.box.level for cut in cuts)].append(line)
    bands = [band for band in bands if band]
    several = [band for band in bands if len(band) > 1]

    def lines_in(band: Sequence[Line], reach: _Reach) -> int:
        return sum(any(reach[0] <= w.box.middle <= reach[1] for w in line.words) for line in band)

    one_each = any(all(lines_in(band, c) == 1 for band in several) for c in columns)
    return bands if len(bands) > 2 and (not several or one_each) else None


def _below_header(page: Page, lines: Sequence[Line]) -> float | None:
    """Return the level of the first rule in a block, where few lines stand above it."""
    cuts = _separators(page, around(line.box for line in lines))
    if not cuts:
        return None
    above = sum(line.box.level < cuts[0] for line in lines)
    return cuts[0] if 0 < above <= 4 and above < len(lines) else None


def is_tabular(rows: Sequence[Sequence[str]], *, n_columns: int) -> bool:
    """Tell a table from an address, a list of 'name: value', a contents page and prose."""
    if n_columns < 2 or len(rows) < 2:
        return False
    cells = [text for row in rows for text in row if text]
    words = sum(len(text.split()) for text in cells) / len(cells)
    numeric = [
        sum(is_numeral(row[c]) for row in rows[1:] if row[c])
        > 0.6 * max(1, sum(bool(row[c]) for row in rows[1:]))
        for c in range(n_columns)
    ]
    if sum("...." in text or ". . ." in text for text in cells) > 0.3 * len(rows):
        return False
    if not any(numeric) and words >= 4.5:
        return False
    labels = [row[0] for row in rows if row[0]]
    if n_columns == 2:
        if sum(label.endswith(":") for label in labels) > 0.5 * len(labels):
            return False
        return (len(rows) >= 3 and any(numeric)) or len(rows) >= 8
    return len(rows) >= 3 or any(numeric)
