"""Labels that are elsewhere are joined by key, and doubtful ones are no labels."""

from __future__ import annotations

import pandas as pd

from proveout.charter.schema import Labels, Source
from proveout.checks.quality.records import join_truth

LABELS = Labels(source=Source(path="labels.csv"), key=("id", "day"), column="late")


def test_truth_is_joined_by_key_however_the_key_is_written() -> None:
    """7, 7.0 and '7' are one key; a record without a label has none."""
    frame = pd.DataFrame({"id": [7, 8, 9], "day": ["mo", "mo", "tu"]})
    known = pd.DataFrame(
        {"id": ["7", "9", "9"], "day": ["mo ", "mo", "tu"], "late": ["yes", "no", "no"]}
    )

    truth, contradicting = join_truth(frame, known, LABELS)

    assert truth.tolist() == ["yes", None, "no"]
    assert contradicting == 0


def test_a_key_with_contradicting_labels_has_none_and_is_counted() -> None:
    """The same answer twice is no contradiction, however it is written."""
    frame = pd.DataFrame({"id": [1, 2, 1], "day": ["mo", "mo", "mo"]})
    known = pd.DataFrame({"id": [1, 1, 2, 2], "day": ["mo"] * 4, "late": ["yes", "no", "1", "1.0"]})

    truth, contradicting = join_truth(frame, known, LABELS)

    assert truth.tolist() == [None, "1", None]
    assert contradicting == 2


def test_an_empty_label_contradicts_nothing() -> None:
    """It is no label."""
    frame = pd.DataFrame({"id": [1], "day": ["mo"]})
    known = pd.DataFrame({"id": [1, 1], "day": ["mo", "mo"], "late": [None, "no"]})

    assert join_truth(frame, known, LABELS)[0].tolist() == ["no"]
