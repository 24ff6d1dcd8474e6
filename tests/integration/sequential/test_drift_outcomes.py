"""The watch of answers in use: error rate as the truth comes, estimates until it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from fixtures.served_window import answers, context, requests, served
from proveout.checks.contract import Finding
from proveout.checks.drift.outcomes import ABOUT, outcome_findings
from proveout.evidence.alarm import Alarm, Resolved
from proveout.evidence.model import CheckRef, Evidence, Subject
from proveout.evidence.outcome import NotMeasured

pytestmark = [
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

LAUNCH = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
CHARTER = {
    "data": {"label": "truth"},
    "people": {"reviewer": "Ada Vale"},
    "system": {"python": "model.py:predict", "task": "classification"},
}
A_DAY = 60


def quality(value: float, n: int, *, artifact: str | None = None) -> Evidence:
    return Evidence(
        pilot="claims", metric="quality.accuracy", value=value, unit="fraction", n=n,
        basis="measured", scope="production", observed_at=LAUNCH - DAY, artifact=artifact,
        check=CheckRef(name="quality", version="1"), run="run-0",
    )  # fmt: skip


def traffic(days: int, *, harm_on: int | None = None, seed: int = 1) -> list[dict[str, Any]]:
    """Answers of so many days; 8 % are wrong, 24 % from a day on; the truth is known at once."""
    random = np.random.default_rng(seed)
    rows = []
    for day in range(days):
        rate = 0.24 if harm_on is not None and day >= harm_on else 0.08
        wrong = random.random(A_DAY) < rate
        rows += [
            {"id": f"c{day}-{nth}", "at": LAUNCH + day * DAY + timedelta(minutes=nth),
             "answer": "yes", "confidence": 0.9, "label": "no" if wrong[nth] else "yes"}
            for nth in range(A_DAY)
        ]  # fmt: skip
    return rows


def look(
    rows: list[dict[str, Any]], day: int, earlier: list[Evidence], **more: Any
) -> list[Finding]:
    """Look at the week that ends after so many days."""
    ends = LAUNCH + day * DAY
    begins = max(LAUNCH, ends - 7 * DAY)
    seen = [row for row in rows if row["at"] < ends]
    window = served(
        requests([]),
        answers([row for row in seen if row["at"] >= begins]),
        before=answers([row for row in seen if row["at"] < begins]),
        begins=begins,
        ends=ends,
    )
    made = replace(
        context(window, charter=CHARTER, check="drift", earlier=earlier, now=ends),
        **{"known": lambda: [quality(0.92, 4000)], **more},
    )
    return list(outcome_findings(made, window))


def play(rows: list[dict[str, Any]], until: int, **more: Any) -> Iterator[tuple[int, Evidence]]:
    """Look every second day, each look with what the last one kept; yield the alarm's evidence."""
    earlier: list[Evidence] = []
    for day in range(2, until + 1, 2):
        earlier = [each for each in look(rows, day, earlier, **more) if isinstance(each, Evidence)]
        yield day, alarm_of(earlier)


def alarm_of(findings: list[Any]) -> Evidence:
    return next(e for e in findings if isinstance(e, Evidence) and e.subject == ABOUT)


def test_a_harmful_rise_is_found_and_told_with_since_when_examples_and_who_acts() -> None:
    """The alarm says what changed, since about when, and what to look at."""
    rows = traffic(30, harm_on=20)

    found = dict(play(rows, 30))

    assert next(day for day, alarm in found.items() if alarm.value) <= 26
    assert all(alarm.value == 0 for day, alarm in found.items() if day <= 20)
    last = found[30]
    since = datetime.fromisoformat(last.details["since"] + "T00:00+00:00")
    assert abs(since - (LAUNCH + 20 * DAY)) <= 3 * DAY
    assert last.details["what"].startswith(f"Since about {since:%Y-%m-%d} answers are wrong ")
    assert "Ada Vale acts" in last.details["what"]
    assert len(last.details["examples"]) == 3
    assert all(each["answer"] != each["truth"] for each in last.details["examples"])


def test_each_true_answer_is_counted_once_however_windows_overlap() -> None:
    """Looks two days apart, at weeks: every answer counts once."""
    rows = traffic(12)

    *_, (_, alarm) = play(rows, 12)

    state = alarm.details["state"]
    assert sum(n for _, _, n in state["arrived"]) == 12 * A_DAY == state["n"] == alarm.n


