"""`python -m benchmarks.duplicates`: precision, recall and time of the search for duplicates."""

from __future__ import annotations

import sys
from pathlib import Path

# The people and companies are those of the tests.
sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

from benchmarks.duplicates.measure import measure
from fixtures.known_duplicates import companies, people

CASES = (
    ("people", people, 1_000, 0.12),
    ("people", people, 10_000, 0.12),
    ("people", people, 88_000, 0.12),
    ("companies", companies, 1_000, 0.2),
    ("companies", companies, 20_000, 0.2),
    ("people without duplicates", people, 10_000, 0.0),
    ("companies without duplicates", companies, 10_000, 0.0),
)

print("| records | true pairs | precision | recall | false pairs | time |")
print("| --- | --- | --- | --- | --- | --- |")
for what, make, n, twice in CASES:
    known = make(n, twice=twice, seed=1)
    found = measure(known)
    print(
        f"| {what}, {known.table.num_rows:,} | {found.n_true:,} | {found.precision:.4f} "
        f"| {found.recall:.4f} | {found.n_false:,} | {found.seconds:.1f} s |",
        flush=True,
    )
