"""The bill of a language model that fails now and then, against what its service counted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fixtures.scoring_service import Service

PROVEOUT = Path(sys.executable).with_name("proveout")
IN, OUT = 1000, 100
CHARTER = """\
pilot: bill
data: {{production: [orders.csv], inputs: [text]}}
system: {{task: text, chat: {{url: "{url}", model: m, user: "{{text}}", retries: 1, {more}}}}}
load: {{pilot_users: 1, users: 1000, requests_per_user_per_day: 10}}
budget:
  currency: EUR
  per_month: 2000
  working_days_per_month: 20
  price: {{per_million_input_tokens: 2, per_million_output_tokens: 10}}
"""


@pytest.fixture
def service() -> Iterator[Service]:
    """Return one that counts the tokens of every request it worked on, answered or not."""
    service = Service()
    yield service
    service.close()


def monthly(folder: Path, service: Service, more: str = "") -> dict[str, Any]:
    """Measure the month of a pilot with forty rows."""
    rows = "".join(f"{n},order {n}\n" for n in range(40))
    (folder / "orders.csv").write_text(f"id,text\n{rows}", encoding="utf-8")
    charter = CHARTER.format(url=f"{service.root}/v1", more=more)
    (folder / "pilot.yaml").write_text(charter, encoding="utf-8")
    done = subprocess.run(
        [str(PROVEOUT), "check", "cost", "--json"], cwd=folder, capture_output=True, text=True,
        check=False, env=os.environ | {"NO_PROXY": "127.0.0.1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    shown = subprocess.run(
        [str(PROVEOUT), "cost", "show", "--json"], cwd=folder, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(shown.stdout)
    return found


def of_all(service: Service) -> float:
    """Return the month that the service would bill: 200,000 answers, of which it saw forty."""
    each = (IN * 2 + OUT * 10) / 1e6
    return len(service.bodies) * each / 40 * 200_000


def answered(text: str) -> tuple[int, Any]:
    usage = {"prompt_tokens": IN, "completion_tokens": OUT}
    choice = {"message": {"content": text}, "finish_reason": "stop"}
    return 200, {"choices": [choice], "usage": usage}


def test_every_request_that_the_service_worked_on_is_in_the_bill(
    service: Service, tmp_path: Path
) -> None:
    """Retries, and rows that never got an answer, cost what the others do."""
    seen: set[str] = set()

    def reply(body: Any) -> tuple[int, Any]:
        text = body["messages"][0]["content"]
        is_first = text not in seen
        seen.add(text)
        never, later = text.endswith("7"), text.endswith("3")
        return (503, {}) if never or (later and is_first) else answered("yes")

    service.reply = reply

    found = monthly(tmp_path, service)

    at_full_use = next(
        each for each in found["evidence"]
        if each["metric"] == "cost.monthly" and not each["subject"]
    )  # fmt: skip
    assert len(service.bodies) == 48
    assert at_full_use["value"] == pytest.approx(of_all(service))
    assert "4 of 40 requests brought no answer" in " ".join(found["sentences"])
    assert "Requests sent again make 16.7 % of what requests cost" in " ".join(found["sentences"])


def test_every_sample_of_an_answer_is_in_the_bill(service: Service, tmp_path: Path) -> None:
    """Three for each row, none of which is a retry."""
    service.reply = lambda _: answered("yes")

    found = monthly(tmp_path, service, "confidence: agreement, samples: 3")

    at_full_use = next(
        each for each in found["evidence"]
        if each["metric"] == "cost.monthly" and not each["subject"]
    )  # fmt: skip
    assert len(service.bodies) == 120
    assert at_full_use["value"] == pytest.approx(of_all(service))
    assert not any("sent again" in sentence for sentence in found["sentences"])


def test_an_input_that_production_lacks_is_named(service: Service, tmp_path: Path) -> None:
    """A bill without it would be that of other requests."""
    (tmp_path / "orders.csv").write_text("id,texts\n1,a\n2,b\n", encoding="utf-8")
    charter = CHARTER.format(url=f"{service.root}/v1", more="")
    (tmp_path / "pilot.yaml").write_text(charter, encoding="utf-8")

    done = subprocess.run(
        [str(PROVEOUT), "check", "cost"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    told = " ".join((done.stdout + done.stderr).split())
    assert "Production data do not have 'text', which the system is to be given." in told
    assert "Columns found: id, texts. Look at data.inputs." in told
    assert done.returncode != 0
