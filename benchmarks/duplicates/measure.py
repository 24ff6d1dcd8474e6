"""Precision and recall of the pairs that were found, against those that are."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import combinations

import ibis
import pyarrow as pa

from fixtures.known_duplicates import Known
from proveout.charter.schema import Source
from proveout.checks.readiness.duplicates import Duplicates, find_duplicates
from proveout.intake import OpenTable
from proveout.intake.rejects import ListedRejects


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How well, and how long."""

    precision: float
    recall: float
    n_true: int
    """Pairs that there are."""
    n_false: int
    """Pairs that were found and are none."""
    seconds: float
    found: Duplicates


def opened(table: pa.Table, name: str = "customers") -> OpenTable:
    """Open a table that is in memory."""
    engine = ibis.duckdb.connect()
    engine.con.register("handed_over", table)
    engine.con.execute("CREATE TABLE t AS FROM handed_over")
    return OpenTable(
        name=name, source=Source(path=f"{name}.parquet"), table=engine.table("t"),
        rejects=ListedRejects(), repairs=ListedRejects(), fingerprint="sha256:00",
    )  # fmt: skip


def pairs_of(found: Duplicates) -> set[tuple[int, int]]:
    """Return every two records that stand in one cluster."""
    return {
        pair
        for cluster in found.clusters
        for pair in combinations(sorted(member.record for member in cluster.members), 2)
    }


def measure(known: Known) -> Measured:
    """Look for the duplicates of a table, and compare."""
    source = opened(known.table)
    begun = time.perf_counter()
    found = find_duplicates([source])
    seconds = time.perf_counter() - begun
    mine, true = pairs_of(found), known.pairs
    both = len(mine & true)
    return Measured(
        precision=both / len(mine) if mine else 1.0,
        recall=both / len(true) if true else 1.0,
        n_true=len(true),
        n_false=len(mine - true),
        seconds=seconds,
        found=found,
    )
