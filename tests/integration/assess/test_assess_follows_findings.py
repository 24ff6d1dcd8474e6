"""What became of the findings on data, from run to run of one charter."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from proveout.cli import assess_command, check_command, gate_command
from proveout.cli.app import build_app, run_app

pytestmark = [
    # Ibis itself still calls these names of DuckDB and pandas.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]
COMMANDS = (assess_command, check_command, gate_command)
CHARTER = """
pilot: orders
data:
  production:
    - {name: orders, path: orders.csv, owner: Jane Marcet}
"""
Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run one command line in a project folder; return stdout."""
    monkeypatch.chdir(tmp_path)
    Path("pilot.yaml").write_text(CHARTER, encoding="utf-8")

    def run(*arguments: str) -> str:
        capsys.readouterr()
        run_app(build_app([command.register for command in COMMANDS]), arguments)
        return capsys.readouterr().out

    return run


def orders(*, wrong: float, twice: int) -> None:
    """Write the orders of a month."""
    drawn = random.Random(1)
    rows = [f"{n},{'?' if drawn.random() < wrong else drawn.randint(1, 9)}" for n in range(1_000)]
    Path("orders.csv").write_text("\n".join(["order,qty", *rows, *rows[:twice]]), encoding="utf-8")


def remediation(run: Run) -> dict[str, tuple[str | None, str]]:
    """Return status and trend of each thing to fix, as the report has them."""
    told: dict[str, Any] = json.loads(run("gate", "pilot.yaml", "--json"))
    return {each["id"]: (each["status"], each["trend"]) for each in told["report"]["remediation"]}


def test_each_run_of_a_charter_tells_what_became_of_the_findings_of_the_last(run: Run) -> None:
    """The ledger remembers; the report shows status and first day, and what is gone."""
    orders(wrong=0.05, twice=30)
    run("check", "readiness", "pilot.yaml")
    first = remediation(run)
    orders(wrong=0.2, twice=0)
    run("check", "readiness", "pilot.yaml")
    second = remediation(run)
    orders(wrong=0.2, twice=30)
    run("check", "readiness", "pilot.yaml")
    run("gate", "pilot.yaml", "--html", "report.html")
    page = Path("report.html").read_text("utf-8")

    assert first["orders:stand-in:qty"] == (None, "")
    assert second["orders:stand-in:qty"][0] == "worse"
    assert "orders:duplicate-row" not in second
    assert remediation(run)["orders:duplicate-row"][0] == "back"
    assert '<b class="moved back">back</b>' in page
    assert "1 back" in page
