"""The full examples, from their data to the report, with the simulator as the far end."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

PROVEOUT = Path(sys.executable).with_name("proveout")
EXAMPLES = Path(__file__).parents[2] / "examples"


@dataclass(frozen=True)
class Example:
    """One example, and what its charter must lead to."""

    name: str
    owner: str
    n_production: int
    told: tuple[str, ...]
    """Metrics without which its assessment is not whole."""


INVOICES = Example(
    "invoices", "Helen Marsh", 400, ("quality.accuracy", "quality.field_accuracy", "cost.monthly")
)
HELPDESK = Example(
    "helpdesk", "Miriam Stein", 230, ("quality.accuracy", "quality.refusal_rate", "cost.monthly")
)


@dataclass(frozen=True)
class Assessed:
    """What came of an example."""

    example: Example
    exit_code: int
    report: dict[str, Any]
    html: str
    narration: str

    @property
    def evidence(self) -> list[dict[str, Any]]:
        return list(self.report["report"]["evidence"])

    def figures(self, metric: str, **wanted: str) -> list[dict[str, Any]]:
        return [
            each
            for each in self.evidence
            if each["metric"] == metric and all(each[name] == v for name, v in wanted.items())
        ]


@contextmanager
def simulator(folder: Path) -> Iterator[str]:
    """Run the example's simulated system, quicker than its settings say; give its address."""
    options = ["--config", "simulator.yaml", "--port", "0", "--service", "0.005", "--json"]
    with subprocess.Popen(
        [str(PROVEOUT), "simulate", *options], cwd=folder, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["chat"]
        finally:
            process.send_signal(signal.SIGINT)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(PROVEOUT), *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module", params=[INVOICES, HELPDESK], ids=lambda example: example.name)
def assessed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Assessed:
    """Follow the example's README in a folder of its own."""
    example: Example = request.param
    folder = tmp_path_factory.mktemp("example") / example.name
    left_out = shutil.ignore_patterns("data", ".proveout", "__pycache__")
    shutil.copytree(EXAMPLES / example.name, folder, ignore=left_out)
    subprocess.run([sys.executable, "make_data.py"], cwd=folder, check=True)
    charter = folder / "pilot.yaml"
    with simulator(folder) as address:
        text = charter.read_text().replace("http://127.0.0.1:8600/v1", address)
        charter.write_text(text)
        sealed = run(folder, "seal", "--who", example.owner)
        assert sealed.returncode == 0, sealed.stderr
        done = run(folder, "assess", "--html", "report.html", "--json")
    report = json.loads(done.stdout)
    assert report["ok"], done.stdout
    return Assessed(
        example=example,
        exit_code=done.returncode,
        report=report,
        html=(folder / "report.html").read_text(),
        narration=done.stderr,
    )


def test_simulated_evidence_holds_the_pilot(assessed: Assessed) -> None:
    """No check broke, and nothing that they found passes for measured."""
    verdict = assessed.report["report"]["verdict"]
    states = {line["id"]: line["state"] for line in verdict["rulings"]}
    (rehearsal,) = [note for note in verdict["notes"] if note.startswith("Found through a simul")]

    assert "it broke" not in assessed.narration, assessed.narration
    assert verdict["decision"] == "hold"
    assert assessed.exit_code in (1, 3)  # 3 where the machine was too busy to measure any load
    assert states["production.exception-rate"] == "missing"
    assert {"quality", "stress", "cost"} <= set(rehearsal.rstrip(".").split(": ")[1].split(", "))


def test_what_came_through_the_system_is_called_simulated(assessed: Assessed) -> None:
    """Quality, stress, load and cost; what was read from the data is measured."""
    bases = {
        metric.split(".")[0]: {
            each["basis"] for each in assessed.evidence if each["metric"] == metric
        }
        for metric in {each["metric"] for each in assessed.evidence}
    }

    for check in ("quality", "stress", "load", "cost"):
        assert bases.get(check, {"simulated"}) == {"simulated"}, check
    assert bases["readiness"] == {"measured"}


def test_production_is_worse_than_the_curated_sample(assessed: Assessed) -> None:
    """The mess of production shows, on all of its rows."""
    (sample,) = assessed.figures("quality.accuracy", scope="pilot", subject={})
    (production,) = assessed.figures("quality.accuracy", scope="production", subject={})

    assert production["n"] == assessed.example.n_production
    assert production["value"] < sample["value"] - 0.05


def test_assessment_is_whole(assessed: Assessed) -> None:
    """The figures that the example is there to show are found."""
    found = {each["metric"] for each in assessed.evidence}

    assert {*assessed.example.told, "stress.quality_drop", "stress.silent_failure"} <= found


def test_report_says_that_it_is_a_rehearsal(assessed: Assessed) -> None:
    """One page, with a section for each room that found something."""
    assert "simulated" in assessed.html
    for section in ("h-quality", "h-stress", "h-cost"):
        assert f'id="{section}"' in assessed.html, section


def test_example_is_made_the_same_each_time(tmp_path: Path) -> None:
    """Seeded: two runs write the same bytes."""
    for example in (INVOICES, HELPDESK):
        made = []
        for time in ("first", "second"):
            folder = tmp_path / time / example.name
            shutil.copytree(
                EXAMPLES / example.name, folder, ignore=shutil.ignore_patterns("data", ".proveout")
            )
            subprocess.run([sys.executable, "make_data.py"], cwd=folder, check=True)
            files = sorted((folder / "data").rglob("*.*"))
            made.append({str(each.relative_to(folder)): each.read_bytes() for each in files})

        assert made[0] == made[1]
        assert len(made[0]) >= 6
