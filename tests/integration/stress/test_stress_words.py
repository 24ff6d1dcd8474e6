"""Damage to documents and questions is told like any other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from proveout.cli.app import build_app
from proveout.cli.commands import REGISTRARS

pytestmark = [
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

READER = """
def read(frame):
    return [field(text) for text in frame["text"]], [0.95] * len(frame)

def field(text):
    return {"total": text.split("total ")[-1].split()[0], "order": None}

def say(frame):
    return [text.split("total ")[-1].split()[0] for text in frame["text"]]
"""
DATA = "data: {production: invoices.csv, key: id, inputs: [text]%s}\n"
STRESS = "stress: {operators: [truncated-text], severities: [0.5], rows: 60}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sixty invoices whose total stands at their end."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reader.py").write_text(READER, encoding="utf-8")
    texts = [
        f"Dear customer, please find below what we ask you to pay this month. total {at}.50 EUR"
        for at in range(100, 160)
    ]
    totals = [at + 0.5 for at in range(100, 160)]
    frame = pd.DataFrame({"id": range(60), "text": texts, "total": totals, "order": ""})
    frame.to_csv("invoices.csv", index=False)
    return tmp_path


def stressed(charter: str) -> dict[str, dict[str, Any]]:
    """Run the command; return evidence by metric."""
    Path("pilot.yaml").write_text(charter, encoding="utf-8")
    ran = CliRunner().invoke(build_app(REGISTRARS), ["check", "stress", "--json"])
    said = json.loads(ran.stdout)
    return {each["metric"]: each for each in said["evidence"]}


def test_documents_are_damaged_and_judged(folder: Path) -> None:
    """The drop is one of whole documents; an example names the field that went wrong."""
    found = stressed(
        "pilot: p\n" + DATA % "" + STRESS + "system: {python: reader.py:read, "
        "scoring: {fields: {total: number, order: exact}}}\n"
    )

    drop = found["stress.quality_drop"]
    assert 0.3 < drop["value"] <= 0.5  # a cut behind the total does no harm
    assert drop["details"]["main_metric"] == "accuracy"
    example = found["stress.silent_failure"]["details"]["examples"][0]
    assert example["field"] == "total"
    assert example["answer_before"] == example["truth"] + "0"


def test_questions_are_damaged_and_judged(folder: Path) -> None:
    """The same with answers in words."""
    found = stressed(
        "pilot: p\n" + DATA % ", label: total" + STRESS + "system: {python: reader.py:say, "
        "scoring: number}\n"
    )

    assert 0.3 < found["stress.quality_drop"]["value"] <= 0.5
