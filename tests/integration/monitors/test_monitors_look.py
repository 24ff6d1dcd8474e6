"""A monitor is the checks of the launch, on what production really asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from fixtures.traffic import CHARTER, NOW, Pilot, claims, pilot_in_use
from proveout.assess import open_workspace
from proveout.evidence.model import Evidence
from proveout.runtime.monitors.served import LogPlace
from proveout.runtime.monitors.watching import Monitor, Watched
from proveout.runtime.store.opening import open_store
from proveout.runtime.store.schema import LABELS

# Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),

    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

WEEK = timedelta(days=7)


@contextmanager
def monitor_of(pilot: Pilot) -> Iterator[Monitor]:
    folder = pilot.folder / ".proveout"
    with (
        open_workspace(pilot.charter, str(folder / "ledger.db"), folder) as workspace,
        open_store(str(pilot.folder / "runtime.db")) as store,
    ):
        from dataclasses import replace

        yield Monitor(
            workspace=replace(workspace, clock=lambda: NOW),
            place=LogPlace(folder=pilot.log, archive=None, pilot="claims"),
            store=store,
            seed=1,
        )


def look(pilot: Pilot, *only: str) -> tuple[Watched, list[Evidence]]:
    with monitor_of(pilot) as monitor:
        watched = monitor.look(lambda event: None, only=only)
        return watched, list(monitor.workspace.known())


def by_metric(found: list[Evidence]) -> dict[str, Evidence]:
    return {f"{each.metric}[{each.subject}]": each for each in found}


def label(pilot: Pilot, ids: list[str], truths: list[Any]) -> None:
    with open_store(str(pilot.folder / "runtime.db")) as store, store.writing() as connection:
        connection.execute(
            insert(LABELS),
            [
                {
                    "call": call,
                    "row": 0,
                    "pilot": "claims",
                    "label": json.dumps(truth),
                    "source": "import",
                    "at": NOW.timestamp(),
                }
                for call, truth in zip(ids, truths, strict=True)
            ],
        )


@pytest.fixture
def pilot(tmp_path: Path) -> Pilot:
    return pilot_in_use(tmp_path)


def test_quality_is_measured_on_what_was_answered_once_the_truth_is_known(pilot: Pilot) -> None:
    """The same check, the same scoring; what answered is what stands in the log."""
    week = claims(600, seed=2, begins=NOW - WEEK, days=7)
    ids = pilot.serve(week)
    label(pilot, ids[:500], week["pay"].tolist()[:500])
    pilot.charter.write_text(
        CHARTER.replace("window_days: 7,", "window_days: 7, label_delay_days: 0.001,")
    )

    _, found = look(pilot, "quality")

    accuracy = by_metric(found)["quality.accuracy[]"]
    answered = ["yes" if chance > 0.5 else "no" for chance in week["chance"]]
    right = sum(a == b for a, b in zip(answered[:500], week["pay"], strict=False))
    assert accuracy.n == pytest.approx(500, abs=1)
    assert accuracy.value == pytest.approx(right / 500, abs=0.003)
    assert (accuracy.basis, accuracy.scope) == ("measured", "production")
    assert accuracy.inputs["window"].startswith("2026-11-14")
