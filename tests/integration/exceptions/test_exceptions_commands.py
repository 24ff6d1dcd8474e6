"""`proveout exceptions` and `proveout labels`, for somebody who handles a hundred a day."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from fixtures.traffic import CHARTER, NOW, claims, pilot_in_use
from proveout.cli import exceptions_command, labels_command
from proveout.cli.app import build_app, run_app
from proveout.runtime.exceptions.entry import Handling, entry_id
from proveout.runtime.exceptions.labels import read_labels
from proveout.runtime.exceptions.queue import ExceptionQueue
from proveout.runtime.log import find
from proveout.runtime.store import open_store

pytestmark = [
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

Run = Callable[..., str]
CALLS = 6


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A pilot in use; two of its six answers are in the queue."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("time.time", NOW.timestamp)
    steps = "goes_to: Michael Faraday, due_hours: 24, escalates_to: Ada Byron, steps: [Look]"
    text = CHARTER.replace("goes_to: Michael Faraday, due_hours: 24", steps)
    pilot = pilot_in_use(tmp_path, charter=text, history=1)
    frame = claims(CALLS, seed=4, begins=NOW - timedelta(days=2), days=2)
    ids = pilot.serve(frame, reasons=("rule",), notes=("rule 'small' says: too much",))
    with open_store(str(tmp_path / "runtime.db")) as store:
        handling = Handling(goes_to="Michael Faraday", due_hours=24, escalates_to="Ada Byron")
        queue = ExceptionQueue(store, "claims", handling)
        queue.enqueue(find(pilot.log, "claims", [ids[0], ids[5]]).values())
    return ids


@pytest.fixture
def run(calls: list[str], capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in the pilot's folder; return what it gave and said."""
    del calls

    def run(line: str, code: int = 0) -> str:
        app = build_app([exceptions_command.register, labels_command.register])
        found = run_app(app, shlex.split(line))
        written = capsys.readouterr()
        assert found == code, written
        return written.out + written.err

    return run


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def labels(folder: Path) -> list[tuple[str, int, str, str]]:
    with open_store(str(folder / "runtime.db")) as store:
        return [
            (each.call, each.row, each.label, each.source) for each in read_labels(store, "claims")
        ]


def test_the_list_shows_what_is_due_first(run: Run, calls: list[str]) -> None:
    """Late ones are in front, with who has them and why they are there."""
    first, last = entry_id(calls[0]), entry_id(calls[5])

    assert lines(run("exceptions")) == [
        "id due why note",
        f"{first} 24 h late rule rule 'small' says: too much",
        f"{last} in 16 h rule rule 'small' says: too much",
        "With Michael Faraday. 2 open, 1 of them overdue; 0 resolved.",
    ]
    assert lines(run("exceptions list --overdue --owner 'Ada Byron'"))[0] == "None."


