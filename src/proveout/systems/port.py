"""The system under test: a batch in, answers with an optional confidence out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Protocol, Self

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


class AnswerStatus(IntEnum):
    """What became of one row. Everything but OK is an exception that somebody must handle."""

    OK = 0
    REFUSED = 1
    """The system said that it does not answer this one (None)."""
    MALFORMED = 2
    """An answer that is no answer: NaN, text for a number, a confidence outside 0 to 1."""
    FAILED = 3
    """The system raised, crashed, or answered an error."""
    TIMED_OUT = 4
    """No answer within the time limit."""
    MISSING = 5
    """The system answered too few rows, and this row is one that got none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What each answer took; the arrays have the length of the batch, NaN where it is not known.

    Where several rows went in one request, its tokens are shared out among them evenly.
    """

    input_tokens: NDArray[np.float64]
    output_tokens: NDArray[np.float64]
    first_token_s: NDArray[np.float64]
    """Seconds until the first token, retries included; NaN where it is not read as a stream."""
    attempts: NDArray[np.float64]
    """Requests that were sent for this answer: 1 without a retry."""
    tokens_from: Literal["usage", "counted", "none"] = "none"
    """Reported by the service, counted here, or not known at all."""
    cached_input_tokens: NDArray[np.float64] | None = None
    """Those of the input tokens that the service says it had cached."""
    samples: int = 1
    """Requests that each answer is made of, without a retry: several where their agreement is the
    confidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answers to a batch, row by row; the four arrays have the length of the batch."""

    value: NDArray[np.object_]
    """The answer (str for classes, float for numbers); None where status is not OK."""
    confidence: NDArray[np.float64]
    """0 to 1; NaN where the system gave none."""
    status: NDArray[np.int8]
    """AnswerStatus per row."""
    latency_s: NDArray[np.float64]
    """Seconds until a user has the answer to the request that the row was in: with all retries
    and the pauses between them."""
    elapsed_s: float
    """Wall time for the whole call."""
    faults: tuple[str, ...] = ()
    """What went wrong, one sentence each, once per kind: last line of a traceback, HTTP status …"""
    usage: Usage | None = None
    """None where nothing is known of tokens, first tokens and retries."""
    simulated: bool = False
    """The far end says of itself that it is a simulation; what is found is then no measurement."""


class System(Protocol):
    """Anything that answers a batch of inputs. Use it as a context manager."""

    @property
    def fingerprint(self) -> str:
        """'sha256:…' of what can be known of its version: code file, model files, URL, version."""
        ...

    @property
    def label(self) -> str:
        """Name for people: 'model.py:predict'."""
        ...

    def answer(self, batch: pd.DataFrame) -> Answers:
        """Answer every row. A crash, hang or bad answer is a status, never an exception.

        Raises UnreachableError only when the system cannot be started or reached at all.
        """
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
