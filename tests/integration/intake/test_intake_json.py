"""JSON as it comes: lines, lists, wrapped lists; what is broken is kept, with its reason."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proveout.errors import InputError
from proveout.intake import OpenTable
from proveout.intake.readers.json_faults import pieces_of

Open = Callable[..., OpenTable]


def read(opened: OpenTable) -> list[dict[str, object]]:
    """Return the rows."""
    found: list[dict[str, object]] = opened.table.to_pyarrow().to_pylist()
    return found


def kept(opened: OpenTable) -> list[tuple[int | None, str, str]]:
    """Return line, reason and message of each reject."""
    return [(r.line, r.reason, r.message) for r in opened.rejects.examples(9)]


@pytest.mark.parametrize(
    ("line", "reason", "message"),
    [
        # Half of a pair that stands for one character: valid by grammar, no text.
        (
            rb'{"a": "\ud800"}', "encoding",
            r"The line holds half a character: a lone surrogate such as '\ud800'.",
        ),
        (b'{"a": 5, "a": 6}', "duplicate-field", "The line has the field 'a' twice."),
        (
            b'{"a": "\xe9"}', "encoding",
            "The line is not UTF-8: invalid continuation byte at byte 8.",
        ),
        (b"[5]", "structure", "The line is a JSON list, not an object."),
        (
            b'{"a": 5', "syntax",
            "The line is not JSON: Expecting ',' delimiter: line 2 column 1 (char 8).",
        ),
        (
            b'{"a": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", "nesting",
            "The line is nested deeper than 100 levels.",
        ),
    ],
)  # fmt: skip
def test_a_broken_line_is_a_reject_and_costs_no_other(
    open_: Open, tmp_path: Path, line: bytes, reason: str, message: str
) -> None:
    """With its number in the file and the true reason."""
    (tmp_path / "t.jsonl").write_bytes(b'{"a": 1}\n\n' + line + b'\n{"a": 2}\n')

    opened = open_("t.jsonl")

    assert (read(opened), kept(opened)) == ([{"a": 1}, {"a": 2}], [(3, reason, message)])


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'[\n  {\n    "a": 1\n  },\n  {\n    "a": 2\n  }\n]\n', id="list, printed"),
        pytest.param(b'{"a": 1}{"a": 2}', id="one after another"),
        pytest.param(b'{\n"a": 1\n}\n{\n"a": 2\n}\n', id="one after another, printed"),
        pytest.param(b'{"a": 1},\n{"a": 2},\n', id="lines with commas"),
        pytest.param(b'\xef\xbb\xbf{"a": 1}\n{"a": 2}\n', id="with a mark"),
        pytest.param('{"a": 1}\n{"a": 2}\n'.encode("utf-16"), id="UTF-16"),
        pytest.param(b'{"count": 2, "rows": [{"a": 1}, {"a": 2}]}', id="wrapped"),
        pytest.param(gzip.compress(b'[{"a": 1}, {"a": 2},]'), id="compressed, comma at the end"),
    ],
)
def test_every_layout_gives_the_same_rows(open_: Open, tmp_path: Path, content: bytes) -> None:
    """However a program lays its objects out."""
    (tmp_path / "t.json").write_bytes(content)

    opened = open_("t.json")

    assert (read(opened), opened.rejects.count) == ([{"a": 1}, {"a": 2}], 0)


def test_a_broken_list_gives_what_is_whole(open_: Open, tmp_path: Path) -> None:
    """It goes on with the next object; a list that ends too early ends with a reject."""
    (tmp_path / "t.json").write_text('[{"a": 1},\n3,\n{"a": oops},\n{"a": 2},\n{"a": ')

    opened = open_("t.json")

    assert read(opened) == [{"a": 1}, {"a": 2}]
    assert kept(opened) == [
        (2, "structure", "The entry is a JSON int, not an object."),
        (3, "syntax", "The entry is not JSON: Expecting value: line 1 column 7 (char 6)."),
        (5, "syntax", "The entry is not JSON: Expecting value: line 1 column 7 (char 6)."),
    ]


def test_objects_within_become_columns_and_lists_stay_text(open_: Open, tmp_path: Path) -> None:
    """'customer.city' can be audited; what differs in kind from row to row stays as it is."""
    (tmp_path / "t.jsonl").write_text(
        '{"id": 1, "customer": {"city": "Ulm", "at": {"lat": 48.4}}, "tags": ["x"], "mix": 1}\n'
        '{"id": 2, "customer": {"zip": "007"}, "mix": {"b": 2}}\n'
    )

    opened = open_("t.jsonl")

    assert read(opened) == [
        {
            "id": 1, "customer.city": "Ulm", "customer.at.lat": 48.4, "customer.zip": None,
            "tags": '["x"]', "mix": "1",
        },
        {
            "id": 2, "customer.city": None, "customer.at.lat": None, "customer.zip": "007",
            "tags": None, "mix": '{"b":2}',
        },
    ]  # fmt: skip
    assert opened.files[0].read_as == {
        "layout": "lines", "kept_as_text": ["tags", "mix"], "flattened": ["customer"],
    }  # fmt: skip


def test_numbers_are_not_rounded(open_: Open, tmp_path: Path) -> None:
    """A whole number with more digits than a float holds stays text; NaN and infinity are read."""
    (tmp_path / "t.jsonl").write_text(
        '{"id": 1, "x": 1.5, "y": NaN}\n'
        '{"id": 123456789012345678901234567890, "x": 1e17, "y": -Infinity}\n'
    )

    opened = open_("t.jsonl")

    assert [row["id"] for row in read(opened)] == ["1", "123456789012345678901234567890"]
    assert str(opened.table["x"].type()) == str(opened.table["y"].type()) == "float64"


def test_hundreds_of_different_fields_are_columns(open_: Open, tmp_path: Path) -> None:
    """Records that share no field are records all the same."""
    (tmp_path / "t.jsonl").write_text("\n".join(f'{{"f{i}": {i}}}' for i in range(300)))

    assert len(open_("t.jsonl").table.columns) == 300


def test_a_field_without_a_name_gets_one(open_: Open, tmp_path: Path) -> None:
    """By its position, as R and pandas write row numbers; the row says so."""
    (tmp_path / "t.jsonl").write_text('{"": 7, "a": 1}\n')

    opened = open_("t.jsonl")

    assert read(opened) == [{"column_1": 7, "a": 1}]
    assert opened.repairs.by_reason() == {"unnamed-field": 1}


def test_a_list_without_objects_is_refused(open_: Open, tmp_path: Path) -> None:
    """The message says what it holds."""
    (tmp_path / "t.json").write_text("[1, 2]")

    with pytest.raises(InputError) as raised:
        open_("t.json")

    assert str(raised.value) == (
        "t.json holds no entry that is a JSON object. Line 1: The entry is a JSON int, not an "
        'object.\nEach must be an object, such as {"id": 1, "amount": 2.5}.'
    )


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
records = st.lists(st.dictionaries(st.text(min_size=1, max_size=3), values), max_size=5)


@given(records=records, indent=st.none() | st.integers(0, 2), cut=st.integers(0, 10))
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)
def test_no_character_of_a_list_is_lost(
    records: list[dict[str, object]], indent: int | None, cut: int
) -> None:
    """Whole lists give back their records; of a list cut short each part is a piece."""
    text = json.dumps(records, indent=indent, ensure_ascii=False)

    whole = [json.loads(piece.text) for piece in pieces_of(text) if piece.fault is None]
    short = "".join(piece.text for piece in pieces_of(text[: len(text) - cut]))

    assert whole == records
    missing = set(text[: len(text) - cut]) - set(short) - set("[], \r\n")
    assert not missing


def test_day_and_month_of_a_text_are_not_guessed(open_: Open, tmp_path: Path) -> None:
    """A text is a moment only where it can be no other; else it stays as it is, and is told."""
    (tmp_path / "t.jsonl").write_text(
        '{"due": "01-02-2024", "short": "02-01-24", "day": "31.12.2024", "at": "2024-01-02"}\n'
        '{"due": "03-04-2024", "short": "02-01-24", "day": "01.02.2024", "at": "2024-01-03"}\n'
    )

    opened = open_("t.jsonl")

    assert read(opened) == [
        {"due": "01-02-2024", "short": "02-01-24", "day": date(2024, 12, 31),
         "at": date(2024, 1, 2)},
        {"due": "03-04-2024", "short": "02-01-24", "day": date(2024, 2, 1),
         "at": date(2024, 1, 3)},
    ]  # fmt: skip
    assert opened.files[0].read_as == {
        "layout": "lines",
        "date_formats": {"day": "DD.MM.YYYY", "at": "YYYY-MM-DD"},
        "ambiguous": {
            "due": ["DD-MM-YYYY", "MM-DD-YYYY"],
            "short": ["DD-MM-YY", "MM-DD-YY", "YY-MM-DD"],
        },
    }
