"""The drift check on a window of served rows, beside ten weeks from before the launch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from fixtures.served_window import BEGINS, ENDS, InUse, answers, context, requests, served
from proveout.charter.schema import Source
from proveout.checks import Served
from proveout.checks.drift import CHECK
from proveout.evidence.alarm import Alarm, Resolved
from proveout.evidence.model import Evidence, Subject
from proveout.evidence.outcome import NotMeasured
from proveout.intake.rejects import ListedRejects
from proveout.intake.table import OpenTable

# The query builder calls what the engine and pandas are about to rename.
pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option:Warning"),
]

_PRODUCTS = np.array(["chair", "desk", "lamp", "shelf"])
_REGIONS = np.array(["North", "South", "West"])
_KILOS = {"chair": 7.5, "desk": 32.0, "lamp": 2.25, "shelf": 18.0}
CHARTER = {
    "data": {
        "production": "orders",
        "timestamp": "placed",
        "inputs": ["product", "region", "amount", "kilos"],
    },
    "people": {"reviewer": {"name": "Ada Moor", "role": "Order desk"}},
    "monitoring": {},
}


def orders(n: int, *, seed: int, begins: datetime, days: float = 7) -> pd.DataFrame:
    chance = np.random.default_rng(seed)
    product = chance.choice(_PRODUCTS, n, p=[0.4, 0.2, 0.25, 0.15])
    kilos = pd.Series(product).map(_KILOS) * chance.integers(1, 4, n)
    return pd.DataFrame(
        {
            "product": product,
            "region": chance.choice(_REGIONS, n, p=[0.5, 0.3, 0.2]),
            "amount": np.round(chance.lognormal(4, 0.5, n), 2),
            "kilos": kilos,
            "placed": [begins + timedelta(days=days * k / n) for k in range(n)],
        }
    )


def before_launch() -> pd.DataFrame:
    weeks = [
        orders(500, seed=week, begins=datetime(2026, 6, 1, tzinfo=UTC) + timedelta(weeks=week))
        for week in range(10)
    ]
    return pd.concat(weeks, ignore_index=True)


class _Data(InUse):
    """A charter's data: orders from before the launch, and the window."""

    def __init__(self, window: Served | None) -> None:
        super().__init__(window)
        self.engine = ibis.duckdb.connect()
        self.engine.con.register("orders", before_launch())

    def production(self) -> list[OpenTable]:
        return [
            OpenTable(
                name="orders",
                source=Source(name="orders", path="orders"),
                table=self.engine.table("orders"),
                rejects=ListedRejects(),
                repairs=ListedRejects(),
                fingerprint="sha256:1",
            )
        ]


def window(frame: pd.DataFrame, before: pd.DataFrame | None = None) -> Served:
    earlier = None if before is None else log_of(before)
    return served(requests([]), log_of(frame), before=earlier)


def log_of(frame: pd.DataFrame) -> pa.Table:
    placed = frame["placed"]
    said = answers(
        [
            {"id": f"r{k}", "at": at, "version": "v1", "team": team, "user": "u",
             "answer": "yes", "confidence": 0.9, "label": "yes" if k % 10 else "no"}
            for k, (at, team) in enumerate(zip(placed, frame["team"], strict=True))
        ]
    )  # fmt: skip
    given = pa.Table.from_pandas(frame.drop(columns=["placed", "team"]), preserve_index=False)
    for name in given.column_names:
        said = said.append_column(name, given[name])
    return said


def look(
    window: Served | None,
    earlier: Sequence[Evidence] = (),
    resolved: Callable[[], Sequence[Resolved]] = tuple,
) -> list[Any]:
    made = context(window, charter=CHARTER, check="drift", earlier=earlier)
    found = CHECK.run(replace(made, data=_Data(window), resolved=resolved))
    return [each for each in found if not _is_of_outcomes(each)]


def _is_of_outcomes(each: Any) -> bool:
    """Whether answers have become worse is looked at in tests of its own."""
    of_rates = isinstance(each, NotMeasured) and each.subject.get("kind") == "error_rate"
    return of_rates or getattr(each, "metric", "") in (
        "drift.error_rate", "drift.estimated_quality",
    )  # fmt: skip


def figures(found: Sequence[Any], metric: str) -> dict[str, float]:
    return {
        each.subject.get("column") or each.subject.get("kind") or "": each.value
        for each in found
        if isinstance(each, Evidence) and each.metric == metric
    }


@pytest.fixture
def week() -> pd.DataFrame:
    frame = orders(2_000, seed=99, begins=BEGINS)
    return frame.assign(team=np.where(np.arange(len(frame)) % 4 == 0, "Lyon", "Bern"))


def with_commas(frame: pd.DataFrame) -> pd.DataFrame:
    """From the middle of the week on, Lyon writes amounts with a comma."""
    late = (frame["team"] == "Lyon") & (frame["placed"] >= BEGINS + timedelta(days=3))
    text = frame["amount"].map(lambda amount: f"{amount:.2f}")
    return frame.assign(amount=text.where(~late, text.str.replace(".", ",")))


