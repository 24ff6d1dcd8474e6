"""A monitor is the checks of the launch, on what production really asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from fixtures.traffic import CHARTER, NOW, Pilot, claims, pilot_in_use
from proveout.assess import open_workspace
from proveout.charter.sealing import seal
from proveout.errors import CharterError, InputError
from proveout.evidence.alarm import Resolution
from proveout.evidence.ledger.port import NewEntry
from proveout.evidence.model import Evidence
from proveout.runtime.log.redaction import REDACTED
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


def test_readiness_looks_at_the_requests_in_place_of_the_files(pilot: Pilot) -> None:
    """A field that clients leave empty is missing in production, however full the history was."""
    week = claims(600, seed=2, begins=NOW - WEEK, days=7)
    week.loc[::10, "amount"] = float("nan")
    pilot.serve(week.astype({"amount": object}).where(week.notna(), None))

    _, found = look(pilot, "readiness")

    filled = by_metric(found)[
        "readiness.required_completeness[source=prediction-log, column=amount]"
    ]
    assert filled.n == 600
    assert filled.value == pytest.approx(0.9)


def test_what_never_reached_the_system_is_no_row_and_what_failed_is_one(pilot: Pilot) -> None:
    """A request that was turned away says nothing of the answers; one that failed got none."""
    week = claims(300, seed=3, begins=NOW - WEEK, days=7)
    pilot.serve(week[:100])
    pilot.serve(week[100:200], outcome="over-budget", status=429, system_status=None, answer=None)
    pilot.serve(week[200:], outcome="failed", status=502, system_status=500, answer="broken")

    _, found = look(pilot, "readiness", "quality")

    told = by_metric(found)
    assert told["readiness.rejects[source=prediction-log]"].n == 200
    assert told["quality.exception_rate[]"].value == pytest.approx(0.5)


def test_a_version_in_the_shadow_is_not_what_production_answers(pilot: Pilot) -> None:
    """Its records stand beside, and are read by who compares versions."""
    week = claims(200, seed=3, begins=NOW - WEEK, days=7)
    ids = pilot.serve(week)
    pilot.serve(week, version="v2", shadow_of=ids[0])
    pilot.serve(week, rows=0)  # a look at what models there are asks for no answer

    _, found = look(pilot, "readiness")

    assert by_metric(found)["readiness.rejects[source=prediction-log]"].n == 200


def test_a_request_whose_rows_are_not_kept_is_counted_as_unread(pilot: Pilot) -> None:
    """A log that keeps hashes alone hides what was asked; the figure says how much of it."""
    week = claims(200, seed=3, begins=NOW - WEEK, days=7)
    pilot.serve(week[:150])
    pilot.serve(week[150:], request=None, answer=None)

    _, found = look(pilot, "readiness")

    assert by_metric(found)["readiness.rejects[source=prediction-log]"].value == 0.25


def test_an_assumption_is_held_against_what_production_shows(pilot: Pilot) -> None:
    """Refuted for certain, holding for certain, or not known yet: the interval decides."""
    week = claims(800, seed=2, begins=NOW - WEEK, days=7)
    label(pilot, pilot.serve(week), week["pay"].tolist())

    _, found = look(pilot, "quality", "assumptions")
    assert by_metric(found)["assumption.holds[assumption=sure]"].value == 1

    label_all_wrong = claims(800, seed=4, begins=NOW - WEEK, days=7)
    wrong = ["no" if chance > 0.5 else "yes" for chance in label_all_wrong["chance"]]
    label(pilot, pilot.serve(label_all_wrong), wrong)

    _, found = look(pilot, "quality", "assumptions")
    refuted = by_metric(found)["assumption.holds[assumption=sure]"]
    assert refuted.value == 0
    assert refuted.details["told"].endswith("the assumption holds from 70 %")


def test_before_any_request_it_says_what_comes_first(pilot: Pilot) -> None:
    """Nothing is measured on nothing."""
    with pytest.raises(InputError) as told:
        look(pilot)

    assert told.value.message.endswith("holds no request of pilot 'claims' yet.")
    assert told.value.hint == "Let requests go through the gateway first: proveout gateway"


def test_the_gate_judges_and_tells_what_is_due(pilot: Pilot) -> None:
    """The verdict is in the ledger, and a review that nobody held is told with its days."""
    pilot.serve(claims(300, seed=2, begins=NOW - WEEK, days=7))

    watched, _ = look(pilot)

    assert watched.assessment.verdict.stage == "continue"
    assert watched.assessment.verdict.decision == "hold"
    assert [each.sentence for each in watched.due] == [
        "The performance review was due on 2026-11-01, 20 days ago: Ada Byron"
    ]


def test_answers_of_a_simulation_are_never_called_measured(pilot: Pilot) -> None:
    """Whoever rehearses production rehearses its monitors as well."""
    week = claims(300, seed=2, begins=NOW - WEEK, days=7)
    label(pilot, pilot.serve(week, simulated=True), week["pay"].tolist())

    _, found = look(pilot, "quality", "readiness", "drift", "exceptions", "adoption")

    told = by_metric(found)
    assert told["quality.accuracy[]"].basis == "simulated"
    assert told["readiness.rejects[source=prediction-log]"].basis == "measured"
    of_answers = [each for each in found if each.check.name in ("exceptions", "adoption", "drift")]
    assert {each.basis for each in of_answers} == {"simulated"}


def test_an_assumption_about_one_source_is_held_against_all_traffic(pilot: Pilot) -> None:
    """Clients do not say from which file a request would have come."""
    about = CHARTER.replace(
        "metric: quality.accuracy, holds_from: 0.7",
        "metric: readiness.required_completeness, "
        "subject: {source: history, column: amount}, holds_from: 0.9",
    )
    pilot.charter.write_text(about, encoding="utf-8")
    pilot.serve(claims(300, seed=2, begins=NOW - WEEK, days=7))

    _, found = look(pilot, "readiness", "assumptions")

    assert by_metric(found)["assumption.holds[assumption=sure]"].value == 1


def test_true_answers_that_came_since_are_no_new_column_of_requests(pilot: Pilot) -> None:
    """Drift is about what is asked; what people decided later stands beside it."""
    week = claims(300, seed=2, begins=NOW - WEEK, days=7)
    label(pilot, pilot.serve(week)[:100], week["pay"].tolist()[:100])

    _, found = look(pilot, "drift")

    changes = by_metric(found)["drift.schema_changes[]"]
    assert (changes.value, changes.details["columns"]) == (0, {})


def test_a_true_answer_that_people_gave_goes_before_what_a_client_sent(pilot: Pilot) -> None:
    """A form may send a field of that name, filled in before anybody decided."""
    week = claims(300, seed=2, begins=NOW - WEEK, days=7)
    asked = json.dumps({"rows": [{"amount": 10.0, "kind": "car", "pay": "no"}]})
    said = json.dumps({"answers": ["yes"], "confidence": [0.9]})
    label(pilot, pilot.serve(week, request=asked, answer=said), ["yes"] * 300)
    text = CHARTER.replace("window_days: 7,", "window_days: 7, label_delay_days: 0.001,")
    pilot.charter.write_text(text, encoding="utf-8")

    _, found = look(pilot, "quality")

    assert by_metric(found)["quality.accuracy[]"].value == 1


def test_a_label_that_is_no_document_says_nothing_and_stops_nothing(pilot: Pilot) -> None:
    """One word in the place of a document must not end the look at all the others."""
    text = CHARTER.replace("  label: pay\n", "").replace(
        "task: classification", "task: extraction\n  scoring: {fields: {pay: exact}}"
    )
    text = text.replace("window_days: 7,", "window_days: 7, label_delay_days: 0.001,")
    pilot.charter.write_text(text, encoding="utf-8")
    week = claims(100, seed=2, begins=NOW - WEEK, days=7)
    said = json.dumps({"answers": [{"pay": "yes"}], "confidence": [0.9]})
    label(pilot, pilot.serve(week, answer=said), [{"pay": "yes"}] * 60 + ["it is no"] * 40)

    _, found = look(pilot, "quality")

    accuracy = by_metric(found)["quality.accuracy[]"]
    assert (accuracy.n, accuracy.value) == (60, 1)


def test_an_alarm_that_was_resolved_is_not_raised_by_what_was_found_before(pilot: Pilot) -> None:
    """A look at something else knows nothing new of it; a look at new rows does."""
    week = claims(600, seed=2, begins=NOW - WEEK, days=7)
    week.loc[100:, "amount"] *= 100
    pilot.serve(week)
    watched, _ = look(pilot, "drift")
    assert [str(each.subject) for each in watched.raised] == ["column=amount"]
    assert look(pilot, "drift")[0].raised == ()

    with monitor_of(pilot) as monitor:
        done = Resolution(alarm=watched.raised[0].id, who="Ada", why="sums in pence", at=NOW)
        body = done.as_dict()
        monitor.workspace.ledger.append([NewEntry(pilot="claims", kind="alarm", body=body)])

    assert look(pilot, "latency")[0].raised == ()


def test_without_payloads_each_check_says_what_it_lacks(pilot: Pilot) -> None:
    """A log of hashes has no rows; nothing breaks by it, and what needs none is measured."""
    pilot.serve(claims(60, seed=2, begins=NOW - WEEK, days=7), request=None, answer=None)

    _, found = look(pilot)

    with monitor_of(pilot) as monitor:
        ended = list(monitor.workspace.ledger.entries(pilot="claims", kinds=("outcome",)))
    assert {each.body["status"] for each in ended} <= {"done", "skipped"}
    told = by_metric(found)
    assert told["readiness.rejects[source=prediction-log]"].value == 1
    assert told["latency.served_rate[]"].n == 60


def test_a_charter_that_was_edited_without_an_amendment_is_refused_first(pilot: Pilot) -> None:
    """Nothing is looked at and nothing recorded under a standard that is not in force."""
    pilot.serve(claims(50, seed=2, begins=NOW - WEEK, days=7))
    with monitor_of(pilot) as monitor:
        seal(monitor.workspace.loaded, monitor.workspace.ledger, who="Ada Byron", now=NOW)
        before = monitor.workspace.ledger.head()
    pilot.charter.write_text(CHARTER.replace(">= 0.8", ">= 0.5"), encoding="utf-8")

    with monitor_of(pilot) as monitor:
        with pytest.raises(CharterError):
            monitor.look(lambda event: None)

        assert monitor.workspace.ledger.head() == before


def test_what_it_costs_is_known_in_use_without_a_word_on_users(pilot: Pilot) -> None:
    """The log says how much was asked; the charter need not foresee it."""
    priced = CHARTER + "budget: {currency: EUR, per_month: 100}\n"
    pilot.charter.write_text(priced, encoding="utf-8")
    pilot.serve(
        claims(400, seed=2, begins=NOW - 10 * WEEK / 7, days=9.9), cost=10_000_000, currency="EUR"
    )

    watched, _ = look(pilot, "cost")

    (cost,) = [each for each in watched.assessment.dossier.outcomes if each.check == "cost"]
    assert cost.status == "done"


def test_an_answer_that_is_redacted_is_not_called_wrong(pilot: Pilot) -> None:
    """What the log hides cannot be judged, and must not take a sound system back."""
    text = CHARTER.replace("window_days: 7,", "window_days: 7, label_delay_days: 0.001,")
    pilot.charter.write_text(text, encoding="utf-8")
    week = claims(200, seed=2, begins=NOW - WEEK, days=7)
    seen, hidden = (
        json.dumps({"answers": [said], "confidence": [0.9]}) for said in ("yes", REDACTED)
    )
    ids = [*pilot.serve(week[:100], answer=seen), *pilot.serve(week[100:], answer=hidden)]
    label(pilot, ids, ["yes"] * 200)

    _, found = look(pilot, "quality")

    accuracy = by_metric(found)["quality.accuracy[]"]
    assert (accuracy.n, accuracy.value) == (100, 1)
