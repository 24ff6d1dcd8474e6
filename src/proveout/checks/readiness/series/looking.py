"""Look at every file of a source, in one engine: what its columns hold, and what files share."""
# ruff: noqa: S608 - every name in a statement is quoted, or our own

from __future__ import annotations

from typing import TYPE_CHECKING

from proveout.charter.schema import Data
from proveout.checks.readiness.series.days import days_of
from proveout.checks.readiness.series.describing import profiles_of
from proveout.checks.readiness.series.drawing import SampledFiles, drawn
from proveout.checks.readiness.series.profile import Profiles

if TYPE_CHECKING:
    from proveout.intake.table import OpenTable

_PAIRED = 5
"""Files beyond which a record that all of them hold is no sign of a copy."""


def look_at(opened: OpenTable, data: Data) -> Profiles:
    """Look at every file of a source, whose parts live in the embedded engine."""
    look = SampledFiles(opened, data.timestamp)
    look.n_rows = [look.rows(f"SELECT count(*) FROM {file.rows}")[0][0] for file in look.files]
    with drawn(look):
        columns = {name: profiles_of(look, at) for at, name in enumerate(look.names)}
        moment, days = days_of(look, columns)
        return Profiles(
            columns=columns,
            n_rows=look.n_rows,
            fingerprints=_fingerprints(look),
            moment=moment,
            days=days,
            shared=_shared(look),
        )


def _fingerprints(look: SampledFiles) -> list[str]:
    sums = {
        file: f"{total}:{least}"
        for file, total, least in look.rows(
            f"SELECT file, sum(h::HUGEINT), min(h) FROM {look.hashes} GROUP BY file"
        )
    }
    return [f"{n}:{sums.get(at, '')}" if n else "" for at, n in enumerate(look.n_rows)]


def _shared(look: SampledFiles) -> dict[tuple[int, int], float]:
    """Find the pairs of files that hold the same records, and how many."""
    counted = look.rows(
        "WITH several AS (SELECT h, list(DISTINCT file ORDER BY file) AS files "
        f"FROM {look.hashes} GROUP BY h HAVING count(DISTINCT file) BETWEEN 2 AND {_PAIRED}), "
        "pairs AS (SELECT a, unnest(files) AS b FROM "
        "(SELECT files, unnest(files) AS a FROM several)) "
        "SELECT a, b, count(*) FROM pairs WHERE a < b GROUP BY ALL"
    )
    totals = dict(look.rows(f"SELECT file, count(DISTINCT h) FROM {look.hashes} GROUP BY file"))
    return {(a, b): n / min(totals[a], totals[b]) for a, b, n in counted}