def test_without_a_truth_the_error_rate_is_not_measured_and_the_watch_waits() -> None:
    """No true answer is not a quiet one."""
    rows = [{**row, "label": None} for row in traffic(4)]

    findings = look(rows, 4, [])

    missing = {each.metric: each for each in findings if isinstance(each, NotMeasured)}
    assert missing["drift.error_rate"] == NotMeasured(
        metric="drift.error_rate",
        reason="no true answer has come since the launch",
        next_step="Import them as they become known: proveout labels import FILE",
    )
    alarm = alarm_of(findings)
    assert alarm.value == 0
    assert alarm.details["what"] == "Too few true answers have come yet to watch the error rate."


def test_without_a_measured_pilot_nothing_can_be_watched() -> None:
    """Each figure says so by itself."""
    findings = look(traffic(4), 4, [], known=tuple)

    assert {each.metric for each in findings if isinstance(each, NotMeasured)} == {
        "drift.error_rate", "drift.alarm", "drift.estimated_quality",
    }  # fmt: skip
    assert len(findings) == 3


def test_where_labels_come_late_the_watch_waits_until_most_have_come() -> None:
    """Quick labels alone would tell of other answers than all do; what is never known is told."""
    rows = [
        {**row, "label": row["label"] if nth % 4 else None} for nth, row in enumerate(traffic(20))
    ]

    alarms = dict(play(rows, 20))

    assert alarms[14].details["state"]["labelled"] is None
    assert alarms[20].details["state"]["labelled"] == 0.75
    assert alarms[20].details["share_with_known_truth"] == 0.75
    assert alarms[20].details["not_guaranteed"] == (
        "Only 75 % of answers get a true one. Which answers get a true one, and how late, must not "
        "depend on their being wrong: where wrong ones get it less often or later than right ones, "
        "a rise is found late or not at all; where that changes in use, the alarm may be for "
        "nothing."
    )
    assert alarms[20].details["state"]["begins"] == "2026-03-18"
    assert alarms[20].value == 0


def test_a_rate_that_falls_is_told_and_never_as_harm() -> None:
    """Answers are better, or wrong ones lose their label: the watch cannot tell which."""
    rows = [
        {**row, "label": None if row["label"] == "no" and nth % 4 else row["label"]}
        for nth, row in enumerate(traffic(20, seed=3))
    ]

    last = dict(play(rows, 20))[20]

    assert last.value == 0
    assert last.details["what"].startswith("The error rate shows no harmful rise. Of ")
    assert "against 8 % in the pilot. Either answers have become better" in last.details["what"]
    assert "roll back" not in last.details["what"]


def test_a_resolved_alarm_begins_anew_with_less_of_the_budget() -> None:
    """What was found before is forgotten, and the share comes from the reserve."""
    rows = traffic(24, harm_on=2)
    *_, (_, before) = play(rows, 14)
    resolved = Resolved(
        alarm=Alarm(
            pilot="claims", metric="drift.alarm", subject=ABOUT, what="", who_acts="Ada Vale",
            evidence=before.id, raised_at=LAUNCH + 14 * DAY,
        ),
        at=LAUNCH + 14 * DAY,
    )  # fmt: skip

    after = alarm_of(look(rows, 16, [before], resolved=lambda: [resolved]))

    assert before.value == 1
    assert after.value == 0
    assert after.details["state"]["begins"] == "2026-03-17"
    assert after.details["threshold"] > 5 * before.details["threshold"]


def kept(folder: Path, *, tells: bool) -> str:
    """Write a pilot's judged answers of 12 weeks, whose confidence tells good weeks or does not."""
    random = np.random.default_rng(3)
    columns: dict[str, list[Any]] = {"answer": [], "confidence": [], "correct": [], "at": []}
    for week in range(12):
        ease = random.normal(0, 1.0)
        sure = 1 / (1 + np.exp(-(2.0 + (ease if tells else 0.0) + random.normal(0, 1, 400))))
        right = sure if tells else np.clip(sure + 0.05 * ease, 0, 1)
        columns["answer"] += ["yes"] * 400
        columns["confidence"] += sure.tolist()
        columns["correct"] += (random.random(400) < right).tolist()
        columns["at"] += [LAUNCH - (84 - 7 * week) * DAY] * 400
    (folder / "run-0").mkdir()
    parquet.write_table(
        pa.table({f"proveout_{name}": values for name, values in columns.items()}),
        folder / "run-0" / "answers-production.parquet",
    )
    return "run-0/answers-production.parquet"


