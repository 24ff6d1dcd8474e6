"""From whatever a system returned to answers, row by row. Pure."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from proveout.systems.port import Answers, AnswerStatus, Usage

if TYPE_CHECKING:  # the system's process comes by here, and does without the schema
    from numpy.typing import NDArray

    from proveout.charter.schema.base import Task

_PARTICULARS = re.compile(r"'[^']*'|\"[^\"]*\"|[\d,]*\d")

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
    given = np.array([item is not None for item in confidence], dtype=bool)
    figures = np.array([_figure(item) for item in confidence], dtype=np.float64)
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


def settle(raw: RawAnswers, *, rows: int, latency_s: float, task: Task | None) -> Answers:
    """Match answers to the rows that were asked: too few leave rows without one, too many fit none.

    Without a task numbers stay numbers and text stays text; `fit_to_task` may settle it later.
    """
    if len(raw) > rows:
        fault = f"{len(raw):,} answers came for {rows:,} rows; it is unknown which belongs to which"
        return failed(rows, AnswerStatus.MALFORMED, fault, latency_s)
    status = np.full(rows, AnswerStatus.MISSING, dtype=np.int8)
    confidence = np.full(rows, np.nan)
    value = np.full(rows, None, dtype=object)
    n = len(raw)
    status[:n] = raw.status
    confidence[:n] = raw.confidence
    numeric = ~np.isnan(raw.number)
    value[:n] = np.where(numeric, raw.number.astype(object), raw.text)
    value[status != AnswerStatus.OK] = None
    confidence[status != AnswerStatus.OK] = np.nan
    faults = raw.faults
    if n < rows:
        faults += (f"only {n:,} answers came for {rows:,} rows",)
    answers = Answers(
        value=value,
        confidence=confidence,
        status=status,
        latency_s=np.full(rows, latency_s),
        elapsed_s=latency_s,
        faults=faults,
        usage=_usage_told(raw, rows),
    )
    return answers if task is None else fit_to_task(answers, task)


def _usage_told(raw: RawAnswers, rows: int) -> Usage | None:
    """Return what the system says that its answers took; None where it says nothing."""
    if raw.input_tokens is None and raw.output_tokens is None:
        return None

    def padded(told: NDArray[np.float64] | None) -> NDArray[np.float64]:
        column = np.full(rows, np.nan)
        if told is not None:
            column[: len(told)] = told
        return column

    return Usage(
        input_tokens=padded(raw.input_tokens),
        output_tokens=padded(raw.output_tokens),
        first_token_s=np.full(rows, np.nan),
        attempts=np.ones(rows),
        tokens_from="usage",
    )


def fit_to_task(answers: Answers, task: Task) -> Answers:
    """Turn values into classes or words (text), numbers, or fields (dict).

    What is no such thing is malformed. The fields of a document may come as JSON within text.
    """
    fitted, wanted = _fitted(answers.value, task)
    pairs = zip(answers.value, fitted, strict=True)
    wrong = np.array([item is not None and fit is None for item, fit in pairs], dtype=bool)
    value = np.full(len(fitted), None, dtype=object)
    value[:] = fitted
    if not wrong.any():
        return replace(answers, value=value)
    example = str(answers.value[wrong][0])[:60]
    fault = f"{int(wrong.sum()):,} answers were {wanted}, such as {example!r}"
    return replace(
        answers,
        value=value,
        status=np.where(wrong, AnswerStatus.MALFORMED, answers.status).astype(np.int8),
        confidence=np.where(wrong, np.nan, answers.confidence),
        faults=(*answers.faults, fault),
    )


def _fitted(value: NDArray[np.object_], task: Task) -> tuple[list[Any], str]:
    """Return each value as the task wants it, None where it cannot be; and what it then was."""
    if task == "extraction":
        fields = [document_in(item) for item in value]
        return fields, "no JSON object with the fields of the document"
    if task == "regression":
        numbers = [None if isinstance(item, str | dict) else item for item in value]
        return numbers, "text where a number is wanted"
    is_text = [item is not None and not isinstance(item, dict) for item in value]
    texts = [
        class_text(item) if is_one else None for item, is_one in zip(value, is_text, strict=True)
    ]
    return texts, f"objects where a {'class' if task == 'classification' else 'text'} is wanted"


def document_in(answer: Any) -> dict[str, Any] | None:
    """Find the fields of a document: a dict, or the first JSON object in a text.

    >>> document_in('Here you are: ```json\n{"total": 12.5}\n```')
    {'total': 12.5}
    """
    if isinstance(answer, dict):
        return answer
    if not isinstance(answer, str):
        return None
    fenced = _FENCED.search(answer)
    start = answer.find("{") if fenced is None else fenced.start(1)
    for _ in range(_MOST_BRACES):
        if start < 0:
            return None
        try:
            found, _end = _JSON.raw_decode(answer, start)
        except (ValueError, RecursionError):
            if _BEGINS_OBJECT.match(answer, start):
                return None  # damaged or cut off: what stands inside it is not the document
            start = answer.find("{", start + 1)
            continue
        # One of a list is not the document either.
        return whole(found) if not answer[:start].rstrip().endswith("[") else None
    return None


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


_JSON = json.JSONDecoder(parse_constant=_no_number)
_FENCED = re.compile(r"```(?:json)?\s*(\{)", re.IGNORECASE)
_BEGINS_OBJECT = re.compile(r"\{\s*\"")
_MOST_BRACES = 50
"""So many braces are tried as the beginning of an object; prose has few."""


def class_text(value: Any) -> str:
    """Name a class the same way whether it came as text, truth value, whole number or float.

    >>> class_text(1.0), class_text(1), class_text("1"), class_text(True)
    ('1', '1', '1', 'True')
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)


