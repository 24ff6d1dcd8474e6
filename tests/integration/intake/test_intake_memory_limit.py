"""A file much larger than the memory that may be used."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import duckdb
import pytest

AUDIT = textwrap.dedent(
    """
    import sys
    from pathlib import Path

    from proveout.cli.app import build_app, run_app
    from proveout.cli.commands import REGISTRARS

    code = run_app(build_app(REGISTRARS), ["audit", "big.csv"])
    status = Path("/proc/self/status").read_text()
    (peak,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    print(peak, file=sys.stderr)  # KiB, libraries included
    sys.exit(code)
    """
)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="measures the peak as Linux tells it")
def test_a_file_may_be_larger_than_the_memory(tmp_path: Path) -> None:
    """550 MB of CSV, 64 MB for the engine: every row is read, in less memory than the file has."""
    duckdb.sql(
        "SELECT i AS id, md5(i::VARCHAR) AS ref, random() AS x, random() AS y, "
        "'some text, with words ' || (random() * 1e6)::INT AS note FROM range(5_000_000) AS t(i)"
    ).write_csv(str(tmp_path / "big.csv"))
    n_bytes = (tmp_path / "big.csv").stat().st_size

    done = subprocess.run(
        [sys.executable, "-c", AUDIT],
        cwd=tmp_path,
        env={**os.environ, "PROVEOUT_MEMORY_LIMIT": "64MB"},
        capture_output=True,
        text=True,
        check=False,
    )

    begin = "big  5,000,000 records · 5 fields · every row could be read\n"
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(begin)
    assert n_bytes > 500e6
    assert int(done.stderr.split()[-1]) * 1024 < 0.8 * n_bytes
