"""A file much larger than the memory that may be used."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import duckdb
import pytest

READ = textwrap.dedent(
    """
    import resource
    from pathlib import Path

    from proveout.charter.schema import Source
    from proveout.intake import Session, open_source

    with Session(threads=2) as session:
        opened = open_source(Source(path="big.csv"), folder=Path.cwd(), session=session)
        print(opened.table.count().execute(), opened.rejects.count)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 700_000)  # KiB, libraries included
    """
)


@pytest.mark.slow
def test_a_file_may_be_larger_than_the_memory(tmp_path: Path) -> None:
    """300 MB of CSV with 256 MB for the engine: it is read in full, on disk where it must."""
    duckdb.sql(
        "SELECT i AS id, md5(i::VARCHAR) AS ref, random() AS x, random() AS y, "
        "'some text, with words ' || (random() * 1e6)::INT AS note FROM range(3_000_000) AS t(i)"
    ).write_csv(str(tmp_path / "big.csv"))

    read = subprocess.run(
        [sys.executable, "-c", READ],
        cwd=tmp_path,
        env={**os.environ, "PROVEOUT_MEMORY_LIMIT": "256MB"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (tmp_path / "big.csv").stat().st_size > 300e6
    assert (read.stdout, read.returncode) == ("3000000 0\nTrue\n", 0), read.stderr[-2000:]
