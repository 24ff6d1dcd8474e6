"""A request as OpenTelemetry spans, sent by the SDK in the background.

Two spans: the gateway's own (SERVER), and below it the request to the system (CLIENT), with the
attributes of the semantic conventions for generative AI where a chat model was asked
(https://github.com/open-telemetry/semantic-conventions-genai, of 2026; still in development
there). No payloads: neither messages, nor instructions, nor tools.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from proveout.errors import MissingExtraError
from proveout.runtime.record import Record
from proveout.runtime.telemetry.context import Parent

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.util.types import AttributeValue

_NANO = 1_000_000_000
_REASON = re.compile(r'"finish_reason"\s*:\s*"([a-z_]{1,40})"')
_MODEL = re.compile(r'"model"\s*:\s*"([^"\\]{1,100})"')
"""In an answer, whole or as events. What is said in it has its quotation marks escaped, so that it
is not taken for these."""
_HEAD = 2_000
"""Letters of an answer in which its model is looked for."""
_MOST_UNDER_WAY = 10_000
"""Requests that are remembered; beyond it the oldest lose their parent span, no more."""


class Spans:
    """Makes spans with the ids that were passed on, once the request has ended."""

    def __init__(self, *, service: str, exporter: SpanExporter | None = None) -> None:
        """Send to OTEL_EXPORTER_OTLP_ENDPOINT, or what is given. Raises MissingExtraError."""
        try:
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
            from opentelemetry.sdk.trace.id_generator import IdGenerator
            from opentelemetry.sdk.trace.sampling import ALWAYS_ON

            if exporter is None:
                from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

                exporter = OTLPSpanExporter()
        except ImportError as error:
            raise MissingExtraError(extra="telemetry", wanted_for="Tracing") from error

        class Given(IdGenerator):
            """Gives out the ids that are set beforehand."""

            trace_id = 0
            span_id = 0

            def generate_trace_id(self) -> int:
                return self.trace_id

            def generate_span_id(self) -> int:
                return self.span_id

        self._ids = Given()
        resource = Resource.create({"service.name": service})
        # Whether a trace is recorded was decided with its traceparent.
        self._provider = TracerProvider(
            resource=resource, id_generator=self._ids, sampler=ALWAYS_ON, shutdown_on_exit=False
        )
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("proveout.runtime")
        self._under_way: dict[str, str | None] = {}
        self._one_at_a_time = threading.Lock()

    def begin(self, parent: Parent | None) -> Parent:
        """Return where the request to the system belongs: a new span in the client's trace."""
        if parent is None:
            trace_id, flags = os.urandom(16).hex(), 0x03
        else:
            trace_id, flags = parent.trace_id, parent.flags
        ours = Parent(trace_id, os.urandom(8).hex(), flags)
        if ours.is_sampled:
            with self._one_at_a_time:
                while len(self._under_way) >= _MOST_UNDER_WAY:
                    del self._under_way[next(iter(self._under_way))]
                self._under_way[str(ours)] = None if parent is None else parent.span_id
        return ours

    def end(self, record: Record, ours: Parent, finish_reasons: Sequence[str] = ()) -> None:
        """Make the spans of a request that has ended."""
        if not ours.is_sampled:
            return
        with self._one_at_a_time:
            above = self._under_way.pop(str(ours), None)
            server = Parent(ours.trace_id, os.urandom(8).hex(), ours.flags)
            self._make(_server_span(record, server, above))
            if record.attempts:
                self._make(_client_span(record, ours, server.span_id, finish_reasons))

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()

    def _make(self, plan: _Plan) -> None:
        from opentelemetry.context import Context
        from opentelemetry.trace import (
            NonRecordingSpan,
            SpanContext,
            SpanKind,
            StatusCode,
            TraceFlags,
            set_span_in_context,
        )

        ids = plan.ids
        self._ids.trace_id, self._ids.span_id = int(ids.trace_id, 16), int(ids.span_id, 16)
        context = Context()  # whatever span is current where this runs has nothing to do with it
        if plan.above is not None:
            parent = SpanContext(
                int(ids.trace_id, 16),
                int(plan.above, 16),
                is_remote=plan.is_server,
                trace_flags=TraceFlags(ids.flags),
            )
            context = set_span_in_context(NonRecordingSpan(parent), context)
        span = self._tracer.start_span(
            plan.name,
            context,
            kind=SpanKind.SERVER if plan.is_server else SpanKind.CLIENT,
            attributes=plan.attributes,
            start_time=round(plan.began * _NANO),
        )
        if plan.failed:
            span.set_status(StatusCode.ERROR)
        span.end(round(plan.ended * _NANO))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """A span to be made."""

    name: str
    is_server: bool
    ids: Parent
    above: str | None
    """Span id of the parent."""
    began: float
    ended: float
    attributes: dict[str, AttributeValue]
    failed: bool


