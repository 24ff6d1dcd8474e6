"""KPIs from the records of a process: what counts, what does not, and what is found."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fixtures.case_records import BEGINS, COST, DAYS, NOW, RIGHT, TIME, cases, found, write
from fixtures.served_window import requests, served
from proveout.charter.loaded import LoadedCharter
from proveout.charter.schema import Source
from proveout.checks import Served
from proveout.evidence.model import Evidence
from proveout.evidence.outcome import NotMeasured
from proveout.intake import CharterData, Session
from proveout.intake.table import OpenTable

pytestmark = [
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]


def figure(told: Evidence | NotMeasured) -> Evidence:
    assert isinstance(told, Evidence), told
    return told


def missed(told: Evidence | NotMeasured) -> NotMeasured:
    assert isinstance(told, NotMeasured), told
    return told


def test_kpis_of_drawn_cases_are_the_manual_baseline_plus_the_effect(tmp_path: Path) -> None:
    """Three ways to measure, one scan; the system takes 40 % off times and costs."""
    told = found(tmp_path, [TIME, COST, RIGHT], cases())

    time, cost, right = (figure(told[f"kpi {each['name']}"]) for each in (TIME, COST, RIGHT))
    assert time.interval is not None
    assert time.interval.low < 36 < time.interval.high
    assert time.interval.level == 0.95
    assert (time.unit, time.scope, time.basis) == ("minutes", "production", "measured")
    assert time.details["state"] == "met"
    assert time.details["design"] == {
        "name": "randomised", "asked": "auto", "begins": "2026-09-01",
        "why": "A column says for each case whether it was drawn, and single cases were drawn: "
        "nothing else decides who has it.",
    }  # fmt: skip
    assert time.details["decides"]["by"] == "looks"
    assert time.details["decides"]["confidence"] > 0.95
    assert time.details["kpi"]["measured"] == "median time from 'opened_at' to 'closed_at'"
    assert cost.unit == "EUR/case"
    assert right.details["kpi"]["statistic"] == "share"
    assert right.interval is not None
    assert right.interval.low < 0.9 < right.interval.high
    effect = figure(told["effect handling-time"])
    baseline = figure(told["baseline handling-time"])
    assert time.value == pytest.approx(baseline.value + effect.value)
    assert figure(told["assumptions_broken handling-time"]).value == 0
    assert figure(told["days_to_decide handling-time"]).value == 0
    assert time.inputs["data:value.records"].startswith("sha256:")


def test_every_row_that_does_not_count_is_told_with_its_reason(tmp_path: Path) -> None:
    """Nothing is dropped in silence, and an empty end is an open case."""
    columns = cases(2000)
    opened, closed = columns["opened_at"], columns["closed_at"]
    opened[0], opened[1] = "", "last week"
    closed[2], closed[3] = "soon", opened[2][:8] + "01T00:00:00"
    closed[4] = ""
    opened[3] = opened[2]
    columns["with_system"][5] = "perhaps"
    columns["case"][7] = columns["case"][6]
    opened.append((NOW + timedelta(days=3)).isoformat())
    closed.append("")
    for name, column in columns.items():
        if name not in {"opened_at", "closed_at"}:
            column.append("x9" if name == "case" else column[100])

    told = figure(found(tmp_path, [TIME], columns)["kpi handling-time"])

    records = told.details["records"]
    assert [(each["why"], each["n"], each["examples"]) for each in records["left_out"]][:-1] == [
        ("nothing in 'opened_at'", 1, []),
        ("what is no moment in 'opened_at'", 1, ["last week"]),
        ("what is no moment in 'closed_at'", 1, ["soon"]),
        ("an end before the beginning", 1, []),
        ("a beginning after 2027-02-01", 1, []),
        ("a case ('case') that another row tells as well", 1, []),
        ("what is neither yes nor no in 'with_system'", 1, ["perhaps"]),
    ]
    left = sum(each["n"] for each in records["left_out"])
    assert records["counted"] + left == records["rows"] == 2001
    assert "1 row with what is no moment in 'closed_at' ('soon'); 1 row with" in records["told"]
    assert told.details["levels"]["without"]["n_open"] == 1


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    """The other KPIs are measured all the same."""
    typo = {**COST, "measured": {"value": "costs"}}

    told = found(tmp_path, [typo, RIGHT], cases(1500))

    assert missed(told["kpi cost"]).reason == (
        "cases.csv has no column 'costs' (kpis[cost].measured.value). It has: case, opened_at, "
        "closed_at, cost, right, team, person, with_system, assigned"
    )
    assert missed(told["kpi cost"]).next_step == (
        "Did you mean 'cost'? Then write kpis[cost].measured.value: cost"
    )
    assert isinstance(told["kpi right-at-once"], Evidence)


def test_a_team_that_is_not_in_the_records_is_named_with_those_that_are(tmp_path: Path) -> None:
    """A control team with a typo would be none."""
    told = found(tmp_path, [COST], cases(1500), control_teams=["team O"])

    assert missed(told["kpi cost"]).reason.startswith(
        "value.control_teams: there is no team 'team O' in the records. Teams: team "
    )


def test_moments_are_read_with_their_zones(tmp_path: Path) -> None:
    """An hour in two zones is the same hour."""
    columns = cases(1500)
    columns["closed_at"] = [
        each.replace("+00:00", "Z") if number % 2 else each
        for number, each in enumerate(columns["closed_at"])
    ]
    shifted = [
        (BEGINS.fromisoformat(each) + timedelta(hours=2)).isoformat().replace("+00:00", "+02:00")
        for each in columns["opened_at"]
    ]
    plain = found(tmp_path, [TIME], columns)
    moved = found(tmp_path, [TIME], {**columns, "opened_at": shifted})

    assert figure(moved["kpi handling-time"]).value == pytest.approx(
        figure(plain["kpi handling-time"]).value, abs=0.02
    )


def test_a_kpi_may_have_records_of_its_own(tmp_path: Path) -> None:
    """And what only it lacks is not the others' business."""
    write(tmp_path / "complaints.csv", cases(1500, seed=3))
    own = {**COST, "measured": {
        "value": "cost", "source": {"source": "complaints.csv", "at": "opened_at"},
    }}  # fmt: skip
    gone = {**RIGHT, "measured": {"happened": "right", "source": "gone.csv"}}

    told = found(tmp_path, [own, gone], None, until="2026-12-31")

    assert figure(told["kpi cost"]).inputs.keys() >= {"data:kpis[cost].measured.source"}
    assert "gone.csv" in missed(told["kpi right-at-once"]).reason


