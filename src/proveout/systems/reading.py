"""What a system returned, read row by row as number, text, document, refusal or nonsense. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from proveout.systems.port import AnswerStatus

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LARGEST_EXACT = 2**53
"""From here on a float cannot tell one whole number from the next; such answers stay text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawAnswers:
    """What a system returned, each row read as number, text, refusal or nonsense."""

    status: NDArray[np.int8]
    """OK, REFUSED or MALFORMED."""
    number: NDArray[np.float64]
    """The answer where it is a number; NaN elsewhere."""
    text: NDArray[np.object_]
    """The answer where it is text, or a dict: the fields of a document. None elsewhere."""
    confidence: NDArray[np.float64]
    """0 to 1; NaN where none was given."""
    faults: tuple[str, ...] = ()
    input_tokens: NDArray[np.float64] | None = None
    """Per row, where the system says so by itself."""
    output_tokens: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.status)


class NotAnswersError(Exception):
    """What was returned cannot be read as one answer per row; the text says why."""


def read_returned(returned: Any) -> RawAnswers:
    """Read what a callable returned.

    Allowed are a list, array or Series of answers; a tuple (answers, confidences); a DataFrame or
    dict with 'answer' and optionally 'confidence', 'input_tokens' and 'output_tokens'. Raises
    NotAnswersError on anything else.
    """
    answers, confidence, *tokens = _split(returned)
    raw = _read_column(answers)
    told = [None if column is None else _items(column, "tokens") for column in tokens]
    raw = with_tokens(raw, *told)
    if confidence is None:
        return raw
    return with_confidence(raw, _items(confidence, "confidences"))


def read_list(items: Sequence[Any]) -> RawAnswers:
    """Read one answer per item; numbers, text, booleans and dicts count, None is a refusal."""
    n = len(items)
    status = np.zeros(n, dtype=np.int8)
    number = np.full(n, np.nan)
    text = np.full(n, None, dtype=object)
    strange: dict[str, int] = {}
    for row, item in enumerate(items):
        kind, value = _read_item(item)
        if kind == "number":
            number[row] = value
        elif kind in ("text", "document"):
            text[row] = value
        elif kind == "none":
            status[row] = AnswerStatus.REFUSED
        else:
            status[row] = AnswerStatus.MALFORMED
            strange[value] = strange.get(value, 0) + 1
    faults = tuple(f"{count:,} answers were {what}" for what, count in strange.items())
    return RawAnswers(
        status=status, number=number, text=text, confidence=np.full(n, np.nan), faults=faults
    )


def one(
    value: Any, *, status: AnswerStatus = AnswerStatus.OK, faults: tuple[str, ...] = ()
) -> RawAnswers:
    """Make the answer to one row; without a value and with another status, why there is none."""
    if status == AnswerStatus.OK:
        return replace(read_list([value]), faults=faults) if faults else read_list([value])
    return replace(read_list([None]), status=np.full(1, status, dtype=np.int8), faults=faults)


def with_confidence(raw: RawAnswers, confidence: Sequence[Any]) -> RawAnswers:
    """Add confidences; one that is no number from 0 to 1 makes its answer malformed.

    Raises NotAnswersError when there are more or fewer confidences than answers.
    """
    if len(confidence) != len(raw):
        raise NotAnswersError(f"{len(raw):,} answers came with {len(confidence):,} confidences")
    read = [_figure(item) for item in confidence]
    figures = np.array(read, dtype=np.float64)
    if all(item is None or 0 <= figure <= 1 for item, figure in zip(confidence, read, strict=True)):
        # As nearly always; a log is read answer by answer, where arrays of one take their time.
        return replace(raw, confidence=figures)
    given = np.array([item is not None for item in confidence], dtype=bool)
    with np.errstate(invalid="ignore"):
        bad = given & ~((figures >= 0) & (figures <= 1)) & (raw.status == AnswerStatus.OK)
    faults = raw.faults
    if bad.any():
        faults += (f"{int(bad.sum()):,} confidences were not a number from 0 to 1",)
    status = np.where(bad, AnswerStatus.MALFORMED, raw.status).astype(np.int8)
    figures[bad] = np.nan
    return replace(raw, status=status, confidence=figures, faults=faults)


