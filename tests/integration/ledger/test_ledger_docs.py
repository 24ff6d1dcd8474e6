"""The pages on ledger and metrics say what is so."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from proveout.evidence.catalogue import SHIPPED
from proveout.evidence.catalogue.page import reference_page
from proveout.evidence.ledger import NewEntry, open_ledger

DOCS = Path(__file__).parents[3] / "docs"


def test_the_page_of_metrics_is_that_of_the_catalogue() -> None:
    """Generated anew it is the same: proveout metrics --markdown > docs/metrics.md"""
    assert (DOCS / "metrics.md").read_text() == reference_page(SHIPPED)


def test_the_independent_verification_runs_as_printed(tmp_path: Path) -> None:
    """Python's standard library alone comes to the same last hash, and finds a change."""
    (program,) = re.findall(r"```python\n(.*?)```", (DOCS / "ledger.md").read_text(), re.DOTALL)
    with open_ledger(str(tmp_path / ".proveout" / "ledger.db")) as ledger:
        bodies = [{"text": "Zoë \U0001f642", "x": 1e-7}, {"10": 1, "2": 2}, {}]
        ledger.append([NewEntry(pilot="p", kind="evidence", body=body) for body in bodies])
        digest = ledger.head()[1]

    done = subprocess.run(
        [sys.executable, "-I", "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"3 {digest}\n"


def test_a_plain_export_line_has_the_documented_fields() -> None:
    """What the page calls an entry is what an export holds."""
    from proveout.evidence.export import export_lines
    from proveout.evidence.ledger import MemoryLedger

    ledger = MemoryLedger()
    ledger.append([NewEntry(pilot="p", kind="run", body={})])
    (line,) = export_lines(ledger, form="jsonl")
    assert list(json.loads(line)) == sorted(
        ["seq", "pilot", "kind", "recorded_at", "body", "prev_hash", "hash"]
    )