def test_a_number_from_elsewhere_is_no_baseline(tmp_path: Path) -> None:
    """Without a manual case nothing is compared, however sure the charter is of its figure."""
    columns = cases(1500)
    kept = [number for number, each in enumerate(columns["with_system"]) if each == "yes"]
    ours = {name: [column[each] for each in kept] for name, column in columns.items()}
    del ours["assigned"]
    sealed = {**COST, "baseline": {"value": 10, "low": 9.8, "high": 10.2, "source": "a report"}}

    told = missed(found(tmp_path, [sealed], ours)["kpi cost"])

    assert told.reason == (
        "its records hold no case that was done the manual way, and a number that somebody counted "
        "elsewhere is no comparison: who counted, which cases, and in which season is not known"
    )


def test_before_the_first_case_with_the_system_nothing_is_decided(tmp_path: Path) -> None:
    """The manual way is measured all the same, and held against the sealed baseline."""
    columns = cases(1000, assigned=False, starts=[9999] * 8)

    agreed = {**COST, "baseline": {"value": 13, "source": "time study"}}
    told = found(tmp_path, [agreed, RIGHT, TIME], columns)

    assert missed(told["kpi cost"]).reason == "its records hold no case with the system yet"
    baseline = figure(told["baseline cost"])
    assert baseline.interval is not None
    assert baseline.interval.low < 13 < baseline.interval.high
    assert baseline.details["told"].endswith("The two agree.")
    assert figure(told["baseline right-at-once"]).value == pytest.approx(0.7, abs=0.05)
    assert figure(told["baseline handling-time"]).value == pytest.approx(60, abs=6)


