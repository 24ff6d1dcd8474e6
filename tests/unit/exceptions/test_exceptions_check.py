"""Are doubtful and wrong answers looked at in time?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fixtures.served_window import BEGINS, ENDS, context, queue, requests, served
from proveout.checks.contract import Served
from proveout.checks.exceptions import CHECK
from proveout.evidence.model import Evidence
from proveout.evidence.outcome import NotMeasured

pytestmark = [
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

CHARTER = {"governance": {"exceptions": {"goes_to": "Claims desk", "due_hours": 24}}}
HOUR = timedelta(hours=1)
END = ENDS.timestamp()


def found(window: Served | None, **charter: Any) -> dict[str, Evidence | NotMeasured]:
    findings = list(CHECK.run(context(window, charter=charter or CHARTER)))
    return {each.metric: each for each in findings if isinstance(each, Evidence | NotMeasured)}


def entry(
    number: int, *, hours_ago: float, took: float | None = None, **said: Any
) -> dict[str, Any]:
    at = END - hours_ago * 3600
    return {
        "id": f"e{number}", "call": f"c{number}", "at": at, "due_at": at + 24 * 3600,
        "resolved_at": None if took is None else at + took * 3600,
        "outcome": None if took is None else "corrected", "reported_by": "", **said,
    }  # fmt: skip


def asked(number: int, *reasons: str) -> dict[str, Any]:
    notes = [f"note {number}"] if reasons else []
    return {"id": f"c{number}", "at": BEGINS + number * HOUR, "reasons": reasons, "notes": notes}


def test_the_rate_counts_requests_and_tells_their_reasons() -> None:
    """A request with two reasons is one; one that a user reported counts as well."""
    window = served(
        requests([asked(1, "rule", "schema"), asked(2), asked(3, "rule"), asked(4)]),
        queued=queue(
            [
                entry(4, hours_ago=2, reasons='["reported"]', reported_by="ada"),
                entry(9, hours_ago=900, reasons='["reported"]', reported_by="ada"),
            ]
        ),
    )

    rate = found(window)["exceptions.rate"]

    assert isinstance(rate, Evidence)
    assert (rate.value, rate.n, rate.interval and rate.interval.method) == (0.75, 4, "wilson")
    assert rate.inputs["window"] == str(window.window)
    assert rate.details == {
        "reasons": {"rule": 2, "schema": 1, "reported": 1},
        "examples": [{"id": "c1", "reasons": ["rule", "schema"], "note": "note 1"}],
        "owner": "Claims desk",
    }


def test_what_is_open_and_overdue_is_told_as_it_stood_at_the_end_of_the_window() -> None:
    """With who has it, why it is there, and three examples, the one due first in front."""
    window = served(
        requests([asked(1)]),
        queued=queue(
            [
                entry(1, hours_ago=30, notes='["confidence 0.4"]', escalated_to="Ada Vale",
                      escalated_at=END - 3600),
                entry(2, hours_ago=2, taken_by="Bo"),
                entry(3, hours_ago=40, took=50),
                entry(4, hours_ago=40, took=10),
                entry(5, hours_ago=-1),
            ]
        ),
    )  # fmt: skip

    told = found(window)
    still, late = told["exceptions.open"], told["exceptions.overdue"]

    assert isinstance(still, Evidence)
    assert isinstance(late, Evidence)
    assert (still.value, still.n, late.value, late.details["escalated"]) == (3, 4, 2, 1)
    assert still.details["with"] == {"Claims desk": 1, "Ada Vale": 1, "Bo": 1}
    assert [each["id"] for each in still.details["examples"]] == ["e3", "e1", "e2"]
    assert late.details["examples"][1] == {
        "id": "e1", "reasons": ["low-confidence"], "note": "confidence 0.4",
        "owner": "Claims desk", "with": "Ada Vale", "hours_open": 30.0,
        "due": "2026-11-15T18:00:00+00:00",
    }  # fmt: skip


def test_the_time_to_resolve_counts_open_ones_as_not_over_yet() -> None:
    """To leave out what is open would make a desk look quicker the less it does."""
    entries = [entry(n, hours_ago=60, took=n / 10) for n in range(1, 91)]
    entries += [entry(n, hours_ago=20) for n in range(91, 111)]

    told = found(served(requests([asked(1)]), queued=queue(entries)))["exceptions.time_to_resolve"]

    assert isinstance(told, NotMeasured)
    assert told.reason == (
        "110 exceptions, 20 of them open, do not bound the time for nine out of ten: it is at "
        "least 9 h"
    )

    entries[-15:] = [entry(n, hours_ago=60, took=30) for n in range(96, 111)]
    told = found(served(requests([asked(1)]), queued=queue(entries)))["exceptions.time_to_resolve"]

    assert isinstance(told, Evidence)
    assert (told.value, told.n, told.details["open"]) == (30.0, 110, 5)
    assert told.interval is not None
    assert (told.interval.low, told.interval.high) == (30.0, 30.0)


def test_what_cannot_be_told_is_not_measured() -> None:
    """No queue is not an empty one, and no traffic is not a quiet one."""
    quiet = served(requests([]))

    before = [each.reason for each in found(None).values() if isinstance(each, NotMeasured)]
    silent = [each.reason for each in found(quiet).values() if isinstance(each, NotMeasured)]

    assert before == ["it is told from requests of the system in use, and was given none"] * 4
    assert silent == [
        f"nothing was asked between {quiet.window}",
        *["there is no store, and so no queue of exceptions"] * 3,
    ]


def test_an_empty_queue_is_a_figure() -> None:
    """Nothing open is measured as nothing open."""
    told = found(served(requests([asked(1)]), queued=queue([])), governance={})

    still, took = told["exceptions.open"], told["exceptions.time_to_resolve"]
    assert isinstance(still, Evidence)
    assert (still.value, still.n, still.details["owner"]) == (0, 0, "nobody named")
    assert isinstance(took, NotMeasured)
    assert took.reason == "no exception came in the window"
