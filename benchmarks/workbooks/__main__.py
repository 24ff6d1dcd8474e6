"""Read the odd workbooks, a messy sheet and a plain one: python -m benchmarks.workbooks"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.workbooks.corpus import corpus
from benchmarks.workbooks.messy import messy
from benchmarks.workbooks.plain import plain

DATA = Path(__file__).parents[3] / "shared" / "data" / "workbooks"


def main() -> None:
    """Print the three tables."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.workbooks", description=__doc__)
    asked.add_argument("folder", nargs="?", type=Path, default=DATA, help="folder of workbooks")
    asked.add_argument("--peers", action="store_true", help="install xldetect for the messy sheet")
    asked.add_argument("--rows", type=int, default=100_000, help="rows of the plain sheet")
    given = asked.parse_args()
    if given.folder.is_dir():
        print(corpus(given.folder))
    else:
        print(f"Skipped: the odd workbooks are not at {given.folder}.\n")
    print(messy(peers=given.peers))
    print(plain(given.rows))


if __name__ == "__main__":
    main()
