"""While a charter is judged, it stands still."""

from __future__ import annotations

from datetime import UTC, datetime

from proveout.gate.bench import lay_out
from proveout.gate.model import Dossier


def test_what_a_check_measures_by_is_worked_out_once() -> None:
    """A thousand facts of one check ask for one hash."""
    asked: list[str] = []

    def measured_by(check: str) -> str:
        asked.append(check)
        return f"sha256:{check}"

    bench = lay_out(
        Dossier(),
        now=datetime(2025, 3, 3, tzinfo=UTC),
        charter_hash="sha256:0",
        measured_hash=measured_by,
        measured_by={},
    )

    assert {bench.measured_hash("quality") for _ in range(1_000)} == {"sha256:quality"}
    assert asked == ["quality"]
