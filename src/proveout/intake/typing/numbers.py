"""Figures as people write them: decimal comma, thousands marks, currency, percent, minus behind.

A convention is a decimal mark and what may stand between thousands. Where only one mark occurs,
followed by three digits ('1,234'), a figure fits two conventions and means two things; what decides
between them stands in `deciding`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from proveout.intake.typing.kinds import Kind, Mark, sql_text
from proveout.spelling.names import APOSTROPHES as _APOSTROPHES
from proveout.spelling.names import CURRENCY
from proveout.spelling.names import MINUS as _MINUS
from proveout.spelling.names import SPACES as _SPACES

_FIGURE = re.compile(
    rf"[(\s]*[+{_MINUS}]?\s*(?P<before>{CURRENCY})?\s*[{_MINUS}]?"
    rf"(?P<core>[0-9.,](?:[0-9.,{_SPACES}{_APOSTROPHES}]*[0-9])?)"
    rf"\s*[{_MINUS}]?\s*(?P<after>{CURRENCY}|%|\u2030)?[{_MINUS}]?[)\s]*"
)
_LONGEST = 40
"""Characters; longer texts are no figures."""
_BETWEEN = re.compile(r"[0-9][^0-9]+[0-9]")
_CODE_DIGITS = 9
"""So many digits in groups, the same number in every value, are a telephone number or a code."""


@dataclass(frozen=True, slots=True)
class _Convention:
    decimal: Mark
    group: str
    """The marks that may stand between thousands."""

    def whole(self) -> str:
        return f"0|[1-9][0-9]*|[1-9][0-9]{{0,2}}(?:[{self.group}][0-9]{{3}})+"

    def digits(self, *, is_integer: bool) -> str:
        """Return the expression (RE2) of a figure without sign. Not every thousand has its mark."""
        if is_integer:
            return f"(?:{self.whole()})"
        mark = re.escape(self.decimal)
        return f"(?:(?:{self.whole()})(?:{mark}[0-9]+)?|{mark}[0-9]+)"


_CONVENTIONS = (
    _Convention(".", ","),
    _Convention(",", "."),
    _Convention(".", _SPACES),
    _Convention(",", _SPACES),
    _Convention(".", _APOSTROPHES),
    _Convention(",", _APOSTROPHES),
)


def number_kinds(values: Sequence[str]) -> list[Kind]:
    """Return the ways in which all of the values are figures: whole ones first.

    What stands around the digits must be the same in all of them, but for the sign.
    """
    first = _FIGURE.fullmatch(values[0]) if len(values[0]) <= _LONGEST else None
    if first is None or (first["before"] and first["after"]):
        return []
    kinds = _kinds(first["before"] or "", first["after"] or "")
    fitting = [kind for kind in kinds if all(map(kind.may_be, values))]
    if all("(" in value for value in values):
        return []  # figures in parentheses are negative only beside others
    is_bare = not (first["before"] or first["after"])
    is_whole = any(kind.name == "integer" for kind in fitting)
    return [] if is_bare and is_whole and _are_codes(values) else fitting


def _are_codes(values: Sequence[str]) -> bool:
    lengths = {len(re.findall("[0-9]", value)) for value in values}
    return len(lengths) == 1 and max(lengths) >= _CODE_DIGITS and all(map(_BETWEEN.search, values))


def shown(kind: Kind, values: Sequence[str]) -> str | None:
    """Return how figures are written, without marks where none of the values has one."""
    if kind.format is None or any(map(_BETWEEN.search, values)):
        return kind.format
    return re.sub(r"1.234(.56)?", "1234", kind.format)


def has_mark(values: Sequence[str]) -> bool:
    """Tell whether a decimal or thousands mark occurs, so that conventions differ in meaning."""
    return any("." in value or "," in value for value in values)


@cache
def _kinds(before: str, after: str) -> tuple[Kind, ...]:
    return tuple(
        _kind(convention, before, after, name)
        for convention in _CONVENTIONS
        for name in ("integer", "number")
    )


def _kind(convention: _Convention, before: str, after: str, name: str) -> Kind:
    expression = _expression(convention.digits(is_integer=name == "integer"), before, after)
    value = _value(convention, "BIGINT" if name == "integer" else "DOUBLE", before + after)
    return Kind(
        name=name,
        pattern=re.compile(expression),
        # Fifteen digits are as many as a float holds exactly.
        fits=f"regexp_full_match({{v}}, {sql_text(expression)}) AND abs({value}) < 1e15",
        cast=value,
        format=_shown(convention, before, after, name),
        decimal=convention.decimal,
    )


def _expression(digits: str, before: str, after: str) -> str:
    blank, minus = f"[{_SPACES}]*", f"[{_MINUS}]"
    lead = f"{re.escape(before)}{blank}" if before else ""
    tail = f"{blank}{re.escape(after)}" if after else ""
    ways = (
        f"[+{_MINUS}]?{blank}{lead}{digits}{tail}",
        f"{lead}{minus}?{digits}{tail}",
        f"{lead}{digits}{blank}{minus}{tail}",
        f"{lead}{digits}{tail}{minus}",
        rf"\({lead}{digits}{tail}\)",
    )
    return f"{blank}(?:{'|'.join(ways if lead or tail else (ways[0], ways[2], ways[4]))}){blank}"


def _value(convention: _Convention, sql_type: str, around: str) -> str:
    digits = "{v}"
    if around:
        digits = f"regexp_replace({digits}, '[^0-9{convention.decimal}]', '', 'g')"
        if convention.decimal in around:  # the point of 'kr.'
            digits = f"trim({digits}, '{convention.decimal}')"
    else:
        for mark in dict.fromkeys((*convention.group, *_SPACES, *_MINUS, *"+()")):
            digits = f"replace({digits}, {sql_text(mark)}, '')"
    if convention.decimal == ",":
        digits = f"replace({digits}, ',', '.')"
    value = f"TRY_CAST({digits} AS {sql_type})"
    return f"CASE WHEN regexp_matches({{v}}, '[({_MINUS}]') THEN -{value} ELSE {value} END"


def _shown(convention: _Convention, before: str, after: str, name: str) -> str:
    digits = f"1{convention.group[0]}234"
    digits += "" if name == "integer" else f"{convention.decimal}56"
    return " ".join(part for part in (before, digits, after) if part)
