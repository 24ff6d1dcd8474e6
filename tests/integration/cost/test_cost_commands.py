"""The cost check and `proveout cost`, as installed, on a system that runs here."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROVEOUT = Path(sys.executable).with_name("proveout")
CHARTER = """\
pilot: bill
data: {production: [orders.csv], inputs: [text]}
system: {python: 'model.py:answer', task: classification}
process: {name: Orders, cost_per_transaction: 1.2}
load: {pilot_users: 20, users: 2000, requests_per_user_per_day: 30}
budget:
  currency: EUR
  per_month: 500
  growth_per_month: 0.1
  price: {per_request: 0.0004, per_seat_per_month: 0.05, fixed_per_month: 50}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a pilot whose month has been added up."""
    folder = tmp_path_factory.mktemp("bill")
    rows = "".join(f"{n},order {n}\n" for n in range(100))
    (folder / "orders.csv").write_text(f"id,text\n{rows}", encoding="utf-8")
    code = "def answer(rows):\n    return ['yes'] * len(rows)\n"
    (folder / "model.py").write_text(code, encoding="utf-8")
    (folder / "pilot.yaml").write_text(CHARTER, encoding="utf-8")
    assert run(folder, "check", "cost").returncode == 0
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(PROVEOUT), *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def document(folder: Path, *arguments: str) -> dict[str, Any]:
    done = run(folder, *arguments, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_month_is_added_up_from_what_rows_took(project: Path) -> None:
    """2,000 users × 30 × 21 days × 0.0004, with 100 of seats and 50 fixed: 654 of 500."""
    found = {
        each["metric"]: each
        for each in document(project, "cost", "show")["evidence"]
        if not each["subject"]
    }

    assert found["cost.per_request"]["value"] == pytest.approx(0.0004)
    assert found["cost.monthly"]["value"] == pytest.approx(654)
    assert found["cost.monthly"]["unit"] == "EUR/month"
    assert found["cost.budget_share"]["value"] == pytest.approx(1.308)
    assert {each["n"] for each in found.values()} == {100}
    assert {each["basis"] for each in found.values()} == {"measured"}


def test_what_would_make_it_fit_is_said(project: Path) -> None:
    """Each change alone."""
    told = document(project, "cost", "show")["to_fit"]

    assert told[0] == "Fewer users: 1,490 users instead of 2,000."
    assert [line.partition(":")[0] for line in told] == [
        "Fewer users", "A cheaper request", "Fewer requests", "A cache",
    ]  # fmt: skip


def test_the_rows_of_the_export_add_up_to_the_month(project: Path) -> None:
    """Requests, seats and what is fixed."""
    told = document(project, "cost", "export", "-o", "focus.csv", "--month", "2026-12")

    with (project / "focus.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert (told["charges"], len(rows)) == (3, 3)
    assert sum(float(row["BilledCost"]) for row in rows) == pytest.approx(654)


def test_the_gate_holds_what_the_budget_does_not(project: Path) -> None:
    """The criterion on the budget's share fails with its figure."""
    done = run(project, "gate", "--json")

    lines = {line["id"]: line for line in json.loads(done.stdout)["report"]["verdict"]["rulings"]}
    assert lines["production.cost"]["state"] == "failed"


def test_what_was_measured_under_another_charter_is_not_shown(
    project: Path, tmp_path: Path
) -> None:
    """Another price makes another bill; another daily limit does not."""
    told = {}
    for name, budget in (
        ("price", "0.0004|0.0008"),
        ("limit", "per_month: 500|per_month: 500\n  per_day: 9"),
    ):
        before, _, after = budget.partition("|")
        shutil.copytree(project, tmp_path / name)
        charter = CHARTER.replace(before, after)
        (tmp_path / name / "pilot.yaml").write_text(charter, encoding="utf-8")
        told[name] = run(tmp_path / name, "cost", "show")

    assert (told["price"].returncode, told["limit"].returncode) == (2, 0)
    assert "What bill costs was measured under another charter" in told["price"].stderr
    assert "Measure it again: proveout check cost pilot.yaml" in told["price"].stderr


def test_before_it_was_measured_the_next_step_is_told(tmp_path: Path) -> None:
    """Exit code 2, and how to measure it."""
    (tmp_path / "pilot.yaml").write_text("pilot: bill\n", encoding="utf-8")
    assert run(tmp_path, "check", "cost").returncode == 3

    done = run(tmp_path, "cost", "show")

    assert done.returncode == 2
    assert "The ledger does not know yet what bill costs.\n" in done.stderr
    assert "Measure it: proveout check cost pilot.yaml" in done.stderr


def test_models_of_the_table_are_listed_with_their_prices(tmp_path: Path) -> None:
    """Per million tokens, in dollars, on a day."""
    found = document(tmp_path, "cost", "models", "openai/gpt-4o-mini")

    assert found["unit"] == "USD per million tokens"
    assert all(0 < each["input"] < each["output"] for each in found["models"])
