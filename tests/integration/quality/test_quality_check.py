"""The check, from tables in DuckDB to findings, with a system that is a small real class."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from proveout.charter.loaded import LoadedCharter
from proveout.charter.schema import Charter, Source
from proveout.checks.contract import CheckContext, Finding, Need, Progress
from proveout.checks.quality import CHECK
from proveout.evidence.catalogue import SHIPPED, Catalogue
from proveout.evidence.figures import full_figure, span
from proveout.evidence.model import CheckRef, Evidence, Subject
from proveout.evidence.outcome import NotMeasured
from proveout.intake.table import OpenTable
from proveout.systems.port import Answers, AnswerStatus

pytestmark = [
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

NOW = datetime(2013, 7, 1, tzinfo=UTC)


class NoRejects:
    """Nothing could not be read."""

    count = 0

    def by_reason(self) -> dict[str, int]:
        """None."""
        return {}

    def examples(self, most: int = 3, *, reason: str | None = None) -> list[Any]:
        """None."""
        return []


@dataclass
class Tables:
    """Data access over frames in memory."""

    pilot_frame: pd.DataFrame | None = None
    production_frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    labels_frame: pd.DataFrame | None = None
    connection: Any = field(default_factory=ibis.duckdb.connect)

    def _open(self, name: str, frame: pd.DataFrame) -> OpenTable:
        rows = pa.Table.from_pandas(frame, preserve_index=False)
        self.connection.con.register("rows", rows)
        self.connection.con.execute(f"CREATE OR REPLACE TABLE {name} AS FROM rows")
        return OpenTable(
            name=name,
            source=Source(path=f"{name}.csv", site=name.title()),
            table=self.connection.table(name),
            rejects=NoRejects(),
            repairs=NoRejects(),
            fingerprint=f"sha256:{name}",
        )

    def pilot(self) -> OpenTable | None:
        """Open the sample."""
        return None if self.pilot_frame is None else self._open("pilot", self.pilot_frame)

    def production(self) -> list[OpenTable]:
        """Open production."""
        return [self._open(name, frame) for name, frame in self.production_frames.items()]

    def references(self) -> list[OpenTable]:
        """None."""
        return []

    def labels(self) -> OpenTable | None:
        """Open the labels."""
        return None if self.labels_frame is None else self._open("labels", self.labels_frame)


Answering = Callable[[pd.DataFrame], tuple[Any, Any]]


@dataclass
class Fake:
    """Answers by a function of the batch; remembers which columns it was given."""

    by: Answering
    seen: set[str] = field(default_factory=set)
    fingerprint: str = "sha256:fake"
    label: str = "fake"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    def answer(self, batch: pd.DataFrame) -> Answers:
        """Refuse where the function says None."""
        self.seen |= set(batch.columns)
        value, confidence = self.by(batch)
        value = np.asarray(value, dtype=object)
        refused = np.array([each is None for each in value])
        return Answers(
            value=value,
            confidence=np.asarray(confidence, dtype=float),
            status=np.where(refused, AnswerStatus.REFUSED, AnswerStatus.OK).astype(np.int8),
            latency_s=np.full(len(batch), 0.01),
            elapsed_s=0.01 * len(batch),
            faults=("it would not say",) if refused.any() else (),
        )


def context(charter: dict[str, Any], data: Tables, system: Fake) -> CheckContext:
    whole = Charter.model_validate({"pilot": "flights", "system": "model.py:predict", **charter})
    return CheckContext(
        loaded=LoadedCharter(charter=whole, path=Path("pilot.yaml"), content_hash="sha256:c"),
        data=data,
        open_system=lambda: system,
        catalogue=Catalogue(SHIPPED),
        check=CheckRef(name="quality", version="1"),
        run="run-1",
        now=NOW,
        seed=1,
        artifacts=Path("artifacts"),
    )


def found(findings: Iterator[Finding] | list[Finding]) -> dict[tuple[str, str, str], Evidence]:
    return {
        (each.metric, each.scope, str(each.subject)): each
        for each in findings
        if isinstance(each, Evidence)
    }


def not_measured(findings: list[Finding]) -> dict[str, NotMeasured]:
    return {each.metric: each for each in findings if isinstance(each, NotMeasured)}


def flights(n: int, *, seed: int, cancelled: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    delay = rng.normal(5, 20, n)
    late = np.where(delay + rng.normal(0, 5, n) > 15, "yes", "no").astype(object)
    gone = rng.random(n) < cancelled
    return pd.DataFrame(
        {
            "id": np.arange(n),
            "delay": np.where(gone, np.nan, delay),
            "carrier": rng.choice(["UA", "B6", "AA"], n),
            "at": pd.Timestamp("2013-01-15") + pd.to_timedelta(30 * rng.integers(0, 3, n), "D"),
            "late": np.where(gone, "yes", late),
        }
    )


def by_delay(batch: pd.DataFrame) -> tuple[Any, Any]:
    """A careless model: a missing delay is no delay, and it is sure of it."""
    delay = batch["delay"].fillna(0.0).to_numpy()
    return np.where(delay > 15, "yes", "no"), np.full(len(batch), 0.95)


CHARTER: dict[str, Any] = {
    "data": {
        "pilot": "pilot.csv",
        "production": ["newark.csv", "kennedy.csv"],
        "label": "late",
        "key": "id",
        "timestamp": "at",
        "slices": "carrier",
    },
    "system": {"python": "model.py:predict", "positive": "yes"},
}


@pytest.fixture
def run() -> tuple[list[Finding], Fake]:
    """A clean sample; a production in which one flight of twenty is cancelled."""
    data = Tables(
        pilot_frame=flights(600, seed=1),
        production_frames={
            "newark": flights(2_000, seed=2, cancelled=0.05),
            "kennedy": flights(1_000, seed=3, cancelled=0.05),
        },
    )
    system = Fake(by=by_delay)
    return list(CHECK.run(context(CHARTER, data, system))), system


def test_every_score_stands_on_both_scopes_with_an_interval(
    run: tuple[list[Finding], Fake],
) -> None:
    """Side by side, so that the drop can be seen."""
    whole = {
        (metric, scope)
        for metric, scope, subject in found(run[0])
        if not subject and metric not in ("quality.sandbox_drop", "quality.worst_slice")
    }

    names = [
        "accuracy", "balanced_accuracy", "precision", "recall", "f1", "roc_auc",
        "calibration_error", "silent_failure", "exception_rate", "throughput",
    ]  # fmt: skip
    assert whole == {(f"quality.{name}", s) for name in names for s in ("pilot", "production")}
    assert all(each.interval is not None for each in found(run[0]).values())


def test_the_system_never_sees_label_key_or_our_own_columns(
    run: tuple[list[Finding], Fake],
) -> None:
    """It is given what it would be given in production."""
    assert run[1].seen == {"delay", "carrier", "at"}


def test_the_drop_from_sample_to_production_is_one_figure(
    run: tuple[list[Finding], Fake],
) -> None:
    """Positive is worse."""
    evidence = found(run[0])

    drop = evidence["quality.sandbox_drop", "production", ""]

    before = evidence["quality.accuracy", "pilot", ""]
    after = evidence["quality.accuracy", "production", ""]
    assert drop.value == pytest.approx(before.value - after.value)
    assert drop.interval is not None
    assert 0 < drop.interval.low < drop.value
    assert drop.n == 3_600


def test_what_missing_values_do_is_the_worst_slice(run: tuple[list[Finding], Fake]) -> None:
    """The system is wrong on every cancelled flight, and sure of it."""
    evidence = found(run[0])

    worst = evidence["quality.worst_slice", "production", ""]

    assert worst.interval is not None
    assert (worst.value, worst.unit) == (0.0, "fraction")
    assert worst.details["at"] == "delay is missing"
    assert worst.details["verdict"] == "significantly worse than the rest"
    assert worst.details["worst"][0]["n"] == worst.n
    assert worst.details["summary"] == (
        "The worst kind of record is 'delay is missing', with accuracy 0 % ("
        f"{span(worst.interval, 'fraction')}) on {worst.n:,} rows; of 30 looked at, 1 is "
        "significantly worse than the rest."
    )
    assert evidence["quality.silent_failure", "production", ""].value > 0.04


def test_production_is_broken_down_by_site_month_and_slice(
    run: tuple[list[Finding], Fake],
) -> None:
    """Each with its size and interval."""
    evidence = found(run[0])

    subjects = [
        Subject.of(site="Newark"), Subject.of(site="Kennedy"),
        Subject.of(period="2013-01"), Subject.of(period="2013-02"), Subject.of(period="2013-03"),
        Subject.of(slice="carrier=UA"), Subject.of(slice="carrier=B6"),
        Subject.of(slice="carrier=AA"), Subject.of(slice="delay is missing"),
        Subject.of(slice="like the pilot's sample"), Subject.of(slice="unlike the pilot's sample"),
    ]  # fmt: skip
    parts = {s: n.n for (m, _, s), n in evidence.items() if m == "quality.accuracy" and s}
    assert set(parts) == {str(subject) for subject in subjects}
    assert parts["site=Newark"] == 2_000
    assert sum(n for subject, n in parts.items() if subject.startswith("period")) == 3_000


def test_the_effect_of_what_the_sample_lacks_is_told(run: tuple[list[Finding], Fake]) -> None:
    """Rows of a kind that the sample never showed are scored apart from the others."""
    evidence = found(run[0])
    like, unlike = (
        evidence["quality.accuracy", "production", f"slice={how} the pilot's sample"]
        for how in ("like", "unlike")
    )

    assert like.n + unlike.n == evidence["quality.accuracy", "production", ""].n
    assert like.interval is not None
    assert unlike.interval is not None
    assert unlike.details["never_shown"]
    assert {"data:newark", "data:kennedy"} < set(unlike.inputs)


def test_evidence_names_the_data_and_the_system_it_was_found_on(
    run: tuple[list[Finding], Fake],
) -> None:
    """Provenance."""
    accuracy = found(run[0])["quality.accuracy", "production", ""]

    assert accuracy.inputs == {
        "data:newark": "sha256:newark",
        "data:kennedy": "sha256:kennedy",
        "system": "sha256:fake",
    }


def test_progress_is_told(run: tuple[list[Finding], Fake]) -> None:
    """Of every scope, up to its end."""
    told = [each for each in run[0] if isinstance(each, Progress)]

    assert Progress(done=3_000, total=3_000, what="asking fake on production rows") in told


def test_missing_labels_and_refusals_are_counted_not_dropped() -> None:
    """Rows without a truth still show whether the system answers them."""
    frame = flights(400, seed=4)
    frame.loc[frame.index < 100, "late"] = None
    charter = {**CHARTER, "data": {**CHARTER["data"], "pilot": None}}

    def refusing(batch: pd.DataFrame) -> tuple[Any, Any]:
        value, confidence = by_delay(batch)
        value = value.astype(object)
        value[batch["carrier"].to_numpy() == "UA"] = None
        return value, confidence

    data = Tables(production_frames={"newark": frame})
    findings = list(CHECK.run(context(charter, data, Fake(by=refusing))))

    accuracy = found(findings)["quality.accuracy", "production", ""]
    exceptions = found(findings)["quality.exception_rate", "production", ""]
    n_refused = int((frame["carrier"] == "UA").sum())
    assert accuracy.n == 300
    assert accuracy.details["share_without_known_truth"] == 0.25
    assert (exceptions.n, exceptions.value) == (400, n_refused / 400)
    assert exceptions.details["by_status"] == {"refused": n_refused}
    assert exceptions.details["faults"] == ["it would not say"]
    assert len(exceptions.details["examples"]) == 3
    by_slice = found(findings)["quality.exception_rate", "production", "slice=carrier=UA"]
    assert by_slice.value == 1.0
    assert not_measured(findings)["quality.sandbox_drop"] == NotMeasured(
        metric="quality.sandbox_drop",
        reason="there is no curated sample with true answers to compare with",
        next_step="Name it: data.pilot",
    )


def test_labels_from_a_file_of_their_own_are_joined_by_key() -> None:
    """And a source without the key is named, not skipped in silence."""
    frame = flights(300, seed=5)
    labels = frame[["id", "late"]].rename(columns={"late": "truth"})
    charter = {
        **CHARTER,
        "data": {
            "production": ["newark.csv", "other.csv"],
            "labels": {"source": "labels.csv", "key": ["id"], "column": "truth"},
        },
    }
    data = Tables(
        production_frames={"newark": frame.drop(columns="late"), "other": frame[["delay"]]},
        labels_frame=labels.head(250),
    )
    system = Fake(by=by_delay)

    findings = list(CHECK.run(context(charter, data, system)))

    accuracy = found(findings)["quality.accuracy", "production", ""]
    assert accuracy.n == 250
    assert "data:labels" in accuracy.inputs
    assert not_measured(findings)["quality.accuracy"] == NotMeasured(
        metric="quality.accuracy",
        subject=Subject.of(source="other"),
        reason="source 'other' has no column 'id', by which data.labels is joined",
        next_step="Bring true answers for its records: data.label, or data.labels.",
    )


def test_a_sample_of_production_is_the_same_each_time() -> None:
    """Drawn at random, by seed; how many it was drawn from is said."""
    charter = {**CHARTER, "data": {**CHARTER["data"], "sample_rows": 500, "pilot": None}}
    data = Tables(production_frames={"newark": flights(3_000, seed=6)})

    runs = [found(CHECK.run(context(charter, data, Fake(by=by_delay)))) for _ in range(2)]

    accuracy = [each["quality.accuracy", "production", ""] for each in runs]
    assert accuracy[0].n == 500
    assert accuracy[0].details["drawn_at_random_from"] == 3_000
    assert accuracy[0] == accuracy[1]


def test_numbers_are_judged_by_their_errors_in_the_unit_of_the_label() -> None:
    """Found from the label; the drop is the relative increase of MAE."""
    rng = np.random.default_rng(7)

    def deliveries(n: int, noise: float) -> pd.DataFrame:
        km = rng.uniform(1, 50, n)
        return pd.DataFrame({"km": km, "minutes": 2 * km + rng.normal(0, noise, n)})

    charter = {
        "data": {
            "pilot": "pilot.csv",
            "production": "newark.csv",
            "label": "minutes",
            "slices": "km",
            "fields": {"minutes": {"unit": "min"}},
        },
        "system": {"python": "model.py:predict", "tolerance": 5},
    }
    data = Tables(pilot_frame=deliveries(500, 3), production_frames={"newark": deliveries(900, 6)})
    by_distance = Fake(by=lambda batch: (2 * batch["km"].to_numpy(), np.full(len(batch), np.nan)))

    findings = list(CHECK.run(context(charter, data, by_distance)))

    evidence = found(findings)
    mae = evidence["quality.mae", "production", ""]
    assert mae.unit == "min"
    assert mae.value == pytest.approx(6 * np.sqrt(2 / np.pi), rel=0.1)
    drop = evidence["quality.sandbox_drop", "production", ""]
    assert drop.value == pytest.approx(mae.value / evidence["quality.mae", "pilot", ""].value - 1)
    assert evidence["quality.worst_slice", "production", ""].unit == "min"
    assert len([s for m, _, s in evidence if m == "quality.mae" and s.startswith("slice=km=")]) == 4
    assert "quality.within_tolerance" in {metric for metric, _, _ in evidence}
    assert not_measured(findings)["quality.silent_failure"].reason == (
        "in production: the system states no confidence"
    )


def test_what_cannot_be_broken_down_by_is_named() -> None:
    """A misspelled slice, or a date that nobody can read, is not left out in silence."""
    frame = flights(200, seed=9)
    frame["when"] = ["in spring"] * 50 + ["2013-02-03"] * 150
    charter = {
        **CHARTER,
        "data": {
            "production": "newark.csv",
            "label": "late",
            "timestamp": "when",
            "slices": ["carier"],
        },
    }
    data = Tables(production_frames={"newark": frame})

    findings = list(CHECK.run(context(charter, data, Fake(by=by_delay))))

    told = [
        each
        for each in findings
        if isinstance(each, NotMeasured) and each.metric == "quality.accuracy"
    ]
    assert told == [
        NotMeasured(
            metric="quality.accuracy",
            subject=Subject.of(period="when=…"),
            reason="50 rows have nothing in 'when' that can be read",
            next_step="Correct data.timestamp, or fill the column; dates are read as 2013-01-31.",
        ),
        NotMeasured(
            metric="quality.accuracy",
            subject=Subject.of(slice="carier=…"),
            reason="the data have no column 'carier'",
            next_step="Correct data.slices, or fill the column; dates are read as 2013-01-31.",
        ),
    ]


def test_answers_in_other_words_are_no_drop_of_zero() -> None:
    """Wrong wiring on both sides must not look like two equally good systems."""
    frame = flights(200, seed=10)
    data = Tables(pilot_frame=frame, production_frames={"newark": frame})
    system = Fake(by=lambda batch: (np.full(len(batch), "1"), np.full(len(batch), 0.9)))

    findings = list(CHECK.run(context(CHARTER, data, system)))

    reason = "the answers ('1') are never among the labels ('no', 'yes')"
    told = not_measured(findings)
    assert {metric for metric, _, subject in found(findings)} == {
        "quality.exception_rate",
        "quality.throughput",
    }
    assert told["quality.sandbox_drop"].reason == f"in the curated sample: {reason}"
    assert told["quality.worst_slice"].reason == reason


def test_a_label_without_a_declared_unit_is_a_bare_number() -> None:
    """'MAE 13.4', not 'MAE 13.4 units of the label'; a unit is declared in data.fields."""
    frame = pd.DataFrame({"km": np.arange(100.0), "minutes": 2 * np.arange(100.0) + [1, -2] * 50})
    charter = {"data": {"production": "newark.csv", "label": "minutes", "slices": "km"}}
    system = Fake(by=lambda batch: (2 * batch["km"].to_numpy(), np.full(len(batch), np.nan)))

    evidence = found(
        CHECK.run(context(charter, Tables(production_frames={"newark": frame}), system))
    )

    assert full_figure(evidence["quality.mae", "production", ""]) == (
        "1.50 (1.40 to 1.60; n = 100)"
    )


def test_recorded_answers_are_nothing_to_break_down_by() -> None:
    """Where the answer itself is missing it is wrong: that says nothing of a kind of record."""
    rng = np.random.default_rng(5)
    frame = flights(900, seed=8).assign(sure=0.9)
    frame["said"] = np.where(rng.random(900) < 0.1, None, frame["late"])
    frame.loc[frame["said"].isna(), "sure"] = np.nan
    charter = {
        "data": {"production": "newark.csv", "label": "late", "slices": "carrier"},
        "system": {"recorded": {"answer": "said", "confidence": "sure"}},
    }
    system = Fake(by=lambda batch: (batch["said"].to_numpy(), batch["sure"].to_numpy()))

    evidence = found(
        CHECK.run(context(charter, Tables(production_frames={"newark": frame}), system))
    )

    parts = {part for metric, _, part in evidence if metric == "quality.accuracy" and part}
    assert parts == {"slice=carrier=UA", "slice=carrier=B6", "slice=carrier=AA"}


def test_recorded_answers_have_no_throughput() -> None:
    """Reading a column says nothing of the system's speed."""
    frame = flights(300, seed=8).assign(said="no")
    charter = {
        "data": {"production": "newark.csv", "label": "late"},
        "system": {"recorded": {"answer": "said"}},
    }
    system = Fake(by=lambda batch: (batch["said"].to_numpy(), np.full(len(batch), np.nan)))

    findings = list(
        CHECK.run(context(charter, Tables(production_frames={"newark": frame}), system))
    )

    assert not_measured(findings)["quality.throughput"] == NotMeasured(
        metric="quality.throughput",
        reason="in production: recorded answers say nothing of how fast the system is",
        next_step="Let the system itself answer: system.python or system.http",
    )


def test_an_empty_production_is_not_measured_and_never_fine() -> None:
    """0 rows: no figure at all, and each is named."""
    data = Tables(production_frames={"newark": flights(5, seed=1).head(0)})
    charter = {**CHARTER, "data": {**CHARTER["data"], "pilot": None}}

    findings = list(CHECK.run(context(charter, data, Fake(by=by_delay))))

    assert found(findings) == {}
    assert {
        "quality.accuracy", "quality.exception_rate", "quality.throughput",
        "quality.sandbox_drop", "quality.worst_slice",
    } <= set(not_measured(findings))  # fmt: skip


def test_what_a_charter_must_say_first_is_named() -> None:
    """Each need with the line to write."""
    assert CHECK.needs(Charter(pilot="p")) == [
        Need(
            what="system is not in the charter",
            next_step="Say how the system is reached, for example 'system: model.py:predict'",
        ),
        Need(
            what="data.label is not in the charter",
            next_step="Name the column that holds the true answer: data.label, or the file that "
            "holds them: data.labels",
        ),
        Need(
            what="neither data.production nor data.pilot is in the charter",
            next_step="Name where the records are: data.production",
        ),
    ]
