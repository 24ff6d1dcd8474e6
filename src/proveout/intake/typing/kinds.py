"""The types that a column of text may have, and the SQL that proves and converts each."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Mark = Literal[".", ","]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One type, written in one way."""

    name: str
    """'integer', 'number', 'boolean', 'date', 'timestamp', 'timestamp with zone' or 'time'."""
    pattern: re.Pattern[str]
    """Matches every text that is of this type; it may match others."""
    fits: str
    """SQL: whether the text {v} is of this type and says no more than the type can hold."""
    cast: str
    """SQL: the value of a text that fits."""
    format: str | None = None
    """How it is written, for people: 'DD.MM.YYYY'; None where it is as the engine writes it."""
    decimal: Mark | None = None
    """Of figures: the decimal mark."""
    is_folded: bool = False
    """The pattern is of small letters without accents."""

    def may_be(self, text: str) -> bool:
        """Tell whether a text may be of this type; the engine knows for certain."""
        return self.pattern.fullmatch(folded(text) if self.is_folded else text) is not None


_MOMENT = r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?"
_ZONED = rf"{_MOMENT} ?(Z|[+-]\d\d(:?\d\d)?)"
_TIME = r"\d\d:\d\d(:\d\d(\.\d{1,6})?)?"
# Proving a type reads every value, so these avoid regular expressions where something cheaper
# says the same: on a file of 2 GB they took most of the time.
_NO_LEADING_ZERO = (
    # Most numbers begin with another digit than 0, which a comparison tells at once.
    "CASE WHEN {v} >= '1' AND {v} < ':' THEN NOT contains({v}, '_') "
    "ELSE NOT regexp_matches({v}, '^[ +-]*0[0-9]|_') END"
)
INTEGER = Kind(
    name="integer",
    pattern=re.compile(r"\s*-?\d+\s*"),
    # What comes back the same as it went in has lost nothing: no leading zero, no sign, no 1e3.
    fits="CASE WHEN TRY_CAST({v} AS BIGINT)::VARCHAR = {v} THEN true "
    "ELSE TRY_CAST({v} AS BIGINT)::VARCHAR = trim({v}) END",
    cast="TRY_CAST({v} AS BIGINT)",
)
NUMBER = Kind(
    name="number",
    pattern=re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*"),
    # No leading zero, no '12_34', no 'inf'; digits before a point only as far as a float is exact.
    fits="isfinite(TRY_CAST({v} AS DOUBLE)) "
    f"AND (length({{v}}) <= 15 OR strpos({{v}}, '.') BETWEEN 1 AND 16) AND ({_NO_LEADING_ZERO})",
    cast="TRY_CAST({v} AS DOUBLE)",
    decimal=".",
)
PLAIN = (
    INTEGER,
    NUMBER,
    Kind(
        name="boolean",
        pattern=re.compile("true|false|True|False|TRUE|FALSE"),
        fits="{v} IN ('true', 'false', 'True', 'False', 'TRUE', 'FALSE')",
        cast="{v} IN ('true', 'True', 'TRUE')",
    ),
    Kind(
        name="date",
        pattern=re.compile(r"\d{4,}-\d\d-\d\d"),
        fits="TRY_CAST({v} AS DATE)::VARCHAR = {v}",
        cast="TRY_CAST({v} AS DATE)",
    ),
    Kind(
        name="timestamp",
        pattern=re.compile(_MOMENT),
        fits="TRY_CAST({v} AS TIMESTAMP) IS NOT NULL AND CASE "
        "WHEN {v} LIKE '____-__-__ __:__:__' THEN true "
        f"ELSE regexp_full_match({{v}}, '{_MOMENT}') END",
        cast="TRY_CAST({v} AS TIMESTAMP)",
    ),
    Kind(
        name="timestamp with zone",
        pattern=re.compile(_ZONED),
        fits=f"TRY_CAST({{v}} AS TIMESTAMPTZ) IS NOT NULL AND regexp_full_match({{v}}, '{_ZONED}')",
        cast="TRY_CAST({v} AS TIMESTAMPTZ)",
    ),
    Kind(
        name="time",
        pattern=re.compile(_TIME),
        fits=f"TRY_CAST({{v}} AS TIME) IS NOT NULL AND regexp_full_match({{v}}, '{_TIME}')",
        cast="TRY_CAST({v} AS TIME)",
    ),
)
"""Types as engines and programs write them: the first that fits is the type of a column."""


def folded(text: str) -> str:
    """Return a text in small letters without accents, as the engine folds it."""
    apart = unicodedata.normalize("NFD", text.lower())
    return "".join(each for each in apart if not unicodedata.combining(each))


def sql_text(text: str) -> str:
    """Quote a text for SQL."""
    return "'" + text.replace("'", "''") + "'"
