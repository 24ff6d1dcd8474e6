"""A figure as people write it: '1.204,50 EUR', '(12 %)', '1 000', '1,00,000', '1e3'."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from proveout.spelling.names import APOSTROPHES, CURRENCY, SIGNS_OF_CURRENCIES, SPACES

LONGEST = 60
"""Characters; longer texts are no figures."""

_PARTS_OF_ONE = {"%": 100, "‰": 1000}
_FIGURE = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[+-])?\s*(?P<before>{CURRENCY})?\s*(?P<sign_2>-)?\s*"
    rf"(?P<core>[0-9.,](?:[0-9.,{SPACES}{APOSTROPHES}]*[0-9])?)(?:[.,]-{{1,2}}|[.])?"
    rf"\s*(?P<behind>-)?\s*(?P<after>{CURRENCY}|%|‰)?(?P<behind_2>-)?\s*(?P<close>\))?"
)
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]{1,3}")
_DASHES = str.maketrans(
    {"\u2212": "-", "\u2013": "-", "\u2014": "-", "\u066b": ".", "\u066c": ",", "\u2019": "'"}
)
_CODES = [
    each for each in CURRENCY.split("|") if len(each) == 3 and each.isupper() and each.isalpha()
]
_BY_NAME = (
    ("EUR", r"euros?"), ("CNY", "rmb"), ("INR", r"rs[.]?"), ("CHF", r"sfr[.]?"),
    ("AED", r"dhs?[.]?"), ("USD", r"us[ -]dollars?"), ("$", r"dollars?"), ("C$", r"ca[$]"),
    ("A$", r"au[$]"),
    ("%", r"per ?cent|pct[.]?|prozent|pour ?cent|por ?ciento|per ?cento|procent"),
)  # fmt: skip
"""What else people call currencies and per cent, in any letters."""
_NAMES = re.compile(
    r"(?<![a-z])(?:"
    + "|".join([*(f"({name})" for _, name in _BY_NAME), f"({'|'.join(_CODES)})"])
    + r")(?![a-z])",
    re.IGNORECASE,
)
_SIGN_BEFORE_PARENTHESIS = re.compile(rf"({CURRENCY})\s*\((.+)\)")
_GROUPS = {"point": (",", " ", "'"), "comma": (".", " ", "'")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What a text means as a figure."""

    readings: Mapping[str, Decimal]
    """'point' and 'comma', the decimal mark it is read by → value; both where both fit."""
    currency: frozenset[str] = frozenset()
    """Codes that its sign may stand for; empty where it names none."""
    parts_of_one: int = 1
    """100 for a figure in per cent, 1000 in per mille."""


def read_figure(value: Any) -> Figure | None:
    """Return what a value means as a figure; None where it is none. A truth value is none."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        return _read(value)
    if hasattr(value, "item"):  # a number of numpy
        value = value.item()
    if isinstance(value, Decimal):
        return _plain(value) if value.is_finite() else None
    if isinstance(value, int) and not isinstance(value, bool):
        return _plain(Decimal(value))
    if isinstance(value, float) and math.isfinite(value):
        return _plain(Decimal(repr(value)))
    return None


def _plain(number: Decimal) -> Figure:
    return Figure(readings={"point": number, "comma": number})


def _read(text: str) -> Figure | None:
    if len(text) > LONGEST:
        return None
    text = _in_plain_digits(unicodedata.normalize("NFKC", text)).translate(_DASHES).strip()
    if _SCIENTIFIC.fullmatch(text):
        return _plain(Decimal(text))
    found = _FIGURE.fullmatch(text) or _FIGURE.fullmatch(_with_signs(text))
    if found is None or bool(found["open"]) != bool(found["close"]):
        return None
    signs = [found[name] for name in ("sign", "sign_2", "behind", "behind_2")]
    if sum(sign is not None for sign in signs) + bool(found["open"]) > 1:
        return None
    factor = -1 if "-" in signs or found["open"] else 1
    readings = {
        name: factor * number
        for name, mark in (("point", "."), ("comma", ","))
        if (number := _number(found["core"], mark, _GROUPS[name])) is not None
    }
    if not readings:
        return None
    around = found["after"] or ""
    return Figure(
        readings=readings,
        currency=_codes(found["before"]) | _codes(found["after"]),
        parts_of_one=_PARTS_OF_ONE.get(around, 1),
    )


def _with_signs(text: str) -> str:
    """Write names of currencies, and per cent in words, as the signs that figures have."""
    if not any(each.isdigit() for each in text):
        return text

    def sign(found: re.Match[str]) -> str:
        at = (found.lastindex or 1) - 1
        return _BY_NAME[at][0] if at < len(_BY_NAME) else found[0].upper()

    signs = _NAMES.sub(sign, text)
    return _SIGN_BEFORE_PARENTHESIS.sub(r"(\1\2)", signs)


def _number(core: str, decimal: str, groups: tuple[str, ...]) -> Decimal | None:
    whole, mark, fraction = core.partition(decimal)
    if mark and not (fraction.isdigit() and fraction.isascii()):
        return None
    for group in groups:
        if group in whole:
            whole = _ungrouped(whole, group)
            break
    if whole and not whole.isdigit():
        return None
    return Decimal(f"{whole or 0}.{fraction or 0}") if whole or fraction else None


def _ungrouped(whole: str, group: str) -> str:
    """Take out the marks between thousands; as in India, too, where they are lakh and crore."""
    first, *middle, last = whole.split(group)
    sizes = {len(part) for part in middle}
    # A figure does not begin its thousands with a zero: '0.123' is a fraction in every country.
    is_right = len(last) == 3 and 0 < len(first) <= 3 and not first.startswith("0")
    is_indian = group == "," and sizes == {2} and len(first) <= 2
    if is_right and (sizes <= {3} or is_indian):
        return "".join((first, *middle, last))
    return "?"


def _codes(written: str | None) -> frozenset[str]:
    if not written or written in _PARTS_OF_ONE:
        return frozenset()
    sign = written.rstrip(".")
    return frozenset(SIGNS_OF_CURRENCIES.get(sign, sign).split())


def _in_plain_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(
        each if (digit := unicodedata.decimal(each, None)) is None else str(digit) for each in text
    )
