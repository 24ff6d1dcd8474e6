"""Median and 95th percentile of every page: `python -m benchmarks.web [FOLDER] [--postgres]`."""

from __future__ import annotations

import argparse
import re
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.web.asking import LIMIT_MS, Took, ask, served, signed_in
from benchmarks.web.pilots import lay_out_charters, lay_out_demo, make_ledger
from benchmarks.web.said_and_used import make_desk
from proveout.evidence.ledger import open_ledger
from proveout.web.site import PAGES

NEEDS_MORE = re.compile(r"{(?!pilot})\w+}")
PILOTS = ("pilot-000", "pilot-100")
"""The one with the most feedback and use, and one like most."""
QUERIES = {"/pilots/{pilot}/feedback": ("", "?show=everything")}


def main() -> int:
    """Make what is not there yet, ask every page, and print how long they took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", default=str(Path(tempfile.gettempdir()) / "bench-web"))
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL of its own")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", default="", help="paths that contain this")
    asked = parser.parse_args()
    folder = Path(asked.folder)
    folder.mkdir(parents=True, exist_ok=True)
    lay_out_demo(folder)
    ledger = make_ledger(folder, lay_out_charters(folder))
    over = 0
    with (
        _places(folder, ledger, is_postgres=asked.postgres) as (ledger_at, desk_at),
        served(folder, ledger_at, desk_at) as (url, seconds),
    ):
        print(f"ready after {seconds:.1f} s", flush=True)
        client = signed_in(url)
        for path in _paths(asked.only):
            took = ask(client, path, asked.rounds)
            over += took.is_over
            print(_line(took), flush=True)
    print(f"{over} over {LIMIT_MS} ms at the median")
    return 1 if over else 0


@contextmanager
def _places(folder: Path, ledger: Path, *, is_postgres: bool) -> Iterator[tuple[str, str]]:
    if not is_postgres:
        desk = folder / "desk.db"
        make_desk(str(desk), folder / "desk.done")
        yield str(ledger), str(desk)
        return
    sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
    from fixtures.postgres import running_server

    with running_server() as server:
        import psycopg

        with psycopg.connect(f"{server.url}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE ledger TEMPLATE template0")
            connection.execute("CREATE DATABASE desk TEMPLATE template0")
        done = folder / f"postgres-{time.time_ns()}.done"
        _copy_ledger(ledger, f"{server.url}/ledger")
        make_desk(f"{server.url}/desk", done)
        done.unlink()
        with psycopg.connect(f"{server.url}/desk", autocommit=True) as connection:
            connection.execute("ANALYZE")
        yield f"{server.url}/ledger", f"{server.url}/desk"


def _copy_ledger(source: Path, url: str) -> None:
    """Copy the rows as they are, and the note of the last one."""
    import psycopg

    with open_ledger(url):
        pass
    columns = "seq, pilot, kind, recorded_at, body, prev_hash, hash"
    with sqlite3.connect(source) as raw, psycopg.connect(url) as connection:
        with connection.cursor().copy(f"COPY ledger_entries ({columns}) FROM STDIN") as copy:
            for row in raw.execute(f"SELECT {columns} FROM ledger_entries ORDER BY seq"):
                copy.write_row(row)
        seq, digest = raw.execute("SELECT seq, hash FROM ledger_head").fetchone()
        connection.execute("UPDATE ledger_head SET seq = %s, hash = %s", (seq, digest))
        connection.commit()
        connection.autocommit = True
        connection.execute("ANALYZE ledger_entries")


def _paths(containing: str) -> Iterator[str]:
    for page in PAGES:
        if NEEDS_MORE.search(page.path):
            continue
        pilots = PILOTS if "{pilot}" in page.path else ("",)
        for pilot in pilots:
            for query in QUERIES.get(page.path, ("",)):
                path = page.path.replace("{pilot}", pilot) + query
                if containing in path:
                    yield path


def _line(took: Took) -> str:
    return (
        f"{took.path:<44} {took.status}  median {took.median_ms:7.1f} ms  p95 "
        f"{took.p95_ms:7.1f} ms  first {took.first_ms:8.1f} ms  {took.kilobytes:7.1f} kB"
        f"{'  OVER' if took.is_over else ''}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
