"""The check, from a charter to evidence, through the command line as it is installed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fixtures.tickets_pilot import lay_out
from proveout.checks.load.check import is_loopback
from proveout.simulation.behaviour import Behaviour, ServiceTime
from proveout.simulation.running import running

PROVEOUT = str(Path(sys.executable).with_name("proveout"))
# So long an answer is asked for that a busy machine, on which the generator itself is late by some
# milliseconds, gives evidence all the same.
LOAD = (
    "load: {users: 60, pilot_users: 60, requests_per_user_per_day: 20000, seconds: 2, "
    "give_up_after_s: 1, p95_latency_s: 100}\n"
)


def run(*arguments: str, folder: Path) -> dict[str, Any]:
    done = subprocess.run(
        [PROVEOUT, *arguments, "--json"], cwd=folder, capture_output=True, text=True, check=False
    )
    found: dict[str, Any] = {"code": done.returncode, **json.loads(done.stdout)}
    return found


def of_full_size(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {fact["metric"]: fact for fact in told["evidence"] if not fact["subject"]}


def test_a_callable_is_measured_through_a_door_and_says_so(tmp_path: Path) -> None:
    """One process answers one request at a time; what is found tells that it was so."""
    lay_out(tmp_path)
    (tmp_path / "model.py").write_text(
        "def answer(rows):\n    return ['yes'] * len(rows)\n", encoding="utf-8"
    )
    with (tmp_path / "pilot.yaml").open("a", encoding="utf-8") as charter:
        charter.write("system: {python: 'model.py:answer', task: classification}\n" + LOAD)

    told = run("load", "pilot.yaml", "--open", folder=tmp_path)

    facts = of_full_size(told)
    assert told["code"] == 0
    assert facts["load.error_rate"]["value"] == 0
    assert facts["load.p50_latency"]["basis"] == "measured"
    assert facts["load.p50_latency"]["details"]["arrivals"] == "open"
    assert facts["load.p50_latency"]["details"]["door"].startswith("A door of Proveout's own")
    assert set(facts["load.p50_latency"]["inputs"]) >= {"system", "data:tickets"}


def test_what_is_found_against_a_simulation_is_simulated(tmp_path: Path) -> None:
    """A service on this machine that breaks: where, what, and never called measured."""
    lay_out(tmp_path)
    slow = Behaviour(slots=1, service=ServiceTime(mean_s=0.05, shape="constant"))
    with running(slow) as service:
        with (tmp_path / "pilot.yaml").open("a", encoding="utf-8") as charter:
            charter.write(f"system: {{http: '{service.url}', task: classification}}\n" + LOAD)
        told = run("load", "pilot.yaml", "--open", folder=tmp_path)

    by_metric = of_full_size(told)
    assert {fact["basis"] for fact in told["evidence"]} == {"simulated"}
    assert told["breaks_at_users"] == by_metric["load.breaking_point"]["value"] <= 60
    assert "abandonment" in told["limits_missed"]


@pytest.mark.parametrize(
    ("url", "is_here"),
    [
        ("http://127.0.0.1:8600", True),
        ("http://localhost:8600", True),
        ("http://[::1]:8600", True),
        ("https://api.example.com", False),
        ("http://127.0.0.1.example.com", False),  # a name that only looks like this machine
    ],
)
def test_only_this_machine_is_sent_load_without_asking_back(url: str, is_here: bool) -> None:
    """Whoever names a service elsewhere is asked, or says --yes."""
    assert is_loopback(url) is is_here


def test_load_for_another_host_wants_somebodys_word(tmp_path: Path) -> None:
    """Where nobody can be asked, it is refused, and nothing is sent."""
    told = run("load", "--url", "http://192.0.2.1/", folder=tmp_path)

    assert (told["code"], told["error"]) == (
        2,
        {
            "kind": "input",
            "message": "192.0.2.1 is not this machine, and load is sent to others only when "
            "somebody says so.",
            "hint": "If it is meant, and agreed with who runs it: --yes",
        },
    )


def test_an_address_alone_is_enough(tmp_path: Path) -> None:
    """Without a charter: a table, where it breaks, and nothing recorded."""
    with running(Behaviour(service=ServiceTime(mean_s=0.01))) as service:
        body = tmp_path / "body.json"
        body.write_text('{"rows": [{"x": 1}]}', encoding="utf-8")
        told = run(
            "load", "--url", service.url, "--body", "body.json", "--users", "40", "--to", "40",
            "--think", "0.2", "--seconds", "2", folder=tmp_path,
        )  # fmt: skip

    assert [level["users"] for level in told["levels"]] == [40]
    assert {level["error_rate"] for level in told["levels"]} == {0.0}
    assert (
        "The far end says that it is a simulation; none of this is a measurement."
        in (told["not_trusted"])
    )
    assert not (tmp_path / ".proveout").exists()
