"""A window of the prediction log as counts and seconds: the engine reads it, and nothing loops."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from proveout.checks.contract import Served, Window
from proveout.checks.latency.measures import GIVEN_UP, NOT_ASKED, SYSTEMS, Cell, Waits

if TYPE_CHECKING:
    import ibis.expr.types as ir

DAY_S = 86_400.0
FEWEST_DAYS = 5
"""From so many days on, a day is a block: users come and go by the day."""
SPANS = 10
"""Else the window is cut into so many equal spans."""


def cells(served: Served) -> list[Cell]:
    """Count the requests by version, block of time, outcome and fallback."""
    table = _blocked(served)
    keys = ["version", "block", "outcome", "fallback"]
    counted = table.group_by(keys).agg(n=table.count()).order_by(keys)
    return [Cell(**row) for row in counted.to_pyarrow().to_pylist()]


def waits(served: Served) -> Waits:
    """Read what was waited, of all requests that waited for an answer."""
    import ibis

    table = _blocked(served)
    asked = table.filter(~table.outcome.isin(NOT_ASKED))
    is_answered = (asked.outcome == SYSTEMS) | asked.fallback
    found = asked.select(
        "version", "block", seconds=ibis.ifelse(is_answered, asked.seconds, math.inf)
    ).to_pyarrow()
    return Waits(
        seconds=found["seconds"].to_numpy(),
        block=found["block"].to_numpy().astype(np.int64),
        version=found["version"].combine_chunks().dictionary_encode().to_numpy(False),
    )


def slowest(served: Served, version: str | None) -> list[dict[str, Any]]:
    """Return the three requests that took longest, of those that users stayed for."""
    table = served.requests.table
    table = table.filter(table.outcome != GIVEN_UP)
    if version is not None:
        table = table.filter(table.version == version)
    few = table.order_by([table.seconds.desc(), table.id]).limit(3)
    columns = few.select("id", "at", "seconds", "outcome", "version", "team")
    rows = columns.to_pyarrow().to_pylist()
    return [{**row, "at": row["at"].isoformat(), "seconds": round(row["seconds"], 3)}
            for row in rows]  # fmt: skip


def is_simulated(served: Served) -> bool:
    """Tell whether a system said of itself that it is a simulation."""
    import ibis

    table = served.requests.table
    return bool(ibis.coalesce(table.simulated, False).any().fill_null(False).execute())


def _blocked(served: Served) -> ir.Table:
    """Number the blocks of time from the begin of the window."""
    import ibis

    table, window = served.requests.table, served.window
    span, n = _span(window)
    since = table.at.epoch_seconds() - int(window.begins.timestamp())
    block = (since / span).floor().cast("int64").clip(0, n - 1)
    return table.mutate(block=block, fallback=ibis.coalesce(table.fallback, False))


def _span(window: Window) -> tuple[float, int]:
    """Return the seconds of a block, and how many there are."""
    seconds = (window.ends - window.begins).total_seconds()
    if seconds >= FEWEST_DAYS * DAY_S:
        return DAY_S, math.ceil(seconds / DAY_S)
    return seconds / SPANS, SPANS
