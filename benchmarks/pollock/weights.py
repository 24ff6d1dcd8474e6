"""How much each pollution weighs: how often the benchmark's survey of 3,712 public files met it.

Published with Pollock (pollock_weights.json in its repository). The weight of a pollution of rows
is divided among its files.
"""

from __future__ import annotations

import re

_OF_FILE = {
    "source": 1.0,
    "file_no_payload": 15.0,
    "file_no_trailing_newline": 184.0,
    "file_double_trailing_newline": 5.0,
    "file_no_header": 470.0,
    "file_header_multirow_2": 47.0,
    "file_header_multirow_3": 47.0,
    "file_preamble": 282.0,
    "file_multitable_same": 188 / 3,
    "file_multitable_more": 188 / 3,
    "file_multitable_less": 188 / 3,
    "file_header_only": 3.0,
    "file_one_data_row": 4.0,
    "file_record_delimiter_0xD": 7.0,
    "file_record_delimiter_0xA": 1691.0,
    "file_field_delimiter_0x9": 4.0,
    "file_field_delimiter_0x3B": 834.0,
    "file_field_delimiter_0x20": 4.0,
    "file_field_delimiter_0x2C_0x20": 101.0,
    "file_quotation_char_0x27": 11.0,
    "file_escape_char_0x5C": 1.0,
    "file_escape_char_0x00": 7.0,
}
_OF_ROW = (
    (re.compile(r"row_(less|more)_sep_"), 0.36775106082036774),
    (re.compile(r"row_field_delimiter_"), 1 / 7),
    (re.compile(r"row_extra_quote"), 0.009259259259259259),
)


def weight_of(name: str) -> float:
    """Return the weight of a file by its name."""
    stem = name.removesuffix(".csv")
    if stem in _OF_FILE:
        return _OF_FILE[stem]
    return next(weight for pattern, weight in _OF_ROW if pattern.match(stem))
