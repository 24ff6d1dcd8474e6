"""What a system that is paid by the request is asked for: never more than the charter allows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from function_system import Fake, a_context, by_name

from proveout.charter.schema import Charter
from proveout.checks import Progress
from proveout.checks.stress import CHECK
from proveout.evidence.model import Evidence
from proveout.evidence.outcome import NotMeasured
from proveout.systems import Answers
from proveout.systems.port import Usage

# ibis calls what this DuckDB has renamed, and pandas 3 warns of an option that ibis sets
pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

CHAT = {"url": "http://localhost/v1", "model": "m", "user": "{delay}"}


@dataclass
class Stubborn(Fake):
    """Every row takes so many requests, and all of them are counted."""

    attempts: int = 1
    n_requests: int = 0

    def answer(self, batch: pd.DataFrame) -> Answers:
        answers, n = super().answer(batch), len(batch)
        self.n_requests += n * self.attempts
        unknown = np.full(n, np.nan)
        usage = Usage(
            input_tokens=unknown,
            output_tokens=unknown,
            first_token_s=unknown,
            attempts=np.full(n, float(self.attempts)),
        )
        return replace(answers, usage=usage)


def late(batch: pd.DataFrame) -> list[Any]:
    return ["late" if abs(delay) > 15 else "on time" for delay in batch["delay"].fillna(0)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(5)
    delay = rng.normal(15, 20, 400).round(1)
    frame = pd.DataFrame(
        {
            "delay": delay,
            "noise": rng.integers(0, 50, 400),
            "rest": rng.normal(0, 1, 400).round(3),
            "origin": rng.choice(["EWR", "JFK", "LGA"], 400),
            "arrived": np.where(abs(delay) > 15, "late", "on time"),
        }
    )
    frame.to_csv(tmp_path / "flights.csv", index=False)
    return tmp_path


def findings(folder: Path, fake: Fake, system: dict[str, Any], **stress: Any) -> list[Any]:
    charter = Charter.model_validate(
        {
            "pilot": "p",
            "data": {"production": "flights.csv", "label": "arrived"},
            "system": system,
            "stress": stress,
        }
    )
    with a_context(folder, charter, fake) as context:
        return [item for item in CHECK.run(context) if not isinstance(item, Progress)]


@pytest.mark.parametrize("most", [130, 400, 1_000])
@pytest.mark.parametrize("retries", [0, 2])
@pytest.mark.parametrize("samples", [None, 3])
def test_never_sends_more_requests_than_allowed(
    folder: Path, most: int, retries: int, samples: int | None
) -> None:
    """Requests that are sent again count, and so do the samples of one answer."""
    chat = {**CHAT, "retries": retries}
    if samples is not None:
        chat |= {"confidence": "agreement", "samples": samples}
    fake = Stubborn(late, attempts=(1 + retries) * (samples or 1))

    findings(folder, fake, {"chat": chat}, max_requests=most)

    assert fake.n_requests <= most


def test_retries_that_were_not_needed_leave_their_room_to_others(folder: Path) -> None:
    """Only the last trial has to fit in at its worst; what was really sent is known before."""
    chat = {**CHAT, "retries": 2}

    findings(folder, fake := Stubborn(late), {"chat": chat}, max_requests=1_000)

    assert 700 <= fake.n_requests <= 1_000


def test_the_search_by_column_keeps_within_the_budget(folder: Path) -> None:
    """A single column is asked for at the greatest severity of its kind, and is counted so."""
    system = {"python": "model.py:predict"}
    for most in range(500, 1_300, 100):
        fake = Fake(late)

        findings(
            folder,
            fake,
            system,
            operators=["flipped-sign", "extreme-values"],
            severities=[0.05, 0.25],
            max_requests=most,
        )

        assert fake.n_asked <= most


def test_a_budget_below_the_rows_as_they_are_is_said(folder: Path) -> None:
    """Nothing is asked for, and the reason is the budget and not the columns."""
    fake = Fake(late)

    found = findings(folder, fake, {"chat": CHAT}, max_requests=90)

    assert fake.n_asked == 0
    assert {item.reason for item in found if isinstance(item, NotMeasured)} == {
        "stress.max_requests allows 90 requests, which is too few for 100 rows as they are and "
        "any damage to them"
    }


def test_damage_that_changes_nothing_is_no_evidence(folder: Path) -> None:
    """Texts without accents, or whole numbers below a thousand, are not asked for again."""
    fake = Fake(late)

    found = findings(
        folder,
        fake,
        {"python": "model.py:predict"},
        operators=["misread-separators", "flipped-sign"],
        columns=["noise"],
        severities=[0.25],
        combine=0,
    )

    assert [len(batch) for batch in fake.batches] == [400, 100]
    assert [
        (item.metric, str(item.subject), item.reason)
        for item in found
        if isinstance(item, NotMeasured) and "misread" in str(item.subject)
    ] == [
        (
            "stress.quality_drop",
            "operator=misread-separators",
            "the operator does not apply: it changes none of the records that are hit",
        )
    ]


def test_sound_records_in_the_place_of_others_are_changes(folder: Path) -> None:
    """Told is how many places hold another record than before."""
    found = by_name(
        findings(
            folder,
            Fake(late),
            {"python": "model.py:predict"},
            operators=["more-of-the-high"],
            severities=[0.25],
        )
    )

    drop = found["quality_drop", "operator=more-of-the-high, severity=0.25"]

    assert isinstance(drop, Evidence)
    assert drop.details["rows_hit"] == 100
    assert 90 < drop.details["rows_changed"] <= 100


def test_a_pair_does_both_kinds_of_damage_to_each_row(folder: Path) -> None:
    """Four records look like no list of categories; their column is known for one."""
    system = {"python": "model.py:predict"}
    kinds = ["flipped-sign", "wrong-category"]

    found = findings(
        folder,
        fake := Fake(late),
        system,
        operators=kinds,
        columns=["delay", "origin"],
        severities=[0.01, 0.25],
    )

    clean, both = fake.batches[0], fake.batches[-1]
    was = clean.loc[both.index]
    assert "combined_quality_drop" in {name for name, _ in by_name(found)}
    assert len(both) == 4
    assert (both["delay"] == -was["delay"]).all()
    assert (both["origin"] != was["origin"]).all()
