"""What rows took, as it goes into the bill."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
import pandas as pd
import pytest

from proveout.checks.cost.measured import Measured, measure
from proveout.systems import Answers, AnswerStatus
from proveout.systems.port import Usage


class Scripted:
    """Answers every call with the same statuses and tokens, two seconds after it was asked."""

    fingerprint = "sha256:0"
    label = "scripted"

    def __init__(self, statuses: list[AnswerStatus], tokens: list[float], **usage: Any) -> None:
        self._statuses, self._tokens, self._usage = statuses, tokens, usage

    def __enter__(self) -> Scripted:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def answer(self, batch: pd.DataFrame) -> Answers:
        n = len(batch)
        tokens = np.array(self._tokens)
        return Answers(
            value=np.full(n, "yes", dtype=object),
            confidence=np.full(n, np.nan),
            status=np.array(self._statuses, dtype=np.int8),
            latency_s=np.full(n, 2.0),
            elapsed_s=3.0,
            usage=Usage(
                input_tokens=tokens,
                output_tokens=tokens / 10,
                first_token_s=np.full(n, np.nan),
                attempts=np.full(n, float(self._usage.get("samples", 1))),
                tokens_from="usage",
                **self._usage,
            ),
        )


def measured(system: Scripted, *, rows_per_request: int | None = None) -> Measured:
    """Measure sixty rows in twenty calls of three."""
    steps: Generator[Any, None, Measured] = measure(
        system, pd.DataFrame({"x": range(60)}), rows_per_request=rows_per_request
    )
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: Measured = end.value
            return found


OK, LATE, FAILED = AnswerStatus.OK, AnswerStatus.TIMED_OUT, AnswerStatus.FAILED


def test_a_request_without_an_answer_is_taken_to_cost_what_the_others_do() -> None:
    """It was most likely worked on; leaving it out would make the bill too small."""
    found = measured(Scripted([OK, LATE, OK], [100, np.nan, 300]))

    assert found.use.input_tokens[:3].tolist() == [100, 200, 300]
    assert found.use.output_tokens[:3].tolist() == [10, 20, 30]
    assert found.guessed == 20


def test_an_answer_that_does_not_say_what_it_took_stays_unknown() -> None:
    """There it can be had, and is not guessed; nor where no answer says it."""
    some = measured(Scripted([OK, OK, OK], [100, np.nan, 300]))
    none = measured(Scripted([OK, FAILED, OK], [np.nan] * 3))

    assert np.isnan(some.use.input_tokens).sum() == 20
    assert np.isnan(none.use.input_tokens).all()
    assert (some.guessed, none.guessed) == (0, 0)


@pytest.mark.parametrize(
    ("rows_per_request", "samples", "seconds"),
    [
        (None, 1, [1, 1, 1]),  # a program is at work on one call at a time, for three seconds
        (1, 1, [2, 2, 2]),  # a service on each request of its own, though it has several at once
        (2, 1, [1, 1, 2]),  # which two rows share
        (1, 5, [10, 10, 10]),  # and on each of the samples
    ],
)
def test_seconds_are_those_that_somebody_works(
    rows_per_request: int | None, samples: int, seconds: list[float]
) -> None:
    """Not those that pass while several requests are worked on."""
    system = Scripted([OK, OK, OK], [1, 1, 1], samples=samples)

    found = measured(system, rows_per_request=rows_per_request)

    assert found.use.seconds[:3].tolist() == seconds
