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


def test_one_cell_that_is_no_number_spoils_no_other() -> None:
    """A column of a text file is text as a whole then; its numbers are read as what they are."""
    recorded = schema.RecordedSystem(answer="said", confidence="sure")
    charter = schema.System(recorded=recorded, task="regression")
    batch = pd.DataFrame({"said": ["7", "-2.5", "n/a", "1e3"], "sure": ["0.5", "high", "1", "1.0"]})

    with open_system(charter, folder=Path("/")) as system:
        found = system.answer(batch)

    assert found.value.tolist() == [7, None, None, 1000]
    assert found.confidence[[0, 3]].tolist() == [0.5, 1.0]
    assert found.faults == (
        "1 confidences were not a number from 0 to 1",
        "1 answers were text where a number is wanted, such as 'n/a'",
    )


def test_classes_that_look_like_numbers_stay_as_they_are() -> None:
    """'01' is a code, and another class than 1."""
    charter = schema.System.model_validate({"recorded": "said", "task": "classification"})

    with open_system(charter, folder=Path("/")) as system:
        found = system.answer(pd.DataFrame({"said": ["01", "1"]}))

    assert found.value.tolist() == ["01", "1"]


def test_a_missing_column_is_wrong_input() -> None:
    """The message names the column, and those that are there."""
    system = open_system(schema.System.model_validate({"recorded": "said"}), folder=Path("/"))

    with pytest.raises(InputError) as raised:
        system.answer(pd.DataFrame({"a": [1], "b": [2]}))

    assert raised.value.message == (
        "The recorded answers are to stand in column 'said', which the data do not have."
    )
    assert raised.value.hint == "Columns found: a, b."
