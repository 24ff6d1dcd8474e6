"""Figures and dates as people write them are read as what they are, or stay text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from conftest import Open

at = datetime.fromisoformat
NOTES = ("number_formats", "date_formats", "decided_by", "ambiguous")


@pytest.fixture
def read(open_: Open, tmp_path: Path) -> Any:
    """Read a column 'x' of these texts, after a column of row numbers and before others."""

    def read(
        texts: Sequence[str], *, delimiter: str = ";", beside: Sequence[str] = (), **more: object
    ) -> tuple[list[Any], dict[str, Any]]:
        lines = [["id", "x"] + ["y"] * bool(beside)]
        for n, text in enumerate(texts):
            lines.append([str(n), text, *([beside[n % len(beside)]] if beside else [])])
        quoted = [
            delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in line)
            for line in lines
        ]
        (tmp_path / "a.csv").write_text("\n".join(quoted) + "\n", encoding="utf-8")
        opened = open_("a.csv", **more)
        values = opened.table.order_by("id").to_pyarrow()["x"].to_pylist()
        notes = {key: opened.files[0].read_as.get(key, {}).get("x") for key in NOTES}
        return values, {key: note for key, note in notes.items() if note is not None}

    return read


@pytest.mark.parametrize(
    ("texts", "values", "form"),
    [
        (["2,34", "5,1"], [2.34, 5.1], "1.234,56"),
        (["1.234,56", "12,5", "1.234.567"], [1234.56, 12.5, 1234567.0], "1.234,56"),
        (["1 234,56", "5,0"], [1234.56, 5.0], "1 234,56"),
        (["1\u202f234,5", "5,0"], [1234.5, 5.0], "1 234,56"),
        (["1'234.56", "7.5"], [1234.56, 7.5], "1'234.56"),
        (["1,234.56", "7.5"], [1234.56, 7.5], "1,234.56"),
        (["12,50-", "3,10"], [-12.5, 3.1], "1.234,56"),
        (["(1,234.00)", "5.00"], [-1234.0, 5.0], "1,234.56"),
        (["\u22125,5", "3,0"], [-5.5, 3.0], "1.234,56"),
        (["12 %", "5 %"], [12, 5], "1234 %"),
        (["50%", "12.5%"], [50.0, 12.5], "1,234.56 %"),
        (["\u20ac 12,50", "\u20ac 3,10"], [12.5, 3.1], "\u20ac 1.234,56"),
        (["12,50 EUR", "-3,10 EUR"], [12.5, -3.1], "1.234,56 EUR"),
        (["$1,234.50", "-$3.10", "($4.00)"], [1234.5, -3.1, -4.0], "$ 1,234.56"),
        (["kr. 1.250,00", "kr. 3,50"], [1250.0, 3.5], "kr. 1.234,56"),
        (["0,5", ",5", "-1", "+2"], [0.5, 0.5, -1.0, 2.0], "1.234,56"),
        (["1.234.567", "1.000"], [1234567, 1000], "1.234"),
    ],
)
def test_figures_of_one_convention_are_numbers(
    read: Any, texts: list[str], values: list[float], form: str
) -> None:
    """Where all values fit one convention, the system gets numbers, and the format is recorded."""
    assert read(texts) == (values, {"number_formats": form})


@pytest.mark.parametrize(
    "texts",
    [
        ["1.5", "2,5"],
        ["\u20ac 12,50", "$ 3,10"],
        ["12,50 EUR", "3,10"],
        ["007,50", "1,5"],
        ["12 kg", "5 kg"],
        ["123456789012345678,5", "1,5"],
        ["601 234 567", "602 345 678"],
        ["1,23,456", "5,5"],
        ["(12)", "(13)"],
        ["ja", "nein"],
        ["30.02.2024", "01.02.2024"],
        ["31.01.2024", "2024-01-31"],
    ],
)
def test_what_does_not_fit_one_format_stays_text(read: Any, texts: list[str]) -> None:
    """Both conventions, several currencies, codes, units, days that never were: as they stand."""
    assert read(texts) == (texts, {})


@pytest.mark.parametrize(
    ("texts", "more", "values", "why"),
    [
        (["1,234", "2,345"], {}, [1.234, 2.345], "the delimiter"),
        (["1,234", "2,345"], {"delimiter": ","}, [1234, 2345], "the delimiter"),
        (["1,234", "9"], {"delimiter": "\t", "beside": ["1,5"]}, [1.234, 9.0], "the other columns"),
        (["1,234", "9"], {"delimiter": "\t", "beside": ["1.5"]}, [1234, 9], "the other columns"),
        (["1.234", "9"], {"beside": ["2,75"]}, [1234, 9], "the other columns"),
        (["1.234", "2.5"], {"beside": ["2,75"]}, [1.234, 2.5], None),
        (["1,234", "2,345"], {"delimiter": "\t", "decimal": ","}, [1.234, 2.345], None),
        (["1,234", "2,345"], {"delimiter": "\t", "decimal": "."}, [1234, 2345], None),
        (["1.234", "2.345"], {"decimal": ","}, [1234, 2345], None),
        (["12.5", "3.1"], {"decimal": ","}, ["12.5", "3.1"], None),
    ],
)
def test_figures_that_mean_two_things_are_decided_by_the_rest_of_the_file(
    read: Any, texts: list[str], more: dict[str, Any], values: list[Any], why: str | None
) -> None:
    """The charter, then the other columns, then the delimiter; what decided is recorded."""
    found, notes = read(texts, **more)

    assert (found, notes.get("decided_by")) == (values, why)


@pytest.mark.parametrize(
    ("texts", "more", "forms"),
    [
        (["1,234", "2,345"], {"delimiter": "\t"}, ["1,234", "1.234,56"]),
        (["1,234", "9"], {"delimiter": "\t", "beside": ["\u20ac 1,5", "\u20ac 1,5"]}, None),
        (["1.234", "2.345"], {}, ["number", "1.234"]),
        (["1/2/2024", "3/4/2024"], {}, ["DD/MM/YYYY", "MM/DD/YYYY"]),
        (["24/03/04", "25/04/05"], {}, ["DD/MM/YY", "YY/MM/DD"]),
    ],
)
def test_what_nothing_decides_stays_text_and_is_noted(
    read: Any, texts: list[str], more: dict[str, Any], forms: list[str] | None
) -> None:
    """Never guessed in silence."""
    found, notes = read(texts, **more)

    if forms is None:  # a price with a decimal comma beside it is evidence
        assert found == [1.234, 9.0]
    else:
        assert (found, notes) == (texts, {"ambiguous": forms})


@pytest.mark.parametrize(
    ("texts", "values", "form"),
    [
        (["31.12.2024", "1.2.2024"], [date(2024, 12, 31), date(2024, 2, 1)], "DD.MM.YYYY"),
        (["12/31/2024", "1/2/2024"], [date(2024, 12, 31), date(2024, 1, 2)], "MM/DD/YYYY"),
        (["31-12-24", "01-02-69"], [date(2024, 12, 31), date(1969, 2, 1)], "DD-MM-YY"),
        (["2024/01/31", "2024/02/01"], [date(2024, 1, 31), date(2024, 2, 1)], "YYYY/MM/DD"),
        (["20240131", "20231231"], [date(2024, 1, 31), date(2023, 12, 31)], "YYYYMMDD"),
        (["3-Jan-24", "12-Dec-23"], [date(2024, 1, 3), date(2023, 12, 12)], "D month YY"),
        (["3. M\u00e4rz 2024", "12. Okt. 2023"], [date(2024, 3, 3), date(2023, 10, 12)],
         "D month YYYY"),
        (["3 f\u00e9vrier 2024", "1er ao\u00fbt 2023"], [date(2024, 2, 3), date(2023, 8, 1)],
         "D month YYYY"),
        (["3 de enero de 2024", "12 de mayo de 2023"], [date(2024, 1, 3), date(2023, 5, 12)],
         "D month YYYY"),
        (["Jan 3, 2024", "December 12, 2023"], [date(2024, 1, 3), date(2023, 12, 12)],
         "month D YYYY"),
        (["31/12/2024 9:05", "01/02/2024 23:59"],
         [at("2024-12-31 09:05:00"), at("2024-02-01 23:59:00")], "DD/MM/YYYY hh:mm"),
        (["1/31/2024 2:05 PM", "1/2/2024 11:05 am"],
         [at("2024-01-31 14:05:00"), at("2024-01-02 11:05:00")], "MM/DD/YYYY hh:mm AM"),
        (["3 Jan 2024 14:05", "4 May 2024 1:05"],
         [at("2024-01-03 14:05:00"), at("2024-05-04 01:05:00")], "D month YYYY hh:mm"),
        (["20240131 142233", "20240201 000000"],
         [at("2024-01-31 14:22:33"), at("2024-02-01 00:00:00")], "YYYYMMDD hhmmss"),
        (["2:05 PM", "11:30AM"], [time(14, 5), time(11, 30)], "hh:mm AM"),
    ],
)  # fmt: skip
def test_dates_of_one_format_are_dates(
    read: Any, texts: list[str], values: list[Any], form: str
) -> None:
    """Where a day over 12, a point or a name says which is which."""
    assert read(texts, delimiter="\t") == (values, {"date_formats": form})


def test_a_late_value_tells_what_the_first_ones_are(read: Any) -> None:
    """All rows are evidence: beyond the sample, the first day over 12 decides."""
    texts = ["01/02/2024"] * 25_000 + ["25/02/2024"]

    values, notes = read(texts)

    assert (values[0], values[-1]) == (date(2024, 2, 1), date(2024, 2, 25))
    assert notes == {"date_formats": "DD/MM/YYYY"}


def test_a_late_value_that_does_not_fit_makes_a_column_text(read: Any) -> None:
    """A type that all but one value have is none, wherever that one stands."""
    texts = ["5"] * 25_000 + ["x"]

    assert read(texts) == (texts, {})


def test_a_late_figure_of_another_convention_is_learned_from(read: Any) -> None:
    """Whole numbers for 25,000 rows, then '1.234,5': a figure with a decimal comma."""
    values, notes = read(["5"] * 25_000 + ["1.234,5"])

    assert (values[0], values[-1], notes) == (5.0, 1234.5, {"number_formats": "1.234,56"})


def test_a_column_that_begins_late_is_typed_by_what_comes(read: Any) -> None:
    """Empty for 25,000 rows, then figures."""
    values, notes = read([""] * 25_000 + ["5,5"])

    assert (values[0], values[-1], notes) == (None, 5.5, {"number_formats": "1.234,56"})


def test_types_do_not_depend_on_whether_rows_fit_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On disk as in memory, the same table comes out."""
    from proveout.charter.schema import Source
    from proveout.intake import Session, open_source

    (tmp_path / "a.csv").write_text("id;x\n1;1,5\n2;x\n3;2,5\n")
    schemas = []
    for room in (0, 1 << 30):
        with Session(memory_bytes=512 << 20) as session:
            monkeypatch.setattr(session, "_room_bytes", room)
            opened = open_source(Source(path="a.csv"), folder=tmp_path, session=session)
            schemas.append((opened.table.schema(), opened.table.to_pyarrow().to_pylist()))

    assert schemas[0] == schemas[1]


def test_a_table_of_many_columns_is_typed(open_: Open, tmp_path: Path) -> None:
    """A thousand columns and more are asked for in statements that the engine can take."""
    names = [f"c{i}" for i in range(1_200)]
    rows = [",".join(names), ",".join(["7"] * 1_199 + ["x"])]
    (tmp_path / "wide.csv").write_text("\n".join(rows) + "\n")

    schema = open_("wide.csv").table.schema()

    assert [str(type_) for type_ in schema.types] == ["int64"] * 1_199 + ["string"]


def test_evidence_that_falls_away_takes_its_conclusions_with_it(
    open_: Open, tmp_path: Path
) -> None:
    """The column that showed a decimal comma turns out to be text in the last row."""
    rows = [f"{n % 9 + 1},234\t{n},5" for n in range(25_000)]
    (tmp_path / "late.tsv").write_text("\n".join(["x\ty", *rows, "2,345\tsoon"]) + "\n")

    opened = open_("late.tsv")

    assert [str(type_) for type_ in opened.table.schema().types] == ["string", "string"]
    assert opened.files[0].read_as["ambiguous"] == {"x": ["1,234", "1.234,56"]}
    assert int(opened.table.filter(opened.table.x.isnull()).count().to_pyarrow().as_py()) == 0
