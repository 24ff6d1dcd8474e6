"""How much the engine may use, as the machine tells it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from proveout.charter.schema import Source
from proveout.errors import InputError, UnreachableError
from proveout.intake import OpenTable, Session, open_source
from proveout.intake.memory import engine_threads, group_limits


def machine(root: Path, groups: str, **limits: str) -> Path:
    """Lay out what a machine shows of its control groups."""
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(groups)
    for file, text in limits.items():
        path = root / "sys/fs/cgroup" / file.replace("__", "/").replace("_max", ".max")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_the_group_and_those_around_it_limit(tmp_path: Path) -> None:
    """A service may be limited itself, or as part of a slice; 'max' is no limit."""
    root = machine(
        tmp_path,
        "0::/work.slice/pilot.service\n",
        work__pilot__memory_max="1",
        memory_max="max\n",
    )
    (root / "sys/fs/cgroup/work.slice/pilot.service").mkdir(parents=True)
    (root / "sys/fs/cgroup/work.slice/memory.max").write_text("4000\n")
    (root / "sys/fs/cgroup/work.slice/pilot.service/memory.max").write_text("1000\n")

    assert group_limits(root) == [1000, 4000]


def test_groups_of_the_older_kind_limit_too(tmp_path: Path) -> None:
    """Version 1 has a tree for each controller."""
    root = machine(tmp_path, "5:cpu:/jobs/7\n4:memory:/jobs/7\n0::/\n")
    (root / "sys/fs/cgroup/memory/jobs/7").mkdir(parents=True)
    (root / "sys/fs/cgroup/memory/memory.limit_in_bytes").write_text("9000")
    (root / "sys/fs/cgroup/memory/jobs/7/memory.limit_in_bytes").write_text("3000")

    assert group_limits(root) == [9000, 3000]


def test_a_machine_without_groups_sets_no_limit(tmp_path: Path) -> None:
    """Such as one that is not Linux."""
    assert group_limits(tmp_path) == []


def test_little_memory_means_few_threads() -> None:
    """Each thread needs its buffers; one is the least."""
    assert engine_threads(1) == 1
    assert engine_threads(1 << 50) == len(os.sched_getaffinity(0))


def test_a_query_that_needs_too_much_says_so() -> None:
    """The session puts the engine's error into words as it closes."""
    with (
        pytest.raises(UnreachableError, match=r"^There is not enough memory for this: "),
        Session(memory_bytes=16 << 20, threads=1) as session,
    ):
        session.rows(
            "SELECT max(len(t)) FROM (SELECT string_agg(i::VARCHAR) t FROM range(9999999) r(i))"
        )


def fetched(opened: OpenTable) -> int:
    return len(opened.table.to_pyarrow())


def test_damage_inside_a_parquet_file_is_wrong_input(tmp_path: Path) -> None:
    """Its end is whole, so it opens; the session says it when values are asked for."""
    path = tmp_path / "t.parquet"
    duckdb.sql("SELECT md5(i::VARCHAR) AS ref FROM range(9999) AS t(i)").write_parquet(str(path))
    content = bytearray(path.read_bytes())
    content[100:5000] = bytes(4900)
    path.write_bytes(content)

    with (
        pytest.raises(InputError, match=r"^The data cannot be read to their end: Failed to read"),
        Session(memory_bytes=256 << 20) as session,
    ):
        fetched(open_source(Source(path="t.parquet"), folder=tmp_path, session=session))


def test_a_damaged_database_is_not_called_busy(tmp_path: Path) -> None:
    """The engine speaks of a block, which is no lock."""
    path = tmp_path / "t.duckdb"
    with closing(duckdb.connect(str(path))) as database:
        database.execute("CREATE TABLE t AS SELECT md5(i::VARCHAR) AS ref FROM range(99999) t(i)")
    content = bytearray(path.read_bytes())
    for block in range(3 * 4096, len(content), 262_144):
        content[block + 100 : block + 150] = bytes(50)
    path.write_bytes(content)

    with (
        pytest.raises(InputError, match=r"^t.duckdb is no DuckDB database that can be read: "),
        Session(memory_bytes=256 << 20) as session,
    ):
        open_source(Source(path="t.duckdb"), folder=tmp_path, session=session)


@pytest.mark.skipif(sys.platform != "linux", reason="sets a limit of addresses")
def test_a_limit_of_addresses_is_told_from_a_fault(tmp_path: Path) -> None:
    """Where even the libraries do not fit, there is a message and exit code 3, no traceback."""
    lines = "\n".join(f"{i},text {i}" for i in range(200_000))
    (tmp_path / "t.csv").write_text(f"id,name\n{lines}\n")
    limited = "import resource; resource.setrlimit(resource.RLIMIT_AS, (700 << 20,) * 2); "
    command = f"{limited}import sys; sys.argv = ['proveout', 'audit', 't.csv']; " + (
        "from proveout.cli.app import main; main()"
    )

    def attempt() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", command],
            cwd=tmp_path, capture_output=True, text=True, check=False,
            env={**os.environ, "COLUMNS": "300"},
        )  # fmt: skip

    # A thread of a C library that gets no address may end the process before anybody can say why.
    attempts = (attempt() for _ in range(5))
    done = next((done for done in attempts if done.returncode != -signal.SIGSEGV), None)
    if done is None:
        pytest.skip("a C library ended the process each time, before anybody could say why")

    assert done.returncode == 3, done.stderr
    assert done.stderr.startswith("Error: There is not enough memory for this: ")
    assert "Traceback" not in done.stderr
