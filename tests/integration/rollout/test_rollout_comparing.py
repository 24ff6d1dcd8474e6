"""What a version says in the shadow, held against what users got, from the prediction log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fixtures.prediction_log import NOON, record
from proveout.charter.schema import Charter
from proveout.runtime.log import Writer
from proveout.runtime.rollout.comparing import Agreement, agreement, compare

# Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

CHARTER = Charter.model_validate(
    {
        "pilot": "claims",
        "system": {"http": "http://127.0.0.1:9/"},
        "data": {"inputs": ["amount"]},
        "gateway": {"versions": [{"name": "v2", "system": {"http": "http://127.0.0.1:9/"}}]},
    }
)


def asked(id_: str, answers: list[Any] | None, **told: Any) -> Any:
    rows = [{"amount": at} for at in range(len(answers or [1]))]
    return record(
        id_,
        protocol="json",
        request=json.dumps({"rows": rows}),
        answer=None if answers is None else json.dumps({"answers": answers}),
        **told,
    )


def shadow(of: str, answers: list[Any] | None, **told: Any) -> Any:
    return asked(f"s{of}", answers, shadow_of=of, **{"version": "v2", "status": 0, **told})


def test_answers_are_compared_pair_by_pair_and_what_cannot_be_is_counted(tmp_path: Path) -> None:
    """Other versions, earlier days and the fallback's words do not count."""
    writer = Writer(tmp_path / "prediction-log", "claims")
    writer.append_now(
        [
            asked("a", ["yes"]), shadow("a", ["yes"]),
            asked("b", ["no", "yes"]), shadow("b", ["no", "no"]),
            asked("c", ["no"]), shadow("c", None, outcome="failed", system_status=500),
            asked("d", ["no"], fallback=True), shadow("d", ["no"]),
            asked("e", ["no"]), shadow("e", ["yes"], version="v3"),
            asked("f", ["no"], at=NOON - 10), shadow("f", ["yes"], at=NOON - 10),
        ]
    )  # fmt: skip
    writer.close_now()

    found = agreement(CHARTER, tmp_path, "v2", NOON - 1)

    assert found == Agreement(
        version="v2", n=3, same=2, unanswered=2, examples=(("b", "yes", "no"),)
    )
    assert found.sentence == (
        "'v2' gives the same answer in 67 % (21 to 94 %; n = 3). 2 requests could not be compared."
    )


def test_before_the_first_answer_nothing_is_said_of_it(tmp_path: Path) -> None:
    """No share is made of nothing."""
    Writer(tmp_path / "prediction-log", "claims").close_now()

    found = agreement(CHARTER, tmp_path, "v2", NOON)

    assert found.sentence == "Nothing of 'v2' can be compared yet."
    assert found.as_dict()["share"] is None


def test_numbers_are_the_same_within_the_tolerance_of_the_charter() -> None:
    """Words are, but for the space around them."""
    seen = {("a", 0): 1.0, ("b", 0): 2.0, ("c", 0): "yes "}
    copy = {("a", 0): 1.4, ("b", 0): 2.6, ("c", 0): "yes"}

    assert compare("v2", seen, copy, tolerance=0.5).same == 2
    assert compare("v2", seen, copy).same == 1
