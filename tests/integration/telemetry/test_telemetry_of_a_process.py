"""Telemetry with its files, its threads and the real OpenTelemetry."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from proveout.runtime.protection import Limits, Shield
from proveout.runtime.record import Record
from proveout.runtime.telemetry import Telemetry, TelemetrySettings
from proveout.runtime.telemetry.events import MOST_WAITING, Events

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SAMPLED = [(b"traceparent", f"00-{TRACE}-{SPAN}-01".encode())]
SECRET = "sk-very-secret"


def _record(**fields: Any) -> Record:
    plain = {
        "id": "1", "pilot": "p", "protocol": "chat", "at": 100.0, "seconds": 2.0,
        "outcome": "answered", "status": 200, "version": "v1", "attempts": 1,
    }  # fmt: skip
    return Record(**(plain | fields))


def _telemetry(environment: Mapping[str, str] | None = None, **settings: Any) -> Telemetry:
    return Telemetry(TelemetrySettings(**settings), environment=environment or {})


def _requests(telemetry: Telemetry) -> float:
    lines = telemetry.exposition()[0].decode().splitlines()
    found = [line for line in lines if line.startswith("proveout_requests_total")]
    return sum(float(line.rpartition(" ")[2]) for line in found)


def test_every_process_tells_of_all(tmp_path: Path) -> None:
    """Whichever process a scraper meets, it hears the sum; one that has ended is still counted."""
    one, two = (_telemetry(shared=tmp_path / "counts", worker=name) for name in ("0", "1"))
    one.observe(_record())
    one.observe(_record())
    two.observe(_record())
    one.flush()
    before = _requests(two)
    one.close()

    assert (before, _requests(two)) == (3, 3)
    two.close()


def test_a_process_leaves_a_sign_of_life_from_the_start(tmp_path: Path) -> None:
    """Or one that hangs at its first request would be taken for one that cannot write."""
    telemetry = _telemetry(shared=tmp_path / "counts")

    assert len(list((tmp_path / "counts").glob("*.counts"))) == 1
    telemetry.close()


def test_a_folder_that_is_gone_keeps_no_scraper_waiting(tmp_path: Path) -> None:
    """A full disk, or somebody who tidies up: what this process knows is told all the same."""
    telemetry = _telemetry(shared=tmp_path / "counts")
    telemetry.observe(_record())
    shutil.rmtree(tmp_path / "counts")

    assert _requests(telemetry) == 1
    telemetry.close()


def test_alone_it_needs_no_folder() -> None:
    """A process without siblings tells of itself, and of its protections."""
    telemetry = _telemetry()
    telemetry.watch("p", "v1", Shield(Limits(concurrency=7)).health)
    telemetry.observe(_record())
    text = telemetry.exposition()[0].decode()
    telemetry.close()

    assert _requests(telemetry) == 1
    assert 'proveout_breaker_state{pilot="p",version="v1",worker="0"} 0.0' in text


def _events(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_a_line_tells_of_a_request_without_what_was_said(tmp_path: Path) -> None:
    """Neither payload nor user nor secret is in the structured log."""
    file = tmp_path / "events.jsonl"
    telemetry = _telemetry(events=file, requests="all", secrets=(SECRET,))
    said = "my name is Ann"
    telemetry.observe(
        _record(request=said, answer=said, user=said, notes=(said,), team="claims", model=SECRET)
    )
    telemetry.event("store-away", level="error", why=f"no such key: {SECRET}", deep=[{"k": SECRET}])
    telemetry.close()
    text = file.read_text()

    request, away = _events(file)
    assert said not in text
    assert SECRET not in text
    assert (request["event"], request["level"], request["team"]) == ("request", "info", "claims")
    assert (request["at"], request["outcome"], request["model"]) == (
        "1970-01-01T00:01:40.000Z", "answered", "[hidden]",
    )  # fmt: skip
    assert {key: away[key] for key in ("event", "level", "why", "deep")} == {
        "event": "store-away",
        "level": "error",
        "why": "no such key: [hidden]",
        "deep": [{"k": "[hidden]"}],
    }


@pytest.mark.parametrize(
    ("requests", "told"), [("all", ["a", "b"]), ("troubles", ["b"]), ("none", [])]
)
def test_of_which_requests_a_line_is_written(
    tmp_path: Path, requests: str, told: list[str]
) -> None:
    """By default of those that were not answered."""
    file = tmp_path / "events.jsonl"
    telemetry = _telemetry(events=file, requests=requests)
    telemetry.observe(_record(id="a"))
    telemetry.observe(_record(id="b", outcome="failed"))
    telemetry.close()

    assert [each["id"] for each in _events(file)] == told


def test_what_does_not_fit_is_counted_and_told(tmp_path: Path) -> None:
    """A log that is not written fast enough drops lines, and says how many."""
    file = tmp_path / "events.jsonl"
    events = Events(file)
    events._thread = _nobody()
    for n in range(MOST_WAITING + 5):
        events.tell("tick", at=0.0, n=n)
    events._thread = None
    events.tell("tick", at=0.0)
    events._write()
    events.close()

    *ticks, dropped = _events(file)
    assert len(ticks) == MOST_WAITING
    assert dropped == {"level": "warning", "event": "events-dropped", "n": 6}


def _nobody() -> Any:
    """Stand for a thread that does not come to write."""
    return object()


def test_half_a_character_spoils_neither_metrics_nor_events(tmp_path: Path) -> None:
    """What clients send may be no text at all."""
    file = tmp_path / "events.jsonl"
    telemetry = _telemetry(events=file, requests="all")
    telemetry.observe(_record(team="\ud800"))
    text = telemetry.exposition()[0].decode()
    telemetry.close()

    assert 'team="other"' in text
    assert [each["team"] for each in _events(file)] == ["\ud800"]


def test_nothing_that_goes_wrong_here_reaches_a_request() -> None:
    """An observation that cannot be made is a metric of its own."""
    telemetry = _telemetry()
    telemetry.observe(_record(rows=None))
    text = telemetry.exposition()[0].decode()
    telemetry.close()

    assert "proveout_telemetry_failures_total 1.0" in text


@pytest.fixture(name="spans")
def _spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    yield exporter
    exporter.clear()


def _tracing(spans: InMemorySpanExporter) -> Telemetry:
    environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}
    return Telemetry(TelemetrySettings(), environment=environment, exporter=spans)


def _ids(span: ReadableSpan) -> tuple[str, str, str | None]:
    assert span.context is not None
    above = None if span.parent is None else f"{span.parent.span_id:016x}"
    return f"{span.context.trace_id:032x}", f"{span.context.span_id:016x}", above


def _told(spans: InMemorySpanExporter, telemetry: Telemetry) -> Sequence[ReadableSpan]:
    telemetry.close()
    return spans.get_finished_spans()


def test_a_request_is_a_span_in_the_clients_trace_and_one_below_it(
    spans: InMemorySpanExporter,
) -> None:
    """The system is told the inner span; names and attributes are those of the conventions."""
    telemetry = _tracing(spans)
    trace = telemetry.trace(SAMPLED)
    telemetry.observe(
        _record(
            model="m", input_tokens=10, cached_input_tokens=4, output_tokens=5, queued_s=0.5,
            system_s=1.0, first_token_s=0.8, system_status=200, team="claims", request="secret",
        ),
        trace,
        finish_reasons=("stop",),
    )  # fmt: skip
    outer, inner = _told(spans, telemetry)

    assert trace is not None
    assert _ids(outer)[::2] == (TRACE, SPAN)
    assert _ids(inner) == (TRACE, trace[36:52], _ids(outer)[1])
    assert (outer.kind, inner.kind) == (SpanKind.SERVER, SpanKind.CLIENT)
    assert (outer.name, inner.name) == ("proveout p", "chat m")
    assert dict(inner.attributes or {}) == {
        "proveout.version": "v1",
        "proveout.attempts": 1,
        "http.response.status_code": 200,
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "m",
        "gen_ai.request.stream": True,
        "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.cache_read.input_tokens": 4,
        "gen_ai.usage.output_tokens": 5,
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.response.time_to_first_chunk": 0.8,
    }
    assert (outer.start_time, outer.end_time) == (100 * 10**9, 102 * 10**9)
    assert (inner.start_time, inner.end_time) == (100_500_000_000, 101_500_000_000)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        pytest.param(
            '{"model":"m-2026","choices":[{"finish_reason":"stop","message":{"content":'
            '"\\"finish_reason\\":\\"length\\""}},{"finish_reason": "length"}]}',
            ("m-2026", ("stop", "length")),
            id="whole: each choice, and nothing of what is said",
        ),
        pytest.param(
            'data: {"model":"m-2026","choices":[{"finish_reason":null}]}\n\n'
            'data: {"choices":[{"finish_reason":"tool_calls"}]}\n\n',
            ("m-2026", ("tool_calls",)),
            id="a stream",
        ),
        pytest.param(None, (None, None), id="where no payload is kept"),
    ],
)
def test_model_and_end_of_an_answer_are_told(
    spans: InMemorySpanExporter, answer: str | None, told: tuple[Any, Any]
) -> None:
    """They stand in the answer; nothing else of it is told."""
    telemetry = _tracing(spans)
    telemetry.observe(_record(answer=answer), telemetry.trace(SAMPLED))
    _, inner = _told(spans, telemetry)
    attributes = inner.attributes or {}

    names = ("gen_ai.response.model", "gen_ai.response.finish_reasons")
    assert tuple(attributes.get(name) for name in names) == told


def test_a_failure_is_told_as_one(spans: InMemorySpanExporter) -> None:
    """Status and kind of the error, as the conventions have them."""
    telemetry = _tracing(spans)
    telemetry.observe(
        _record(outcome="failed", status=502, system_status=500), telemetry.trace(SAMPLED)
    )
    outer, inner = _told(spans, telemetry)

    assert [span.status.status_code for span in (outer, inner)] == [StatusCode.ERROR] * 2
    assert (outer.attributes or {})["error.type"] == "failed"
    assert (inner.attributes or {})["error.type"] == "500"


def test_a_call_that_was_not_sent_is_one_span(spans: InMemorySpanExporter) -> None:
    """Nothing is said of a system that was not asked."""
    telemetry = _tracing(spans)
    telemetry.observe(_record(outcome="shed", attempts=0), telemetry.trace([]))

    (only,) = _told(spans, telemetry)
    assert (only.name, only.parent) == ("proveout p", None)


def test_what_the_client_does_not_record_is_not_recorded(spans: InMemorySpanExporter) -> None:
    """The trace is continued under its own flags."""
    telemetry = _tracing(spans)
    trace = telemetry.trace([(b"traceparent", SAMPLED[0][1][:-1] + b"0")])
    telemetry.observe(_record(), trace)

    assert trace is not None
    assert (trace[:36], trace[-3:]) == (f"00-{TRACE}-", "-00")
    assert _told(spans, telemetry) == ()


@pytest.mark.parametrize("headers", [[], [(b"traceparent", b"00-bad")]])
def test_without_a_valid_parent_a_trace_begins(
    spans: InMemorySpanExporter, headers: list[tuple[bytes, bytes]]
) -> None:
    """An invalid one is replaced."""
    telemetry = _tracing(spans)
    first, second = telemetry.trace(headers), telemetry.trace(headers)
    telemetry.close()

    assert first is not None
    assert second is not None
    assert first[3:35] != second[3:35]


@pytest.mark.parametrize(
    "environment", [{}, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_SDK_DISABLED": "true"}]
)
def test_where_no_spans_are_sent_the_clients_trace_goes_on_as_it_is(
    environment: dict[str, str],
) -> None:
    """Nobody would find a parent that was never sent; an invalid one does not pass."""
    telemetry = _telemetry(environment)

    assert telemetry.trace(SAMPLED) == SAMPLED[0][1].decode()
    assert telemetry.trace([(b"traceparent", b"00-bad")]) is None
    assert telemetry.trace([]) is None
    telemetry.close()