def _server_span(record: Record, ids: Parent, above: str | None) -> _Plan:
    return _Plan(
        name=f"proveout {record.pilot}",
        is_server=True,
        ids=ids,
        above=above,
        began=record.at,
        ended=record.at + record.seconds,
        attributes=_of_gateway(record),
        failed=record.outcome != "answered",
    )


def _client_span(record: Record, ids: Parent, above: str, finish_reasons: Sequence[str]) -> _Plan:
    sent = record.at + record.queued_s
    ended = record.at + record.seconds
    if record.system_s is not None:
        ended = min(ended, sent + record.system_s)
    return _Plan(
        name=_name(record),
        is_server=False,
        ids=ids,
        above=above,
        began=sent,
        ended=max(sent, ended),
        attributes=_of_system(record, finish_reasons),
        failed=record.outcome in ("failed", "timed-out", "lost"),
    )


def _name(record: Record) -> str:
    if record.protocol == "chat":
        return f"chat {record.model}" if record.model else "chat"
    return f"ask {record.version}"


def _of_gateway(record: Record) -> dict[str, AttributeValue]:
    known: dict[str, AttributeValue | None] = {
        "proveout.id": record.id,
        "proveout.pilot": record.pilot,
        "proveout.outcome": record.outcome,
        "proveout.version": record.version,
        "proveout.team": record.team,
        "proveout.fallback": record.fallback,
        "proveout.reasons": record.reasons or None,
        "http.response.status_code": record.status or None,
        "error.type": None if record.outcome == "answered" else record.outcome,
    }
    return _without_gaps(known)


def _of_system(record: Record, finish_reasons: Sequence[str]) -> dict[str, AttributeValue]:
    known: dict[str, AttributeValue | None] = {
        "proveout.version": record.version,
        "proveout.attempts": record.attempts,
        "http.response.status_code": record.system_status,
        "error.type": _error(record),
    }
    if record.protocol == "chat":
        known |= {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",  # the protocol that is spoken, whoever speaks it
            "gen_ai.request.model": record.model,
            "gen_ai.request.stream": True if record.first_token_s is not None else None,
            "gen_ai.usage.input_tokens": record.input_tokens,
            "gen_ai.usage.cache_read.input_tokens": record.cached_input_tokens,
            "gen_ai.usage.output_tokens": record.output_tokens,
            "gen_ai.response.model": _model_in(record.answer),
            "gen_ai.response.finish_reasons": tuple(finish_reasons) or _reasons_in(record.answer),
            "gen_ai.response.time_to_first_chunk": record.first_token_s,
        }
    return _without_gaps(known)


def _reasons_in(answer: str | None) -> tuple[str, ...] | None:
    """Find why the answer ended; its payload is not looked at otherwise."""
    return tuple(_REASON.findall(answer)) or None if answer else None


def _model_in(answer: str | None) -> str | None:
    found = _MODEL.search(answer, 0, _HEAD) if answer else None
    return found[1] if found else None


def _error(record: Record) -> str | None:
    if record.system_status is not None and record.system_status >= 400:
        return str(record.system_status)
    return record.outcome if record.outcome in ("failed", "timed-out", "lost") else None


def _without_gaps(known: dict[str, AttributeValue | None]) -> dict[str, AttributeValue]:
    return {name: value for name, value in known.items() if value is not None}
