"""`proveout alarms` without a command."""

from __future__ import annotations

from pathlib import Path

import pytest

from proveout.cli import alarms_command
from proveout.cli.app import build_app, run_app
from proveout.cli.paths import ledger_location
from proveout.evidence.ledger import open_ledger


def test_alarms_alone_shows_what_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As budget, exceptions and rollout do."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pilot.yaml").write_text("pilot: claims\n")
    with open_ledger(ledger_location(Path("pilot.yaml"), None), create=True):
        pass

    code = run_app(build_app([alarms_command.register]), ["alarms"])

    assert (code, capsys.readouterr().out) == (0, "No alarm is unresolved.\n")
