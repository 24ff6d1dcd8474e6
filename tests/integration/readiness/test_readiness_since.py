"""`proveout audit --since` and `--todo`: what became of the findings, and the list to work from."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from proveout.cli import audit_command
from proveout.cli.app import build_app, run_app

pytestmark = [
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def audit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Audit in an empty folder; returns exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str) -> tuple[int, str, str]:
        code = run_app(build_app([audit_command.register]), ["audit", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def orders(name: str, *, seed: int, empty: float = 0.0, wrong: float = 0.0, twice: int = 0) -> None:
    """Write a month of orders with so much amiss."""
    drawn = random.Random(seed)
    rows = [
        [
            f"{seed}-{n}",
            "" if drawn.random() < empty else f"{drawn.lognormvariate(3, 0.4):.2f}",
            "=x" if drawn.random() < wrong else drawn.randint(1, 9),
        ]
        for n in range(2_000)
    ]
    with Path(name).open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([["order", "amount", "qty"], *rows, *rows[:twice]])


def statuses(told: str) -> dict[str, str]:
    """Return the status of each finding, open or not, of a JSON answer."""
    plain = json.loads(told)
    return {
        each["id"].partition(":")[2]: each["status"]
        for each in (*plain["fix_first"], *plain["left"])
    }


def test_an_audit_tells_what_became_of_the_findings_of_the_one_before(audit: Run) -> None:
    """Month by month, each compared with the JSON of the last; the file may be called otherwise."""
    orders("orders-2026-05.csv", seed=1, empty=0.08, wrong=0.02, twice=20)
    orders("orders-2026-06.csv", seed=2, empty=0.02, wrong=0.08)
    orders("orders-2026-07.csv", seed=3, empty=0.02, wrong=0.08, twice=20)
    Path("may.json").write_text(audit("orders-2026-05.csv", "--json")[1], encoding="utf-8")
    june = audit("orders-2026-06.csv", "--since", "may.json", "--json")[1]
    Path("june.json").write_text(june, encoding="utf-8")

    july = audit("orders-2026-07.csv", "--since", "june.json", "--json")[1]
    code, shown, said = audit("orders-2026-07.csv", "--since", "june.json")

    assert {k: v for k, v in statuses(june).items() if k != "outlier:amount"} == {
        "missing:amount": "better",
        "stand-in:qty": "worse",
        "duplicate-row": "gone",
    }
    assert {k: v for k, v in statuses(july).items() if k != "outlier:amount"} == {
        "missing:amount": "same",
        "stand-in:qty": "same",
        "duplicate-row": "back",
    }
    assert code == 0
    assert "1 back" in next(line for line in shown.splitlines() if line.startswith("Since "))
    assert "orders-2026-07 is compared with orders-2026-06 of the earlier audit." in said


def test_a_source_that_is_not_read_any_more_is_not_fixed(audit: Run) -> None:
    """Its findings are kept as not looked at."""
    orders("orders.csv", seed=1, empty=0.08)
    Path("other.csv").write_text("k,v\n" + "1,2\n" * 40, encoding="utf-8")
    Path("before.json").write_text(audit("orders.csv", "--json")[1], encoding="utf-8")

    told = json.loads(audit("other.csv", "--since", "before.json", "--json")[1])

    (left,) = [each for each in told["left"] if each["id"] == "orders:missing:amount"]
    assert (left["status"], left["why"]) == ("not looked at", "orders was not read")


def test_the_list_of_things_to_fix_can_go_to_a_ticket_system(audit: Run) -> None:
    """One line each, also of what is gone; a text that a spreadsheet would run is defused."""
    orders("orders.csv", seed=1, wrong=0.05, twice=20)
    Path("before.json").write_text(audit("orders.csv", "--json")[1], encoding="utf-8")
    orders("orders.csv", seed=1, wrong=0.05)

    _, _, said = audit("orders.csv", "--since", "before.json", "--todo", "todo.csv")
    with Path("todo.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}

    assert f"Wrote {len(rows)} findings to todo.csv." in said
    wrong = rows["orders:stand-in:qty"]
    assert wrong["examples"] == "'=x"
    assert wrong["owner"] == "nobody named"
    assert wrong["verification"] == "The next audit shows every value of qty to be of its type."
    assert rows["orders:duplicate-row"]["status"] == "gone"


def test_a_file_that_is_no_audit_is_refused(audit: Run) -> None:
    """With the command that makes one."""
    orders("orders.csv", seed=1)

    code, _, said = audit("orders.csv", "--since", "orders.csv")

    assert code == 2
    assert said == (
        "Error: orders.csv is not the JSON of an audit.\n"
        "Make one: proveout audit SOURCE --json > last.json\n"
    )
