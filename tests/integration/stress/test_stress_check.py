"""The stress check as a whole: real rows, a system whose weaknesses are known."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from function_system import Fake, a_context, by_name

from proveout.charter.schema import Charter
from proveout.checks import Need, Progress
from proveout.checks.stress import CHECK
from proveout.checks.stress.operators import OPERATORS
from proveout.errors import InputError
from proveout.evidence.model import WHOLE, Evidence, Subject
from proveout.evidence.outcome import NotMeasured

# ibis calls what this DuckDB has renamed, and pandas 3 warns of an option that ibis sets
pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

ROWS = 400

UNKNOWN_WITHOUT_TRIALS = (
    "stress.worst_quality_drop",
    "stress.worst_silent_failure",
    "stress.worst_error_let_through",
    "confidence.threshold",
)


def late(batch: pd.DataFrame) -> list[Any]:
    """Late when the delay is above 15; a missing delay is refused."""
    return [
        None if math.isnan(delay) else "late" if delay > 15 else "on time"
        for delay in batch["delay"].astype(float)
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(5)
    delay = rng.normal(15, 20, ROWS).round(1)
    frame = pd.DataFrame(
        {
            "id": np.arange(ROWS),
            "delay": delay,
            "noise": rng.integers(0, 50, ROWS),
            "origin": rng.choice(["EWR", "JFK", "LGA"], ROWS),
            "arrived": np.where(delay > 15, "late", "on time"),
            "minutes": delay * 2 + rng.normal(0, 5, ROWS).round(2),
        }
    )
    frame.loc[:9, "arrived"] = np.where(delay[:10] > 15, "on time", "late")  # ten odd ones
    frame.loc[ROWS - 20 :, "arrived"] = None  # twenty without a true answer
    frame.to_csv(tmp_path / "flights.csv", index=False)
    return tmp_path


def a_charter(**parts: Any) -> Charter:
    data = {
        "production": "flights.csv",
        "label": "arrived",
        "key": "id",
        "inputs": ["delay", "noise", "origin"],
        **parts.pop("data", {}),
    }
    system = {"python": "model.py:predict", **parts.pop("system", {})}
    return Charter.model_validate({"pilot": "p", "data": data, "system": system, **parts})


def findings(folder: Path, system: Fake, /, **parts: Any) -> list[Evidence | NotMeasured]:
    with a_context(folder, a_charter(**parts), system) as context:
        return [item for item in CHECK.run(context) if not isinstance(item, Progress)]


def test_counts_what_the_damage_does(folder: Path) -> None:
    """Dropping the column it needs makes a quarter of the rows fail, and these only."""
    found = by_name(
        findings(
            folder,
            Fake(late),
            stress={"operators": ["dropped-column"], "severities": [0.25], "columns": ["delay"]},
        )
    )

    about = "operator=dropped-column, severity=0.25"
    drop, refusals = found["quality_drop", about], found["refusal_rate", about]
    silent = found["silent_failure", about]
    assert (refusals.value, refusals.n, refusals.scope) == (95 / 380, 380, "synthetic")
    assert drop.value == pytest.approx((95 - _odd_rows_hit(refusals, drop)) / 380)
    assert silent.value == pytest.approx((10 - _odd_rows_hit(refusals, drop)) / 380)
    assert refusals.details["answers_on_rows_hit"] == {"failed": 95}
    assert refusals.details["faults"] == ["KeyError('delay')"]
    assert drop.details["before"] == pytest.approx(370 / 380)
    assert drop.details["after_on_rows_hit"] == 0.0
    assert drop.details["drop_by_refusals"] == pytest.approx(drop.value)
    assert drop.details["drop_by_wrong_answers"] == 0.0
    assert dict(drop.inputs).keys() == {"data:flights", "system"}


def _odd_rows_hit(refusals: Evidence, drop: Evidence) -> int:
    """How many of the ten rows that are answered wrong anyway were hit."""
    return round((1 - drop.details["before_on_rows_hit"]) * refusals.details["rows_hit"])


def test_asks_only_for_the_rows_that_were_hit(folder: Path) -> None:
    """The sample goes out once; then the rows of the greatest severity, which hold the others."""
    system = Fake(late)

    findings(folder, system, stress={"operators": ["stale-values"], "severities": [0.05, 0.25]})

    assert [len(batch) for batch in system.batches[:2]] == [380, 95]


def test_gives_the_system_its_inputs_and_nothing_else(folder: Path) -> None:
    """Neither label nor key nor other columns reach the system."""
    system = Fake(late)

    findings(folder, system, stress={"operators": ["unit-change"]})

    assert {tuple(batch.columns) for batch in system.batches} == {("delay", "noise", "origin")}


def test_tells_silent_failures_from_doubtful_ones(folder: Path) -> None:
    """A wrong answer counts when its confidence is at least confident_at."""

    def unsure_at_extremes(batch: pd.DataFrame) -> tuple[list[Any], list[float]]:
        return late(batch), [0.5 if abs(delay) > 200 else 0.95 for delay in batch["delay"]]

    stress = {"operators": ["extreme-values"], "severities": [1.0], "columns": ["delay"]}
    found = by_name(findings(folder, Fake(unsure_at_extremes), stress=stress))
    silent = found["silent_failure", "operator=extreme-values, severity=1"]
    drop = found["quality_drop", "operator=extreme-values, severity=1"]

    assert drop.value > 0.3
    assert silent.value < 0.2
    assert silent.details["counts_as_silent"] == "wrong, with a confidence of at least 0.9 or none"
    assert silent.details["baseline"] == pytest.approx(10 / 380)


def test_every_wrong_answer_is_silent_without_confidence(folder: Path) -> None:
    """A system that never says how sure it is warns nobody; the details say so."""
    stress = {"operators": ["extreme-values"], "severities": [1.0], "columns": ["delay"]}
    found = by_name(findings(folder, Fake(late), stress=stress))
    silent = found["silent_failure", "operator=extreme-values, severity=1"]
    drop = found["quality_drop", "operator=extreme-values, severity=1"]

    assert silent.value == pytest.approx(1 - drop.details["after"])
    assert silent.details["counts_as_silent"] == (
        "every wrong answer, because the system gives no confidence"
    )


def test_shows_examples_of_silent_failures(folder: Path) -> None:
    """Up to three rows: what was changed, what was answered, and what was true."""
    stress = {"operators": ["extreme-values"], "severities": [0.5], "columns": ["delay"]}
    found = by_name(findings(folder, Fake(late), stress=stress))
    examples = found["silent_failure", "operator=extreme-values, severity=0.5"].details["examples"]

    assert len(examples) == 3
    for example in examples:
        assert example.keys() == {
            "before", "after", "answer_before", "answer", "confidence", "truth",
        }  # fmt: skip
        assert example["before"].keys() == example["after"].keys() == {"delay"}
        assert example["answer"] != example["truth"] == example["answer_before"]


def test_names_the_worst_with_a_bound_for_all(folder: Path) -> None:
    """The worst is the largest of all tried, and its interval is wide enough for all of them."""
    found = by_name(
        findings(
            folder,
            Fake(late),
            stress={"operators": ["extreme-values", "whitespace", "stale-values"]},
        )
    )
    worst = found["worst_quality_drop", ""]
    drops = [item for (name, _), item in found.items() if name == "quality_drop"]

    assert len(drops) == 6
    assert worst.subject == WHOLE
    first = worst.details["worst"][0]
    assert worst.details[
        "at"
    ] == f"{first['operator']} in {first['severity']:.0%} of records".replace("%", " %")
    assert worst.value == max(item.value for item in drops)
    assert worst.interval is not None
    assert worst.interval.method == "bonett-price, intersection-union over 6"
    assert worst.interval.level == 0.95
    highest = max(item.interval.high for item in drops if item.interval is not None)
    lowest = max(item.interval.low for item in drops if item.interval is not None)
    assert worst.interval.high == highest
    assert worst.interval.low < lowest
    assert worst.details["worst"][0]["operator"] in {
        "extreme-values",
        "stale-values",
    }
    assert len(worst.details["worst"]) == 3
    assert worst.details["worst"][0]["by_column"][0]["column"] == "delay"
    assert worst.details["tried"] == 6


def test_what_does_not_apply_is_listed(folder: Path) -> None:
    """Damage that fits no column is named with the reason; never dropped in silence."""
    everything = findings(folder, Fake(late), stress={"severities": [0.1]})
    worst = by_name(everything)["worst_quality_drop", ""]

    reason = "it needs {} of kind {}; the inputs have 0"
    for_prose = [name for name, each in OPERATORS.items() if each.kinds == {"prose"}]
    assert worst.details["not_applicable"] == {
        **dict.fromkeys(for_prose, reason.format("a column", "prose")),
        "date-format": reason.format("a column", "moment"),
        "day-month-swap": reason.format("a column", "moment"),
        "lost-time": reason.format("a column", "moment"),
        "moment-as-number": reason.format("a column", "moment"),
        "sentinel-dates": reason.format("a column", "moment"),
        "wrong-year": reason.format("a column", "moment"),
        "clock-format": reason.format("a column", "clock"),
        "clock-as-minutes": reason.format("a column", "clock"),
        "time-zone-shift": reason.format("a column", "clock or moment"),
        "summer-time": reason.format("a column", "clock or moment"),
        "conflicting-times": reason.format("2 columns", "clock or moment"),
        "missing-where-unsure": "the system gives no confidence",
    }
    missing = [item.metric for item in everything if isinstance(item, NotMeasured)]
    assert not [metric for metric in missing if metric.startswith("stress.worst_q")]


def test_what_was_asked_for_and_does_not_apply_is_not_measured(folder: Path) -> None:
    """An operator that the charter names must be tried, or be missing evidence."""
    found = findings(folder, Fake(late), stress={"operators": ["unit-change", "date-format"]})

    assert found[-1] == NotMeasured(
        metric="stress.quality_drop",
        subject=Subject.of(operator="date-format"),
        reason=("the operator does not apply: it needs a column of kind moment; the inputs have 0"),
        next_step="Take it out of stress.operators, or add columns (stress.columns).",
    )


def test_a_failure_belongs_to_the_damage_that_caused_it(folder: Path) -> None:
    """A system that fails on text in a number column fails in that trial, and in no other."""
    found = by_name(
        findings(
            folder,
            Fake(late),
            stress={"operators": ["locale-numbers", "unit-change"], "severities": [0.25]},
        )
    )

    rates = {
        str(item.subject): item.value for (name, _), item in found.items() if name == "refusal_rate"
    }
    assert rates == {
        "operator=locale-numbers, severity=0.25": 0.25,
        "operator=unit-change, severity=0.25": 0.0,
    }


def test_regression_tells_the_relative_increase_of_the_error(folder: Path) -> None:
    """Twice the error is a drop of 1; without a tolerance nobody knows what is wrong."""
    system = Fake(lambda batch: batch["delay"].astype(float) * 2)
    found = findings(
        folder,
        system,
        data={"label": "minutes"},
        stress={"operators": ["stale-values"], "severities": [0.5], "columns": ["delay"]},
    )
    drop = by_name(found)["quality_drop", "operator=stale-values, severity=0.5"]

    assert drop.value == pytest.approx(drop.details["after"] / drop.details["before"] - 1)
    assert drop.value > 1
    assert drop.details["main_metric"] == "mae"
    assert [
        (item.metric, item.reason, item.next_step)
        for item in found
        if isinstance(item, NotMeasured)
    ] == [
        (
            metric,
            "the charter does not say how far off an answer may be",
            "Say it in the unit of the label: system.tolerance",
        )
        for metric in (
            "confidence.threshold",
            "stress.silent_failure",
            "stress.worst_silent_failure",
            "stress.worst_error_let_through",
        )
    ]


def test_regression_with_a_tolerance_has_silent_failures(folder: Path) -> None:
    """An answer further off than the tolerance is wrong."""
    found = findings(
        folder,
        Fake(lambda batch: batch["delay"].astype(float) * 2),
        data={"label": "minutes"},
        system={"tolerance": 20},
        stress={"operators": ["extreme-values"], "severities": [0.5], "columns": ["delay"]},
    )

    silent = by_name(found)["silent_failure", "operator=extreme-values, severity=0.5"]
    assert 0.4 < silent.value <= 0.5 + 0.01


def test_is_the_same_twice(folder: Path) -> None:
    """Seed and data decide everything."""
    one, two = (findings(folder, Fake(late), stress={"severities": [0.1]}) for _ in range(2))

    assert [item.as_dict() for item in one] == [item.as_dict() for item in two]
    assert all(item.id for item in one if isinstance(item, Evidence))  # all of it is plain JSON


def test_labels_may_be_in_a_file_of_their_own(folder: Path) -> None:
    """True answers are joined by key; a key with two different labels has none."""
    whole = pd.read_csv(folder / "flights.csv")
    labels = pd.concat([whole[["id", "arrived"]], pd.DataFrame({"id": [50], "arrived": ["other"]})])
    labels.to_csv(folder / "labels.csv", index=False)
    system = Fake(late)

    found = findings(
        folder,
        system,
        data={
            "label": None,
            "labels": {"source": "labels.csv", "key": ["id"], "column": "arrived"},
        },
        stress={"operators": ["unit-change"]},
    )

    assert by_name(found)["worst_quality_drop", ""].n == 379


def test_too_few_rows_are_no_evidence(folder: Path) -> None:
    """Below thirty labelled rows nothing is measured, and that is said."""
    pd.read_csv(folder / "flights.csv").head(12).to_csv(folder / "flights.csv", index=False)

    found = findings(folder, Fake(late))

    assert found == [
        NotMeasured(
            metric=metric,
            reason="12 production rows have a known true answer; 30 are needed",
            next_step="Look at data.production, data.label, data.inputs, stress and system.",
        )
        for metric in UNKNOWN_WITHOUT_TRIALS
    ]


def test_a_system_that_never_answers_is_no_evidence(folder: Path) -> None:
    """What fails on rows as they are cannot get worse; that must not look like a pass."""

    def broken(batch: pd.DataFrame) -> list[Any]:
        raise ValueError("no model")

    found = findings(folder, Fake(broken))

    assert [(item.metric, item.reason) for item in found if isinstance(item, NotMeasured)] == [
        (metric, "the system answers none of the rows as they are: ValueError('no model')")
        for metric in UNKNOWN_WITHOUT_TRIALS
    ]
    assert len(found) == len(UNKNOWN_WITHOUT_TRIALS)


def test_columns_to_damage_must_be_inputs(folder: Path) -> None:
    """The label is never damaged, even when asked for."""
    with pytest.raises(InputError) as raised:
        findings(folder, Fake(late), stress={"columns": ["arrived"]})

    assert raised.value.message == (
        "stress.columns names 'arrived', which is no column that the system is given."
    )
    assert raised.value.hint == "It is given: delay, noise, origin."


def test_says_all_that_it_needs() -> None:
    """Everything that the charter lacks is said at once."""
    assert CHECK.needs(Charter(pilot="p")) == [
        Need(what="the charter names no system", next_step="Say how it is reached: system"),
        Need(
            what="the charter names no production data",
            next_step="Name a source: data.production",
        ),
        Need(
            what="data.label is not in the charter",
            next_step="Name the column that holds the true answer: data.label, or the file that "
            "holds them: data.labels",
        ),
    ]


def test_recorded_answers_cannot_be_stressed() -> None:
    """What was recorded cannot be asked again."""
    charter = Charter.model_validate(
        {
            "pilot": "p",
            "data": {"production": "a.csv", "label": "y"},
            "system": {"recorded": "said"},
            "stress": {"operators": ["misspeling"]},
        }
    )

    needs = CHECK.needs(charter)

    assert needs[0] == Need(
        what="recorded answers cannot be asked again for damaged inputs",
        next_step="Name a system that answers: system.python, system.http, system.chat …",
    )
    assert needs[1].what == "stress.operators names 'misspeling', which is no operator"
    assert needs[1].next_step.startswith("Did you mean 'misspelling'? Known: missing-values, ")


def sure_of_sentinels(batch: pd.DataFrame) -> tuple[list[Any], list[float]]:
    """Late when the delay is above 15, and the surer the further off; a column lost is refused."""
    delay = batch["delay"].astype(float).fillna(0.0)
    answers = ["late" if each > 15 else "on time" for each in delay]
    return answers, [min(0.99, 0.6 + abs(each - 15) / 100) for each in delay]


SENTINELS = {"operators": ["sentinel-values"], "columns": ["delay"], "max_quality_drop": 0.05}


def test_says_how_little_is_enough(folder: Path) -> None:
    """At the breaking severity the limit is met; asked anew at it, the system loses just that."""
    found = by_name(
        findings(folder, Fake(sure_of_sentinels), stress={**SENTINELS, "severities": [0.25]})
    )
    breaking = found["breaking_severity", "kind=quality-drop, operator=sentinel-values"]
    again = by_name(
        findings(
            folder,
            Fake(sure_of_sentinels),
            stress={**SENTINELS, "severities": [breaking.value], "seed": 4},
        )
    )
    drop = again["quality_drop", f"operator=sentinel-values, severity={breaking.value:g}"]

    assert breaking.interval is not None
    assert breaking.interval.low < breaking.value < breaking.interval.high
    assert drop.interval is not None
    assert drop.interval.low < 0.05 < drop.interval.high
    assert breaking.details["limit"] == 0.05
    assert breaking.details["limit_from"] == "stress.max_quality_drop"
    curve = breaking.details["curve"]
    assert [point["severity"] for point in curve] == [0.01, 0.02, 0.05, 0.1, 0.25, 0.5]
    assert curve[-1]["value"] == pytest.approx(10 * curve[2]["value"])  # a straight line
    assert curve[-1]["believed"] > curve[0]["believed"]
    assert curve[-1]["quality"] < curve[0]["quality"]


def test_asks_nobody_again_for_how_little_is_enough(folder: Path) -> None:
    """Curves and breaking severities follow from answers that were got already."""
    system = Fake(sure_of_sentinels)

    findings(folder, system, stress={**SENTINELS, "severities": [0.25], "combine": 0})

    assert [len(batch) for batch in system.batches] == [380, 95]


def test_what_breaks_nothing_has_no_breaking_severity(folder: Path) -> None:
    """Blanks that the system never looks at break no limit, however many records have them."""
    found = by_name(findings(folder, Fake(late), stress={"operators": ["whitespace"]}))

    assert not [name for name, _ in found if name == "breaking_severity"]


def test_tells_that_it_got_worse_and_grew_surer(folder: Path) -> None:
    """The system's own confidence rises while answers turn wrong: nobody would notice."""
    found = by_name(
        findings(folder, Fake(sure_of_sentinels), stress={**SENTINELS, "severities": [0.25]})
    )
    believed = found["believed_quality", "operator=sentinel-values, severity=0.25"]

    assert believed.details["grew_surer_while_it_got_worse"] is True
    assert believed.value > believed.details["believed_before"]
    assert believed.details["right_after"] < believed.details["right_before"]
    assert believed.details["overrates_itself_by"] == pytest.approx(
        believed.value - believed.details["right_after"]
    )


