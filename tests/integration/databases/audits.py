"""Audits of one table on several engines, and what may differ between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from messy_invoices import DATA, invoices, suppliers

from proveout.charter.schema import Source
from proveout.checks.contract import CheckContext, Finding, Progress
from proveout.checks.readiness import CHECK
from proveout.checks.readiness.gap import findings as sandbox_gap
from proveout.cli.adhoc import asking, charter_of
from proveout.evidence.model import Evidence
from proveout.intake import OpenTable
from proveout.intake.fingerprint import fingerprint_of_table
from proveout.intake.rejects import ListedRejects

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
N = 20_000

Found = Mapping[tuple[str, ...], Evidence]


def write_files(folder: Path, n: int = N) -> tuple[Path, Path]:
    """Write the invoices and their suppliers as Parquet."""
    files = folder / "invoices.parquet", folder / "suppliers.parquet"
    pq.write_table(invoices(n), files[0])
    pq.write_table(suppliers(), files[1])
    return files


def audit(records: Mapping[str, str], listed: Mapping[str, str], **declared: Any) -> list[Finding]:
    """Run all that readiness asks of one source, with a list that it refers to.

    What is declared of the invoices, unless something else is.
    """
    data = {
        **(declared or DATA),
        "production": [
            {"name": "invoices", **records},
            {"name": "suppliers", "role": "reference", **listed},
        ],
    }
    with asking(charter_of("audit", data), CHECK.name, seed=0) as context:
        return [f for f in CHECK.run(replace(context, now=NOW)) if not isinstance(f, Progress)]


def gap(pilot: Mapping[str, str], records: Mapping[str, str]) -> list[Finding]:
    """Compare a pilot sample with one source."""
    data = {"pilot": {"name": "pilot", **pilot}, "production": [{"name": "invoices", **records}]}
    with asking(charter_of("compare", data), "readiness", seed=0) as context:
        return [f for f in sandbox_gap(context) if not isinstance(f, Progress)]


def by_subject(findings: Sequence[Finding]) -> dict[tuple[str, ...], Evidence]:
    """Return evidence by metric and the parts of its subject."""
    return {
        (f.metric, *(f"{name}={value}" for name, value in f.subject.parts)): f
        for f in findings
        if isinstance(f, Evidence)
    }


def figures(findings: Sequence[Finding]) -> dict[tuple[str, ...], tuple[float, int]]:
    """Return value and n of every figure; figures that rest on the same counts are equal."""
    return {
        subject: (round(float(each.value), 9), each.n)
        for subject, each in by_subject(findings).items()
    }


SAMPLED = ("readiness.sandbox_auc", "readiness.outside_pilot")
"""Figures that rest on a random sample, which is another one on each engine."""


def assert_same_gap(there: Found, here: Found) -> None:
    """Fields are counted in full; the intervals of what is sampled meet."""
    assert there.keys() == here.keys()
    assert _counted(there) == _counted(here)
    for subject in there:
        if subject[0] in SAMPLED:
            one, other = there[subject].interval, here[subject].interval
            assert one is not None
            assert other is not None
            assert max(one.low, other.low) <= min(one.high, other.high)


def _counted(found: Found) -> dict[tuple[str, ...], tuple[float, int]]:
    return {
        subject: (round(each.value, 9), each.n)
        for subject, each in found.items()
        if subject[0] not in SAMPLED
    }


def rows_of(table: pa.Table) -> list[tuple[Any, ...]]:
    """Return the rows of a table as drivers take them."""
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def audit_tables(records: ir.Table, listed: ir.Table) -> list[Finding]:
    """Run all that readiness asks of a table that is open already."""
    return _asked(CHECK.run, Tables(records=[_opened("invoices", records)],
                                    lists=[_opened("suppliers", listed)]))  # fmt: skip


def gap_tables(pilot: ir.Table, records: ir.Table) -> list[Finding]:
    """Compare two tables that are open already, field by field: the classifier asks no engine."""
    tables = Tables(records=[_opened("invoices", records)], sample=_opened("pilot", pilot))
    return _asked(lambda context: takewhile(_is_of_fields, sandbox_gap(context)), tables)


def _is_of_fields(finding: Finding) -> bool:
    return not (isinstance(finding, Progress) and finding.what.startswith("telling the pilot"))


def _asked(check: Callable[[CheckContext], Iterable[Finding]], tables: Tables) -> list[Finding]:
    sources = [
        {"name": "invoices", "path": "invoices"},
        {"name": "suppliers", "path": "suppliers", "role": "reference"},
    ]
    data = {**DATA, "production": sources}
    with asking(charter_of("audit", data), CHECK.name, seed=0) as context:
        given = replace(context, now=NOW, data=tables)
        return [finding for finding in check(given) if not isinstance(finding, Progress)]


def _opened(name: str, table: ir.Table) -> OpenTable:
    return OpenTable(
        name=name,
        source=Source(path=name),
        table=table,
        rejects=ListedRejects(),
        repairs=ListedRejects(),
        fingerprint=fingerprint_of_table(table),
    )


@dataclass(frozen=True, kw_only=True)
class Tables:
    """Data of a charter that is open already."""

    records: list[OpenTable]
    lists: list[OpenTable] = field(default_factory=list)
    sample: OpenTable | None = None

    def pilot(self) -> OpenTable | None:
        """Return the sample."""
        return self.sample

    def production(self) -> list[OpenTable]:
        """Return the records."""
        return self.records

    def references(self) -> list[OpenTable]:
        """Return the lists."""
        return self.lists

    def labels(self) -> OpenTable | None:
        """Return nothing."""
        return None
