"""Did users get an answer in time?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from fixtures.served_window import BEGINS, context, requests, served
from proveout.checks.latency import CHECK
from proveout.evidence.model import Evidence
from proveout.evidence.outcome import NotMeasured

pytestmark = [
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

CHARTER = {"production_design": {"maintainer": "Platform team"}}
WEEK_S = 7 * 86_400


def asked(number: int, seconds: float, **told: Any) -> dict[str, Any]:
    """Return a request; they follow each other evenly over the week when there are 1,000."""
    at = BEGINS + timedelta(seconds=WEEK_S * (number % 1000) / 1000)
    return {"id": f"c{number:06d}", "at": at, "seconds": seconds, "version": "v1", **told}


def quick(n: int, *, begin: int = 0, **told: Any) -> list[dict[str, Any]]:
    """Return answered requests that took 0.001 s to n thousandths, in no order of time."""
    order = np.random.default_rng(1).permutation(n)
    return [asked(begin + at, (order[at] + 1) / 1000, **told) for at in range(n)]


def found(rows: list[dict[str, Any]], **charter: Any) -> dict[str, Evidence | NotMeasured]:
    findings = list(CHECK.run(context(served(requests(rows)), charter=charter or CHARTER)))
    return {
        f"{each.metric}[{each.subject}]": each
        for each in findings
        if isinstance(each, Evidence | NotMeasured)
    }


def value(finding: Evidence | NotMeasured) -> float:
    assert isinstance(finding, Evidence)
    return finding.value


def test_times_are_order_statistics_with_their_interval_and_the_slowest_requests() -> None:
    """Half and 95 % of 1,000 requests that took 1 to 1,000 milliseconds."""
    told = found(quick(1000))

    assert value(told["latency.p50[]"]) == 0.5
    p95 = told["latency.p95[]"]
    assert isinstance(p95, Evidence)
    assert (p95.value, p95.n, p95.basis, p95.scope) == (0.95, 1000, "measured", "production")
    assert p95.interval is not None
    assert 0.92 < p95.interval.low < 0.94
    assert 0.96 < p95.interval.high < 0.98
    assert p95.details["owner"] == "Platform team"
    assert p95.details["outcomes"] == {"answered": 1000}
    assert [each["seconds"] for each in p95.details["slowest"]] == [1.0, 0.999, 0.998]


def test_who_never_got_an_answer_waited_longer_than_all_others() -> None:
    """A quick error makes nothing quicker: with 10 % of them no time is long enough for 95 %."""
    rows = quick(900) + [asked(900 + at, 0.001, outcome="failed", status=502) for at in range(100)]

    told = found(rows)

    assert value(told["latency.p50[]"]) == 0.5
    p95 = told["latency.p95[]"]
    assert isinstance(p95, NotMeasured)
    assert p95.reason == (
        "100 of 1,000 requests got no answer at all, so that no time is long enough for 95 %"
    )
    assert value(told["latency.unanswered_rate[]"]) == 0.1


def test_who_left_or_was_turned_away_waited_for_nobody() -> None:
    """Neither hours of a client that hung up nor a quick refusal count as waiting."""
    rows = [
        *quick(1000),
        *(asked(2000 + at, 500, outcome="cancelled") for at in range(100)),
        *(asked(3000 + at, 0.0, outcome="refused", version=None) for at in range(50)),
        *(asked(4000 + at, 0.0, outcome="switched-off", version="manual", fallback=True)
          for at in range(50)),
    ]  # fmt: skip

    told = found(rows)

    assert value(told["latency.p50[]"]) == 0.5
    p95 = told["latency.p95[]"]
    assert isinstance(p95, Evidence)
    assert p95.n == 1000


def test_what_became_of_requests_is_told_as_shares_with_their_causes() -> None:
    """Served by the system, by the fallback, by neither; who gave up is in the first two only."""
    rows = [
        *quick(800),
        *(asked(1000 + at, 0.1, outcome="timed-out", fallback=True) for at in range(60)),
        *(asked(2000 + at, 0.1, outcome="shed", fallback=True) for at in range(40)),
        *(asked(3000 + at, 0.1, outcome="failed", status=502) for at in range(30)),
        *(asked(4000 + at, 0.1, outcome="lost", status=0) for at in range(20)),
        *(asked(5000 + at, 0.1, outcome="cancelled", status=0) for at in range(50)),
    ]

    told = found(rows)

    assert value(told["latency.served_rate[]"]) == 0.8
    fallback = told["latency.fallback_rate[]"]
    assert isinstance(fallback, Evidence)
    assert fallback.value == 0.1
    assert fallback.details["causes"] == {"timed-out": 60, "shed": 40}
    unanswered = told["latency.unanswered_rate[]"]
    assert isinstance(unanswered, Evidence)
    assert (unanswered.value, unanswered.n) == (50 / 950, 950)


def test_each_version_has_figures_of_its_own() -> None:
    """The manual process is no version to wait for."""
    slow = [{**each, "seconds": each["seconds"] * 10} for each in quick(500, begin=5000)]
    rows = [
        *quick(500),
        *({**each, "version": "v2"} for each in slow),
        asked(9999, 0.0, outcome="switched-off", version="manual", fallback=True),
    ]

    told = found(rows)

    assert value(told["latency.p50[system=v1]"]) == 0.25
    assert value(told["latency.p50[system=v2]"]) == 2.5
    assert "latency.p50[system=manual]" not in told


def test_few_requests_bound_no_99th_percentile() -> None:
    """What they show is told, and called not measured."""
    told = found(quick(100))

    p99 = told["latency.p99[]"]
    assert isinstance(p99, NotMeasured)
    assert p99.reason == (
        "100 requests do not bound the time for 99 % of them; in this window it is 0.099 s"
    )


def test_a_bad_day_widens_what_is_said_of_all_days() -> None:
    """1,000 requests of which one day's were slow tell less than 1,000 that are mixed."""
    mixed = quick(1000)
    by_day = [{**each, "seconds": (at + 1) / 1000} for at, each in enumerate(mixed)]

    even, uneven = (found(rows)["latency.p50[]"] for rows in (mixed, by_day))

    assert isinstance(even, Evidence)
    assert even.interval is not None
    assert even.interval.high - even.interval.low < 0.12
    if isinstance(uneven, Evidence):
        assert uneven.interval is not None
        assert uneven.interval.high - uneven.interval.low > 0.5


def test_what_a_simulation_answered_is_simulated() -> None:
    """The gate then takes it for no measurement."""
    told = found([{**each, "simulated": True} for each in quick(100)])

    p50 = told["latency.p50[]"]
    assert isinstance(p50, Evidence)
    assert p50.basis == "simulated"


def test_before_it_is_in_use_and_in_an_empty_window_nothing_is_measured() -> None:
    """Each figure says what to do."""
    unused = list(CHECK.run(context(None)))
    empty = list(CHECK.run(context(served(requests([])))))

    assert len(unused) == len(empty) == 6
    assert {each.reason for each in unused if isinstance(each, NotMeasured)} == {
        "it is told from requests of the system in use, and was given none"
    }
    assert {each.reason for each in empty if isinstance(each, NotMeasured)} == {
        "nothing was asked between 2026-11-09T00:00:00+00:00/2026-11-16T00:00:00+00:00"
    }
