"""`proveout board` writes one page, with the figures that it gives as JSON."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pdfplumber
import pytest

from proveout.cli import board_command, seal_command
from proveout.cli.app import build_app, run_app

EXAMPLE = Path(__file__).parents[3] / "examples" / "invoices" / "pilot.yaml"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = run_app(build_app([board_command.register, seal_command.register]), arguments)
    told = capsys.readouterr()
    return code, told.out, told.err


def test_a_pilot_and_the_portfolio_are_written_as_one_page_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(EXAMPLE, tmp_path / "pilot.yaml")
    assert run(capsys, "seal", "pilot.yaml", "--who", "Helen Marsh")[0] == 0
    code, out, _ = run(capsys, "board", "pilot.yaml", "--json")
    assert code == 0
    told = json.loads(out)
    assert told["file"] == "invoice-reader-board.pdf"
    with pdfplumber.open(io.BytesIO((tmp_path / told["file"]).read_bytes())) as opened:
        assert len(opened.pages) == 1
        shown = " ".join((opened.pages[0].extract_text() or "").split())
    assert told["paper"]["asked"] in shown
    code, out, _ = run(capsys, "board", "--portfolio", "--letter", "--out", "x/all.pdf")
    assert (code, out) == (0, "Board paper: x/all.pdf\n")
    assert (tmp_path / "x" / "all.pdf").read_bytes().startswith(b"%PDF")


def test_a_place_that_cannot_be_written_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(EXAMPLE, tmp_path / "pilot.yaml")
    run(capsys, "seal", "pilot.yaml", "--who", "Helen Marsh")
    code, _, err = run(capsys, "board", "pilot.yaml", "--out", str(tmp_path))
    assert code == 2
    assert f"{tmp_path} cannot be written: Is a directory." in " ".join(err.split())
