"""Near duplicates of tables whose duplicates are known, and of tables that have none."""

from __future__ import annotations

import itertools
from pathlib import Path

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

from fixtures.known_duplicates import Known, companies, people
from proveout.charter.schema import Source
from proveout.checks.readiness.duplicates import Duplicates, evidence_of, find_duplicates
from proveout.intake import OpenTable
from proveout.intake.rejects import ListedRejects

# Ibis 12 calls DuckDB by names that it has deprecated since.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

pytest.importorskip("splink", reason="the part 'duplicates' is not installed")

ADULT = Path(__file__).parents[4] / "shared/data/adult.csv"


def opened(table: pa.Table, name: str = "crm") -> OpenTable:
    engine = ibis.duckdb.connect()
    engine.con.register("handed_over", table)
    engine.con.execute("CREATE TABLE t AS FROM handed_over").fetchall()
    return OpenTable(
        name=name, source=Source(path=f"{name}.csv"), table=engine.table("t"),
        rejects=ListedRejects(), repairs=ListedRejects(), fingerprint="sha256:00",
    )  # fmt: skip


def pairs_of(found: Duplicates) -> set[tuple[int, int]]:
    return {
        pair
        for cluster in found.clusters
        for pair in itertools.combinations(sorted(m.record for m in cluster.members), 2)
    }


@pytest.mark.parametrize(
    "known",
    [
        people(2_500, twice=0.12, seed=7),  # chosen by keys; ten fields
        people(400, twice=0.1, seed=8),  # every record with every other
        companies(1_000, twice=0.2, seed=9),  # four fields, names cut short
    ],
    ids=["people by keys", "people all pairs", "companies"],
)
def test_known_duplicates_are_found(known: Known) -> None:
    """Typing errors, exchanged names, gaps: precision 0.95 and recall 0.85, or more."""
    mine, true = pairs_of(find_duplicates([opened(known.table)])), known.pairs

    assert len(mine & true) >= 0.95 * len(mine)
    assert len(mine & true) >= 0.85 * len(true)


@pytest.mark.parametrize("make", [people, companies])
def test_a_table_without_duplicates_is_left_alone(make: object) -> None:
    """Namesakes are no duplicates: at most 1 false cluster in 750 records."""
    known: Known = make(1_500, twice=0.0, seed=5)  # type: ignore[operator]

    assert len(find_duplicates([opened(known.table)]).clusters) <= 2


def test_the_same_seed_finds_the_same_clusters() -> None:
    """Nothing hangs on threads or on the order in which the engine answers."""
    table = people(250, twice=0.1, seed=3).table

    assert find_duplicates([opened(table)]) == find_duplicates([opened(table)])


def test_duplicates_across_sources_are_found() -> None:
    """Their columns are met by name: 'Last Name' is last_name."""
    known = people(300, twice=0.3, seed=4)
    first = [known.entity.index(entity) for entity in known.entity]
    again = np.array([row != at for row, at in enumerate(first)])
    crm = known.table.filter(pa.array(~again))
    shop = known.table.filter(pa.array(again)).rename_columns(
        [name.replace("_", " ").title() for name in known.table.column_names]
    )

    found = find_duplicates([opened(crm), opened(shop, "shop")])

    across = [each for each in found.clusters if each.sources == ("crm", "shop")]
    assert len(across) >= 0.85 * len({e for e, a in zip(known.entity, again, strict=True) if a})
    assert found.in_excess("crm") <= 2


def test_equal_rows_are_no_near_duplicates() -> None:
    """They are counted apart, and stand in the cluster of the row that they repeat."""
    table = people(200, twice=0.0, seed=6).table
    nearly = pa.Table.from_pylist(
        [{**table.slice(3, 1).to_pylist()[0], "customer_no": "K900000", "phone": None}],
        schema=table.schema,
    )

    found = find_duplicates([opened(pa.concat_tables([table, table.slice(3, 1), nearly]))])

    (cluster,) = found.clusters
    assert (found.n_copies, found.in_excess("crm")) == ({"crm": 1}, 1)
    assert [(m.row, m.copy_of) for m in cluster.members] == [(3, None), (200, 3), (201, None)]
    assert evidence_of(cluster.members[1]) == "equal to row 3 in every column"
    assert evidence_of(cluster.members[2]) == (
        "agree: first_name, last_name, born, street, postcode, town, email, segment, turnover"
    )


def test_records_that_nothing_names_are_not_guessed_at() -> None:
    """Equal figures and categories are no evidence that two events are one."""
    rng = np.random.default_rng(0)
    n = 5_000
    table = pa.table(
        {
            "tail": [f"N{i:05d}" for i in rng.integers(0, 400, n)],
            "delay": rng.integers(-10, 60, n),
            "origin": rng.choice(["EWR", "JFK", "LGA"], n),
        }
    )

    found = find_duplicates([opened(table, "flights")])

    assert found.clusters == ()
    assert found.untold["flights"].reason == (
        "what names the records of flights (tail) comes again in 100% of them, so that it names "
        "something of which there are many records, and records that look alike need not be the "
        "same"
    )


@pytest.mark.skipif(not ADULT.exists(), reason="adult.csv is not there")
def test_people_without_a_name_cannot_be_told() -> None:
    """32,561 people of a census, many alike in all that is known of them."""
    found = find_duplicates([opened(pyarrow.csv.read_csv(ADULT), "adult")])

    assert found.clusters == ()
    assert found.untold["adult"].reason.startswith("no field of adult names its records")
