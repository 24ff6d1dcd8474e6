"""`python -m proveout.checks.load.engine lead FOLDER`, and `… worker HOST:PORT`.

Whoever started it holds its standard input open, and writes to it: what is to be asked, then level
after level. When it ends, be it that the parent was killed, so does the engine at once, and no
request is sent any more.
"""

from __future__ import annotations

import locust  # isort: skip  # first of all: it changes the standard library

import json
import logging
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gevent
from gevent.socket import wait_read

from proveout.checks.load.spec import LevelPlan, LoadSpec

del locust

LONGEST_GOODBYE_S = 3.0
"""So long workers of other hosts are told to stop."""


def main(arguments: list[str]) -> None:
    """Lead, or work for another who leads."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it hears Ctrl-C, and ends it
    logging.getLogger("locust").setLevel(logging.ERROR)
    if arguments[0] == "worker":
        from proveout.checks.load.engine.worker import work

        gevent.spawn(_listen, lambda _: None, lambda: None)
        work(arguments[1])
        return
    from proveout.checks.load.engine.leader import Leader, WorkersError, tell

    # By the pipe and not by a file: rows are production data, and no file of ours may outlive us.
    spec = LoadSpec.from_json(sys.stdin.buffer.readline().decode())
    leader = Leader(spec, Path(arguments[1]))
    gevent.spawn(_listen, lambda line: leader.add(LevelPlan(**line)), leader.close)
    try:
        leader.run()
    except WorkersError as error:
        tell(error={"kind": "unreachable", "message": f"{error}.", "hint": ""})
    finally:
        leader.close()


def _listen(hear: Callable[[dict[str, Any]], None], close: Callable[[], None]) -> None:
    """Hear what comes on the standard input, line by line; end when nothing can come any more."""
    file, pending = sys.stdin.fileno(), b""
    while True:
        wait_read(file)
        data = os.read(file, 1 << 16)
        if not data:
            try:
                with gevent.Timeout(LONGEST_GOODBYE_S, False):
                    close()
            finally:
                os._exit(0)
        *lines, pending = (pending + data).split(b"\n")
        for line in lines:
            hear(json.loads(line))


if __name__ == "__main__":
    main(sys.argv[1:])