def test_tries_the_worst_two_at_a_time(folder: Path) -> None:
    """The same rows are damaged in both ways; each alone stands beside."""
    kinds = ["noisy-numbers", "flipped-sign", "extreme-values", "swapped-digits"]
    stress = {"operators": kinds, "severities": [0.25]}
    found = by_name(findings(folder, Fake(sure_of_sentinels), stress={**stress, "combine": 2}))
    pairs = [item for (name, _), item in found.items() if name == "combined_quality_drop"]

    assert len(pairs) == 2
    for pair in pairs:
        assert str(pair.subject).count("+") == 1
        assert "extreme-values" not in str(pair.subject)  # nothing would be seen of the other
        assert pair.details["rows_hit"] == 95
        assert len(pair.details["each_alone"]) == 2


def test_gives_broken_files_to_the_system_as_they_are(folder: Path) -> None:
    """What can be read of a file is answered or not; nobody needs to know the truth of it."""
    (folder / "broken.csv").write_text(
        "id,delay,noise,origin\n" + "1,12.5,3,EWR\n" * 20 + "2,,4,JFK\n" * 5 + '3,"17.0,4\n'
    )
    (folder / "other.csv").write_text("colour,size\nred,1\nblue,2\n")
    found = findings(
        folder,
        Fake(late),
        stress={
            "operators": ["whitespace"],
            "files": ["broken.csv", {"path": "other.csv", "name": "other"}, "gone.csv"],
        },
    )

    broken = by_name(found)["file_answered", "source=broken"]
    assert broken.value == pytest.approx(20 / broken.n)
    assert broken.scope == "production"
    assert broken.details["records_given"] == broken.n
    assert broken.details["columns_not_there"] == []
    missing = {
        str(item.subject): item
        for item in found
        if isinstance(item, NotMeasured) and item.metric == "stress.file_answered"
    }
    assert missing["source=other"].reason == (
        "it has none of the columns that the system is given; it has: colour, size"
    )
    assert missing["source=gone"].reason.startswith("nothing can be read of it: ")