def test_a_line_for_each_on_a_narrow_terminal(
    run: Run, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What finds no room is cut, and what is not shown is counted; who differs is told."""
    first, last = entry_id(calls[0]), entry_id(calls[5])
    monkeypatch.setenv("COLUMNS", "70")
    said = " ".join(lines(run("exceptions list --limit 1"))[2:])
    assert said == (
        "With Michael Faraday. 1 more are open: --limit 2. 2 open, 1 of them overdue; 0 resolved."
    )
    run(f"exceptions take {last} --who 'Bo'")

    assert lines(run("exceptions"))[:3] == [
        "id due with why note",
        f"{first} 24 h late Michael Faraday rule rule 'small' says: to…",
        f"{last} in 16 h Bo rule rule 'small' says: to…",
    ]


def test_what_users_say_does_not_move_the_terminal(run: Run, calls: list[str]) -> None:
    """Escape sequences in what was said are shown as what they are, in list and entry."""
    with open_store("runtime.db") as store:
        queue = ExceptionQueue(store, "claims", Handling(goes_to="Michael Faraday"))
        evil = replace(
            queue.get(calls[0]),
            id="aaaaaaaaaaaa",
            reported_by="eve",
            said="\x1b[2Jwrong\n\x07total",
        )
        queue.put([evil])

    told = run("exceptions") + run("exceptions show aaaaaaaaaaaa")

    assert "\x1b" not in told
    assert "\x07" not in told
    assert "[2Jwrong" in told


def test_one_goes_through_them_one_after_the_other(
    run: Run, calls: list[str], tmp_path: Path
) -> None:
    """Next, resolve with --next, until nothing is left; corrections are labels by then."""
    first, last = entry_id(calls[0]), entry_id(calls[5])

    shown = lines(run("exceptions next --who Bo"))
    assert shown[0] == f"Exception: {first}"
    assert "To do: Look" in shown
    assert (
        shown[-1]
        == f"Then: proveout exceptions resolve {first} --outcome … --who 'Bo' --why … --next"
    )

    went_on = lines(
        run(
            f"exceptions resolve {first} --outcome corrected --correction no --who Bo --why w "
            "--next"
        )
    )
    assert f"Exception: {last}" in went_on
    assert f"{first}: corrected to no." in went_on

    done = lines(
        run(f"exceptions resolve {last[:7]} --outcome confirmed-right --who Bo --why w --next")
    )
    assert "Nothing is left to look at." in done
    answered = json.loads(
        find(tmp_path / "prediction-log", "claims", [calls[5]])[calls[5]].answer or ""
    )
    assert sorted(labels(tmp_path)) == sorted(
        [
            (calls[0], 0, "no", "correction"),
            (calls[5], 0, answered["answers"][0], "confirmation"),
        ]
    )
    stats = lines(run("exceptions stats"))
    assert stats[:3] == [
        "0 open; 2 resolved.",
        "Why: rule 2",
        "Came of it: corrected 1, confirmed-right 1",
    ]


def test_an_outcome_that_is_none_is_refused(run: Run, calls: list[str]) -> None:
    """With those that there are."""
    said = run(f"exceptions resolve {calls[0]} --outcome wrong --who Bo --why w", code=2)

    assert lines(said) == [
        "Error: 'wrong' is no outcome.",
        "It is one of: confirmed-right, corrected, rejected, duplicate, cannot-tell.",
    ]


def test_what_is_late_is_escalated_by_command(run: Run, calls: list[str]) -> None:
    """As the charter says; channels are silent until one is given."""
    told = json.loads(run("exceptions escalate --json"))

    assert [each["call"] for each in told["escalated"]] == [calls[0]]
    assert told["escalated"][0]["escalated_to"] == "Ada Byron"
    assert lines(run("exceptions escalate")) == ["0 escalated."]


def test_labels_are_imported_by_the_proveout_id(run: Run, calls: list[str], tmp_path: Path) -> None:
    """What belongs to no answer, has no label, or two of them, is counted and left."""
    rows = [*zip(calls[:3], ["yes", "no", ""], strict=True), (calls[3], "yes"), (calls[3], "no"),
            ("01JD0000000000000000000000", "yes")]  # fmt: skip
    pd.DataFrame(rows, columns=["proveout_id", "pay"]).to_csv(tmp_path / "d.csv", index=False)

    assert lines(run("labels import d.csv --dry-run"))[1].endswith("would be kept.")
    said = lines(run("labels import d.csv"))

    assert said == [
        "6 rows read, 2 belong to an answer by their proveout-id.",
        "2 answers have a label by it: 2 new, 0 changed; kept.",
        "1 row belongs to no answer in the log, such as 01JD0000000000000000000000, 0",
        "1 row has no label.",
        f"2 rows cannot be told apart by their proveout-id, such as {calls[3]}, 0 "
        "(2 rows with different labels of the file, 1 answer of the log); none of them is taken.",
    ]
    assert labels(tmp_path) == [
        (calls[0], 0, "yes", "d.csv"), (calls[1], 0, "no", "d.csv")
    ]  # fmt: skip


def test_labels_are_imported_by_what_requests_hold(
    run: Run, calls: list[str], tmp_path: Path
) -> None:
    """By columns that name a record; numbers match however they are written."""
    frame = claims(CALLS, seed=4, begins=NOW - timedelta(days=2), days=2)
    frame["amount"] = frame["amount"].map(lambda amount: f" {amount}")
    frame.loc[frame.index[-1], "amount"] = "99999999"
    frame.to_parquet(tmp_path / "decided.parquet")

    said = lines(run("labels import decided.parquet --key amount,kind --label pay"))

    assert said[:2] == [
        "6 rows read, 5 belong to an answer by amount, kind.",
        "5 answers have a label by it: 5 new, 0 changed; kept.",
    ]
    assert sorted(each[0] for each in labels(tmp_path)) == sorted(calls[:5])


def test_labels_alone_tell_from_where_they_came_and_how_late(
    run: Run, calls: list[str], tmp_path: Path
) -> None:
    """By source, the largest first; where there are none yet, how they come."""
    none = "No true answers yet. They come by: proveout labels import decided.csv"
    assert lines(run("labels")) == [none]
    rows = [(each, "yes") for each in calls[:2]]
    pd.DataFrame(rows, columns=["proveout_id", "pay"]).to_csv(tmp_path / "d.csv", index=False)
    run("labels import d.csv")
    run(f"exceptions resolve {calls[5]} --outcome corrected --correction no --who Bo --why w")

    said = lines(run("labels"))

    assert [line.partition(";")[0] for line in said] == [
        "3 true answers.", "d.csv: 2", "correction: 1"
    ]  # fmt: skip
    told = json.loads(run("labels show --json"))
    assert [each["most_days"] for each in told["sources"]] == [None, None]


def test_a_label_is_kept_only_where_the_key_names_one_row_and_one_answer(
    run: Run, calls: list[str], tmp_path: Path
) -> None:
    """What a key does not tell apart, in the file or in the log, is counted, shown, and left."""
    frame = claims(CALLS, seed=4, begins=NOW - timedelta(days=2), days=2).astype({"pay": str})
    twice = pd.concat([frame, frame.iloc[[0]]])
    twice.to_csv(tmp_path / "d.csv", index=False)
    amount, kind = frame["amount"].iloc[0], frame["kind"].iloc[0]

    said = lines(run("labels import d.csv --key amount,kind --label pay"))

    assert said == [
        "7 rows read, 5 belong to an answer by amount, kind.",
        "5 answers have a label by it: 5 new, 0 changed; kept.",
        f"2 rows cannot be told apart by amount, kind, such as {amount}, {kind} "
        "(2 rows of the file, 1 answer of the log); none of them is taken.",
    ]
    assert sorted(each[0] for each in labels(tmp_path)) == sorted(calls[1:])


def test_a_key_that_mostly_does_not_tell_is_refused(
    run: Run, calls: list[str], tmp_path: Path
) -> None:
    """One row of the file for many answers is no truth of any; nothing is kept."""
    del calls
    (tmp_path / "d.csv").write_text("kind,pay\ncar,yes\n")

    said = lines(run("labels import d.csv --key kind --label pay", code=2))

    assert said[0].startswith(
        "Error: 1 of 1 rows with a label cannot be told apart by kind, such as car (1 row of the "
    )
    assert said[-1] == ("Match by the charter's data.key (--key claim), or by --key proveout_id")
    assert labels(tmp_path) == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("labels import d.csv --label truth",
         "Error: The file has no column 'truth' with the true answer."),
        ("labels import d.csv --key number",
         "Error: The file has no column 'number' to match its rows by."),
        ("labels import d.csv --key colour",
         "Error: Requests hold no 'colour', so that rows cannot be matched by it."),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_matched_is_refused(
    run: Run, tmp_path: Path, line: str, message: str
) -> None:
    """With the column that is missing."""
    (tmp_path / "d.csv").write_text("claim,colour,pay\n1,red,yes\n")

    assert lines(run(line, code=2))[0] == message


@pytest.mark.parametrize("name", ["labels.csv", "labels.parquet"])
def test_corrections_are_handed_out_as_labelled_data(
    run: Run, calls: list[str], tmp_path: Path, name: str
) -> None:
    """With what was asked, what was answered, and who said what is true."""
    run(f"exceptions resolve {calls[0]} --outcome corrected --correction no --who Bo --why w")

    said = run(f"exceptions export --labels {name}")

    read: Any = pd.read_csv if name.endswith("csv") else pd.read_parquet
    (row,) = read(tmp_path / name).to_dict(orient="records")
    assert lines(said) == [f"1 label written to {name}"]
    assert (row["proveout_id"], row["proveout_row"], row["label"]) == (calls[0], 0, "no")
    assert (row["label_by"], row["kind"], row["proveout_user"]) == ("Bo", "car", "u0")


def test_a_row_that_is_no_number_belongs_to_no_answer(
    run: Run, calls: list[str], tmp_path: Path
) -> None:
    """It is counted with the others; an empty cell is the first row, and letters may be small."""
    rows = [(calls[0].lower(), "", "yes"), (calls[1], "0", "no"), (calls[2], "last", "no")]
    pd.DataFrame(rows, columns=["proveout_id", "proveout_row", "pay"]).to_csv(
        tmp_path / "d.csv", index=False
    )

    assert lines(run("labels import d.csv"))[2:] == [
        f"1 row belongs to no answer in the log, such as {calls[2]}, last"
    ]
    assert labels(tmp_path) == [(calls[0], 0, "yes", "d.csv"), (calls[1], 0, "no", "d.csv")]
