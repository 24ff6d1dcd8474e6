"""The load check: the whole company at its peak, as far as it may be sent."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from proveout.charter.schema import Charter
from proveout.checks import CheckContext, Finding, Need, Progress
from proveout.checks.needs import production_rows, said, system_that_answers
from proveout.evidence.catalogue import Metric
from proveout.evidence.catalogue.load import METRICS

if TYPE_CHECKING:
    from proveout.checks.load.running import LevelRun

ROWS = 500
"""Production rows that are asked in turn."""


@dataclass(frozen=True, slots=True)
class LoadCheck:
    """Sends the system what users will ask, level by level."""

    name: str = "load"
    version: str = "1"
    question: str = "What do users meet from the pilot's number to the whole company's?"
    metrics: tuple[Metric, ...] = METRICS
    workers: int = 0
    """Processes that share the load; 0 is the engine alone."""
    listen: tuple[str, int] | None = None
    """Where workers of other hosts report."""
    heard: Callable[[LevelRun], None] | None = None
    """Told of every level of the ramp, besides what becomes evidence."""

    def needs(self, charter: Charter) -> list[Need]:
        """Say what the charter lacks, all of it at once."""
        users = (
            charter.load,
            "the charter does not say how many users there will be",
            "Say how many: load.users",
        )
        return [
            *said(users),
            *system_that_answers(charter, why_not_recorded="recorded answers bear any load"),
            *production_rows(charter),
        ]

    def waits_to_be_asked(self, charter: Charter) -> bool:
        """Tell that others bear it, and that it takes minutes: it is never sent unasked."""
        del charter
        return True

    def run(self, context: CheckContext) -> Iterator[Finding]:
        """Send level after level, and tell what users met, and where it broke."""
        from proveout.checks.load.asking import requests_of, target
        from proveout.checks.load.plan import spec_of
        from proveout.checks.load.run import run

        charter, told = requests_of(context.charter)
        context = replace(context, loaded=replace(context.loaded, charter=charter))
        load = charter.load
        assert load is not None  # noqa: S101  # needs() has seen to it
        yield Progress(done=0, total=None, what="drawing production rows")
        with target(context, rows=ROWS) as asked, tempfile.TemporaryDirectory() as folder:
            spec = spec_of(load, asked.system, asked.rows, seed=context.seed, workers=self.workers)
            spec = replace(spec, listen=self.listen)
            context = replace(context, inputs={**context.inputs, **asked.inputs})
            told |= asked.told
            yield from run(context, load, spec, told, Path(folder), heard=self.heard)


def is_loopback(url: str) -> bool:
    """Tell whether a URL leads to this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


CHECK = LoadCheck()
