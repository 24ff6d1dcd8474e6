"""Rows that sum up the rows above them: by their words, and by their arithmetic.

A word alone is not enough where a record may bear it (a company called Total), and a sum alone
only where the row has no name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

from proveout.intake.workbook.cells import is_blank, kind_of

_WORDS = frozenset(
    """
    total totals totale totali totaal totales sum sums subtotal sub-total subtotals grandtotal summe
    summen gesamt gesamtsumme zwischensumme endsumme insgesamt gesamtergebnis teilergebnis somme
    sous-total totaux suma sumy razem ogółem subtotaal eindtotaal totalsumma summa delsumma yhteensä
    summat i-alt ialt samlet celkem součet mezisoučet spolu medzisúčet összesen részösszeg toplam
    ara-toplam genel-toplam ukupno skupaj vsota итого всего сумма подытог разом усього σύνολο
    μερικό-σύνολο 合計 総計 小計 合计 总计 小计 총계 합계 소계 المجموع סהכ
    average averages mean avg durchschnitt mittelwert mittel moyenne promedio media gemiddelde
    średnia средняя среднее 平均 平均值 subtotale subtotais
    """.split()  # noqa: SIM905 - read as a list of words
)
_AVERAGES = frozenset(
    """
    average averages mean avg durchschnitt mittelwert mittel moyenne promedio media gemiddelde
    średnia средняя среднее 平均 平均值
    """.split()  # noqa: SIM905 - read as a list of words
)
_JOINED = frozenset(
    ("grand total", "sub total", "ara toplam", "genel toplam", "sous total", "i alt")
)
_MARKS = ":()=/.,;*-–[]"
_SPLIT = re.compile(r"[\s:()=/.,;*]+")
_TOLERANCE = 1e-6
_ROUNDED_SHARE = 1e-4
_LAST_TOTALS = 30
"""Subtotals may nest; so many of the last ones may be where a sum begins."""
_ROUNDING = 0.5
"""Figures that are shown rounded to whole ones add up with so much error a row, at most."""


def has_word(text: str) -> bool:
    """Tell whether a text begins or ends with a word for a total: 'Total', 'Summe Nord'."""
    return _word(text) is not None


def _word(text: str) -> str | None:
    if not text or (text[0].isdigit() and text[-1].isdigit()):
        return None
    words = text.casefold().split()
    if not words or len(words) > 6:
        return None
    for word in (words[0], words[-1]):
        bare = word.strip(_MARKS)
        if bare in _WORDS:
            return bare
    joined = f"{words[0]} {words[1]}" if len(words) > 1 else ""
    if joined.strip(_MARKS) in _JOINED:
        return joined
    return next((part for part in _SPLIT.split(words[0])[:1] if part in _WORDS), None)


def is_only_word(text: str) -> bool:
    """Tell whether a text is nothing but a word for a total: 'Total:', 'Grand total'."""
    plain = " ".join(word for word in _SPLIT.split(text.casefold().strip()) if word)
    return plain in _WORDS or plain in _JOINED


Row = tuple[int, list[Any]]
"""Its position in the sheet, and its cells."""


def total_rows(rows: Sequence[Row], columns: Sequence[int]) -> Iterator[int]:
    """Yield the positions of the rows that are totals; `rows` are those of one table."""
    candidates = sorted(_candidates(rows, columns))
    if not candidates:
        return
    usual = _usual_fill(rows, columns)
    closing = _closing(candidates, len(rows))
    sums: dict[int, _Sums] = {}
    found: list[int] = []
    for at in candidates:
        figures = [c for c in columns if _figure(rows[at][1][c]) is not None]
        for column in figures:
            if column not in sums:
                sums[column] = _Sums([_figure(row[column]) for _, row in rows], found)
        average = _averages(rows[at][1])
        # Nought is the sum of noughts, and proves nothing.
        telling = [c for c in figures if rows[at][1][c] != 0]
        agree = [sums[c].adds_up(at, average=average) for c in telling]
        if _is_total(rows, at, columns, agree, usual, last=at >= closing):
            for each in sums.values():
                each.leave_out(at)
            found.append(at)
            yield rows[at][0]


def _closing(candidates: Sequence[int], n: int) -> int:
    """Return the first of the candidates below which only candidates stand."""
    first = n
    for at in reversed(candidates):
        if at != first - 1:
            break
        first = at
    return first


def _candidates(rows: Sequence[Row], columns: Sequence[int]) -> set[int]:
    found: set[int] = set()
    by_column = list(zip(*(row for _, row in rows), strict=True))
    for column in columns:
        cells = by_column[column]
        words = {cell for cell in set(cells) if isinstance(cell, str) and has_word(cell)}
        if words:
            found |= {at for at, cell in enumerate(cells) if cell in words}
    if len(rows) > 3:
        last = rows[-1][1]
        if is_blank(last[columns[0]]) and any(kind_of(last[c]) == "number" for c in columns):
            found.add(len(rows) - 1)
    return found - {0}


def _usual_fill(rows: Sequence[Row], columns: Sequence[int]) -> float:
    step = max(1, len(rows) // 100)
    fills = sorted(sum(not is_blank(row[c]) for c in columns) for _, row in rows[::step])
    return fills[len(fills) // 2]


def _is_total(
    rows: Sequence[Row],
    at: int,
    columns: Sequence[int],
    agree: Sequence[bool],
    usual: float,
    *,
    last: bool,
) -> bool:
    row = rows[at][1]
    texts = [row[c] for c in columns if kind_of(row[c]) == "text"]
    words = [text for text in texts if has_word(text)]
    filled = sum(not is_blank(row[c]) for c in columns)
    if not words:
        return last and len(rows) > 3 and filled < usual and bool(agree) and all(agree)
    if any(agree):
        return True
    # No figure agrees: the word must stand alone, in a row that leaves out what records have.
    alone = any(map(is_only_word, words))
    return alone and filled < usual and len(words) == len(texts)


def _averages(row: Sequence[Any]) -> bool:
    return any(_word(cell) in _AVERAGES for cell in row if isinstance(cell, str))


def _figure(cell: Any) -> float | None:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    return float(cell) if math.isfinite(cell) else None


class _Sums:
    """The figures of one column, summed up so that any stretch of them is known at once."""

    def __init__(self, figures: Sequence[float | None], left_out: Sequence[int]) -> None:
        self._figures = figures
        self._sums = [0.0, *accumulate(figure or 0.0 for figure in figures)]
        self._counts = [0, *accumulate(figure is not None for figure in figures)]
        self._totals: list[tuple[int, float, int]] = []
        """Of each total found: its position, and sum and count of all totals up to it."""
        for at in left_out:
            self.leave_out(at)

    def leave_out(self, at: int) -> None:
        """Say that a row is a total: it is no part of later sums."""
        figure = self._figures[at]
        _, total, n = self._totals[-1] if self._totals else (0, 0.0, 0)
        self._totals.append((at, total + (figure or 0.0), n + (figure is not None)))

    def adds_up(self, at: int, *, average: bool) -> bool:
        """Tell whether a figure is the sum (or mean) of those above it.

        All of them, those since one of the last totals, or those totals themselves.
        """
        wanted = self._figures[at]
        if wanted is None:
            return False
        slack = 1e-12 * abs(self._sums[at]) + 1e-9
        _, totals, n_totals = self._totals[-1] if self._totals else (0, 0.0, 0)
        starts = [(-1, 0.0, 0), *self._totals[-_LAST_TOTALS:]]
        for start, before, n_before in reversed(starts):
            total = self._sums[at] - self._sums[start + 1] - (totals - before)
            n = self._counts[at] - self._counts[start + 1] - (n_totals - n_before)
            if n and _same(wanted, total / n if average else total, n, slack):
                return True
        return n_totals > 1 and not average and _same(wanted, totals, n_totals, slack)


def _same(one: float, other: float, n: int, slack: float) -> bool:
    if math.isclose(one, other, rel_tol=_TOLERANCE, abs_tol=slack):
        return True
    rounding = min(_ROUNDING * n, abs(one) * _ROUNDED_SHARE)
    return one.is_integer() and abs(one) > 100 and abs(one - other) <= rounding
