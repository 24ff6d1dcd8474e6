"""Do the version in the shadow and the one that answers say the same? From the prediction log."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proveout.charter.schema import Charter
from proveout.evidence.figures import figure, span
from proveout.evidence.model import Interval

if TYPE_CHECKING:
    import ibis.expr.types as ir

Request = Mapping[str, Any]
"""Columns of the log that reading answers takes."""
_REQUEST = "id"
MOST = 5_000
"""Pairs that are compared, the latest ones: more make the interval hardly narrower."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How often both gave the same answer."""

    version: str
    n: int
    """Answers that both gave."""
    same: int
    unanswered: int
    """Requests that one of both did not answer, or whose answer cannot be read."""
    examples: tuple[tuple[str, Any, Any], ...] = ()
    """Requests on which they differ: id, the answer that was seen, the one in the shadow."""

    @property
    def interval(self) -> Interval | None:
        """Wilson interval of the share; None where there is nothing to compare."""
        from proveout.statistics import wilson

        return wilson(self.same, self.n) if self.n else None

    @property
    def sentence(self) -> str:
        """Say it."""
        interval = self.interval
        beside = f" {self.unanswered:,} requests could not be compared." if self.unanswered else ""
        if interval is None:
            return f"Nothing of '{self.version}' can be compared yet.{beside}"
        share = figure(self.same / self.n, "fraction", interval)
        around = f"{span(interval, 'fraction')}; n = {self.n:,}"
        return f"'{self.version}' gives the same answer in {share} ({around}).{beside}"

    def as_dict(self) -> dict[str, Any]:
        """Return it in plain JSON."""
        interval = self.interval
        return {
            "version": self.version,
            "n": self.n,
            "same": self.same,
            "share": self.same / self.n if self.n else None,
            "interval": None if interval is None else [interval.low, interval.high],
            "not_compared": self.unanswered,
            "examples": [
                {"id": key, "seen": seen, "shadow": shadow} for key, seen, shadow in self.examples
            ],
        }


def agreement(charter: Charter, folder: Path, version: str, since: float) -> Agreement:
    """Compare what a version said in the shadow since a moment with what users got.

    `folder` is that of the charter. Answers are read from the bodies that the log keeps, by the
    charter's dialect; numbers are the same within system.tolerance. Raises UnreachableError.
    """
    from proveout.intake.session import Session
    from proveout.runtime.log.table import open_log
    from proveout.runtime.places import log_of

    log, archive = log_of(charter, folder)
    with Session() as session:
        opened = open_log(
            log,
            charter.pilot,
            session=session,
            archive=archive,
            since=datetime.fromtimestamp(since, UTC),
        )
        seen, shadow = _pairs(opened.table, version)
    tolerance = None if charter.system is None else charter.system.tolerance
    return compare(version, *_answers(charter, seen, shadow), tolerance=tolerance)


Answers = Mapping[tuple[str, int], Any]
"""By id of the request and place of the answer in it."""


def compare(
    version: str, seen: Answers, shadow: Answers, *, tolerance: float | None = None
) -> Agreement:
    """Compare answers, pair by pair. Pure."""
    both = [key for key in seen if seen[key] is not None and shadow.get(key) is not None]
    differ = [key for key in both if not _is_same(seen[key], shadow[key], tolerance)]
    missing = {request for request, _ in seen.keys() | shadow.keys()} - {key[0] for key in both}
    return Agreement(
        version=version,
        n=len(both),
        same=len(both) - len(differ),
        unanswered=len(missing),
        examples=tuple((key[0], seen[key], shadow[key]) for key in differ[:3]),
    )


def _pairs(table: ir.Table, version: str) -> tuple[list[Request], list[Request]]:
    """Return requests that a version was asked in the shadow: as answered, and as it did."""
    from proveout.runtime.monitors.rows import NEEDED

    copies = table.filter((table.version == version) & table.shadow_of.notnull())
    copies = copies.order_by(copies.at.desc()).limit(MOST)
    shadow = copies.mutate(id=copies.shadow_of).select(*NEEDED)
    real = table.filter(table.shadow_of.isnull() & ~table.fallback)
    seen = real.semi_join(shadow, "id").select(*NEEDED)
    return seen.to_pyarrow().to_pylist(), shadow.to_pyarrow().to_pylist()


def _answers(
    charter: Charter, seen: Sequence[Request], shadow: Sequence[Request]
) -> tuple[Answers, Answers]:
    """Read both sets of answers alike; what cannot be read is None."""
    from proveout.charter.schema.gateway import Gateway
    from proveout.runtime.monitors.rows import ANSWER, ID, ROW, Reader

    reader = Reader(
        system=charter.system,
        versions={each.name: each.system for each in (charter.gateway or Gateway()).versions},
        inputs=charter.data.inputs,
    )
    marked = [{**each, _REQUEST: f"{mark}{each[_REQUEST]}"} for mark, each in _marked(seen, shadow)]
    rows = reader.table(marked).select([ID, ROW, ANSWER]).to_pylist()
    first: dict[tuple[str, int], Any] = {}
    second: dict[tuple[str, int], Any] = {}
    found = (first, second)
    for row in rows:
        found[int(row[ID][0])][row[ID][1:], row[ROW]] = row[ANSWER]
    for each in reader.unread:
        found[int(each.id[0])][each.id[1:], 0] = None
    return found


def _marked(seen: Sequence[Request], shadow: Sequence[Request]) -> Iterator[tuple[int, Request]]:
    for mark, requests in enumerate((seen, shadow)):
        for each in requests:
            yield mark, each


def _is_same(one: Any, other: Any, tolerance: float | None) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=tolerance or 0.0)
    return str(one).strip() == str(other).strip()
