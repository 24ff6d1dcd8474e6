"""Cases from the prediction log: what was asked in production, and what people put right."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fixtures.prediction_log import NOON, record
from proveout.charter.loading import load_charter
from proveout.errors import InputError
from proveout.runtime.exceptions.labels import Label, write_labels
from proveout.runtime.log.writer import Writer
from proveout.runtime.store.opening import open_store
from proveout.training.drawing import LOG, Wanted, draw, sources

# Ibis uses names of DuckDB and pandas that these have replaced since.
pytestmark = [
    pytest.mark.filterwarnings(r"ignore:fetch_\w+\(\) is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option is deprecated"),
]

NOW = datetime.fromtimestamp(NOON + 3_600, UTC)
CHARTER = """
version: 1
pilot: claims
data: { label: team, inputs: [text] }
system: { python: 'model.py:sort', task: classification }
gateway: { store: store.db, log: log }
"""


@pytest.fixture
def loaded(tmp_path: Path):
    (tmp_path / "pilot.yaml").write_text(CHARTER)
    return load_charter(tmp_path / "pilot.yaml")


def _write(folder: Path, *, n: int, n_wrong: int) -> None:
    """Write so many answers; people confirmed all but the last, and put some right."""
    writer = Writer(folder / "log", "claims", clock=lambda: NOON)
    writer.append_now(
        [
            record(
                f"call-{number}",
                protocol="python",
                team="north" if number % 2 else "south",
                request=json.dumps({"rows": [{"text": f"letter {number}", "name": "Secret"}]}),
                answer=json.dumps({"answers": ["pay"], "confidence": [0.8]}),
            )
            for number in range(n)
        ]
    )
    writer.close_now()
    labels = [
        Label(f"call-{number}", 0, "claims", "claim" if number < n_wrong else "pay",
              "correction", "Bo", NOON)
        for number in range(n - 1)
    ]  # fmt: skip
    with open_store(str(folder / "store.db")) as store, store.writing() as connection:
        write_labels(connection, store.dialect, labels)


def test_the_log_gives_real_answers_and_what_people_put_right(loaded, tmp_path: Path) -> None:
    """Answers with their confidence as they were given; columns of the log stay behind."""
    _write(tmp_path, n=10, n_wrong=2)
    drawn = draw(loaded, Wanted(cases=6, source=LOG, seed=2), now=NOW)

    told = drawn.as_dict()
    assert {key: told[key] for key in ("looked_at", "judged", "wrong", "chosen_wrong")} == {
        "looked_at": 10, "judged": 9, "wrong": 2, "chosen_wrong": 2,
    }  # fmt: skip
    assert drawn.answers_from == "log"
    assert drawn.origin == "The prediction log of the last 30 days: drawn at random from 10 records"
    for case in drawn.chosen.cases:
        assert [each.column for each in case.shown] == ["text"]
        assert (case.parts[0].answer, case.confidence) == ("pay", 0.8)
    of_north = draw(loaded, Wanted(cases=9, source=LOG, team="north", seed=2), now=NOW)
    assert len(of_north.chosen.cases) == 5


def test_a_log_that_is_not_there_is_said(loaded) -> None:
    """It is offered where a gateway is agreed, and refused in words while there is none."""
    assert [name for name, _ in sources(loaded.charter)] == [LOG]
    with pytest.raises(InputError):
        draw(loaded, Wanted(cases=3, source=LOG), now=NOW)
