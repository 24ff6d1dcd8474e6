"""The recommended threshold as stress and quality tell it: on clean rows, and under damage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pandas as pd
import pytest

from proveout.charter.loaded import LoadedCharter
from proveout.charter.schema import Charter
from proveout.checks import Check, CheckContext, Progress
from proveout.checks.quality import CHECK as QUALITY
from proveout.checks.stress import CHECK as STRESS
from proveout.evidence.catalogue import SHIPPED, Catalogue
from proveout.evidence.model import CheckRef, Evidence
from proveout.evidence.outcome import NotMeasured
from proveout.intake import CharterData, Session
from proveout.systems import Answers
from proveout.systems.answering import read_returned, settle

# ibis calls what this DuckDB has renamed, and pandas 3 warns of an option that ibis sets
pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

ROWS = 3_000

System = Callable[[pd.DataFrame], tuple[list[Any], list[float] | None]]


@dataclass
class Fake:
    """A system made of a function; it counts the rows that it is asked for."""

    function: System
    fingerprint: str = "sha256:fake"
    label: str = "fake"
    n_asked: int = 0

    def answer(self, batch: pd.DataFrame) -> Answers:
        self.n_asked += len(batch)
        answers, confidence = self.function(batch)
        raw = read_returned(answers if confidence is None else (answers, confidence))
        return settle(raw, rows=len(batch), latency_s=0.001, task=None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None


def graded(batch: pd.DataFrame) -> tuple[list[Any], list[float]]:
    """Yes above zero; the further off, the surer; unsure where the amount is missing."""
    amount = pd.to_numeric(batch["amount"], errors="coerce").to_numpy(dtype=float)
    sure = 1 - 0.5 * np.exp(-np.abs(np.nan_to_num(amount)) / 20)
    return ["yes" if value > 0 else "no" for value in amount], list(np.minimum(sure, 1.0))


def mute(batch: pd.DataFrame) -> tuple[list[Any], None]:
    """The same without a word on how sure."""
    return graded(batch)[0], None


def boastful(batch: pd.DataFrame) -> tuple[list[Any], list[float]]:
    """The same, always certain."""
    return graded(batch)[0], [1.0] * len(batch)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Amounts whose sign is the truth, but for the more errors the nearer they are to zero."""
    rng = np.random.default_rng(11)
    amount = rng.normal(0, 30, ROWS).round(1)
    is_odd = rng.random(ROWS) < 0.4 * np.exp(-np.abs(amount) / 12)
    truth = np.where((amount > 0) ^ is_odd, "yes", "no")
    said, sure = graded(pd.DataFrame({"amount": amount}))
    pd.DataFrame(
        {"amount": amount, "truth": truth, "said": said, "sure": np.round(sure, 4)}
    ).to_csv(tmp_path / "rows.csv", index=False)
    return tmp_path


@contextmanager
def a_context(folder: Path, check: Check, system: Fake, parts: dict[str, Any]) -> Iterator[Any]:
    plain = {
        "pilot": "p",
        "data": {"production": "rows.csv", "label": "truth", "inputs": ["amount"]},
        "system": {"python": "model.py:predict"},
        **parts,
    }
    loaded = LoadedCharter(
        charter=Charter.model_validate(plain), path=folder / "pilot.yaml", content_hash="sha256:c"
    )
    with Session() as session:
        yield CheckContext(
            loaded=loaded,
            data=CharterData(loaded, session),
            open_system=lambda: system,
            catalogue=Catalogue(SHIPPED),
            check=CheckRef(name=check.name, version=check.version),
            run="run-1",
            now=datetime(2026, 1, 1, tzinfo=UTC),
            seed=1,
            artifacts=folder,
        )


def found(
    folder: Path, system: Fake, check: Check = STRESS, /, **parts: Any
) -> dict[tuple[str, str], Evidence | NotMeasured]:
    with a_context(folder, check, system, parts) as context:
        return {
            (item.metric, str(item.subject)): item
            for item in check.run(context)
            if not isinstance(item, Progress)
        }


def fact(
    items: dict[tuple[str, str], Evidence | NotMeasured], metric: str, of: str = ""
) -> Evidence:
    item = items[metric, of]
    assert isinstance(item, Evidence)
    return item


DAMAGE = {"operators": ["flipped-sign", "missing-values"], "severities": [0.25]}


def test_tells_threshold_coverage_and_error_of_rows_as_they_are(folder: Path) -> None:
    """All three agree, the error is within the limit, and examples show what slips through."""
    load = {"users": 100, "requests_per_user_per_day": 30}
    items = found(folder, Fake(graded), stress=DAMAGE, load=load)
    threshold, coverage, error = (
        fact(items, f"confidence.{name}") for name in ("threshold", "coverage", "selective_error")
    )

    assert 0.5 < threshold.value < 1
    assert threshold.details["max_error"] == 0.05
    assert threshold.details["probability"] == 0.9
    assert (coverage.scope, coverage.n) == ("production", ROWS)
    assert error.n == coverage.details["let_through"] == round(coverage.value * ROWS)
    assert error.value < 0.05 < coverage.details["let_all_through"]["error"]
    assert coverage.details["to_people_a_day"] == pytest.approx(3_000 * (1 - coverage.value))
    assert len(error.details["examples"]) == 3
    for example in error.details["examples"]:
        assert example.keys() == {"inputs", "answer", "confidence", "truth"}
        assert example["answer"] != example["truth"]
        assert example["confidence"] >= threshold.value


