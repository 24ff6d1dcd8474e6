"""A first charter holds what is known, and explains all else in comments that can be taken away."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from proveout.charter.init import (
    Answers,
    ColumnProfile,
    DataProfile,
    Guess,
    infer,
    profile_column,
    render,
)
from proveout.charter.init.yaml_text import scalar
from proveout.charter.loaded import LoadedCharter
from proveout.charter.loading import content, load_charter
from proveout.charter.schema.system import KINDS
from proveout.evidence.catalogue import SHIPPED, Catalogue

NOTHING_KNOWN = Answers(pilot="claims")
FROM_A_FILE = Answers(
    pilot="claims",
    production="data/claims 2026.csv",
    label="approved",
    key=("claim id",),
    timestamp="received",
    site_column="branch",
    task="classification",
    required=("claim id", "amount"),
    fields=(("claim id", "integer"), ("yes", "text"), ("0815", "number")),
    slices=("channel",),
)
ANSWERED = replace(
    FROM_A_FILE,
    outcome="Claims: answered in 1 day, not 6",
    production_owner="Seán O'Neill",
    executive_sponsor="Ada Byron",
    sample="data/pilot.csv",
    system="model.py:predict",
    acceptance="quality.accuracy >= 0.85",
)
REGRESSION = Answers(pilot="delays", production="d.csv", label="delay", task="regression")
FROM_A_FOLDER = Answers(
    pilot="claims", production="d", files=("d/a.csv", "d/b.csv"), null_values=("?", "n/a")
)
FROM_A_TABLE = Answers(pilot="claims", production="d.duckdb", table="our claims")
BY_HTTP = Answers(pilot="claims", system="http://localhost:8080/predict")
ALL = [NOTHING_KNOWN, FROM_A_FILE, ANSWERED, REGRESSION, FROM_A_FOLDER, FROM_A_TABLE, BY_HTTP]


@pytest.mark.parametrize("answers", ALL)
def test_what_is_written_loads(answers: Answers, tmp_path: Path) -> None:
    """However much or little is known."""
    assert _loaded(render(answers), tmp_path).charter.pilot == answers.pilot


def test_only_what_is_known_is_said(tmp_path: Path) -> None:
    """An example that nobody agreed to must not look agreed."""
    assert content(_loaded(render(NOTHING_KNOWN), tmp_path).charter) == {"pilot": "claims"}


def test_what_is_known_stands_in_the_charter(tmp_path: Path) -> None:
    """Word for word, whatever characters it has."""
    assert content(_loaded(render(ANSWERED), tmp_path).charter) == {
        "pilot": "claims",
        "outcome": {"statement": "Claims: answered in 1 day, not 6"},
        "people": {
            "production_owner": {"name": "Seán O'Neill"},
            "executive_sponsor": {"name": "Ada Byron"},
        },
        "data": {
            "production": [{"name": "claims_2026", "path": "data/claims 2026.csv"}],
            "pilot": {"path": "data/pilot.csv"},
            "label": "approved",
            "key": ["claim id"],
            "timestamp": "received",
            "site_column": "branch",
        },
        "system": {"python": {"callable": "model.py:predict"}},
        "acceptance": [{"metric": "quality.accuracy", "comparison": ">=", "threshold": 0.85}],
    }


@pytest.mark.parametrize("answers", ALL)
def test_each_comment_can_be_taken_away_alone(answers: Answers, tmp_path: Path) -> None:
    """A block whose '# ' is taken away loads, and says something."""
    text = render(answers)
    before = content(_loaded(text, tmp_path).charter)
    blocks = list(_comments(text))

    assert len(blocks) >= 15
    for block in blocks:
        after = content(_loaded(_uncommented(text, block), tmp_path).charter)
        # What is the default anyway is not in the content; nothing may be lost, though.
        assert before.keys() <= after.keys()


@pytest.mark.parametrize("answers", ALL)
def test_all_comments_can_be_taken_away_together(answers: Answers, tmp_path: Path) -> None:
    """The examples fit together, and leave no part of the charter unexplained."""
    text = render(answers)
    everything = _uncommented(text, range(len(text.splitlines())))

    charter = _loaded(everything, tmp_path).charter

    said = set(content(charter))
    assert said == set(type(charter).model_fields) - {"version", "title"}


@pytest.mark.parametrize("kind", KINDS[1:])
def test_each_other_kind_of_system_is_shown(kind: str, tmp_path: Path) -> None:
    """What is shown loads when it is taken out of its comment."""
    lines = [line.replace("#", " ") for line in render(NOTHING_KNOWN).splitlines()]
    start = next(n for n, line in enumerate(lines) if line.lstrip().startswith(f"{kind}:"))
    margin = len(lines[start]) - len(lines[start].lstrip())
    below = takewhile(lambda line: line[: margin + 1].isspace(), lines[start + 1 :])
    example = "\n".join([lines[start], *below])

    text = f"pilot: claims\nsystem:\n{example}\n"

    assert content(_loaded(text, tmp_path).charter)["system"].keys() == {kind}


@given(text=st.text())
def test_any_text_is_quoted_so_that_it_reads_back(text: str) -> None:
    """Column names and sentences come as they are."""
    assert YAML(typ="safe", pure=True).load(f"[{scalar(text)}]") == [text]


@pytest.mark.parametrize(
    ("values", "type_"),
    [
        (["1", "2", None], "integer"),
        (["1.5", "2", "-3e4"], "number"),
        ([1.5, float("nan"), 2.0], "number"),
        ([Decimal("1.50"), None], "number"),
        (["yes", "No", ""], "boolean"),
        ([True, False], "boolean"),
        (["2026-03-01", "2026-03-02"], "date"),
        (["1.3.2026", "2.3.2026"], "date"),
        ([date(2026, 3, 1)], "date"),
        (["2026-03-01 10:00", "2026-03-01T10:00:00Z"], "timestamp"),
        ([datetime(2026, 3, 1)], "timestamp"),  # noqa: DTZ001 - as a file without zones has it
        (["10:00", "23:59:59"], "time"),
        (["north", "south"] * 10, "category"),
        (["Ada", "Bob", "Cleo"], "text"),
        # One value that does not fit is enough to doubt the type.
        (["1", "2", "three"], "text"),
        ([None, "NA", ""], "text"),
    ],
)
def test_a_column_is_what_all_its_values_are(values: list[Any], type_: str) -> None:
    """Missing values say nothing about the type."""
    assert profile_column("x", values).type == type_


def test_a_profile_counts_what_is_missing_and_what_differs() -> None:
    """The usual words for a missing value count as missing."""
    assert profile_column("x", ["1", "1", "2", None, "NA", ""]) == ColumnProfile(
        name="x", type="integer", n=6, n_missing=3, n_distinct=2, stand_ins=("NA",)
    )


def test_texts_that_stand_for_no_value_are_found_where_they_cannot_be_one() -> None:
    """'?' is never a value; 'NA' is none beside figures, and may be Namibia beside texts."""
    profile = DataProfile(
        path="x.csv",
        columns=(
            profile_column("country", ["DE", "NA", "?", "FR"]),
            profile_column("amount", ["1.5", "NA", "", "?"]),
        ),
    )

    assert [column.stand_ins for column in profile.columns] == [("?",), ("NA", "?")]
    assert profile.stand_ins == ("?", "NA")


def test_label_key_timestamp_and_site_are_guessed_from_names_and_values() -> None:
    """Guesses stand in the charter to be read; nothing is decided by them in silence."""
    profile = DataProfile(
        path="claims.csv",
        columns=(
            _column("claim_id", "integer", n_distinct=100),
            _column("policy", "text", n_distinct=100),
            _column("received", "timestamp", n_distinct=100),
            _column("answered_on", "date", n_distinct=30, n_missing=5),
            _column("Branch", "category", n_distinct=4),
            _column("channel", "category", n_distinct=3),
            _column("amount", "number", n_distinct=90),
            _column("urgent", "boolean", n_distinct=2),
            _column("approved", "boolean", n_distinct=2),
        ),
    )

    assert infer(profile) == Guess(
        label="approved",
        labels=("approved", "urgent"),
        key=("claim_id",),
        timestamp="received",
        site_column="Branch",
        slices=("channel",),
        task="classification",
    )


def test_names_that_say_nothing_give_no_guess() -> None:
    """Better no label than a wrong one."""
    profile = DataProfile(
        path="x.csv",
        columns=(_column("a", "number", n_distinct=90), _column("b", "text", n_distinct=50)),
    )

    assert infer(profile) == Guess()


def test_a_yes_or_no_column_is_rather_the_answer_than_two_numbers() -> None:
    """An extract of two months has two values of 'month'; of equals, answers stand last."""
    columns = (
        _column("month", "integer", n_distinct=2),
        _column("urgent", "boolean", n_distinct=2),
        _column("replan", "boolean", n_distinct=2),
    )

    assert infer(DataProfile(path="x.csv", columns=columns)).labels == ("replan", "urgent", "month")


def test_a_site_is_no_answer_because_there_are_two_of_them() -> None:
    """In German as well, as in many a plant."""
    columns = (
        _column("Standort", "category", n_distinct=2),
        _column("Urteil", "category", n_distinct=3),
    )

    guess = infer(DataProfile(path="x.csv", columns=columns))

    assert (guess.label, guess.labels, guess.site_column) == ("Urteil", ("Urteil",), "Standort")


def test_a_folder_of_few_files_is_shown_as_sites_to_choose() -> None:
    """As an explanation: the files may be of days, and both ways together count twice."""
    text = render(
        Answers(
            pilot="claims",
            production="data",
            files=("data/Leeds.csv", "data/York.csv"),
            null_values=("?",),
        )
    )

    assert (
        """
    - {name: data, path: data, null_values: ['?']}
  ## Where each file is of one site, write instead of the line above:
  ##   - {path: data/Leeds.csv, site: Leeds, null_values: ['?']}
  ##   - {path: data/York.csv, site: York, null_values: ['?']}