CHAT = {"chat": {"url": "http://localhost/v1", "model": "m", "user": "{delay}"}, "python": None}


def test_a_chat_system_is_asked_for_few_rows(folder: Path) -> None:
    """Each answer is paid for: a hundred rows unless the charter says otherwise."""
    system = Fake(late)

    findings(folder, system, system=CHAT, stress={"operators": ["flipped-sign"]})

    assert [len(batch) for batch in system.batches[:2]] == [100, 25]
    assert len(system.batches) == 2  # and no column by column


def test_keeps_to_the_number_of_requests(folder: Path) -> None:
    """What does not fit into the budget is left out by name, and what was asked for is missing."""
    system = Fake(late)

    found = findings(
        folder,
        system,
        system=CHAT,
        stress={
            "operators": ["flipped-sign", "stale-values", "whitespace"],
            "max_requests": 130,
            "combine": 0,
        },
    )

    assert system.n_asked <= 130
    worst = by_name(found)["worst_quality_drop", ""]
    reason = "stress.max_requests allows 130 requests"
    assert worst.details["not_applicable"] == {"stale-values": reason, "whitespace": reason}
    assert [
        (str(item.subject), item.reason)
        for item in found
        if isinstance(item, NotMeasured) and item.metric == "stress.quality_drop"
    ] == [
        (f"operator={name}", f"the operator does not apply: {reason}")
        for name in ("stale-values", "whitespace")
    ]


