"""One process that sends: it is told level after level, and tells what became of the requests.

The messages go by Locust's runners: within one process with its local runner, between processes
and hosts with its master and workers. There is one way for both.
"""

from __future__ import annotations

import io
import os
import resource
from typing import TYPE_CHECKING, Any

import gevent
import numpy as np

from proveout.charter.schema import System
from proveout.checks.load.engine.crowd import Crowd
from proveout.checks.load.engine.wires import Target
from proveout.checks.load.raw import RawBytes
from proveout.checks.load.schedule import Thinking
from proveout.checks.load.spec import LevelPlan, LoadSpec
from proveout.errors import InputError, ProveoutError
from proveout.systems.dialects import open_dialect
from proveout.systems.dialects.opening import with_variables
from proveout.systems.exchange import Dialect

if TYPE_CHECKING:
    from locust.runners import Runner

TELL_S = 1.0
"""How often a node tells how far it is."""

BROKEN_SHARE = 0.6
"""With so many of fifty requests failed or given up, half or more of all are, beyond doubt."""

# Messages from the one who leads.
SPEC, LEVEL, STOP = "proveout-spec", "proveout-level", "proveout-stop"
# Messages to the one who leads.
READY, COUNTS, DONE = "proveout-ready", "proveout-counts", "proveout-done"


class Node:
    """Listens to the one who leads, by a Locust runner."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._crowd: Crowd | None = None
        self._spec: LoadSpec | None = None
        # A level takes minutes, and the messages that come meanwhile want to be heard.
        for kind, listener in ((SPEC, self._prepare), (LEVEL, self._run), (STOP, self._stop)):
            runner.register_message(kind, _apart(listener))

    def _prepare(self, data: dict[str, Any]) -> None:
        fault = None
        try:
            _raise_limit_of_files()
            self._spec = LoadSpec.from_json(data["spec"])
            self._crowd = _crowd(self._spec)
        except ProveoutError as error:
            fault = {"kind": error.kind, "message": error.message, "hint": error.hint}
        except OSError as error:
            fault = {
                "kind": "unreachable",
                "message": f"Nobody can be reached there: {_why(error)}.",
                "hint": "See that the service runs and that the address is right.",
            }
        self._send(READY, {"fault": fault})

    def _run(self, data: dict[str, Any]) -> None:
        assert self._crowd is not None  # noqa: S101  # who leads sends the spec first
        plan = LevelPlan(**data["plan"])
        rng = np.random.default_rng(data["seed"])
        teller = gevent.spawn(self._tell)
        try:
            columns = self._crowd.run(plan, rng)
        finally:
            teller.kill()
        tally = self._crowd.finished
        packed = io.BytesIO()
        np.save(packed, columns)
        self._send(
            DONE,
            {
                "columns": packed.getvalue(),
                "faults": dict(tally.faults),
                "simulated": self._crowd.simulated,
                "unread": tally.unread,
            },
        )

    def _tell(self) -> None:
        assert self._crowd is not None  # noqa: S101
        while True:
            gevent.sleep(TELL_S)
            tally = self._crowd.tally
            # Counting again takes time, and is of use only where the level may be ended by it.
            settled, settled_bad = 0, 0
            if tally.n_bad >= BROKEN_SHARE * tally.n:
                settled, settled_bad = tally.settled(self._crowd.oldest_due)
            counts = {"n": tally.n, "bad": tally.n_bad}
            self._send(COUNTS, {**counts, "settled": settled, "settled_bad": settled_bad})

    def _stop(self, data: dict[str, Any]) -> None:
        del data
        if self._crowd is not None:
            self._crowd.stop()

    def _send(self, kind: str, data: dict[str, Any]) -> None:
        self._runner.send_message(kind, data)


def _why(error: OSError) -> str:
    """Say it in words; an address, which may hold secrets, is not repeated."""
    if isinstance(error, TimeoutError):
        return "no connection within 10 s"
    if (reason := getattr(error, "verify_message", None)) is not None:
        return f"its certificate is not trusted ({reason})"
    said = error.strerror or str(error) or type(error).__name__
    return said[0].lower() + said[1:].rstrip(".")


def _apart(listener: Any) -> Any:
    def spawn(environment: Any, msg: Any) -> None:  # noqa: ARG001  # as Locust calls it
        gevent.spawn(listener, msg.data)

    return spawn


def _crowd(spec: LoadSpec) -> Crowd:
    """Raise ProveoutError or OSError where the service cannot be asked."""
    dialect = _dialect(spec)
    requests = [dialect.encode([row]) for row in spec.rows or ({},)]
    return Crowd(
        target=Target.of(requests[0].url),
        requests=requests,
        dialect=dialect,
        thinking=lambda mean_s: Thinking(mean_s=mean_s, shape=spec.think_shape, cv=spec.think_cv),
    )


def _dialect(spec: LoadSpec) -> Dialect:
    if (raw := spec.raw) is not None:
        headers = with_variables(raw.headers, os.environ, key="--header")
        return RawBytes(method=raw.method, url=raw.url, headers=headers, body=raw.body.encode())
    dialect = open_dialect(System.model_validate(spec.system))
    if dialect is None:
        raise InputError("The system is not reached by HTTP, and load goes by HTTP alone.")
    return dialect


def _raise_limit_of_files() -> None:
    """Every waiting user has a connection; the usual limit is a thousand files."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
