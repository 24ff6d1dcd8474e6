"""`proveout budget`: what is left, who spent what, and the bill of what was used."""

from __future__ import annotations

import asyncio
import csv
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fixtures.budget_clients import PILOT, budget, call
from fixtures.prediction_log import record
from proveout.charter.loading import load_charter
from proveout.cli.app import build_app, run_app
from proveout.cli.budget_command import register
from proveout.pricing.focus import USED_COLUMNS
from proveout.runtime.budget import policy_of
from proveout.runtime.call import Amounts, Caller
from proveout.runtime.log import Writer

# Ibis asks DuckDB in a way that DuckDB is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

CHARTER = """\
pilot: claims
outcome: Claims are decided on the day they arrive
budget:
  currency: EUR
  per_month: 100
  per_day: 12.5
  time_zone: Europe/Berlin
  limits:
    - {per: team, period: month, money: 60}
    - {per: user, only: eve, period: life, requests: 5}
gateway: {store: runtime.db, log: prediction-log}
"""
NOW = datetime(2026, 11, 21, 11, tzinfo=UTC).timestamp()
EURO = 10**9

Run = Callable[..., str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pilot that has spent something on the 21st of November."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(time, "time", lambda: NOW)
    (tmp_path / "pilot.yaml").write_text(CHARTER)
    policy = policy_of(load_charter(tmp_path / "pilot.yaml").charter.budget)

    async def spend() -> None:
        async with budget(str(tmp_path / "runtime.db"), policy, clock=lambda: NOW) as asked:
            for n, (team, user, euros) in enumerate(
                [("north", "ada", 3), ("south", "bob", 5), (None, None, 1)]
            ):
                made = call(f"c{n}", Caller(team=team, user=user))
                await asked.admit(made, Amounts(money=7 * EURO, tokens=20, requests=1))
                asked.settle(made, Amounts(money=euros * EURO, tokens=12, requests=1))
            await asked.admit(call("c9", Caller(team="south")), Amounts(money=2 * EURO))

    asyncio.run(spend())
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in the pilot's folder; return what it wrote to where its data goes."""
    del folder
    monkeypatch.setenv("COLUMNS", "500")

    def run(*words: str, code: int = 0) -> str:
        assert run_app(build_app([register]), ["budget", *words]) == code
        return capsys.readouterr().out

    return run


def test_limits_are_shown_with_what_is_left_and_teams_with_what_they_spent(run: Run) -> None:
    """In the budget's own days and months."""
    lines = [" ".join(line.split()) for line in run("show").splitlines()]

    assert lines == [
        "claims, 2026-11 (Europe/Berlin): 9.00 EUR, 36 tokens, 3 requests.",
        "",
        "Limit Used Held Left Begins anew",
        "the pilot, 100.00 EUR a month 9.00 EUR 2.00 EUR 89.00 EUR 2026-12-01 00:00",
        "the pilot, 12.50 EUR a day 9.00 EUR 2.00 EUR 1.50 EUR 2026-11-22 00:00",
        "team north, 60.00 EUR a month 3.00 EUR 0.00 EUR 57.00 EUR 2026-12-01 00:00",
        "team south, 60.00 EUR a month 5.00 EUR 2.00 EUR 53.00 EUR 2026-12-01 00:00",
        "user eve, 5 requests in all 0 requests 0 requests 5 requests never",
        "",
        "Team Money Tokens Requests",
        "south 5.00 12 1",
        "north 3.00 12 1",
        "(not known) 1.00 12 1",
    ]


def test_without_a_charter_the_pilot_is_to_be_named(
    run: Run, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A gateway that was started by options alone has none."""
    (folder / "pilot.yaml").unlink()
    capsys.readouterr()

    assert run_app(build_app([register]), ["budget", "show"]) == 2

    assert capsys.readouterr().err == (
        "Error: There is no pilot.yaml here, and no --pilot was given.\n"
        "Name the charter. Where the gateway runs without one: proveout budget show "
        "--pilot gateway\n"
    )


def test_amounts_of_money_have_as_many_decimals_in_every_row(run: Run, folder: Path) -> None:
    """So that the points stand below each other."""
    policy = policy_of(load_charter(folder / "pilot.yaml").charter.budget)

    async def spend() -> None:
        async with budget(str(folder / "runtime.db"), policy, clock=lambda: NOW) as asked:
            made = call("c10", Caller(team="north"))
            await asked.admit(made, Amounts(money=EURO, requests=1))
            asked.settle(made, Amounts(money=EURO // 500, requests=1))

    asyncio.run(spend())

    spent = [line.split() for line in run("show").splitlines()[-3:]]
    assert [words[-3] for words in spent] == ["5.000", "3.002", "1.000"]


def test_the_same_as_json(run: Run) -> None:
    """Money in units of the currency."""
    told = json.loads(run("show", "--by", "user", "--period", "2026-11-21", "--json"))

    assert (told["ok"], told["pilot"], told["currency"]) == (True, "claims", "EUR")
    assert told["limits"][0] == {
        "account": "pilot", "span": "month", "kind": "money", "most": 100.0, "used": 9.0,
        "held": 2.0, "left": 89.0, "begins_anew": "2026-12-01T00:00:00+01:00",
    }  # fmt: skip
    assert [(each["name"], each["money"]) for each in told["spent"]] == [
        ("bob", 5.0), ("ada", 3.0), ("(not known)", 1.0),
    ]  # fmt: skip


def test_days_and_a_pilot_without_its_charter(run: Run) -> None:
    """Whoever has only the store learns from it what was spent."""
    told = run("show", "--pilot", PILOT, "--store", "runtime.db", "--by", "day")

    assert [" ".join(line.split()) for line in told.splitlines()] == [
        "claims, 2026-11 (UTC): 36 tokens, 3 requests.",
        "",
        "Day Money Tokens Requests",
        "2026-11-21 9.00 36 3",
    ]


@pytest.fixture
def logged(folder: Path) -> Path:
    """And whose log tells of it."""
    at = datetime(2026, 11, 20, 23, 30, tzinfo=UTC).timestamp()  # the 21st in Berlin
    writer = Writer(folder / "prediction-log", PILOT)
    ordinary: dict[str, Any] = {"at": at, "model": "m-large", "cost": EURO // 3}
    writer.append_now(
        [
            record("a", **ordinary, version="v1", team="north"),
            record("b", **ordinary, version="v1", team="north"),
            record("c", **(ordinary | {"at": at - 7200}), version="v2", team="north"),
            record("d", **ordinary, version=None, attempts=0, outcome="over-budget"),
        ]
    )
    writer.close_now()
    return folder


def test_versions_and_models_are_told_by_the_log(run: Run, logged: Path) -> None:
    """Which the store does not keep; calls that never reached the system took nothing."""
    told = json.loads(run("show", "--by", "version", "--json"))

    assert told["spent"] == [
        {"name": "v1", "money": 0.666666666, "tokens": 240, "requests": 2},
        {"name": "v2", "money": 0.333333333, "tokens": 120, "requests": 1},
    ]


def test_a_bill_is_written_by_day_team_version_and_model(run: Run, logged: Path) -> None:
    """As rows of FOCUS, exact to the billionth, with days of the budget's time zone in UTC."""
    said = run("export", "--focus", "bill.csv")
    rows = list(csv.DictReader((logged / "bill.csv").read_text().splitlines()))

    assert said == "Wrote bill.csv: 3 requests of 2026-11 in 2 rows.\n"
    assert tuple(rows[0]) == USED_COLUMNS
    assert [(r["ChargePeriodStart"], r["ResourceId"], r["BilledCost"]) for r in rows] == [
        ("2026-11-19T23:00:00Z", "v2", "0.333333333"),
        ("2026-11-20T23:00:00Z", "v1", "0.666666666"),
    ]
    told = rows[1]
    assert told["ChargePeriodEnd"] == "2026-11-21T23:00:00Z"
    assert (told["BillingPeriodStart"], told["BillingPeriodEnd"]) == (
        "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z",
    )  # fmt: skip
    assert (told["SubAccountId"], told["ServiceName"], told["BillingCurrency"]) == (
        "north", "m-large", "EUR",
    )  # fmt: skip
    assert (told["ConsumedQuantity"], told["x_InputTokens"], told["x_OutputTokens"]) == (
        "2", "200", "40",
    )  # fmt: skip
    assert json.loads(told["Tags"]) == {
        "proveout/pilot": "claims", "proveout/team": "north", "proveout/version": "v1",
    }  # fmt: skip


def test_without_requests_there_is_no_bill(run: Run) -> None:
    """Rather than an empty one that looks like a month without cost."""
    said = run("export", "--focus", "b.csv", "--json", code=2)

    assert json.loads(said)["error"] == {
        "kind": "input",
        "message": "The prediction log in prediction-log tells of no request of 'claims' "
        "in 2026-11 that reached the system.",
        "hint": "Name another period (--period) or another log (--log).",
    }


def test_a_period_that_is_none_is_refused(run: Run) -> None:
    """With those that there are."""
    said = run("show", "--period", "2026-13", "--json", code=2)

    assert json.loads(said)["error"]["hint"] == (
        "Write day, month or life, or one of its own: --period 2026-11, --period 2026-11-21"
    )
