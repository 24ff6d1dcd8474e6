"""Tell header rows from records, and put a damaged header right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from proveout.intake.mending.alignment import Alignment, align
from proveout.intake.mending.columns import (
    Profile,
    has_digit,
    is_number,
    profiles_of,
    run_shape,
    shape_of,
)
from proveout.intake.mending.cutting import Cutter

_MOST_HEADER_ROWS = 5
_YEARS = range(1800, 2200)
_WORDS = {
    "date": r"date|day|datum|tag|fecha|jour|data|dob|birth|birthday|created|updated|modified|"
    r"ordered|shipped|delivered|due|start|end|from|to|valid_from|valid_to|timestamp|month|period|when",
    "time": r"time|hour|zeit|uhr|uhrzeit|hora|heure|timestamp|start|end|duration",
    "number": r"qty|quantity|count|number|num|no|nr|amount|total|sum|menge|anzahl|age|year|"
    r"size|weight|score|rate|lat|lon|id|index|value|hours|pct|percent|"
    r"temperature|temp|pressure|humidity|speed|height|width|length|depth|area|volume|population|"
    r"factor|ratio|share|level|distance|latitude|longitude|min|max|mean|avg|median|stock|units",
    "money": r"price|cost|amount|total|sum|fee|pay|salary|preis|betrag|kosten|revenue|value|net|"
    r"gross|tax|balance|unit_price|unitprice|discount|budget|income|turnover|profit",
    "code": r"id|code|key|sku|no|nr|number|num|ref|reference|productid|item|account|iban|zip|"
    r"plz|postcode|postal_code|zipcode|phone|tel|fax|mobile|order_id|orderid|customer_id|user_id|"
    r"product_id|item_id|sensor|device|serial|invoice|isbn|version|kostenstelle|konto|vin",
    "address": r"url|link|web|website|homepage|mail|email",
    "text": r"name|text|title|type|kind|description|desc|comment|comments|note|notes|product|"
    r"producttype|productdescription|city|country|state|status|street|category|group|"
    r"author|company|label|remark|remarks|color|colour|region|site|message|subject|address|"
    r"customer|client|supplier|vendor|item|article|brand|model|department|team|owner|manager|"
    r"employee|user|username|firstname|lastname|surname|first_name|last_name|gender|sex|language|"
    r"currency|location|place|source|method|reason|result|class|family|species|genre|role|ort|"
    r"strasse|stadt|land|bezeichnung|beschreibung|bemerkung|kunde|artikel|firma|ok|flag|active|"
    r"code|unit|replaced_by|ville|nom|prenom|ciudad|nombre",
}
"""What people call columns of a kind; only used to find a delimiter that is lost in a header."""
_FULL = {kind: re.compile(words, re.IGNORECASE) for kind, words in _WORDS.items()}
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


_DOUBT = 0.1


def says_header(cells: Sequence[str], body: Sequence[Profile]) -> float:
    """Weigh whether a row names the columns below it: above 0 it does, below 0 it is a record."""
    if not any(map(str.strip, cells)):
        return -1.0
    if _are_years(cells):
        return 1.0
    # A year above other figures may be a name or a value: the other columns tell.
    telling = [each for each in zip(cells, body, strict=True) if not _is_year_over(*each)]
    cells = [cell for cell, _ in telling]
    votes = sum(_vote(cell, profile) for cell, profile in telling)
    if votes < 0 and not any(is_number(cell) or _looks_like_data(cell) for cell in cells):
        return _DOUBT  # words of the form of what is below: without more, a first row is a header
    if votes == 0:
        filled = [cell for cell in cells if cell.strip()]
        named = not any(is_number(cell) for cell in filled) and len(set(filled)) == len(filled)
        return _DOUBT if named and 2 * len(filled) > len(cells) else -_DOUBT
    return votes


def _is_year_over(cell: str, profile: Profile) -> bool:
    """Tell whether this may be a year that names its column: no value below has its form."""
    text = cell.strip()
    is_year = len(text) == 4 and text.isascii() and text.isdigit() and int(text) in _YEARS
    return is_year and profile.n_filled > 0 and not profile.shapes["9999"]


def _vote(cell: str, profile: Profile) -> float:
    """Weigh whether one cell names its column: above 0 it does, below 0 it is a value."""
    is_filled = bool(cell.strip())
    if not profile.n_filled:
        return 0.5 if is_filled and not has_digit(cell) else 0.0
    if profile.has_form():
        if not is_filled:
            return -0.25
        return -1.0 if profile.fits(cell) else 1.0
    # A text that comes again below is a value, and a number seldom names anything.
    comes_again = is_filled and profile.values[cell] > 0
    return -0.75 * comes_again - 0.75 * is_number(cell)


def looks_like_names(cells: Sequence[str]) -> bool:
    """Tell, without anything below it, whether a row names columns: words, and no data."""
    filled = [cell for cell in cells if cell.strip()]
    if not filled or 2 * len(filled) < len(cells):
        return False
    data = sum(1 for cell in filled if is_number(cell) or _looks_like_data(cell))
    return 2 * data < len(filled) or _are_years(cells)


def names_most(cells: Sequence[str]) -> bool:
    """Tell whether a row may be a header that comes again: it names two thirds of the columns."""
    filled = sum(1 for cell in cells if cell.strip())
    return 3 * filled >= 2 * len(cells) and looks_like_names(cells)


def _looks_like_data(cell: str) -> bool:
    shape = run_shape(shape_of(cell))
    return shape.count("9") > 1 or (shape.startswith("9") and "a" not in shape.lower())


def _are_years(cells: Sequence[str]) -> bool:
    """Tell whether numbers among the cells are years in a row, as over columns of years."""
    years = [
        int(cell.strip()) for cell in cells if cell.strip().isdecimal() and len(cell.strip()) == 4
    ]
    if len(years) < 2 or any(year not in _YEARS for year in years):
        return False
    steps = {b - a for a, b in pairwise(years)}
    rest = [cell for cell in cells if cell.strip() and not is_number(cell)]
    return len(steps) == 1 and abs(steps.pop()) in (1, 5, 10) and bool(rest)


_FEW = 30
_ENOUGH = 3


def n_header_rows(
    rows: Sequence[Sequence[str]], body: Sequence[Profile], rest: Sequence[Sequence[str]] = ()
) -> int:
    """Count the rows at the top that name columns: the first, and those like it.

    `rest` are all sound rows but the first one.
    """
    if not rows:
        return 0
    if len(rows) == 1 or not any(profile.n for profile in body):
        return int(looks_like_names(rows[0]))
    if says_header(rows[0], body) <= 0:
        return 0
    formed = _formed(body)
    n = 1
    while n < min(_MOST_HEADER_ROWS, len(rows) - 1):
        row = rows[n]
        if len(rest) < _FEW and list(row) != list(rows[0]):
            # In a short table the row itself would speak for its form.
            body = profiles_of(rest[n:], len(row)) if len(rest) > n else body
            formed = _formed(body)
        unlike = sum(1 for i in formed if _is_name(row[i]) and not body[i].fits(row[i]))
        filled = sum(1 for i in formed if row[i].strip())
        is_like_it = (
            len(formed) > 1
            and unlike > 1
            and unlike >= 0.6 * filled
            and (2 * filled >= len(formed))
        )
        is_like_it = is_like_it and not any(map(is_number, row)) and _goes_on(rows[0], row)
        is_copy = list(row) == list(rows[0]) and names_most(row)
        if not (is_copy or is_like_it):
            break
        n += 1
    return n


_UNIT = re.compile(
    r"[\[(].*[\])]|[%‰€$£°]|°?[CF]|[kcmµ]?m[²³23]?|[kmµ]?g|kWh|[kM]?W|[kMG]?B|h|min|s|ms|l|ml|hl|t|pcs|"
    r"Stk\.?|EUR|USD|GBP|CHF|km/h|m/s|h?Pa|bar|mm/h|ppm|pH|text|date|number|integer|string|float"
)


def _goes_on(first: Sequence[str], row: Sequence[str]) -> bool:
    """Tell whether a header goes on in this row: it left names open, or these are units."""
    names = [cell.strip() for cell in first]
    if not all(names) or len(set(names)) < len(names):
        return True
    return all(_UNIT.fullmatch(cell.strip()) for cell in row if cell.strip())


def _formed(body: Sequence[Profile]) -> list[int]:
    """Return the columns whose values have a form, and are enough to say so."""
    return [i for i, each in enumerate(body) if each.n_filled >= _ENOUGH and each.has_form()]


def _is_name(cell: str) -> bool:
    """Tell whether this may be a name or a unit."""
    return any(sign.isalpha() or sign in "%€$£°" for sign in cell)


def joined_header(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Join header rows with a blank; a name over several columns holds for each of them."""
    if len(rows) == 1:
        return tuple(rows[0])
    last = [cell.strip() for cell in rows[-1]]
    if len(set(last)) < len(last):
        rows = [*(_spread(row) for row in rows[:-1]), rows[-1]]
    return tuple(
        " ".join(cell.strip() for cell in column if cell.strip())
        for column in zip(*rows, strict=True)
    )