def test_says_how_many_answers_it_will_ask_for(folder: Path) -> None:
    """The number is told before the first question is asked."""
    with a_context(
        folder,
        a_charter(system=CHAT, stress={"operators": ["flipped-sign"], "combine": 0}),
        Fake(late),
    ) as context:
        steps = [item.what for item in CHECK.run(context) if isinstance(item, Progress)]

    assert steps[:2] == [
        "drawing production rows",
        "rows as they are; 125 answers will be asked for in all",
    ]


def test_says_how_good_it_seems_while_truths_are_late(folder: Path) -> None:
    """The newest quarter went wrong, and until its truths come nobody sees it."""
    rows = pd.read_csv(folder / "flights.csv").dropna(subset=["arrived"])
    rows["at"] = pd.date_range("2026-01-01", periods=len(rows), freq="h")
    newest = rows.index[-len(rows) // 4 :]
    rows.loc[newest, "arrived"] = rows.loc[newest, "arrived"].map(
        {"late": "on time", "on time": "late"}
    )
    rows.to_csv(folder / "flights.csv", index=False)

    found = by_name(
        findings(
            folder,
            Fake(late),
            data={"timestamp": "at"},
            stress={"operators": ["whitespace"], "severities": [0.25]},
        )
    )

    delayed = found["late_labels", "severity=0.25"]
    assert delayed.details["seems"] > 0.95
    assert delayed.details["is"] == pytest.approx(0.74, abs=0.02)
    assert delayed.value == pytest.approx(delayed.details["seems"] - delayed.details["is"])
    assert delayed.interval is not None
    assert delayed.interval.low < delayed.value < delayed.interval.high