def test_a_padded_baseline_is_shown(tmp_path: Path) -> None:
    """The gain is held against what the records say, not against what was sealed."""
    sealed = {**COST, "baseline": {"value": 20, "low": 19, "high": 21, "source": "time study"}}

    told = figure(found(tmp_path, [sealed], cases())["kpi cost"])

    beside = told.details["sealed_baseline"]
    assert beside["differs"] is True
    assert beside["told"].startswith("The charter's baseline is 20 EUR a case (time study); ")
    assert "the system would look better by" in beside["told"]
    assert beside["told"].endswith("Only what the records say counts.")


def test_before_the_planned_day_nothing_is_decided_and_after_it_that_day_alone(
    tmp_path: Path,
) -> None:
    """The interval is that of one look; what came later does not move it."""
    columns = cases()
    early = found(tmp_path, [COST], columns, decides_on="2027-01-15")
    on_day = found(tmp_path, [COST], columns, decides_on="2026-11-15")

    waiting = missed(early["kpi cost"])
    assert waiting.reason.startswith(
        "it is decided on 2027-01-15 (value.decides_on), and the records reach to 2026-11-29. So "
        "far, and not for deciding, it is "
    )
    assert figure(early["days_to_decide cost"]).value == 47
    decided = figure(on_day["kpi cost"])
    assert decided.details["decides"]["told"] == (
        "Decided on 2026-11-15, the one day that was planned for it (value.decides_on)."
    )
    assert decided.details["estimate"]["confidence"] == 0.95
    cut = found(tmp_path, [COST], columns, decides_on="2026-11-15", until="2026-11-15")
    assert figure(cut["kpi cost"]).value == decided.value


def test_after_the_one_planned_day_no_other_is_foretold(tmp_path: Path) -> None:
    """What that day left open stays open: a later look was not planned."""
    level = figure(found(tmp_path, [COST], cases(), decides_on="2026-11-15")["kpi cost"]).value
    told = found(
        tmp_path, [{**COST, "threshold": round(level, 2)}], cases(), decides_on="2026-11-15"
    )

    assert missed(told["days_to_decide cost"]).reason == (
        "the one day that was planned for it (2026-11-15) is over, and what came later does not "
        "decide"
    )


def test_what_comes_from_a_simulation_is_called_so(tmp_path: Path) -> None:
    """The records say it of themselves."""
    told = found(tmp_path, [COST], cases(1500), records={"simulated": True})

    assert {each.basis for each in told.values() if isinstance(each, Evidence)} == {"simulated"}


def test_figures_from_before_the_launch_are_the_pilots(tmp_path: Path) -> None:
    """They do not count as production."""
    later: dict[str, Any] = {"adoption": {"launched_on": "2027-01-01"}}

    told = found(tmp_path, [COST], cases(1500), charter=later)

    assert figure(told["kpi cost"]).scope == "pilot"


def test_open_cases_are_neither_left_out_nor_taken_for_done(tmp_path: Path) -> None:
    """A mean up to a horizon; slow cases that are open would else make it look quick."""
    columns = cases(3000)
    slow = {**TIME, "threshold": 60, "measured": {
        "begins": "opened_at", "ends": "closed_at", "horizon": 4000,
    }}  # fmt: skip
    days = [BEGINS.fromisoformat(each) for each in columns["opened_at"]]
    last = BEGINS + timedelta(days=DAYS)
    for number, day in enumerate(days):
        if number % 10 == 0:  # one in ten takes five days
            end = day + timedelta(days=5)
            columns["closed_at"][number] = "" if end > last else end.isoformat()

    told = figure(found(tmp_path, [slow], columns)["baseline handling-time"])

    assert told.interval is not None
    assert told.interval.low > 300
    assert told.interval.low < 0.9 * 78 + 0.1 * 4000 < told.interval.high