def _spread(row: Sequence[str]) -> list[str]:
    spread: list[str] = []
    for cell in row:
        spread.append(cell if cell.strip() or not spread else spread[-1])
    return spread


def align_header(
    raw: str, cells: Sequence[str] | None, body: Sequence[Profile], cutter: Cutter
) -> Alignment | None:
    """Put a damaged header right: by its quotes, by its capitals, by what columns are called."""
    kinds = [_kinds(profile) for profile in body]
    found: dict[tuple[int, str], float] = {}

    def cost(column: int, name: str) -> float:
        key = (column, name)
        if key not in found:
            found[key] = _name_cost(name, kinds[column], is_last=column == len(body) - 1)
        return found[key]

    return align(raw, cells, len(body), cutter, cost, place_cost=_cut_cost)


def _cut_cost(raw: str, place: int) -> float:
    """Return how unlikely a name ends here: at a capital it may, amid a word it hardly does."""
    one, other = raw[place - 1 : place], raw[place : place + 1]
    if "_" in (one, other) or (one.isdigit() and other.isdigit()):
        return 4.0
    if one.islower() and other.isupper():
        return 0.5
    if one.isalpha() and other.isalpha():
        begins_word = other.isupper() and raw[place + 1 : place + 2].islower()
        return 0.5 if begins_word else 2.5
    return 1.0 if one.isspace() or other.isspace() else 0.0


