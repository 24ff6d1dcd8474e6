"""Bring truth and answers to one spelling, and find out which task they are from.

The rule, in order:
1. booleans, and the texts true and false in any case, are 1 and 0;
2. numbers, and texts that are numbers written plainly, are equal when their values are ('1.0' is
   1, but '01' stays a text: it is a code);
3. all other texts are compared as they are, without blanks at their ends. Case counts.
None, NaN, NaT and the empty text are no label.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from proveout.charter.schema.base import Task

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from proveout.charter.schema import System

MOST_NUMERIC_CLASSES = 20
"""Whole numbers with more distinct values than this are taken for a quantity, not for classes."""

FEWEST_PER_CLASS = 5
"""A class comes so often, on average, among the answers that a language model should give."""

_PLAIN_NUMBER = re.compile(r"[+-]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def normalise(values: ArrayLike) -> NDArray[np.object_]:
    """Return each value in the one spelling above, as text; None where there is none.

    >>> normalise([True, 1.0, "1", " late ", "01", None]).tolist()
    ['1', '1', '1', 'late', '01', None]
    """
    codes, distinct = pd.factorize(_objects(values), use_na_sentinel=True)
    spelled = np.array([*(_spell(value) for value in distinct), None], dtype=object)
    return np.asarray(spelled[codes], dtype=object)  # code -1, no value, is the last: None


def as_numbers(values: ArrayLike) -> NDArray[np.float64]:
    """Return values as numbers; NaN where there is none, or where it is no finite number."""
    numbers = pd.to_numeric(pd.Series(_objects(values)), errors="coerce")
    found = np.asarray(numbers.to_numpy(dtype=float, na_value=np.nan), dtype=np.float64)
    return np.where(np.isfinite(found), found, np.nan)


def find_task(truth: ArrayLike) -> Task:
    """Tell classes from quantities by the label alone.

    A quantity is a label of which every value is a number and which has fractions, or more than
    MOST_NUMERIC_CLASSES distinct values; everything else is a class.
    """
    values = pd.Series(_objects(truth)).dropna()
    distinct = pd.Series(values.unique())
    if distinct.empty or distinct.map(lambda value: isinstance(value, bool | np.bool_)).all():
        return "classification"
    numbers = as_numbers(distinct.to_numpy())
    if np.isnan(numbers).any():
        return "classification"
    is_quantity = len(numbers) > MOST_NUMERIC_CLASSES or bool((numbers % 1 != 0).any())
    return "regression" if is_quantity else "classification"


def task_of(system: System | None, truth: ArrayLike) -> Task:
    """Return the task that the charter states, or find it from the label.

    A language model without a stated task chooses among classes where the truth has few values
    that all come back (FEWEST_PER_CLASS times on average); everything else it says is words.
    """
    if system is not None and system.task is not None:
        return system.task
    if system is None or system.chat is None:
        return find_task(truth)
    values = [value for value in normalise(truth).tolist() if value is not None]
    distinct = len(set(values))
    is_choice = distinct <= MOST_NUMERIC_CLASSES and len(values) >= FEWEST_PER_CLASS * distinct
    return "classification" if is_choice else "text"


def _spell(value: Any) -> str | None:
    if isinstance(value, bool | np.bool_):
        return "1" if value else "0"
    if isinstance(value, int | float | np.number):
        return _spell_number(float(value))
    text = str(value).strip()
    if text.lower() in ("true", "false"):
        return "1" if text.lower() == "true" else "0"
    if _PLAIN_NUMBER.fullmatch(text):
        return _spell_number(float(text))
    return text or None


def _spell_number(number: float) -> str:
    # Above 2**53 not every whole number is a float, so the digits of an int would be made up.
    return str(int(number)) if number.is_integer() and abs(number) < 2**53 else repr(number)


def _objects(values: ArrayLike) -> NDArray[np.object_]:
    # A copy: the caller's array is not ours to write into.
    array = np.array(pd.Series(values).to_numpy(dtype=object), dtype=object)
    array[pd.isna(array)] = None
    return array
