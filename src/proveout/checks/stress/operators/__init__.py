"""The corruption operators, by name."""

from proveout.checks.stress.operators import (
    categories,
    missing,
    moments,
    numbers,
    shape,
    swaps,
    texts,
)
from proveout.checks.stress.operators.operator import Damaged, Hit, Operator, applicable, apply

OPERATORS: dict[str, Operator] = {
    operator.name: operator
    for operator in (
        missing.MISSING_VALUES,
        missing.MISSING_BY_VALUE,
        texts.MISSPELLING,
        texts.WRONG_CASE,
        texts.WHITESPACE,
        texts.TRUNCATED_TEXT,
        texts.ENCODING_DAMAGE,
        numbers.UNIT_CHANGE,
        numbers.SCALE_CHANGE,
        numbers.SHIFTED_DECIMAL,
        numbers.LOCALE_NUMBERS,
        numbers.SENTINEL_VALUES,
        numbers.EXTREME_VALUES,
        moments.DATE_FORMAT,
        moments.DAY_MONTH_SWAP,
        moments.TIME_ZONE_SHIFT,
        categories.CATEGORY_RENAME,
        categories.NEW_CATEGORY,
        swaps.SWAPPED_COLUMNS,
        swaps.SWAPPED_VALUES,
        swaps.STALE_VALUES,
        shape.DUPLICATE_ROWS,
        shape.ADDED_COLUMN,
        shape.DROPPED_COLUMN,
        shape.REORDERED_COLUMNS,
    )
}
"""In the order in which they are tried."""

__all__ = ["OPERATORS", "Damaged", "Hit", "Operator", "applicable", "apply"]