def test_tells_whether_the_limit_is_kept_under_each_damage(folder: Path) -> None:
    """A flipped sign is answered wrong and as surely as ever: broken."""
    items = found(folder, Fake(graded), stress={**DAMAGE, "operators": ["flipped-sign"]})
    about = "operator=flipped-sign, severity=0.25"
    error, share = (
        fact(items, f"stress.{name}", about) for name in ("error_let_through", "share_let_through")
    )
    threshold = fact(items, "confidence.threshold")

    assert error.details["promise"] == "broken"
    assert error.value == pytest.approx(0.25, abs=0.05)
    assert error.details["on_rows_hit"]["error"] > 0.9
    assert error.details["stated_error"] < 0.2
    assert error.details["threshold"] == threshold.value
    assert share.value == share.details["before"]  # it is as sure as ever
    worst = fact(items, "stress.worst_error_let_through")
    assert worst.value == error.value
    assert worst.details["promise"] == "broken"
    assert worst.details["at"] == "flipped-sign in 25 % of records"


def test_becoming_unsure_is_no_fault(folder: Path) -> None:
    """Where the amount is missing nothing goes out alone, and the rest is as right as before."""
    items = found(
        folder, Fake(graded), stress={"operators": ["missing-values"], "severities": [0.5, 1.0]}
    )
    error = fact(items, "stress.error_let_through", "operator=missing-values, severity=0.5")
    share = fact(items, "stress.share_let_through", "operator=missing-values, severity=0.5")

    assert error.details["promise"] != "broken"
    assert error.details["on_rows_hit"] == {
        "rows": 1500,
        "let_through": 0,
        "wrong": 0,
        "error": None,
    }
    assert share.value == pytest.approx(share.details["before"] / 2, abs=0.03)
    about = "operator=missing-values, severity=1"
    assert fact(items, "stress.share_let_through", about).value == 0
    none = items["stress.error_let_through", about]
    assert isinstance(none, NotMeasured)
    assert none.reason == "no answer goes out alone any more: all go to a person"


def test_asks_the_system_nothing_for_it(folder: Path) -> None:
    """It is told from the clean rows and from the trials, which stress asks for anyway."""
    system = Fake(mute)
    other = Fake(graded)

    found(folder, system, stress={"operators": ["flipped-sign"], "severities": [0.25]})
    found(folder, other, stress={"operators": ["flipped-sign"], "severities": [0.25]})

    assert system.n_asked == other.n_asked


@pytest.mark.parametrize(
    ("system", "reason"),
    [
        (
            mute,
            "the system states no confidence, so nothing tells a sure answer from another",
        ),
        (
            boastful,
            "no threshold can be shown to keep the error of what goes out alone at or below 0.05 "
            "with probability 0.9; all answers state the same confidence",
        ),
    ],
)
def test_says_why_no_answer_can_go_out_alone(folder: Path, system: System, reason: str) -> None:
    """Once for the rows as they are and once for the worst damage, not for each trial."""
    items = found(folder, Fake(system), stress=DAMAGE)
    missing = [item for item in items.values() if isinstance(item, NotMeasured)]

    assert [(item.metric, item.reason) for item in missing] == [
        ("confidence.threshold", reason),
        ("stress.worst_error_let_through", reason),
    ]


def test_a_share_of_none_is_a_finding_where_confidence_was_of_no_use(folder: Path) -> None:
    """A line on confidence.coverage then fails instead of going without evidence."""
    items = found(folder, Fake(boastful), stress=DAMAGE)
    coverage = fact(items, "confidence.coverage")

    assert coverage.value == 0
    assert coverage.details["at_best"]["coverage"] == 1.0


def test_the_limit_is_the_charters(folder: Path) -> None:
    """A looser limit lets more through."""
    system = {"python": "model.py:predict", "let_through": {"max_error": 0.15, "probability": 0.8}}
    strict = fact(found(folder, Fake(graded), stress=DAMAGE), "confidence.coverage")
    loose = fact(found(folder, Fake(graded), stress=DAMAGE, system=system), "confidence.coverage")

    assert loose.value > strict.value


def test_quality_tells_it_of_recorded_answers(folder: Path) -> None:
    """They cannot be asked again, so that stress never sees them."""

    def recorded(batch: pd.DataFrame) -> tuple[list[Any], list[float]]:
        return list(batch["said"]), list(batch["sure"])

    system = {"recorded": {"answer": "said", "confidence": "sure"}, "task": "classification"}
    items = found(folder, Fake(recorded), QUALITY, system=system)
    coverage = fact(items, "confidence.coverage")

    assert coverage.inputs.keys() == {"data:rows", "system"}
    assert 0.3 < coverage.value < 0.9
    error = fact(items, "confidence.selective_error")
    assert error.value < 0.05
    assert [example["inputs"].keys() for example in error.details["examples"]] == [
        {"amount", "said", "sure"}
    ] * 3


def test_quality_tells_it_of_systems_that_are_paid_by_the_answer(folder: Path) -> None:
    """Stress asks these for few rows; it tells only what damage does."""
    chat = {"url": "http://127.0.0.1:9/v1", "model": "m", "user": "{amount}"}
    told = {
        check.name: found(folder, Fake(graded), check, system={"chat": chat}, stress=DAMAGE)
        for check in (QUALITY, STRESS)
    }

    assert ("confidence.threshold", "") in told["quality"]
    assert ("confidence.threshold", "") not in told["stress"]
    assert ("stress.worst_error_let_through", "") in told["stress"]
