"""What the real gateway sends to a collector, and tells the system of the client's trace."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from fixtures.gateways import system, whole

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SECRET = "the secret of the question"


@dataclass
class Collector:
    """Takes in spans as a collector does."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)

    @property
    def spans(self) -> list[Span]:
        """All that came."""
        found = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        return [
            span
            for each in found
            for resource in each.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


@contextmanager
def _collector() -> Iterator[Collector]:
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            is_packed = self.headers.get("content-encoding") == "gzip"
            collector.bodies.append(gzip.decompress(body) if is_packed else body)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def _gateway(folder: Path, upstream: str, **environment: str) -> Iterator[str]:
    """The installed command; when the block ends it has left in order."""
    command = [Path(sys.executable).with_name("proveout"), "gateway", "--json", "--port", "0"]
    with (
        (folder / "errors").open("wb") as errors,
        subprocess.Popen(
            [*command, "--upstream", upstream],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**os.environ, **environment},
        ) as process,
    ):
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line, (folder / "errors").read_text()
            yield str(json.loads(line)["url"])
        finally:
            process.terminate()
            assert process.wait(30) == 0


def _ask(url: str, parent: str) -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": SECRET}]}
    headers = {"traceparent": parent, "tracestate": "a=1"}
    reply = httpx.post(f"{url}/v1/chat/completions", json=body, headers=headers, timeout=20)
    assert reply.status_code == 200


def _trace_headers(head: bytes) -> dict[str, str]:
    lines = [line.decode().partition(": ") for line in head.split(b"\r\n")]
    return {name: value for name, _, value in lines if name.startswith("trace")}


def test_a_request_is_one_trace_from_the_client_to_the_system(tmp_path: Path) -> None:
    """The collector gets two spans, the system the id of the inner one, and nobody a payload."""
    with system(whole()) as up, _collector() as collector:
        variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}
        with _gateway(tmp_path, up.url, **variables) as url:
            _ask(url, f"00-{TRACE}-{SPAN}-01")
            _ask(url, "00-not-valid-at-all")
    spans = {span.name: span for span in collector.spans if span.trace_id.hex() == TRACE}
    told, replaced = (_trace_headers(head) for head, _ in up.requests)
    outer, inner = spans["proveout gateway"], spans["chat m"]
    attributes = {each.key: each.value for each in inner.attributes}

    assert (outer.parent_span_id.hex(), inner.parent_span_id) == (SPAN, outer.span_id)
    assert told == {
        "traceparent": f"00-{TRACE}-{inner.span_id.hex()}-01",
        "tracestate": "a=1",
    }
    assert attributes["gen_ai.usage.input_tokens"].int_value == 10
    assert attributes["gen_ai.response.finish_reasons"].array_value.values[0].string_value == "stop"
    assert replaced.keys() == {"traceparent"}
    assert replaced["traceparent"] != "00-not-valid-at-all"
    assert len(collector.spans) == 4
    assert not [body for body in collector.bodies if SECRET.encode() in body]
    assert SECRET not in (tmp_path / "errors").read_text()


def test_without_a_collector_the_clients_trace_passes_as_it_is(tmp_path: Path) -> None:
    """The record has the trace, so that both can be found together."""
    with system(whole()) as up, _gateway(tmp_path, up.url, OTEL_SDK_DISABLED="true") as url:
        _ask(url, f"00-{TRACE}-{SPAN}-01")
        _ask(url, "00-not-valid-at-all")

    assert [_trace_headers(head) for head, _ in up.requests] == [
        {"traceparent": f"00-{TRACE}-{SPAN}-01", "tracestate": "a=1"},
        {},
    ]