def failed(rows: int, status: AnswerStatus, fault: str, latency_s: float) -> Answers:
    """No answers at all, with the reason."""
    return Answers(
        value=np.full(rows, None, dtype=object),
        confidence=np.full(rows, np.nan),
        status=np.full(rows, status, dtype=np.int8),
        latency_s=np.full(rows, latency_s),
        elapsed_s=latency_s,
        faults=(fault,),
    )


def join(parts: Sequence[Answers], *, elapsed_s: float) -> Answers:
    """Put the answers to consecutive batches together; each fault is said once."""
    if not parts:
        empty = failed(0, AnswerStatus.OK, "", 0.0)
        return replace(empty, elapsed_s=elapsed_s, faults=())
    return Answers(
        value=np.concatenate([part.value for part in parts]),
        confidence=np.concatenate([part.confidence for part in parts]),
        status=np.concatenate([part.status for part in parts]),
        latency_s=np.concatenate([part.latency_s for part in parts]),
        elapsed_s=elapsed_s,
        faults=distinct(fault for part in parts for fault in part.faults),
        usage=_join_usage([part.usage for part in parts], [len(part.status) for part in parts]),
        simulated=any(part.simulated for part in parts),
    )


def _join_usage(parts: Sequence[Usage | None], sizes: Sequence[int]) -> Usage | None:
    """Put usage together; rows of a part that knows nothing of it are NaN."""
    known = [part for part in parts if part is not None]
    if not known:
        return None

    def joined(name: str) -> NDArray[np.float64]:
        columns = [None if part is None else getattr(part, name) for part in parts]
        return np.concatenate(
            [
                np.full(size, np.nan) if column is None else column
                for column, size in zip(columns, sizes, strict=True)
            ]
        )

    has_cached = any(part.cached_input_tokens is not None for part in known)
    sources = {part.tokens_from for part in known} - {"none"}
    return Usage(
        input_tokens=joined("input_tokens"),
        output_tokens=joined("output_tokens"),
        first_token_s=joined("first_token_s"),
        attempts=joined("attempts"),
        # Counted is the weaker of the two, and says so for the whole.
        tokens_from="counted" if "counted" in sources else "usage" if sources else "none",
        cached_input_tokens=joined("cached_input_tokens") if has_cached else None,
        samples=max(part.samples for part in known),
    )


def distinct(faults: Iterable[str], *, most: int = 20) -> tuple[str, ...]:
    """Say each kind of fault once, the first twenty, and count the kinds left out.

    Faults that differ only in figures and quoted values are of one kind.
    """
    kinds: dict[str, str] = {}
    for fault in faults:
        kinds.setdefault(_PARTICULARS.sub("…", fault), fault)
    once = tuple(kinds.values())
    if len(once) <= most:
        return once
    return (*once[:most], f"and {len(once) - most:,} more kinds of fault")


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