def test_a_window_like_the_past_raises_nothing_and_is_told_in_familiar_figures(
    week: pd.DataFrame,
) -> None:
    """Every column was looked at, none has changed."""
    found = look(window(week))

    assert figures(found, "drift.alarm") == {
        "product": 0.0, "region": 0.0, "amount": 0.0, "kilos": 0.0, "duplicates": 0.0
    }  # fmt: skip
    assert figures(found, "drift.alarms") == {"": 0.0}
    assert figures(found, "drift.not_checked") == {"": 0.0}
    assert set(figures(found, "drift.distance")) == {"product", "region", "amount", "kilos"}
    assert not [each for each in found if isinstance(each, NotMeasured)]


def test_an_alarm_says_what_changed_since_when_where_what_it_does_and_who_acts(
    week: pd.DataFrame,
) -> None:
    """A site that begins to write a decimal comma is found, with its day and its team."""
    found = look(window(with_commas(week)))

    alarms = figures(found, "drift.alarm")
    story = next(
        each.details for each in found
        if isinstance(each, Evidence) and each.metric == "drift.alarm" and each.value
    )  # fmt: skip
    assert [name for name, value in alarms.items() if value] == ["amount"]
    assert figures(found, "drift.format_changes") == {"": 1.0}
    assert story["since"][:10] == "2026-11-12"
    assert story["told"] == (
        "14 % of 'amount' (13 to 16 %) are no figures; before, it was 0 %. For example "
        + ", ".join(f"“{each}”" for each in story["examples"])
        + ". It has been so since 2026-11-12 00:14. It is above all in team Lyon: 57 % of its "
        "500 rows, 0 % elsewhere. 20 % of the answers on these rows are wrong, against 8 % on "
        "the others (n = 285 and 1,715). Its confidence is 0.9 on them and 0.9 on the others. "
        "Ada Moor acts."
    )


def test_a_column_that_is_gone_is_not_checked_and_not_quiet(week: pd.DataFrame) -> None:
    """What no test could be computed for has a state of its own."""
    found = look(window(week.drop(columns="kilos")))

    assert [each for each in found if isinstance(each, NotMeasured)] == [
        NotMeasured(
            metric="drift.alarm",
            subject=Subject.of(column="kilos"),
            reason="not checked: the column is gone",
            next_step="Ada Moor finds out why with those who deliver the data.",
        )
    ]
    assert figures(found, "drift.not_checked") == {"": 1.0}
    assert figures(found, "drift.schema_changes") == {"": 1.0}


def test_rows_count_once_however_often_one_looks(week: pd.DataFrame) -> None:
    """A second look at the same window adds no evidence."""
    first = look(window(week))

    second = look(window(week), earlier=[each for each in first if isinstance(each, Evidence)])

    assert state(second) == state(first)


def test_an_alarm_stands_until_it_is_resolved_and_then_begins_anew(week: pd.DataFrame) -> None:
    """What somebody has called harmless is not raised again by the same rows."""
    first = look(window(with_commas(week)))
    earlier = [each for each in first if isinstance(each, Evidence)]
    alarm = Alarm(
        pilot="claims", metric="drift.alarm", subject=Subject.of(column="amount"), what="comma",
        who_acts="Ada Moor", evidence="e", raised_at=ENDS,
    )  # fmt: skip

    standing = look(window(with_commas(week)), earlier=earlier)
    after = look(
        window(with_commas(week)),
        earlier=earlier,
        resolved=lambda: [Resolved(alarm=alarm, at=ENDS + timedelta(hours=1))],
    )

    assert figures(standing, "drift.alarm")["amount"] == 1.0
    assert figures(after, "drift.alarm")["amount"] == 0.0


def test_too_few_rows_are_said_to_be_too_few(week: pd.DataFrame) -> None:
    """A window of a handful of rows is not quiet: it was not measured."""
    found = look(window(week.head(20)))

    reasons = {each.metric: each.reason for each in found if isinstance(each, NotMeasured)}
    assert reasons == dict.fromkeys(
        ("drift.alarms", "drift.not_checked", "drift.distance"),
        "20 rows in the window are too few to be compared (100 are needed)",
    )


def test_weeks_since_launch_join_the_past_where_they_were_quiet(week: pd.DataFrame) -> None:
    """And answers and confidences are watched too, once four weeks of them are known."""
    since = [
        orders(600, seed=50 + k, begins=BEGINS - timedelta(weeks=5 - k)).assign(team="Bern")
        for k in range(5)
    ]

    found = look(window(week, before=pd.concat(since, ignore_index=True)))

    told = next(
        each.details for each in found
        if isinstance(each, Evidence) and each.metric == "drift.alarms"
    )  # fmt: skip
    assert (told["weeks_joined"], told["outputs_watched"]) == (5, True)
    assert figures(found, "drift.alarm")["answer"] == 0.0
    assert {"answer", "confidence"} <= set(figures(found, "drift.distance"))


@pytest.mark.slow
def test_before_launch_it_says_what_it_will_find() -> None:
    """Every kind of change has its smallest share that is found, or is said not to be."""
    found = look(None)

    detectable = {
        (each.subject.get("kind"), each.subject.get("column")): each.value
        for each in found
        if isinstance(each, Evidence)
    }
    assert detectable["comma", "amount"] == 0.01
    assert detectable["unseen", "region"] == 0.01
    assert detectable["shuffled", "kilos"] <= 0.10
    assert all(each.metric == "drift.detectable" for each in found if isinstance(each, Evidence))


def state(found: Sequence[Any]) -> Any:
    return next(
        each.details["state"] for each in found
        if isinstance(each, Evidence) and each.metric == "drift.alarms"
    )  # fmt: skip
