"""`proveout power` where nobody sees a progress bar."""

from __future__ import annotations

from pathlib import Path

import pytest

from proveout.cli import power_command
from proveout.cli.app import build_app, run_app


def test_power_says_at_the_start_what_it_does_and_what_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Outside of a terminal as well: before a minute or two, not after."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    (tmp_path / "pilot.yaml").write_text("pilot: claims\n")

    code = run_app(build_app([power_command.register]), ["power"])

    first = capsys.readouterr().err.splitlines()[0]
    assert (code, first) == (
        3,
        "Changes are put into the pilot's data again and again, to see which the watch finds; "
        "this takes a minute or two. How soon more wrong answers are found is not known: nothing "
        "says how often the pilot is wrong. First: proveout check quality",
    )
