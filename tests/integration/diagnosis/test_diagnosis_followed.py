"""The dashboard holds the next pilot as the command does."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from fixtures.diagnosed import DATA_GAP, answers
from proveout.assess.diagnosing import record_diagnosis, record_in
from proveout.assess.registry import installed
from proveout.charter.loading import load_charter
from proveout.charter.sealing import seal
from proveout.diagnosis import diagnose
from proveout.evidence.ledger import open_ledger
from proveout.portfolio import Library, Place

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_diagnosis_recorded_meanwhile_holds_the_next_pilot(tmp_path: Path) -> None:
    """Whoever follows the ledger sees what was recorded of another pilot, at once."""
    file = tmp_path / "pilot.yaml"
    file.write_text(
        "pilot: claims-2026\npredecessors: [{pilot: claims-2023, result: failed}]\n", "utf-8"
    )
    loaded, location = load_charter(file), str(tmp_path / "ledger.db")
    registry = installed()
    with open_ledger(location) as ledger:
        seal(loaded, ledger, who="Ada Byron", now=NOW)
        library = Library([Place(ledger=ledger, location=location, charters=(loaded,))], registry)
        before = library.report(library.pilot("claims-2026"), "design", NOW)
        said = answers(**DATA_GAP)
        record_diagnosis(
            diagnose(said), said, who="Ada Byron", loaded=None, ledger=ledger,
            catalogue=registry.catalogue, now=NOW,
        )  # fmt: skip
        after = library.report(library.pilot("claims-2026"), "design", NOW)
        told = record_in(ledger, "claims-2023")

    def state(report: object, line: str) -> str | None:
        rulings = {each.criterion.id: each.state for each in report.verdict.rulings}  # type: ignore[attr-defined]
        return rulings.get(line)

    assert state(before, "design.cause-known") == "failed"
    assert state(after, "design.cause-known") == "passed"
    assert state(before, "design.after-data-completeness") is None
    assert state(after, "design.after-data-completeness") == "missing"
    assert told.is_empty is False
