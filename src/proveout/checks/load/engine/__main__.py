"""`python -m proveout.checks.load.engine lead SPEC FOLDER`, and `… worker HOST:PORT`.

Whoever started it holds its standard input open; when that ends, be it that the parent was killed,
so does the engine at once, and no request is sent any more.
"""

from __future__ import annotations

import locust  # isort: skip  # first of all: it changes the standard library

import logging
import os
import signal
import sys
from pathlib import Path

import gevent
from gevent.socket import wait_read

from proveout.checks.load.spec import LoadSpec

del locust


def main(arguments: list[str]) -> None:
    """Lead, or work for another who leads."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it hears Ctrl-C, and ends it
    logging.getLogger("locust").setLevel(logging.ERROR)
    if arguments[0] == "worker":
        from proveout.checks.load.engine.worker import work

        _end_with(sys.stdin.fileno())
        work(arguments[1])
        return
    from proveout.checks.load.engine.leader import Leader, WorkersError, tell

    _end_with(sys.stdin.fileno())
    spec = LoadSpec.from_json(Path(arguments[1]).read_text(encoding="utf-8"))
    leader = Leader(spec, Path(arguments[2]))
    try:
        leader.run()
    except WorkersError as error:
        tell(error={"kind": "unreachable", "message": f"{error}.", "hint": ""})
    finally:
        leader.close()


def _end_with(file: int) -> None:
    """End this process, whatever it is doing, when the other side of a pipe is closed."""

    def watch() -> None:
        while True:
            wait_read(file)
            if not os.read(file, 1024):
                os._exit(0)

    gevent.spawn(watch)


if __name__ == "__main__":
    main(sys.argv[1:])
