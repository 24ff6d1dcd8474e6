"""Counts in the words of Prometheus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import choose_encoder

from proveout.runtime.call import MONEY_UNIT
from proveout.runtime.telemetry.counts import BUCKETS, Counts, Spread

_DURATIONS = {
    "whole": ("proveout_request_seconds", "From the request to the end of its answer"),
    "queued": ("proveout_queue_seconds", "Waiting for a turn"),
    "system": ("proveout_system_seconds", "Taken by the system"),
    "first_token": ("proveout_first_token_seconds", "From the request to the first token"),
}
_OF_WHOM = ["pilot", "version", "outcome", "team"]
_BREAKER = "0 closed, 1 half open, 2 open"


def exposed(counts: Counts, accept: str = "") -> tuple[bytes, str]:
    """Return the text for a scraper that accepts this, and its media type."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Families(counts))
    encode, media_type = choose_encoder(accept)
    return encode(registry), media_type


class _Families:
    """What a registry asks for its metrics."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    def collect(self) -> Iterable[Metric]:
        """Yield every metric."""
        yield from _requests(self._counts)
        yield from _amounts(self._counts)
        yield from _durations(self._counts)
        yield from _standings(self._counts)

    def describe(self) -> Iterable[Metric]:
        """Say nothing beforehand: there is one collector."""
        return []


def _requests(counts: Counts) -> Iterator[Metric]:
    requests = CounterMetricFamily("proveout_requests", "Requests of users", labels=_OF_WHOM)
    shadow = CounterMetricFamily(
        "proveout_shadow_requests",
        "Answers in the shadow, which nobody saw",
        labels=["pilot", "version", "outcome"],
    )
    fallbacks = CounterMetricFamily(
        "proveout_fallbacks", "Requests that the fallback answered", labels=_OF_WHOM
    )
    for key, tally in _merged(counts, places=(0, 1, 2, 3, 5)).items():
        *whom, is_shadow = key
        if is_shadow == "True":
            continue
        requests.add_metric(whom, tally["requests"])
        if tally["fallbacks"]:
            fallbacks.add_metric(whom, tally["fallbacks"])
    for key, tally in _merged(counts, places=(0, 1, 2, 5)).items():
        if key[-1] == "True":
            shadow.add_metric(key[:-1], tally["requests"])
    exceptions = CounterMetricFamily(
        "proveout_exceptions", "Reasons for which answers went to a person",
        labels=["pilot", "reason"],
    )  # fmt: skip
    for (pilot, reason), n in counts.reasons.items():
        exceptions.add_metric([pilot, reason], n)
    broken = CounterMetricFamily(
        "proveout_telemetry_failures", "Requests of which telemetry could not tell"
    )
    broken.add_metric([], counts.broken)
    dropped = CounterMetricFamily(
        "proveout_shadow_dropped",
        "Requests that a version in the shadow was not asked, for want of room",
        labels=["pilot"],
    )
    for pilot, n in counts.dropped.items():
        dropped.add_metric([pilot], n)
    yield from (requests, fallbacks, shadow, dropped, exceptions, broken)


def _amounts(counts: Counts) -> Iterator[Metric]:
    tokens = CounterMetricFamily(
        "proveout_tokens", "Tokens, the cached ones among the input",
        labels=["pilot", "version", "team", "kind"],
    )  # fmt: skip
    for key, tally in _merged(counts, places=(0, 1, 3)).items():
        for kind in ("input", "cached_input", "output"):
            if n := tally[f"{kind}_tokens"]:
                tokens.add_metric([*key, kind], n)
    cost = CounterMetricFamily(
        "proveout_cost", "Spent, in the currency", labels=["pilot", "version", "team", "currency"]
    )
    for key, tally in _merged(counts, places=(0, 1, 3, 4)).items():
        if key[-1]:
            cost.add_metric(key, tally["cost"] / MONEY_UNIT)
    attempts = CounterMetricFamily(
        "proveout_attempts", "Requests sent to the system", labels=["pilot", "version"]
    )
    rows = CounterMetricFamily(
        "proveout_rows", "Answers that were asked for", labels=["pilot", "version"]
    )
    for key, tally in _merged(counts, places=(0, 1)).items():
        attempts.add_metric(key, tally["attempts"])
        rows.add_metric(key, tally["rows"])
    yield from (tokens, cost, attempts, rows)


def _durations(counts: Counts) -> Iterator[Metric]:
    for field, (name, words) in _DURATIONS.items():
        family = HistogramMetricFamily(name, words, labels=["pilot", "version"])
        for place, times in counts.times.items():
            spread: Spread = getattr(times, field)
            if any(spread.counts):
                family.add_metric(list(place), _buckets(spread), spread.total)
        yield family


def _buckets(spread: Spread) -> list[tuple[str, float]]:
    ends = [*(str(end) for end in BUCKETS), "+Inf"]
    return list(zip(ends, map(float, accumulate(spread.counts)), strict=True))


def _standings(counts: Counts) -> Iterator[Metric]:
    labels = ["pilot", "version", "worker"]
    gauges = {
        "busy": ("proveout_slots_taken", "Requests that the system works on"),
        "waiting": ("proveout_queue_length", "Requests that wait for a turn"),
        "breaker": ("proveout_breaker_state", _BREAKER),
    }
    counters = {
        "shed": ("proveout_shed", "Requests turned away"),
        "late": ("proveout_late", "Requests whose deadline passed"),
        "hedged": ("proveout_hedged", "Second attempts"),
        "opened": ("proveout_breaker_opened", "Times that the breaker opened"),
    }
    for kinds, family_of in ((gauges, GaugeMetricFamily), (counters, CounterMetricFamily)):
        for field, (name, words) in kinds.items():
            family = family_of(name, words, labels=labels)
            for each in counts.standings:
                family.add_metric([each.pilot, each.version, each.worker], getattr(each, field))
            yield family


def _merged(counts: Counts, places: tuple[int, ...]) -> dict[tuple[str, ...], dict[str, int]]:
    """Add up over the labels that are left out."""
    merged: dict[tuple[str, ...], dict[str, int]] = {}
    for key, tally in counts.tallies.items():
        sums = merged.setdefault(tuple(str(key[place]) for place in places), {})
        for name in tally.__struct_fields__:
            sums[name] = sums.get(name, 0) + getattr(tally, name)
    return merged
