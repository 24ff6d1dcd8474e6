"""The process of an assessment: the command as it is, stopped in order when its parent ends.

Run as `python -m proveout.web.jobs.child assess …`; its standard input is a pipe that nobody
writes to, so that its end is the end of whoever holds the other side.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from importlib import import_module


def _leave_with_parent() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGINT)


def main() -> None:
    """Run the command line."""
    # A shell that starts servers in the background has them ignore it, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=_leave_with_parent, name="parent", daemon=True).start()
    # The command line stands above the dashboard and is no part of it: it is run, not used.
    command_line = import_module("proveout.cli.app")
    sys.argv[0] = "proveout"
    command_line.main()


if __name__ == "__main__":
    main()
