"""The audit of a table that Spark holds, on this machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from audits import assert_same_gap, audit, by_subject, figures, gap, write_files
from messy_invoices import invoices

pytestmark = [
    pytest.mark.slow,
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
    # PySpark leaves the sockets to its Java side to the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket"),
]


@pytest.fixture(scope="module")
def spark() -> Iterator[None]:
    """A Spark of our own, shared by the tests of the module."""
    if shutil.which("java") is None:
        pytest.skip("Java is not installed, which Spark needs")
    from proveout.intake.databases.spark import connected

    _, close = connected("spark://local[2]", "spark://local[2]")
    yield
    close()


@pytest.mark.usefixtures("spark")
def test_every_figure_is_that_of_the_embedded_engine(tmp_path: Path) -> None:
    """All counts are exact on both sides."""
    records, listed = (str(file) for file in write_files(tmp_path))

    there = audit(
        {"path": f"spark://local?path={records}"}, {"path": f"spark://local?path={listed}"}
    )
    here = audit({"path": records}, {"path": listed})

    assert figures(there) == figures(here)
    assert len(figures(here)) > 60


@pytest.mark.usefixtures("spark")
def test_the_sandbox_gap_is_that_of_the_embedded_engine(tmp_path: Path) -> None:
    """The pilot sample is a file, production a table of Spark's."""
    records, _ = write_files(tmp_path)
    pilot = tmp_path / "pilot.parquet"
    pq.write_table(invoices(600, seed=5), pilot)

    there = by_subject(gap({"path": str(pilot)}, {"path": f"spark://local?path={records}"}))
    here = by_subject(gap({"path": str(pilot)}, {"path": str(records)}))

    assert_same_gap(there, here)