"""
        in text
    )


def test_a_label_with_many_numbers_is_a_regression() -> None:
    """Its system is then judged by how far off it is."""
    profile = DataProfile(path="x.csv", columns=(_column("target", "number", n_distinct=90),))

    assert infer(profile).task == "regression"


def _column(name: str, type_: Any, *, n_distinct: int, n_missing: int = 0) -> ColumnProfile:
    return ColumnProfile(name=name, type=type_, n=100, n_missing=n_missing, n_distinct=n_distinct)


def _loaded(text: str, folder: Path) -> LoadedCharter:
    file = folder / "pilot.yaml"
    file.write_text(text, encoding="utf-8")
    return load_charter(file, known_metrics=Catalogue(SHIPPED))


_COMMENT = re.compile(r"^( *)# (?!#)")


def _comments(text: str) -> Iterator[range]:
    """Yield the line numbers of each run of commented YAML, as a person would mark it."""
    lines = text.splitlines()
    start = None
    for number, line in enumerate([*lines, ""]):
        inside = _COMMENT.match(line) is not None or (
            start is not None and line.startswith("#   ## ")
        )
        starts_block = inside and not line.lstrip().startswith(("#  ", "#   "))
        if start is not None and (not inside or starts_block):
            yield range(start, number)
            start = None
        if start is None and inside:
            start = number


def _uncommented(text: str, block: range) -> str:
    """Take away one '# ' from each line of a block, as an editor does; '##' becomes '#'."""
    return "\n".join(
        re.sub(r"^( *)#( |(?=#))", r"\1", line) if number in block else line
        for number, line in enumerate(text.splitlines())
    )
