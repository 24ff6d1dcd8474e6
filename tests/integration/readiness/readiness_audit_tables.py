"""Opens small tables for the tests of the audit, without the intake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa

from proveout.charter.loaded import LoadedCharter
from proveout.charter.schema import Charter, Source
from proveout.checks.contract import CheckContext, Finding
from proveout.checks.readiness import CHECK
from proveout.evidence.catalogue import SHIPPED, Catalogue
from proveout.evidence.model import CheckRef, Evidence
from proveout.intake import OpenTable
from proveout.intake.rejects import ListedRejects
from proveout.intake.table import Reject
from proveout.systems.port import System

_ENGINE = ibis.duckdb.connect()
_ENGINE.con.execute("SET TimeZone = 'UTC'")
_NUMBERS = count(1)
NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


def opened(
    table: pa.Table, *, name: str = "orders", site: str | None = None, n_rejects: int = 0
) -> OpenTable:
    """Put a table into the engine and open it."""
    stored = f"t{next(_NUMBERS)}"
    _ENGINE.con.register("handed_over", table)
    _ENGINE.con.execute(f"CREATE TABLE {stored} AS SELECT * FROM handed_over")
    _ENGINE.con.unregister("handed_over")
    return OpenTable(
        name=name,
        source=Source(path=f"{name}.parquet", site=site),
        table=_ENGINE.table(stored),
        rejects=ListedRejects(
            tuple(
                Reject(
                    file=f"{name}.csv", line=i + 2, column=None, reason="cast",
                    message="not a figure", raw="x,y",
                )
                for i in range(n_rejects)
            )
        ),
        repairs=ListedRejects(),
        fingerprint="sha256:00",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Tables:
    """Data access for tests: tables that are open already."""

    records: list[OpenTable] = field(default_factory=list)
    lists: list[OpenTable] = field(default_factory=list)
    sample: OpenTable | None = None

    def pilot(self) -> OpenTable | None:
        return self.sample

    def production(self) -> list[OpenTable]:
        return self.records

    def references(self) -> list[OpenTable]:
        return self.lists

    def labels(self) -> OpenTable | None:
        return None


def _no_system() -> System:
    raise AssertionError("the audit needs no system")


def run(
    data: Mapping[str, Any], *records: OpenTable, lists: list[OpenTable] | None = None
) -> list[Finding]:
    """Run the check on open tables, with the data part of a charter."""
    charter = Charter.model_validate(
        {"pilot": "test", "data": {"production": [o.source.path for o in records], **data}}
    )
    loaded = LoadedCharter(charter=charter, path=Path("pilot.yaml"), content_hash="sha256:00")
    context = CheckContext(
        loaded=loaded,
        data=Tables(records=list(records), lists=lists or []),
        open_system=_no_system,
        catalogue=Catalogue(SHIPPED),
        check=CheckRef(name=CHECK.name, version=CHECK.version),
        run="run-1",
        now=NOW,
        seed=7,
        artifacts=Path(),
    )
    return list(CHECK.run(context))


def figures(findings: list[Finding]) -> dict[tuple[str, ...], Evidence]:
    """Return evidence by metric (without its family) and narrowings beyond the source."""
    return {
        (
            f.metric.removeprefix("readiness."),
            *(value for name, value in f.subject.parts if name != "source"),
        ): f
        for f in findings
        if isinstance(f, Evidence)
    }