def test_cases_of_which_none_has_ended_are_no_figure(tmp_path: Path) -> None:
    """An export without its ends is no proof that everything takes as long as the horizon."""
    columns = cases(3000) | {"closed_at": [""] * 3000}
    slow = {**TIME, "measured": {"begins": "opened_at", "ends": "closed_at", "horizon": 60}}

    told = missed(found(tmp_path, [slow], columns)["kpi handling-time"])

    assert (told.reason, told.next_step) == (
        "not one of 3,000 cases has a moment in 'closed_at': cases of which none has ended tell "
        "nothing of how long they take",
        "Look whether the records hold it under another column than 'closed_at', or wait until "
        "cases have ended",
    )


def test_a_rate_is_a_sum_per_a_sum_from_a_database_too(tmp_path: Path) -> None:
    """Errors per thousand documents, counted in SQLite; yes and no may be 1 and 0 there."""
    columns = cases(3000)
    rng = np.random.default_rng(4)
    documents = rng.integers(1, 20, 3000)
    rate = np.where([each == "yes" for each in columns["with_system"]], 0.02, 0.05)
    errors = rng.binomial(documents, rate)
    words = {"yes": 1, "no": 0, "": None}
    with closing(sqlite3.connect(tmp_path / "erp.db")) as database, database:
        database.execute(
            "CREATE TABLE claims (opened_at TEXT, errors INT, documents INT, by_model INT, "
            "drawn INT)"
        )
        database.executemany(
            "INSERT INTO claims VALUES (?, ?, ?, ?, ?)",
            [
                (at, int(wrong), int(all_), words[by], words[drawn])
                for at, wrong, all_, by, drawn in zip(
                    columns["opened_at"], errors, documents, columns["with_system"],
                    columns["assigned"], strict=True,
                )
            ],
        )  # fmt: skip
    kpi = {
        "name": "errors", "unit": "errors/1000", "direction": "lower", "threshold": 40,
        "measured": {"value": "errors", "per": "documents", "times": 1000},
    }  # fmt: skip
    source = {"path": "erp.db", "table": "claims"}
    names = {"at": "Opened_At", "with_system": "by_model", "assigned": "drawn"}

    everything = found(tmp_path, [kpi], None, records={"source": source, **names})

    told, chart = figure(everything["kpi errors"]), figure(everything["signals errors"])
    # per document and not per thousand: a thousand times the errors would be no mere chance
    assert (chart.details["scale"], "pure chance" in chart.details["told"]) == (1000, False)
    assert told.interval is not None
    assert told.interval.low < 20 < told.interval.high < 40
    assert told.details["kpi"]["measured"] == ("sum of 'errors' per sum of 'documents', times 1000")


class InWindow:
    """The charter's data beside a window of production."""

    def __init__(self, loaded: LoadedCharter, session: Session) -> None:
        self._agreed = CharterData(loaded, session)

    def served(self) -> Served:
        return served(requests([]), begins=datetime(2026, 11, 1, tzinfo=UTC),
                      ends=datetime(2026, 11, 8, tzinfo=UTC))  # fmt: skip

    def open(self, source: Source) -> OpenTable:
        return self._agreed.open(source)


def test_a_monitor_sees_the_records_until_its_window_ends(tmp_path: Path) -> None:
    """What it finds is of production, and bears the window."""
    told = figure(found(tmp_path, [COST], cases(), data=InWindow)["kpi cost"])

    assert told.scope == "production"
    assert told.inputs["window"] == "2026-11-01T00:00:00+00:00/2026-11-08T00:00:00+00:00"
    assert told.details["records"]["last"] == "2026-11-07"
    assert [each["why"] for each in told.details["records"]["left_out"]] == [
        "a beginning after 2026-11-07"
    ]
