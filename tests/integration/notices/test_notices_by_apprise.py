"""Apprise against a server that really listens."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from proveout.notices import Channels, Notice, Notices, Standing

# Some of Apprise's plug-ins load parts of the standard library that Python takes out in 3.13.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

NOTICE = Notice(pilot="claims", what="Quality fell.", severity="alarm", acts="Ada Vale")


@contextmanager
def listening(status: int) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    heard: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_port, heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_channel_gets_the_notice_with_its_severity() -> None:
    """The secret part of an address comes from the environment."""
    with listening(200) as (port, heard):
        address = f"json://me:${{PASSWORD}}@127.0.0.1:{port}/ops"
        channels = Channels([address], variables={"PASSWORD": "geheim"})
        with Notices(channels) as notices:
            notices.tell(NOTICE)

    assert notices.standing == Standing(sent=1)
    told = [(each["title"], each["message"], each["type"]) for each in heard]
    assert told == [("Alarm: claims", "Quality fell.\nWho acts: Ada Vale", "failure")]


def test_a_channel_that_refuses_is_named_without_its_secret(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Neither the standing nor anything that is printed shows the address."""
    with listening(500) as (port, _):
        channels = Channels([f"json://me:geheim@127.0.0.1:{port}/ops"])
        with Notices(channels) as notices:
            notices.tell(NOTICE)

    printed = "".join(capfd.readouterr())
    assert notices.standing == Standing(failed=1, last_failure="channel 1 (json)")
    assert "geheim" not in printed + str(notices.standing)
