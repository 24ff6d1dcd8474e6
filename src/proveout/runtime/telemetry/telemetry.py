"""All telemetry of one process, as the gateway and the guard use it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from proveout.runtime.record import Record
from proveout.runtime.telemetry.context import Headers, parent_in, passed_on, read_parent
from proveout.runtime.telemetry.counts import Counts, Standing
from proveout.runtime.telemetry.events import Events, Level
from proveout.runtime.telemetry.sharing import SharedCounts

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

    from proveout.runtime.protection import Health

_BREAKER = {"closed": 0, "half-open": 1, "open": 2}
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetrySettings:
    """What is told, and where."""

    worker: str = "0"
    """Which of the processes this is; a label of what cannot be added up."""
    shared: Path | None = None
    """A fresh folder that the processes of one gateway share, so that each can tell of all."""
    events: Path | None = None
    """File of the structured log; stderr where there is none."""
    requests: Literal["all", "troubles", "none"] = "troubles"
    """Of which requests a line is written."""
    tracing: bool | None = None
    """Send spans; where it is None, only if an OTLP endpoint is set in the environment."""
    service: str = "proveout"
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Never written, wherever they stand."""


class Telemetry:
    """Metrics, traces and events. Nothing here may fail or delay a request."""

    def __init__(
        self,
        settings: TelemetrySettings,
        *,
        environment: Mapping[str, str] = os.environ,
        exporter: SpanExporter | None = None,
    ) -> None:
        """Begin; in the process that serves, after any fork. Raises MissingExtraError."""
        self._settings = settings
        self._counts = Counts()
        self._shared = SharedCounts(settings.shared)
        self._events = Events(settings.events, secrets=settings.secrets)
        self._watched: list[tuple[str, str, Callable[[], Health]]] = []
        self._spans = None
        self._sdk_log = ExitStack()
        wanted = settings.tracing
        if wanted is None:
            wanted = any(environment.get(name) for name in _ENDPOINTS)
        if wanted and environment.get("OTEL_SDK_DISABLED", "").lower() != "true":
            from proveout.runtime.telemetry.sdk_log import told_as_events
            from proveout.runtime.telemetry.spans import Spans

            service = environment.get("OTEL_SERVICE_NAME", settings.service)
            self._spans = Spans(service=service, exporter=exporter)
            self._sdk_log.enter_context(told_as_events(self._events))
        with suppress(OSError):
            self.flush()  # the first sign of life

    def observe(
        self, record: Record, trace: str | None = None, finish_reasons: Sequence[str] = ()
    ) -> None:
        """Count a request that has ended, and tell of it; `trace` is what `trace()` returned.

        Never raises: what goes wrong here is a metric.
        """
        try:
            self._observe(record, trace, finish_reasons)
        except Exception:  # noqa: BLE001  # no request is to suffer from being watched
            self._counts.broken += 1

    def _observe(self, record: Record, trace: str | None, finish_reasons: Sequence[str]) -> None:
        self._counts.add(record)
        wanted = self._settings.requests
        if wanted != "none" and (wanted == "all" or record.outcome != "answered"):
            self._events.tell_of(record)
        if self._spans is not None and trace is not None:
            ours = read_parent(trace.encode())
            if ours is not None:
                self._spans.end(record, ours, finish_reasons)

    def trace(self, headers: Headers) -> str | None:
        """Return the traceparent for the system; None where nothing is to be said.

        Where spans are sent it is a new span in the client's trace, or in a new trace where the
        client gave none or an invalid one. Where none are sent, the client's goes on as it is,
        and an invalid one does not.
        """
        theirs = parent_in(headers)
        if self._spans is not None:
            return str(self._spans.begin(theirs))
        return None if theirs is None else str(theirs)

    @staticmethod
    def trace_headers(headers: Headers, trace: str | None) -> list[tuple[bytes, bytes]]:
        """Return the headers for the system, in the place of the client's TRACE_HEADERS."""
        return passed_on(headers, trace)

    def shadow_dropped(self, pilot: str) -> None:
        """Count a copy for a version in the shadow for which there was no room."""
        dropped = self._counts.dropped
        dropped[pilot] = dropped.get(pilot, 0) + 1

    def watch(self, pilot: str, version: str, health: Callable[[], Health]) -> None:
        """Tell of this protection whenever somebody asks for the metrics."""
        self._watched.append((pilot, version, health))

    def event(self, event: str, *, level: Level = "info", **fields: Any) -> None:
        """Tell of something that is no request: started, breaker opened, store away."""
        self._events.tell(event, at=time.time(), level=level, **fields)

    def exposition(self, accept: str = "") -> tuple[bytes, str]:
        """Return all metrics of all processes as Prometheus reads them, and their media type."""
        from proveout.runtime.telemetry.exposition import exposed

        with suppress(OSError):  # a full disk is no reason to tell nothing
            self.flush()
        return exposed(self._shared.total(self._counts), accept)

    def flush(self) -> None:
        """Leave the counts for the other processes; about once a second, by the gateway."""
        self._counts.standings = [self._standing(*each) for each in self._watched]
        self._shared.leave(self._counts)

    def close(self) -> None:
        """Tell what is left."""
        with suppress(OSError):
            self.flush()
        if self._spans is not None:
            self._spans.close()
        self._sdk_log.close()
        self._events.close()

    def _standing(self, pilot: str, version: str, health: Callable[[], Health]) -> Standing:
        now = health()
        return Standing(
            worker=self._settings.worker,
            pilot=pilot,
            version=version,
            busy=now.busy,
            waiting=now.waiting,
            breaker=_BREAKER[now.breaker],
            shed=now.shed,
            late=now.late,
            hedged=now.hedged,
            opened=now.opened,
        )
