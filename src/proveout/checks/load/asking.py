"""What is asked, and by which address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from proveout.charter.schema import Charter, System
from proveout.checks import CheckContext
from proveout.intake.inputs import production_inputs
from proveout.systems import open_system
from proveout.systems.dialects import records


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A system that is reached by HTTP, and rows to ask it."""

    system: System
    rows: Sequence[Mapping[str, Any]]
    inputs: Mapping[str, str]
    """Fingerprints of data and system."""
    told: dict[str, Any]
    """What the reader of a figure must know of the way in which it was asked."""


def requests_of(charter: Charter) -> tuple[Charter, dict[str, Any]]:
    """Return the charter with the load that its service gets, and what must be told of that.

    Where a confidence comes from the agreement of several answers, each question is as many
    requests.
    """
    load, chat = charter.load, charter.system.chat if charter.system is not None else None
    if load is None or chat is None or chat.confidence != "agreement":
        return charter, {}
    times = load.requests_per_user_per_day * chat.samples
    more = load.model_copy(update={"requests_per_user_per_day": times})
    told = (
        f"Each question is asked {chat.samples} times, for the agreement of the answers; each of "
        "these is sent and timed as a request of its own."
    )
    return charter.model_copy(update={"load": more}), {"samples": told}


@contextmanager
def target(context: CheckContext, *, rows: int) -> Iterator[Target]:
    """Draw rows, and see that the system can be reached by HTTP.

    A callable or a program gets a door of its own on this machine while it lasts.
    """
    charter = context.charter
    assert charter.system is not None  # noqa: S101  # needs() has seen to it
    drawn = production_inputs(charter, context.data.production(), rows=rows, seed=context.seed)
    asked = records(drawn.frame)
    if charter.system.web is not None:
        system = open_system(charter.system, folder=context.loaded.folder)
        yield Target(
            system=charter.system,
            rows=asked,
            inputs={**drawn.fingerprints, "system": system.fingerprint},
            told={},
        )
        return
    from proveout.checks.load.door import door

    with context.open_system() as system, door(system) as url:
        yield Target(
            system=System.model_validate({"http": url, "task": charter.system.task}),
            rows=asked,
            inputs={**drawn.fingerprints, "system": system.fingerprint},
            told={
                "door": "A door of Proveout's own, with one process behind it that answers one "
                "request at a time; the callable or program as it is, and not as it may be served."
            },
        )