def with_tokens(
    raw: RawAnswers, given: Sequence[Any] | None, produced: Sequence[Any] | None
) -> RawAnswers:
    """Add what each answer took in input and output tokens; what is no count is not known.

    Raises NotAnswersError when there are more or fewer than answers.
    """

    def counts(told: Sequence[Any] | None) -> NDArray[np.float64] | None:
        if told is None:
            return None
        if len(told) != len(raw):
            raise NotAnswersError(f"{len(raw):,} answers came with {len(told):,} token counts")
        figures = np.array([_figure(item) for item in told], dtype=np.float64)
        figures[~(np.isfinite(figures) & (figures >= 0))] = np.nan
        return figures

    if given is None and produced is None:
        return raw
    return replace(raw, input_tokens=counts(given), output_tokens=counts(produced))


def _split(returned: Any) -> tuple[Any, Any, Any, Any]:
    """Return the columns of answers, confidences, input and output tokens."""
    if isinstance(returned, tuple):
        if len(returned) != 2 or not all(_is_column(part) for part in returned):
            raise NotAnswersError("a returned tuple must be (answers, confidences)")
        return *returned, None, None
    if isinstance(returned, Mapping) or type(returned).__name__ == "DataFrame":
        if "answer" not in returned:
            names = ", ".join(str(name) for name in list(returned)[:8])
            raise NotAnswersError(f"no column 'answer' in what was returned (it has: {names})")
        others = ("confidence", "input_tokens", "output_tokens")
        return returned["answer"], *(returned.get(name) for name in others)
    if not _is_column(returned):
        raise NotAnswersError(f"returned {_kind_of(returned)} instead of one answer per row")
    return returned, None, None, None


def _is_column(value: Any) -> bool:
    return isinstance(value, list | tuple | np.ndarray) or hasattr(value, "to_numpy")


def _items(column: Any, what: str) -> list[Any]:
    if isinstance(column, np.ndarray) or hasattr(column, "to_numpy"):
        array = column if isinstance(column, np.ndarray) else column.to_numpy()
        if not isinstance(getattr(column, "dtype", None), np.dtype | None):
            # pandas' own types have one mark for "missing", which is the callable's None
            gone = np.asarray(column.isna())
            array = array.astype(object)
            array[gone] = None
        if array.ndim == 2 and array.shape[1] == 1:  # as regressors trained on a frame return it
            array = array[:, 0]
        if array.ndim != 1:
            shape = " × ".join(str(size) for size in array.shape)
            raise NotAnswersError(f"{what} of shape {shape} instead of one per row")
        items: list[Any] = array.tolist()
        return items
    if not isinstance(column, list | tuple):
        raise NotAnswersError(f"{what} were {_kind_of(column)} instead of a list or array")
    return list(column)


def _read_column(column: Any) -> RawAnswers:
    dtype = getattr(column, "dtype", None)
    if isinstance(dtype, np.dtype) and dtype.kind in "uif" and column.ndim == 1:
        number = np.asarray(column, dtype=np.float64)
        finite = np.isfinite(number)
        if finite.all() and (np.abs(number) < _LARGEST_EXACT).all():  # the case that must be quick
            n = len(number)
            return RawAnswers(
                status=np.zeros(n, dtype=np.int8),
                number=number,
                text=np.full(n, None, dtype=object),
                confidence=np.full(n, np.nan),
            )
    return read_list(_items(column, "answers"))


def _read_item(item: Any) -> tuple[Literal["number", "text", "document", "none", "strange"], Any]:
    if isinstance(item, np.generic):
        item = item.item()
    if item is None or repr(item) == "<NA>":
        return "none", None
    if isinstance(item, dict | str):
        return "text" if isinstance(item, str) else "document", whole(item)
    if isinstance(item, bool) or (isinstance(item, int) and abs(item) >= _LARGEST_EXACT):
        return "text", str(item)
    if not isinstance(item, int | float | Decimal):
        return "strange", _kind_of(item)
    number = float(item)
    if math.isfinite(number):
        return "number", number
    return "strange", "NaN" if math.isnan(number) else "infinite"


def whole(value: Any) -> Any:
    """Return text without halves of characters, which JSON can hold and no file or ledger can."""
    if isinstance(value, str):
        if value.isascii():
            return value
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {whole(key): whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [whole(item) for item in value]
    return value


def _figure(item: Any) -> float:
    if isinstance(item, np.generic):
        item = item.item()
    if isinstance(item, bool) or not isinstance(item, int | float | Decimal):
        return math.nan
    try:
        return float(item)
    except OverflowError:  # JSON sets whole numbers no limit
        return math.inf


def _kind_of(value: Any) -> str:
    return "None" if value is None else f"of type {type(value).__name__}"
