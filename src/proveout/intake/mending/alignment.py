"""Put a row that does not fit its columns back in place: the likeliest way of all small edits.

Each candidate is one way in which a sound row may have become the damaged one: a quote too many, a
delimiter lost, one too many, another delimiter in this row. It costs what the edit costs, and what
its cells cost in their columns; the certainty of the cheapest is its share of the probability of
all candidates that lead to other cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import exp

from proveout.intake.mending.cutting import MASK, Cutter
from proveout.intake.mending.model import TextDialect

OTHER_DELIMITERS = (",", ";", "\t", "|", " ")
_EDIT = 4.0
"""What one edit costs, in nats: rows are mostly sound."""
_MERGE = 5.0
_LOST = 4.0
"""What it costs besides that a field is lost with its content."""
_BESIDE_NOTHING = 3.0
"""What it costs besides to take a delimiter before nothing as text."""
_ODD = 1.5
"""What it costs besides when other quotes are left that open or close nothing."""
_MOST_PLACES = 400
_MOST_SPANS = 60
_MOST_SURPLUS = 60
"""Prose in rows of few columns has more delimiters."""
_MOST_FIELDS = 400
"""Rows with more fields are compared by fewer edits, so that time stays linear."""
_ALL_PLACES = 40
"""In a field of so many characters a delimiter may be missing anywhere; in longer ones only where
letters, digits and signs meet."""

CellCost = Callable[[int, str], float]
PlaceCost = Callable[[str, int], float]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to read a damaged row."""

    cells: tuple[str, ...]
    edits: float
    reason: str
    message: str
    weighed: tuple[str, ...] | None = None
    """The cells without the quotes that the edit takes as text, for these are paid for."""
    filled: tuple[int, ...] = ()
    """Columns for which the row has no field."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """The likeliest way, and how likely it is."""

    chosen: Candidate
    certainty: float


def align(
    raw: str,
    cells: Sequence[str] | None,
    width: int,
    cutter: Cutter,
    cost: CellCost,
    *,
    allows: Callable[[float], bool] = lambda _: True,
    may_be_empty: Sequence[bool] | None = None,
    place_cost: PlaceCost | None = None,
) -> Alignment | None:
    """Find the likeliest cells of a damaged row; None where no small edit makes it fit.

    `allows` tells whether the cells of a sound row may cost so much: the likeliest way to read a
    line that is no row at all is not likely. A field that is missing is taken as empty only where
    others of its column are (`may_be_empty`; anywhere when None).
    """
    best: dict[tuple[str, ...], tuple[float, Candidate]] = {}

    def weigh(candidates: Iterable[Candidate]) -> None:
        for candidate in candidates:
            cells = candidate.weighed or candidate.cells
            total = candidate.edits + sum(map(cost, range(width), cells))
            if not _fills_rightly(candidate, may_be_empty):
                # The field is lost with its content: a way to see the row, but none to mend it.
                total += _LOST - sum(cost(i, "") for i in candidate.filled)
            known = best.get(candidate.cells)
            if known is None or total < known[0]:
                best[candidate.cells] = (total, candidate)

    weigh(_candidates(raw, cells, width, cutter, cost=cost, place_cost=place_cost))
    if not best or raw.count(cutter.dialect.delimiter) < width - 1:
        weigh(_by_other_delimiter(raw, width, cutter, cost))
    if not best and cutter.dialect.quote in raw:
        weigh(_by_outer_quotes(raw, width, cutter.dialect, cost))
    if not best:
        return None
    lowest, chosen = min(best.values(), key=lambda found: found[0])
    if not _fills_rightly(chosen, may_be_empty) or not allows(lowest - chosen.edits):
        return None
    weight = sum(exp(lowest - total) for total, _ in best.values())
    return Alignment(chosen, 1 / weight)


def _fills_rightly(candidate: Candidate, may_be_empty: Sequence[bool] | None) -> bool:
    return may_be_empty is None or all(may_be_empty[i] for i in candidate.filled)


def _candidates(
    raw: str,
    cells: Sequence[str] | None,
    width: int,
    cutter: Cutter,
    *,
    cost: CellCost,
    place_cost: PlaceCost | None,
) -> Iterator[Candidate]:
    if cells is not None and len(cells) == width:
        yield Candidate(tuple(cells), 1.0, "quoting", "A quote in it is read as text.")
    yield from _with_quote_as_text(raw, width, cutter)
    if cells is not None and len(cells) < width:
        yield from _filled_up(cells, width)
    if cells is None or len(cells) < width or cutter.dialect.quote in raw:
        yield from _with_delimiter(raw, cells, width, cutter, place_cost)
    if cells is not None and width < len(cells) <= _MOST_FIELDS:
        yield from _with_fewer(raw, cells, width, cutter.dialect, cost)


def _with_quote_as_text(raw: str, width: int, cutter: Cutter) -> Iterator[Candidate]:
    """Take one quote as text, or each quote that is neither at the begin nor the end of a field."""
    quote = cutter.dialect.quote
    places = [i for i, sign in enumerate(raw) if sign == quote]
    for place in places[: _MOST_PLACES // 4]:
        cells = cutter.cut(raw[:place] + MASK + raw[place + 1 :])
        if cells is not None and len(cells) == width:
            odd = cutter.is_odd(raw[:place] + MASK + raw[place + 1 :], cells)
            yield Candidate(
                tuple(cell.replace(MASK, quote) for cell in cells),
                _EDIT + _ODD * odd,
                "stray-quote",
                "A quote that opens or closes nothing is kept as text.",
                tuple(cell.replace(MASK, "") for cell in cells),
            )
    inner = [place for place in places if not _at_edge(raw, place, cutter.dialect)]
    if len(inner) > 1 and len(inner) < len(places):
        masked = list(raw)
        for place in inner:
            masked[place] = MASK
        cells = cutter.cut("".join(masked))
        if cells is not None and len(cells) == width:
            yield Candidate(
                tuple(cell.replace(MASK + MASK, quote).replace(MASK, quote) for cell in cells),
                _EDIT + 0.5,
                "unescaped-quote",
                "Quotes within a quoted field are kept as text.",
                tuple(cell.replace(MASK, "") for cell in cells),
            )


def _at_edge(raw: str, place: int, dialect: TextDialect) -> bool:
    before = raw[:place].rstrip(" ") if dialect.skips_blanks else raw[:place]
    return (
        not before or before[-1] in (dialect.delimiter, "\n")
        or place + 1 == len(raw) or raw[place + 1] == dialect.delimiter
    )  # fmt: skip


def _filled_up(cells: Sequence[str], width: int) -> Iterator[Candidate]:
    """Take it that fields are missing at the end, or an empty one anywhere."""
    lacking = width - len(cells)
    said = "A field is" if lacking == 1 else f"{lacking} fields are"
    yield Candidate(
        (*cells, *[""] * lacking),
        _EDIT + lacking - 1,
        "missing-delimiter",
        f"{said} missing at the end and taken as empty.",
        filled=tuple(range(len(cells), width)),
    )
    if lacking > 1:
        return
    for i in range(len(cells)):
        yield Candidate(
            (*cells[:i], "", *cells[i:]),
            _EDIT,
            "missing-delimiter",
            f"A delimiter is missing before field {i + 1}, which is taken as empty.",
            filled=(i,),
        )


def _with_delimiter(
    raw: str,
    cells: Sequence[str] | None,
    width: int,
    cutter: Cutter,
    place_cost: PlaceCost | None,
) -> Iterator[Candidate]:
    """Put in one delimiter wherever it makes the row fit."""
    delimiter = cutter.dialect.shown
    for place in _places(raw, cells, width, cutter.dialect):
        found = cutter.cut(raw[:place] + delimiter + raw[place:])
        if found is not None and len(found) == width:
            at = raw[:place][-12:] + "|" + raw[place:][:12]
            odd = cutter.is_odd(raw[:place] + delimiter + raw[place:], found)
            price = _EDIT + _ODD * odd + (place_cost(raw, place) if place_cost else 0.0)
            yield Candidate(
                tuple(found), price, "missing-delimiter", f"A delimiter is missing at {at!r}."
            )


def _places(raw: str, cells: Sequence[str] | None, width: int, dialect: TextDialect) -> list[int]:
    """Return where a delimiter may be missing: beside quotes, and in fields without quotes."""
    quote, delimiter = dialect.quote, dialect.delimiter
    places: dict[int, None] = {}
    for i, sign in enumerate(raw):
        if sign == quote:
            places[i] = places[i + 1] = None
    if cells is not None and len(cells) < width - 1:
        return list(places)[:_MOST_PLACES]
    begin, is_quoted = 0, False
    for i, sign in enumerate(raw + delimiter):
        if sign == quote:
            is_quoted = not is_quoted
        elif sign == delimiter and not is_quoted:
            if quote not in raw[begin:i]:
                places.update(dict.fromkeys(_within(raw, begin, i)))
            begin = i + 1
    return list(places)[:_MOST_PLACES]


def _within(raw: str, begin: int, end: int) -> Iterator[int]:
    """Go over the places in a field: all of a short one, else where kinds of sign meet."""
    if end - begin <= _ALL_PLACES:
        yield from range(begin + 1, end)
        return
    kinds = [_kind(sign) for sign in raw[begin:end]]
    for i, (one, other) in enumerate(pairwise(kinds), start=begin + 1):
        if one != other:
            yield i


def _kind(sign: str) -> str:
    if sign.isalpha():
        return "A" if sign.isupper() else "a"
    return "9" if sign.isdigit() else " " if sign.isspace() else "."


def _with_fewer(
    raw: str, cells: Sequence[str], width: int, dialect: TextDialect, cost: CellCost
) -> Iterator[Candidate]:
    """Drop an empty field, or join neighbours whose delimiter is text; any number of times."""
    surplus = len(cells) - width
    if surplus == 1:
        for i, cell in enumerate(cells):
            if not cell.strip():
                yield Candidate(
                    (*cells[:i], *cells[i + 1 :]),
                    _EDIT,
                    "extra-delimiter",
                    f"A delimiter too many before field {i + 1} is passed over.",
                )
    elif not any(map(str.strip, cells[width:])):
        yield Candidate(
            tuple(cells[:width]),
            _EDIT + 0.5 * surplus,
            "extra-delimiter",
            f"{surplus} delimiters too many at the end are passed over.",
        )
    yield from _joined(raw, cells, width, dialect, cost)


def _joined(
    raw: str, cells: Sequence[str], width: int, dialect: TextDialect, cost: CellCost
) -> Iterator[Candidate]:
    """Join neighbouring fields so that the rest fits best: the two best ways (dynamic programming
    over columns).
    """
    surplus, joint = len(cells) - width, dialect.shown
    price = _MERGE if dialect.delimiter != " " else 0.5
    if surplus > _MOST_SURPLUS:
        return
    quoted = _quoted(raw, cells, dialect)
    reach: dict[int, list[tuple[float, tuple[str, ...]]]] = {0: [(0.0, ())]}
    for column in range(width):
        after: dict[int, list[tuple[float, tuple[str, ...]]]] = {}
        for used, ways in reach.items():
            for size in range(1, surplus - (used - column) + 2):
                end = used + size
                if end > len(cells) or (size > 1 and any(quoted[used:end])):
                    break
                text = joint.join(cells[used:end])
                step = cost(column, text) + price * (size - 1)
                if size > 1 and not all(cells[used:end]):
                    step += _BESIDE_NOTHING
                after.setdefault(end, []).extend(
                    (total + step, (*taken, text)) for total, taken in ways
                )
        reach = {end: sorted(ways)[:2] for end, ways in after.items()}
    edits = min(_MERGE + surplus - 1, price * surplus if price < 1 else 2 * _MERGE)
    for _, taken in reach.get(len(cells), ()):
        said = "A delimiter within a field is kept as text."
        yield Candidate(taken, edits, "unquoted-delimiter", said)


def _by_outer_quotes(
    raw: str, width: int, dialect: TextDialect, cost: CellCost
) -> Iterator[Candidate]:
    """Take quotes only at the begin and the end of a field as such, wherever that makes it fit."""
    spans = raw.split(dialect.delimiter)
    if not width <= len(spans) <= _MOST_SPANS:
        return
    reach: dict[int, tuple[float, tuple[str, ...]]] = {0: (0.0, ())}
    for column in range(width):
        after: dict[int, tuple[float, tuple[str, ...]]] = {}
        for used, (so_far, taken) in reach.items():
            for end in range(used + 1, len(spans) - (width - column - 1) + 1):
                text = dialect.delimiter.join(spans[used:end])
                value, price = _outer(text, dialect.quote)
                if end > used + 1 and value is text:
                    if not text.startswith(dialect.quote):
                        break
                    continue
                total = so_far + price + cost(column, value.replace(dialect.quote, ""))
                if end not in after or total < after[end][0]:
                    after[end] = (total, (*taken, value))
        reach = after
    if len(spans) in reach:
        cells = reach[len(spans)][1]
        said = "Quotes within a quoted field are kept as text."
        weighed = tuple(cell.replace(dialect.quote, "") for cell in cells)
        yield Candidate(cells, 2 * _EDIT, "unescaped-quote", said, weighed)


def _outer(text: str, quote: str) -> tuple[str, float]:
    """Return what a field says without its outer quotes, and what its inner ones cost."""
    bare = text.strip(" ")
    if len(bare) > 1 and bare.startswith(quote) and bare.endswith(quote):
        inner = bare[1:-1]
        lone = inner.replace(quote + quote, "").count(quote)
        return inner.replace(quote + quote, quote), 1.0 * lone
    return text, 3.0 * text.count(quote)


def _quoted(raw: str, cells: Sequence[str], dialect: TextDialect) -> list[bool]:
    """Tell which fields are quoted as a whole: none of them is a part of a longer one."""
    quote, place, found = dialect.quote, 0, []
    for cell in cells:
        if dialect.skips_blanks:
            while raw[place : place + 1] == " ":
                place += 1
        whole = f"{quote}{cell.replace(quote, quote + quote)}{quote}"
        found.append(raw.startswith(whole, place))
        place += (len(whole) if found[-1] else len(cell)) + len(dialect.delimiter)
    return found


def _by_other_delimiter(
    raw: str, width: int, cutter: Cutter, cost: CellCost
) -> Iterator[Candidate]:
    """Cut the row by another delimiter than the rest of the file."""
    dialect = cutter.dialect
    for delimiter in OTHER_DELIMITERS:
        if delimiter == dialect.delimiter or raw.count(delimiter) < width - 1:
            continue
        other = replace(dialect, delimiter=delimiter, skips_blanks=False)
        cells = Cutter(other).cut(raw)
        ways: list[tuple[str, ...]] = []
        if cells is not None and len(cells) == width:
            ways = [tuple(cells)]
        elif cells is not None and width < len(cells) <= _MOST_FIELDS:
            ways = [each.cells for each in _joined(raw, cells, width, other, cost)]
        for found in ways:
            shown = {" ": "a blank", "\t": "a tab"}.get(delimiter, f"'{delimiter}'")
            yield Candidate(
                found,
                _EDIT + 1,
                "other-delimiter",
                f"The row is cut by {shown}, unlike the rest of the file.",
            )
