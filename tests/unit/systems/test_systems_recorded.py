"""Answers that were recorded earlier, as columns of the data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from proveout.charter import schema
from proveout.errors import InputError
from proveout.systems import AnswerStatus, open_system


def test_answers_with_what_stands_in_the_columns() -> None:
    """An empty cell is a refusal; latency is unknown, because nothing was asked."""
    recorded = schema.RecordedSystem(answer="said", confidence="sure")
    batch = pd.DataFrame({"said": ["a", None, "b"], "sure": [0.5, 0.5, 2.0]})

    with open_system(schema.System(recorded=recorded), folder=Path("/")) as system:
        found = system.answer(batch)

    assert found.value.tolist() == ["a", None, None]
    assert found.status.tolist() == [
        AnswerStatus.OK,
        AnswerStatus.REFUSED,
        AnswerStatus.MALFORMED,
    ]
    assert found.faults == ("1 confidences were not a number from 0 to 1",)
    assert np.isnan(found.latency_s).all()
    assert system.label == "recorded in column 'said'"


def test_a_missing_column_is_wrong_input() -> None:
    """The message names the column, and those that are there."""
    system = open_system(schema.System.model_validate({"recorded": "said"}), folder=Path("/"))

    with pytest.raises(InputError) as raised:
        system.answer(pd.DataFrame({"a": [1], "b": [2]}))

    assert raised.value.message == (
        "The recorded answers are to stand in column 'said', which the data do not have."
    )
    assert raised.value.hint == "Columns found: a, b."
