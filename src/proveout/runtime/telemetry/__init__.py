"""How it goes, told to the machines that watch: metrics, traces and events, without payloads."""

from proveout.runtime.telemetry.context import TRACE_HEADERS
from proveout.runtime.telemetry.telemetry import Telemetry, TelemetrySettings

__all__ = ["TRACE_HEADERS", "Telemetry", "TelemetrySettings"]
