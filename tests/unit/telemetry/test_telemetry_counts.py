"""Counters: added to in place, bounded, added up."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from proveout.runtime.record import Record
from proveout.runtime.telemetry.counts import (
    BUCKETS,
    MOST_NAMES,
    OTHER,
    Counts,
    Standing,
    added_up,
)
from proveout.runtime.telemetry.exposition import exposed


def _record(**fields: Any) -> Record:
    plain = {
        "id": "1", "pilot": "p", "protocol": "chat", "at": 0.0, "seconds": 0.2,
        "outcome": "answered", "status": 200, "version": "v1",
    }  # fmt: skip
    return Record(**(plain | fields))


def _counted(*records: Record) -> Counts:
    counts = Counts()
    for record in records:
        counts.add(record)
    return counts


def _lines(counts: Counts, accept: str = "") -> list[str]:
    text = exposed(counts, accept)[0].decode()
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_a_request_is_told_by_pilot_version_outcome_and_team() -> None:
    """What it took, what it cost, how long, and why it goes to a person."""
    counts = _counted(
        _record(
            team="claims", attempts=2, rows=3, input_tokens=10, cached_input_tokens=4,
            output_tokens=5, cost=1_500_000_000, currency="EUR", fallback=True, system_s=0.1,
            first_token_s=0.05, reasons=("low-confidence", "rule"),
        )
    )  # fmt: skip
    lines = [line for line in _lines(counts) if "_bucket" not in line]

    assert lines == [
        'proveout_requests_total{outcome="answered",pilot="p",team="claims",version="v1"} 1.0',
        'proveout_fallbacks_total{outcome="answered",pilot="p",team="claims",version="v1"} 1.0',
        'proveout_exceptions_total{pilot="p",reason="low-confidence"} 1.0',
        'proveout_exceptions_total{pilot="p",reason="rule"} 1.0',
        "proveout_telemetry_failures_total 0.0",
        'proveout_tokens_total{kind="input",pilot="p",team="claims",version="v1"} 10.0',
        'proveout_tokens_total{kind="cached_input",pilot="p",team="claims",version="v1"} 4.0',
        'proveout_tokens_total{kind="output",pilot="p",team="claims",version="v1"} 5.0',
        'proveout_cost_total{currency="EUR",pilot="p",team="claims",version="v1"} 1.5',
        'proveout_attempts_total{pilot="p",version="v1"} 2.0',
        'proveout_rows_total{pilot="p",version="v1"} 3.0',
        'proveout_request_seconds_count{pilot="p",version="v1"} 1.0',
        'proveout_request_seconds_sum{pilot="p",version="v1"} 0.2',
        'proveout_queue_seconds_count{pilot="p",version="v1"} 1.0',
        'proveout_queue_seconds_sum{pilot="p",version="v1"} 0.0',
        'proveout_system_seconds_count{pilot="p",version="v1"} 1.0',
        'proveout_system_seconds_sum{pilot="p",version="v1"} 0.1',
        'proveout_first_token_seconds_count{pilot="p",version="v1"} 1.0',
        'proveout_first_token_seconds_sum{pilot="p",version="v1"} 0.05',
    ]


def test_what_answers_in_the_shadow_is_no_request_of_a_user() -> None:
    """It is counted apart, and its time delays nobody."""
    lines = _lines(_counted(_record(shadow_of="0")))

    assert 'proveout_shadow_requests_total{outcome="answered",pilot="p",version="v1"} 1.0' in lines
    assert not [line for line in lines if re.match("proveout_(requests|request_seconds)", line)]


def test_names_that_clients_invent_cost_no_memory() -> None:
    """Teams beyond the first hundred, and endless names, are counted together."""
    counts = _counted(*(_record(team=f"team {n}") for n in range(500)), _record(team="x" * 10_000))
    teams = {key[3] for key in counts.tallies}

    assert len(teams) == MOST_NAMES + 1
    assert sum(tally.requests for key, tally in counts.tallies.items() if key[3] == OTHER) == 401


def test_how_a_protection_stands_is_told_by_worker() -> None:
    """Gauges of several processes do not add up, and are not added up."""
    standing = Standing(
        worker="1", pilot="p", version="v1", busy=3, waiting=2, breaker=2, shed=7, late=1,
        hedged=0, opened=4,
    )  # fmt: skip
    lines = _lines(Counts(standings=[standing]))
    whom = '{pilot="p",version="v1",worker="1"}'

    assert lines == [
        "proveout_telemetry_failures_total 0.0",
        f"proveout_slots_taken{whom} 3.0",
        f"proveout_queue_length{whom} 2.0",
        f"proveout_breaker_state{whom} 2.0",
        f"proveout_shed_total{whom} 7.0",
        f"proveout_late_total{whom} 1.0",
        f"proveout_hedged_total{whom} 0.0",
        f"proveout_breaker_opened_total{whom} 4.0",
    ]


def test_copies_for_the_shadow_that_found_no_room_are_counted_over_processes() -> None:
    """Or a version would seem to have been compared on all that was asked."""
    total = added_up([Counts(dropped={"p": 2}), Counts(dropped={"p": 3, "q": 1})])

    assert [line for line in _lines(total) if "dropped" in line] == [
        'proveout_shadow_dropped_total{pilot="p"} 5.0',
        'proveout_shadow_dropped_total{pilot="q"} 1.0',
    ]


def test_a_scraper_gets_the_form_that_it_asks_for() -> None:
    """Text as ever, or OpenMetrics, which ends with its own mark."""
    counts = _counted(_record())
    text, kind = exposed(counts)
    newer, newer_kind = exposed(counts, "application/openmetrics-text; version=1.0.0")

    assert kind.startswith("text/plain; version=")
    assert newer_kind.startswith("application/openmetrics-text; version=1.0.0")
    assert newer.endswith(b"# EOF\n")
    assert not text.endswith(b"# EOF\n")


_RECORDS = st.lists(
    st.builds(
        _record,
        pilot=st.sampled_from(["a", "b"]),
        outcome=st.sampled_from(["answered", "failed"]),
        team=st.sampled_from([None, "x", "y"]),
        seconds=st.floats(0, 200).map(lambda s: round(s, 3)),
        cost=st.integers(0, 10**12),
        currency=st.sampled_from([None, "EUR"]),
        shadow_of=st.sampled_from([None, "0"]),
        reasons=st.sampled_from([(), ("rule",)]),
    ),
    max_size=30,
)


@given(_RECORDS, st.integers(0, 30))
def test_counted_apart_and_added_up_is_counted_together(records: list[Record], cut: int) -> None:
    """However requests are shared out among processes, the sums are the same."""
    together = _counted(*records)
    apart = added_up([_counted(*records[:cut]), _counted(*records[cut:])])

    assert apart.tallies == together.tallies
    assert apart.reasons == together.reasons
    assert {k: t.whole.counts for k, t in apart.times.items()} == {
        k: t.whole.counts for k, t in together.times.items()
    }
    seen = [record for record in records if record.shadow_of is None]
    assert sum(sum(t.whole.counts) for t in apart.times.values()) == len(seen)
    for record in seen:
        place = sum(end < record.seconds for end in BUCKETS)
        assert together.times[record.pilot, "v1"].whole.counts[place] > 0