_KINDS = (
    (re.compile(r"[^/-]*:[^/-]*"), {"time"}),
    (re.compile(r"9[-/.]9[-/.]9.*:.*"), {"date", "time"}),
    (re.compile(r"9[-/.]9[-/.]9.*"), {"date"}),
    (re.compile(r"[-+]?9"), {"number", "code", "money"}),
    (re.compile(r"[^aA9]?[-+]?9([.,]9)*[^aA9]?"), {"money", "number"}),
)


def _kinds(profile: Profile) -> frozenset[str]:
    """Tell of what kind the values are, as far as names speak of it."""
    if not profile.n_filled:
        return frozenset()
    shape, count = profile.runs.most_common(1)[0]
    if 2 * count < profile.n_filled or "9" not in shape:
        return frozenset({"address"} if "://" in shape or "@" in shape else {"text"})
    for pattern, kinds in _KINDS:
        if pattern.fullmatch(shape):
            return frozenset(kinds)
    return frozenset({"code"} if "a" not in shape.lower() or len(shape) < 8 else {"code", "text"})


def _name_cost(name: str, kinds: frozenset[str], *, is_last: bool) -> float:
    """Return how unlikely this is the name of a column with values of these kinds."""
    if not name.strip():
        return 8.0 if is_last else 9.0
    text = name.strip().strip("\"'")
    cost = 0.5 + 2.5 * (name.count('"') + name.count("'"))
    parts = _PART.findall(text)
    cost += 3.0 * (not (text[:1].isalnum() or text[:1] in "#%_([€$£"))
    cost += 3.0 * (text[-1:] in ",;|\t&-")
    if not parts or len(text) == 1:
        cost += 4.0
    elif len(text) == 2:
        cost += 1.0 if _meant(text) else 2.5
    if text[:1].islower() and any(map(str.isupper, text)) and not parts[0].islower():
        cost += 1.0
    meant = _meant(text)
    if meant:
        cost -= 1.5
    elif parts and (meant := _meant(parts[-1]) or _meant(parts[0])):
        cost -= 0.5
    if meant and kinds:
        cost += -2.0 if meant & kinds else 3.0
    if parts and re.search(r"[a-z][A-Z]{2,}[a-z]?", text):
        cost += 1.0
    return cost + 4.0


def _meant(text: str) -> frozenset[str]:
    return frozenset(kind for kind, words in _FULL.items() if words.fullmatch(text))
