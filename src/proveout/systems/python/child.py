"""The process that a Python system runs in. Started by `process.py`, never imported by Proveout.

It reads batches from one pipe and writes answers to another, both apart from stdin, stdout and
stderr, so that nothing the system prints can be taken for an answer.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from proveout.systems.answering import NotAnswersError, read_returned
from proveout.systems.python import wire


def main(arguments: list[str]) -> None:
    """Load the callable, then answer batches until the pipe is closed."""
    config: dict[str, Any] = json.loads(arguments[0])
    for name in ("requests", "replies", "life"):
        os.set_inheritable(config[name], False)
    _die_with_parent(config["life"])
    requests = os.fdopen(config["requests"], "rb")
    replies = os.fdopen(config["replies"], "wb")
    try:
        import pandas  # noqa: F401  # before the memory limit and the user's folder
        import pyarrow  # noqa: F401

        _limit_memory(config["memory_mb"])
        function = _load(config["callable"], Path(config["folder"]))
    except BaseException as error:  # noqa: BLE001  # whatever the system's code raises is a finding
        _send(replies, wire.RAISED, _raised(error))
        return
    _send(replies, wire.READY, b"")
    _serve(function, requests, replies)


def _serve(function: Callable[[Any], Any], requests: BinaryIO, replies: BinaryIO) -> None:
    while head := requests.read(wire.HEADER.size):
        _, length = wire.HEADER.unpack(head)
        payload = requests.read(length)
        try:
            raw = read_returned(function(wire.batch_from_bytes(payload)))
            kind, reply = wire.ANSWERS, wire.answers_to_bytes(raw)
        except NotAnswersError as error:
            kind, reply = wire.NO_ANSWERS, json.dumps({"fault": str(error)}).encode()
        except BaseException as error:  # noqa: BLE001  # the system's failure, not ours
            kind, reply = wire.RAISED, _raised(error)
        _send(replies, kind, reply)


def _load(reference: str, folder: Path) -> Callable[[Any], Any]:
    place, _, name = reference.rpartition(":")
    sys.path.insert(0, str(folder))
    if place.endswith(".py"):
        file = folder / place
        sys.path.insert(0, str(file.parent))
        # Under its own name, so that classes in unpickled models are found; but 'json.py' is not
        # to take the place of a module that is in use.
        name_of_module = file.stem if file.stem not in sys.modules else f"_system_{file.stem}"
        spec = importlib.util.spec_from_file_location(name_of_module, file)
        if spec is None or spec.loader is None:
            raise ImportError(f"cannot load {place}")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name_of_module] = module
        spec.loader.exec_module(module)
    else:
        module = importlib.import_module(place)
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part)
    if not callable(found):
        raise TypeError(f"{reference} is no function but of type {type(found).__name__}")
    function: Callable[[Any], Any] = found
    return function


def _limit_memory(memory_mb: int | None) -> None:
    if memory_mb is None:
        return
    import resource

    limit = memory_mb * 2**20
    taken = _address_space()
    if limit < taken:
        raise MemoryError(
            f"memory_mb is {memory_mb:,}, and Python with pandas alone takes {taken >> 20:,}"
        )
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _address_space() -> int:
    """Bytes that this process has mapped; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _die_with_parent(life: int) -> None:
    """End with the parent, however it ends: its end of this pipe closes with it."""

    def watch() -> None:
        with contextlib.suppress(OSError):
            os.read(life, 1)
        os.killpg(os.getpgid(0), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def _raised(error: BaseException) -> bytes:
    last = " ".join(traceback.format_exception_only(error)[-1].split())
    return json.dumps(
        {"fault": last[:400], "kind": type(error).__name__, "at": _place(error)}
    ).encode()


def _place(error: BaseException) -> str:
    """Say where in the system's code, or in what it calls; nothing where only ours ran."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{Path(error.filename).name}:{error.lineno}"
    theirs = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename != __file__ and not frame.filename.startswith("<frozen importlib")
    ]
    return f"{Path(theirs[-1].filename).name}:{theirs[-1].lineno}" if theirs else ""


def _send(replies: BinaryIO, kind: bytes, payload: bytes) -> None:
    replies.write(wire.frame(kind, payload))
    replies.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
