"""Answers that were recorded earlier, as columns of the data."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np

from proveout.charter.schema import RecordedSystem
from proveout.charter.schema.base import Task
from proveout.errors import InputError
from proveout.systems import answering, fingerprint
from proveout.systems.port import Answers

if TYPE_CHECKING:
    import pandas as pd

_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")


class RecordedAnswers:
    """Answers with what stands in the batch. An empty cell is a refusal."""

    def __init__(
        self, charter: RecordedSystem, *, task: Task | None, known: dict[str, str | None]
    ) -> None:
        self._charter = charter
        self._task = task
        self._fingerprint = fingerprint.of_settings({**known, **charter.model_dump()})

    @property
    def fingerprint(self) -> str:
        """'sha256:…' over the names of the columns and the version; the data has its own."""
        return self._fingerprint

    @property
    def label(self) -> str:
        """Where the answers stand."""
        return f"recorded in column '{self._charter.answer}'"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    def answer(self, batch: pd.DataFrame) -> Answers:
        """Read the recorded answers. Raises InputError when a column is not in the batch."""
        began = time.monotonic()
        cells = _cells(batch, self._charter.answer)
        raw = answering.read_list(_numbers(cells) if self._task == "regression" else cells)
        if self._charter.confidence is not None:
            confidence = _numbers(_cells(batch, self._charter.confidence))
            raw = answering.with_confidence(raw, confidence)
        answers = answering.settle(raw, rows=len(batch), latency_s=0.0, task=self._task)
        # Nothing was asked, so nothing is known of how long an answer takes.
        unknown = np.full(len(batch), np.nan)
        return replace(answers, latency_s=unknown, elapsed_s=time.monotonic() - began)


def _cells(batch: pd.DataFrame, column: str) -> list[object]:
    if column not in batch.columns:
        raise InputError(
            f"The recorded answers are to stand in column '{column}', which the data do not have.",
            hint=f"Columns found: {', '.join(map(str, batch.columns[:20]))}.",
        )
    cells = batch[column]
    return [None if gone else cell for gone, cell in zip(cells.isna(), cells.tolist(), strict=True)]


def _numbers(cells: list[object]) -> list[object]:
    """Read text that is a number as one: a column is text where one cell of it is no number."""
    return [
        float(cell) if isinstance(cell, str) and _NUMBER.fullmatch(cell) else cell for cell in cells
    ]
