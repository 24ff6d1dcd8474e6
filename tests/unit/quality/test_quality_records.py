"""Labels that are elsewhere are joined by key, and doubtful ones are no labels."""

from __future__ import annotations

from typing import Any

import pandas as pd

from proveout.intake.truths import join_truths


def _joined(frame: pd.DataFrame, known: pd.DataFrame) -> tuple[list[Any], int]:
    found, contradicting = join_truths(frame, known, key=("id", "day"), columns=["late"])
    return found["late"].tolist(), contradicting


def test_truth_is_joined_by_key_however_the_key_is_written() -> None:
    """7, 7.0 and '7' are one key; a record without a label has none."""
    frame = pd.DataFrame({"id": [7, 8, 9], "day": ["mo", "mo", "tu"]})
    known = pd.DataFrame(
        {"id": ["7", "9", "9"], "day": ["mo ", "mo", "tu"], "late": ["yes", "no", "no"]}
    )

    truth, contradicting = _joined(frame, known)

    assert truth == ["yes", None, "no"]
    assert contradicting == 0


def test_a_key_with_contradicting_labels_has_none_and_is_counted() -> None:
    """The same answer twice is no contradiction, however it is written."""
    frame = pd.DataFrame({"id": [1, 2, 1], "day": ["mo", "mo", "mo"]})
    known = pd.DataFrame({"id": [1, 1, 2, 2], "day": ["mo"] * 4, "late": ["yes", "no", "1", "1.0"]})

    truth, contradicting = _joined(frame, known)

    assert truth == [None, "1", None]
    assert contradicting == 2


def test_an_empty_label_contradicts_nothing() -> None:
    """It is no label."""
    frame = pd.DataFrame({"id": [1], "day": ["mo"]})
    known = pd.DataFrame({"id": [1, 1], "day": ["mo", "mo"], "late": [None, "no"]})

    assert _joined(frame, known)[0] == ["no"]
