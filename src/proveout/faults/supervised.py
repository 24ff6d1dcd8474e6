"""The proxy's process, as whoever holds a drill sees it: faults on, faults off, and the end."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from proveout.errors import InputError, UnreachableError
from proveout.faults.effects import Fault
from proveout.faults.upstream import Upstream

LINGER_S = 3600.0
"""So long bytes pass unchanged after whoever switched the faults is gone."""

_END_WITHIN_S = 10.0


@dataclass(slots=True)
class SupervisedProxy:
    """Use as a context manager. Killed or not: without us there is no fault within a second."""

    upstream: Upstream
    addresses: Sequence[tuple[str, int]]
    folder: Path
    """Ours alone: for the socket through which it is stopped, and for what it complains of."""
    linger_s: float = LINGER_S
    ports: tuple[int, ...] = field(init=False, default=())
    tally: dict[str, tuple[int, int]] = field(init=False, default_factory=dict)
    """By fault: requests that it saw, and that it struck."""
    connections: tuple[int, ...] = field(init=False, default=())
    """By address: how many came."""
    _process: subprocess.Popen[str] | None = field(init=False, default=None)
    _left: subprocess.Popen[str] | None = field(init=False, default=None)
    """Goes on without us; kept, because a process that is forgotten while it runs is warned of."""

    @property
    def door(self) -> Path:
        """Through which it can be stopped by others."""
        return self.folder / "proxy.sock"

    def __enter__(self) -> SupervisedProxy:
        """Listen. Raises InputError where an address cannot be had."""
        # In a session of its own: neither Ctrl-C nor a closed terminal reaches it.
        with (self.folder / "proxy.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "proveout.faults.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        begun = self._exchange(
            {
                "host": self.upstream.host,
                "port": self.upstream.port,
                "is_tls": self.upstream.is_tls,
                "addresses": [list(address) for address in self.addresses],
                "linger_s": self.linger_s,
                "door": str(self.door),
            }
        )
        if "ports" not in begun:
            self.stop()
            wanted = " and ".join(f"{host}:{port}" for host, port in self.addresses if port)
            raise InputError(
                f"The proxy cannot listen on {wanted}: {begun.get('error', 'it ended')}.",
                hint="Choose another address with --listen, or stop what listens there.",
            )
        self.ports = tuple(begun["ports"])
        return self

    def __exit__(self, *exception: object) -> None:
        """Switch everything off and stop it."""
        self.stop()

    def on(self, fault: Fault, *, for_s: float) -> None:
        """Switch a fault on; it ends by itself after so many seconds."""
        self._order({"do": "on", "fault": fault.model_dump(mode="json"), "for_s": for_s})

    def off(self, name: str) -> None:
        """Switch a fault off."""
        self._order({"do": "off", "name": name})

    def clear(self) -> None:
        """Switch all faults off."""
        self._order({"do": "clear"})

    def look(self) -> None:
        """Renew `tally` and `connections`."""
        self._order({"do": "look"})

    def leave(self) -> None:
        """Switch all faults off, and let it pass bytes until its time is over or it is stopped."""
        with contextlib.suppress(UnreachableError):
            self.clear()
        self._left, self._process = self._process, None
        _shut_pipes(self._left)

    def stop(self) -> None:
        """Stop it."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError, ValueError):
            _write(process, {"do": "stop"})
        try:
            process.wait(_END_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _shut_pipes(process)

    def _order(self, order: dict[str, Any]) -> None:
        """Give an order and wait until it is followed. Raises UnreachableError."""
        if not self._exchange(order):
            raise UnreachableError(
                "The proxy's process has ended in the middle of the drill.",
                hint=f"See what it complained of: {self.folder / 'proxy.log'}",
            )

    def _exchange(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process is not None  # noqa: S101  # used as a context manager
        assert self._process.stdout is not None  # noqa: S101  # a pipe was asked for
        try:
            _write(self._process, order)
            line = self._process.stdout.readline()
        except (OSError, ValueError):
            line = ""
        found: dict[str, Any] = json.loads(line) if line else {}
        if "tally" in found:
            self.tally = {name: (seen, hit) for name, (seen, hit) in found["tally"].items()}
            self.connections = tuple(found["connections"])
        return found


def stop_left_behind(door: Path) -> bool:
    """Stop a proxy whose owner is gone; tell whether there was one."""
    with socket.socket(socket.AF_UNIX) as line:
        try:
            line.settimeout(_END_WITHIN_S)
            line.connect(str(door))
            line.sendall(b"stop\n")
            line.recv(1)  # its end of the line is closed as it stops
        except OSError:
            return False
    return True


def _write(process: subprocess.Popen[str], order: dict[str, Any]) -> None:
    assert process.stdin is not None  # noqa: S101  # a pipe was asked for
    process.stdin.write(json.dumps(order) + "\n")
    process.stdin.flush()


def _shut_pipes(process: subprocess.Popen[str] | None) -> None:
    for pipe in () if process is None else (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
