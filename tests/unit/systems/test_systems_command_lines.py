"""Rows as text for a program, and the lines that it writes as answers."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from proveout.systems.command.lines import read_lines, rows_as_text

ROWS = pd.DataFrame({"n": [1, 2], "text": ['say "hé"', None]})


def test_rows_are_written_one_a_line() -> None:
    """As JSON with null for what is missing, or as CSV with nothing for it."""
    assert rows_as_text(ROWS, "jsonl").decode() == (
        '{"n": 1, "text": "say \\"hé\\""}\n{"n": 2, "text": null}\n'
    )
    assert rows_as_text(ROWS, "csv").decode() == 'n,text\n1,"say ""hé"""\n2,\n'


@given(st.lists(st.text()))
def test_a_text_is_one_line_whatever_is_in_it(texts: list[str]) -> None:
    """A line break within a text does not make two answers of it."""
    output = "".join(json.dumps(text, ensure_ascii=False) + "\n" for text in texts).encode()

    assert read_lines(output, None).text.tolist() == texts


def test_reads_answers_with_what_goes_with_them() -> None:
    """A value alone, or an object with confidence and tokens; null is a refusal."""
    lines = [
        '"late"',
        "",
        '{"answer": "on time", "confidence": 0.5, "output_tokens": 3}',
        "null",
        "late",
        '{"label": "late"}',
    ]

    raw = read_lines("\r\n".join(lines).encode(), "classification")

    assert raw.text.tolist()[:2] == ["late", "on time"]
    assert raw.status.tolist() == [0, 0, 1, 2, 2]
    np.testing.assert_array_equal(raw.confidence, [np.nan, 0.5, np.nan, np.nan, np.nan])
    assert raw.output_tokens is not None
    np.testing.assert_array_equal(raw.output_tokens, [np.nan, 3, np.nan, np.nan, np.nan])
    assert raw.faults == ("2 lines were no answer in JSON, such as 'late'",)


def test_an_object_is_the_document_where_one_is_wanted() -> None:
    """Unless it holds the document as its answer."""
    raw = read_lines(b'{"total": 1}\n{"answer": {"total": 2}, "confidence": 1}\n', "extraction")

    assert raw.text.tolist() == [{"total": 1}, {"total": 2}]
    assert raw.confidence.tolist()[1] == 1
