"""From records to the verdict of the gate, by the ways that commands go."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from fixtures.case_records import BEGINS, COST, NOW, RIGHT, ROLLOUT_DAY, TIME, cases, write
from proveout.assess import open_workspace
from proveout.cli.app import build_app, run_app
from proveout.cli.commands import REGISTRARS
from proveout.desk import open_desk
from proveout.desk.observations import Observation, add_observations

pytestmark = [
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]
ROLLED_OUT = (BEGINS + timedelta(days=ROLLOUT_DAY)).date()


def states(folder: Path, kpis: list[Any], **value: Any) -> dict[str, str]:
    """Run the check and the gate; return how the lines on KPIs stand."""
    said = {
        "version": 1, "pilot": "claims", "kpis": kpis,
        "value": {"records": {"source": "cases.csv", "at": "opened_at"}, **value},
    }  # fmt: skip
    (folder / "pilot.yaml").write_text(yaml.safe_dump(said, sort_keys=False))
    with open_workspace(
        folder / "pilot.yaml", str(folder / "ledger.db"), folder / "state"
    ) as workspace:
        workspace.run(["value"], seed=7, watch=lambda event: None)
        judged = workspace.judge("scale").verdict.rulings
    return {
        each.criterion.id.removeprefix("scale.kpi-"): each.state
        for each in judged
        if each.criterion.id.startswith("scale.kpi-")
    }


def test_a_drawn_comparison_passes_where_the_interval_clears_the_threshold(tmp_path: Path) -> None:
    """And holds where it does not: cost comes to 7.7, sealed at 7.5."""
    write(tmp_path / "cases.csv", cases())
    tight = {**COST, "name": "tight", "threshold": 7.5}
    missed = {**RIGHT, "threshold": 0.95}

    told = states(tmp_path, [TIME, COST, tight, missed])

    assert told == {
        "handling-time": "passed", "cost": "passed", "tight": told["tight"],
        "right-at-once": "failed",
    }  # fmt: skip
    assert told["tight"] in {"failed", "inconclusive"}


def test_a_trend_that_was_there_before_is_not_the_systems_merit(tmp_path: Path) -> None:
    """Figures that fall by themselves do not pass, however far they have fallen."""
    falling = cases(6000, assigned=False, effect=1.0, trend_per_day=-0.004)
    write(tmp_path / "cases.csv", falling)

    told = states(tmp_path, [COST], rolled_out=ROLLED_OUT.isoformat())

    assert told["cost"] != "passed"


def test_volunteers_who_were_better_before_do_not_pass(tmp_path: Path) -> None:
    """Ten keen people take 40 % less with the system and without it."""
    columns = cases(6000, assigned=False, chosen={})
    keen = [int(each[1:]) < 10 for each in columns["person"]]
    since = [datetime.fromisoformat(each).date() >= ROLLED_OUT for each in columns["opened_at"]]
    columns["volunteer"] = ["yes" if each else "no" for each in keen]
    columns["with_system"] = [
        "yes" if each and late else "no" for each, late in zip(keen, since, strict=True)
    ]
    columns["cost"] = [
        round(cost * 0.6, 2) if each else cost
        for cost, each in zip(columns["cost"], keen, strict=True)
    ]
    write(tmp_path / "cases.csv", columns)

    told = states(tmp_path, [COST])

    assert told["cost"] != "passed"


def test_observations_that_were_given_to_the_dashboard_are_records_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One row a case and KPI; without `measured` the value is the figure."""
    place = str(tmp_path / "dashboard.db")
    monkeypatch.setenv("PROVEOUT_DATABASE", place)
    columns = cases()
    given = [
        Observation(
            id=f"o{number}", kpi="cost", at=datetime.fromisoformat(columns["opened_at"][number]),
            value=columns["cost"][number], case=columns["case"][number],
            team=columns["team"][number], person=columns["person"][number],
            with_system=columns["with_system"][number] == "yes",
            assigned={"yes": True, "no": False, "": None}[columns["assigned"][number]],
        )
        for number in range(3000)
    ]  # fmt: skip
    with open_desk(place) as desk:
        add_observations(
            desk, "claims", given, act_id="a1", by="Ada", source="API", now=NOW.astimezone(UTC)
        )
    plain = {name: each for name, each in COST.items() if name != "measured"}

    told = states(tmp_path, [plain], records="dashboard")

    assert told["cost"] == "passed"


def test_the_plan_says_weeks_before_there_is_a_case_with_the_system(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From manual cases alone, and what cannot be planned says why."""
    columns = cases(2000, assigned=False, starts=[9999] * 8)
    del columns["with_system"]
    write(tmp_path / "cases.csv", columns)
    never = {**RIGHT, "threshold": None}
    said = {
        "version": 1, "pilot": "claims", "kpis": [COST, never],
        "value": {"records": {"source": "cases.csv", "at": "opened_at"}},
    }  # fmt: skip
    (tmp_path / "pilot.yaml").write_text(yaml.safe_dump(said))
    asked = ["plan", str(tmp_path / "pilot.yaml"), "--json"]
    program = build_app(REGISTRARS)

    def planned(*more: str) -> tuple[int, dict[str, Any]]:
        code = run_app(program, [*asked, *more])
        return code, json.loads(capsys.readouterr().out)

    (_, told), (_, hopeful) = planned(), planned("--expect", "cost=6")
    unknown, _ = planned("--expect", "costs=6")
    _, too_little = planned("--expect", "cost=10")

    (plan,), (sooner,) = told["plans"], hopeful["plans"]
    assert plan["expected_from"] == "assumed"
    assert plan["expected"] == pytest.approx(plan["baseline"] + 1.5 * (9 - plan["baseline"]))
    assert plan["on_one_day"]["days"] < plan["looking_daily"]["days"]
    assert told["not_planned"] == [
        {"kpi": "right-at-once", "why": "it has no threshold",
         "next_step": "Agree on one: kpis[right-at-once].threshold"},
    ]  # fmt: skip
    assert sooner["on_one_day"]["days"] < plan["on_one_day"]["days"]
    assert unknown == 2
    assert too_little["not_planned"][0]["why"] == (
        "10 EUR a case, which is expected, does not meet the threshold of 9 EUR a case, however "
        "long one waits"
    )
