"""Find out how a text is cut into fields: delimiter, quote, escape.

The measure of a delimiter is that of van den Burg, Nazabal, Sutton (Wrangling messy CSV files by
detecting row and type patterns, 2019): how consistent the rows are that it makes, times how many
of the fields have a form that is known.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from proveout.intake.mending.columns import is_number
from proveout.intake.mending.cutting import Cutter
from proveout.intake.mending.model import TextDialect
from proveout.intake.mending.one_column import is_one_column, only_uniform

_DELIMITERS = (",", ";", "\t", "|")
_FEW_QUOTED = 2
"""So many values between apostrophes may be values that hold apostrophes."""
_RARE = (" ", ":", "~", "^", "\x1f", "\x01", "!", "#", "*", "¦", "§")
_SAMPLE_LINES = 120
_SCORED_LINES = 48
_TYPED_LINES = 16
_SEP = re.compile(r"sep=(.)$", re.IGNORECASE)
_KNOWN = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d\d?:\d\d(:\d\d(\.\d+)?)?.{0,6})?"  # day, moment
    r"|\d\d?:\d\d(:\d\d(\.\d+)?)?( ?[AaPp][Mm])?"  # time of day
    r"|[^\s\w]{0,1}[+-]?[\d.,]*\d ?[^\s\w]?"  # amount
    r"|[A-Za-z]{1,5}-?\d[\w-]*"  # code
    r"|\w+://\S+|\S+@\S+\.\w+"
)
_WORD = re.compile(r"[^\W\d_][\w' .&()/-]*")


def declared_delimiter(line: str) -> str | None:
    """Return what the line 'sep=;' declares, which Excel writes and reads."""
    found = _SEP.match(line.strip("\ufeff\" '").rstrip("\r\n"))
    return found[1] if found else None


def find_dialect(
    lines: Sequence[str], *, delimiter: str | None = None, most: int = _SAMPLE_LINES
) -> TextDialect:
    """Find the dialect of the lines; `delimiter` where it is known."""
    sample = [line for line in islice(lines, 4 * most) if line.strip()][:most]
    if len(sample) > _SCORED_LINES:
        # The first lines, and others from further down: the top may be a preamble.
        half = _SCORED_LINES // 2
        sample = sample[:half] + sample[half :: (len(sample) - half) // half + 1]
    quote = _quote(sample)
    if delimiter is not None:
        plain = _best(sample, delimiter, quote)[1]
    else:
        plain = _delimited(sample, quote)
        only = only_uniform(lines, quote, _DELIMITERS)
        if only not in (None, ",", plain.delimiter) or (
            only and plain.delimiter not in _DELIMITERS
        ):
            plain = _best(sample, only or "", quote)[1]
        if is_one_column(sample, plain.delimiter):
            plain = replace(plain, delimiter="", skips_blanks=False)
    if not any("\\" + quote in line for line in lines):
        return plain
    whole = Cutter(plain).cut_all(lines)
    if whole is not None and len({len(row) for row in whole if row}) == 1:
        return plain
    # A backslash before a quote is either text or an escape: what makes more rows alike tells.
    escaped = replace(plain, backslash=True)
    telling = [line for line in lines if "\\" + quote in line]
    return escaped if _sound(telling, escaped, lines) > _sound(telling, plain, lines) else plain


def _sound(telling: Sequence[str], dialect: TextDialect, lines: Sequence[str]) -> int:
    cutter = Cutter(dialect)
    widths = Counter(len(cells) for line in islice(lines, 200) if (cells := cutter.cut(line)))
    common = widths.most_common(1)[0][0] if widths else 0
    found = 0
    for line in telling[:200]:
        cells = cutter.cut(line)
        found += cells is not None and len(cells) == common and not cutter.is_odd(line, cells)
    return found


def _quote(sample: Sequence[str]) -> str:
    """Tell by which sign fields are quoted: it stands on either side of delimiters."""
    text = "\n".join(["", *sample, ""])
    if "'" not in text:
        return '"'
    double = _beside(text, '"')
    if 2 * double >= text.count("'"):
        return '"'
    single = _beside(text.replace("''", ""), "'")
    if not double and " " in text:
        opened = re.findall(r"(?<=[\w/]) '(?=\w)", text)
        closed = re.findall(r"(?<=[\w.!?]) ?' (?=[\w'])", text)
        single += min(len(opened), len(closed))
    if single <= max(2 * double, _FEW_QUOTED):
        return '"'
    # Apostrophes that are values themselves stand beside delimiters too, but hold nothing together.
    return max("'", '"', key=lambda quote: max(_best(sample, d, quote)[0] for d in _DELIMITERS))


def _beside(text: str, quote: str) -> int:
    """Count quotes that open a field beside those that close one."""
    opens = sum(text.count(sign + quote) for sign in ",;\t|\n")
    closes = sum(text.count(quote + sign) for sign in ",;\t|\n")
    return min(opens, closes)


def _delimited(sample: Sequence[str], quote: str) -> TextDialect:
    """Choose the delimiter; an empty text where there is none."""
    n = len(sample)
    best, chosen = 0.0, TextDialect(delimiter="", quote=quote)
    for delimiter in _DELIMITERS:
        if sum(delimiter in line for line in sample) * 3 >= n:
            score, dialect = _best(sample, delimiter, quote)
            if score > best:
                best, chosen = score, dialect
    if best >= _GOOD:
        return chosen
    for delimiter in _RARE:
        if sum(delimiter in line for line in sample) * 2 >= n:
            score = _score(sample, TextDialect(delimiter=delimiter, quote=quote)) * _UNUSUAL
            if score > best:
                best, chosen = score, TextDialect(delimiter=delimiter, quote=quote)
    return chosen if best >= _POOR else TextDialect(delimiter="", quote=quote)


def _best(sample: Sequence[str], delimiter: str, quote: str) -> tuple[float, TextDialect]:
    """Tell whether a blank after each delimiter belongs to it, and how good the delimiter is."""
    plain = TextDialect(delimiter=delimiter, quote=quote)
    score = _score(sample, plain)
    if delimiter == " " or sum(delimiter + " " in line for line in sample) * 3 < 2 * len(sample):
        return score, plain
    spaced = replace(plain, skips_blanks=True)
    other = _score(sample, spaced)
    if other > 1.02 * score or _all_begin_blank(sample, plain):
        return other, spaced
    return score, plain


def _all_begin_blank(sample: Sequence[str], dialect: TextDialect) -> bool:
    """Tell whether nearly every field but the first begins with a blank."""
    cutter = Cutter(dialect)
    cells = [cell for line in sample[:40] for cell in (cutter.cut(line) or [])[1:] if cell]
    return bool(cells) and sum(cell[0] == " " for cell in cells) > 0.95 * len(cells)


_GOOD = 0.75
"""A score that no unusual delimiter can exceed by right."""
_UNUSUAL = 0.8
_POOR = 0.12
"""Prose with commas in it scores less."""


def _score(sample: Sequence[str], dialect: TextDialect) -> float:
    cutter = Cutter(dialect)
    widths: Counter[int] = Counter()
    typed, n_cells, damaged = 0.0, 0, 0
    cut: Sequence[list[str] | None] | None = cutter.cut_all(sample)
    if cut is None or len(cut) != len(sample):
        cut = cutter.cut_each(sample)
    for line, cells in zip(sample, cut, strict=True):
        if cells is not None:
            widths[len(cells)] += 1
        elif (n := line.count(dialect.delimiter)) and damaged % 2:
            # Half of the damaged rows, and of those whose quotes go over lines, count as they look.
            widths[n + 1] += 1
            damaged += 1
        else:
            damaged += 1
    if not widths:
        return 0.0
    patterns = [(count, width) for width, count in widths.items()]
    pattern = sum(count * (width - 1) / width for count, width in patterns)
    n_rows = max(len(sample), 1)
    pattern /= len(patterns) * n_rows
    # The share of the commonest width counts in full, so that a few odd rows weigh little.
    width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
    common = count / n_rows * (width - 1) / width
    step = max(1, len(cut) // _TYPED_LINES)
    for cells in cut[::step]:
        if cells is None or len(cells) != width:
            continue
        for cell in cells:
            n_cells += 1
            typed += _known(cell.strip(" \r\n"))
    beside = 0.2 + 0.8 * _beside_delimiter(sample, dialect)
    return (0.3 * pattern + 0.7 * common) * (0.2 + 0.8 * typed / max(n_cells, 1)) * beside


def _beside_delimiter(sample: Sequence[str], dialect: TextDialect) -> float:
    """Return the share of quotes that open or close a field, if this is the delimiter."""
    quote, delimiter = dialect.quote, dialect.delimiter
    n = beside = 0
    for line in sample[:_TYPED_LINES]:
        if quote not in line:
            continue
        single = line.replace(quote + quote, "")
        n += single.count(quote)
        beside += single.count(dialect.shown + quote) + single.count(quote + delimiter)
        beside += single.startswith(quote) + single.endswith(quote)
    return min(1.0, beside / n) if n else 1.0


@lru_cache(1 << 13)
def _known(cell: str) -> float:
    if not cell:
        return 0.5
    if "\t" in cell:
        return 0.1  # hardly any text holds one
    if len(cell) <= 64:
        if is_number(cell) or _KNOWN.fullmatch(cell):
            return 1.0
        if _WORD.fullmatch(cell):
            return 0.9
    return 0.6 if cell[0].isalnum() else 0.3