def test_a_decay_that_only_confidence_shows_alarms_and_is_resolved_like_others(
    tmp_path: Path,
) -> None:
    """Weeks of much less sure answers call somebody, though no truth has come."""
    artifact = kept(tmp_path, tells=True)
    random = np.random.default_rng(6)
    rows = [
        {**row, "label": None, "confidence": float(1 / (1 + np.exp(-random.normal(-0.6, 1.0))))}
        for row in traffic(56)
    ]
    more: dict[str, Any] = {
        "known": lambda: [quality(0.86, 4800, artifact=artifact)], "artifacts": tmp_path / "run-1",
    }  # fmt: skip
    earlier: list[Evidence] = []
    values = []
    for day in range(7, 57, 7):
        earlier = [each for each in look(rows, day, earlier, **more) if isinstance(each, Evidence)]
        values += [each.value for each in earlier if each.subject == DECAY]
    alarm = next(each for each in earlier if each.subject == DECAY)
    resolved = Resolved(
        alarm=Alarm(
            pilot="claims", metric="drift.alarm", subject=DECAY, what="", who_acts="Ada Vale",
            evidence=alarm.id, raised_at=LAUNCH + 56 * DAY,
        ),
        at=LAUNCH + 56 * DAY,
    )  # fmt: skip

    after = look(rows, 56, earlier, resolved=lambda: [resolved], **more)

    assert values[0] == 0
    assert values[-1] == 1
    assert alarm.basis == "simulated"
    assert str(alarm.details["what"]).startswith("Answers are probably worse than in the pilot: ")
    assert [e.value for e in after if isinstance(e, Evidence) and e.subject == DECAY] == [0]


@pytest.mark.parametrize("tells", [True, False])
def test_quality_is_estimated_only_where_confidence_has_shown_to_tell(
    tmp_path: Path, tells: bool
) -> None:
    """An estimate that past weeks do not bear out is refused, with the reason."""
    artifact = kept(tmp_path, tells=tells)
    random = np.random.default_rng(5)
    rows = [
        {**row, "label": None, "confidence": float(1 / (1 + np.exp(-random.normal(1.2, 1.0))))}
        for row in traffic(7)
    ]

    findings = look(
        rows, 7, [],
        known=lambda: [quality(0.86, 4800, artifact=artifact)],
        artifacts=tmp_path / "run-1",
    )  # fmt: skip

    found = next(each for each in findings if each.metric == "drift.estimated_quality")  # type: ignore[union-attr]
    if tells:
        assert isinstance(found, Evidence)
        assert found.basis == "simulated"
        assert found.interval is not None
        expected = float(np.mean([row["confidence"] for row in rows]))
        assert found.interval.low < expected < found.interval.high
        decay = next(e for e in findings if isinstance(e, Evidence) and e.subject == DECAY)
        assert decay.value == 0
    else:
        assert found == NotMeasured(
            metric="drift.estimated_quality",
            reason="on 12 blocks of the reference an estimate by confidence is no better than to "
            "assume that nothing changes",
            next_step="Bring true answers for some of the cases, drawn at random.",
        )


DECAY = Subject.of(kind="estimated_quality")


def test_truth_that_has_come_corrects_the_estimate(tmp_path: Path) -> None:
    """Where answers are worse than their confidence says, known outcomes pull the figure down."""
    artifact = kept(tmp_path, tells=True)
    rows = traffic(7)  # all say .9; in truth 8 % are wrong, and of these half are known
    told = [{**row, "label": row["label"] if nth % 2 else None} for nth, row in enumerate(rows)]
    told = [{**row, "confidence": 0.97} for row in told]

    findings = look(
        told, 7, [],
        known=lambda: [quality(0.86, 4800, artifact=artifact)],
        artifacts=tmp_path / "run-1",
    )  # fmt: skip

    found = next(each for each in findings if each.metric == "drift.estimated_quality")  # type: ignore[union-attr]
    assert isinstance(found, Evidence), found
    truth = np.mean([row["label"] == "yes" for row in rows])
    assert found.details["measured"] == 7 * A_DAY // 2
    assert abs(found.value - truth) < abs(found.details["estimated_alone"] - truth)
