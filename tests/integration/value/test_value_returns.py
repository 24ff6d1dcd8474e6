"""From records to what it returns, and to the lines of the gate that ask for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from fixtures.case_records import COST, TIME, cases, write
from fixtures.gate_makers import NOW, seal
from proveout.assess import open_workspace
from proveout.evidence.ledger.port import NewEntry
from proveout.evidence.model import CheckRef, Evidence, Interval
from proveout.evidence.outcome import CheckOutcome
from proveout.gate.model import Ruling

pytestmark = [
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]
RETURNS: dict[str, Any] = {
    "currency": "EUR",
    "worth": [
        {"kpi": "cost", "per_unit": 1},
        {"kpi": "handling-time", "per_unit": {"likely": 0.2, "low": 0.1, "high": 0.3}},
    ],
    "months": 36,
    "spent": 20_000,
    "rollout": 5_000,
    "run_per_month": {"likely": 400, "low": 300, "high": 600},
}


def judged(folder: Path, *, cost: float | None = None, **returns: Any) -> dict[str, Ruling]:
    """Seal, run the check beside what the cost check has found, and ask the gate."""
    write(folder / "cases.csv", cases())
    said = {
        "version": 1, "pilot": "claims",
        "kpis": [{**TIME, "measured": {**TIME["measured"], "horizon": 600}}, COST],
        "value": {"records": {"source": "cases.csv", "at": "opened_at"},
                  "returns": {**RETURNS, **returns}},
    }  # fmt: skip
    (folder / "pilot.yaml").write_text(yaml.safe_dump(said, sort_keys=False))
    with open_workspace(
        folder / "pilot.yaml", str(folder / "ledger.db"), folder / "state"
    ) as workspace:
        workspace.ledger.append([seal(workspace.loaded, who="Ada Eck")])
        if cost is not None:
            workspace.ledger.append(_of_cost(cost))
        workspace.run(["value"], seed=7, watch=lambda event: None)
        rulings = workspace.judge("scale").verdict.rulings
    return {each.criterion.id.removeprefix("scale."): each for each in rulings}


def _of_cost(monthly: float) -> list[NewEntry]:
    found = Evidence(
        pilot="claims", metric="cost.monthly", value=monthly, unit="EUR/month",
        interval=Interval(low=0.9 * monthly, high=1.1 * monthly, level=0.95, method="t"), n=300,
        basis="measured", scope="production", observed_at=NOW, run="run-c",
        check=CheckRef(name="cost", version="1"),
    )  # fmt: skip
    ended = CheckOutcome(
        run="run-c", check="cost", version="1", status="done", started_at=NOW, ended_at=NOW,
        n_evidence=1,
    )  # fmt: skip
    return [
        NewEntry(pilot="claims", kind="evidence", body=found.as_dict()),
        NewEntry(pilot="claims", kind="outcome", body=ended.as_dict()),
    ]


def test_a_return_passes_where_effect_and_run_cost_are_measured(tmp_path: Path) -> None:
    """Of a median the mean is taken; what breaks nothing is said to hold."""
    told = judged(tmp_path, cost=500)

    lines = [name for name in told if name.startswith(("npv", "payback", "comparison"))]
    assert {name: told[name].state for name in lines} == {
        "comparison-handling-time": "passed", "comparison-cost": "passed",
        "npv": "passed", "payback": "passed",
    }  # fmt: skip
    found = told["npv"].deciding.evidence
    assert found is not None
    assert {each["name"]: each["origin"] for each in found.details["inputs"]} == {
        "run": "measured", "spent": "charter", "effect:cost": "measured", "worth:cost": "charter",
        "effect:handling-time": "measured", "worth:handling-time": "charter",
        "support": "charter", "training_hours": "charter", "rollout": "charter",
    }  # fmt: skip


def test_a_run_cost_that_is_only_said_does_not_pass_the_gate(tmp_path: Path) -> None:
    """The figure stands, attested by whoever sealed it; the gate asks for a measured one."""
    told = judged(tmp_path)["npv"]

    assert told.state == "missing"
    assert told.deciding.reason.startswith("there is only a figure that is attested (")
    assert told.deciding.reason.endswith("); it must be measured.")


def test_a_run_cost_that_eats_the_gain_fails(tmp_path: Path) -> None:
    """Technically nothing changed; what comes in does not pay for it."""
    told = judged(tmp_path, cost=14_000)

    assert told["kpi-cost"].state == "passed"
    assert told["npv"].state == "failed"
    assert told["payback"].state == "missing"
    assert "it never pays back within 36 months, in any draw." in told["payback"].deciding.reason
