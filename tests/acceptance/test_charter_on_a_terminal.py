"""The installed command, as a person meets it: questions on a terminal, and the way to a seal."""

import os
import pty
import subprocess
import sys
from pathlib import Path

from proveout.charter.loading import content, load_charter

PROVEOUT = str(Path(sys.executable).parent / "proveout")


def on_terminal(folder: Path, arguments: list[str], answers: list[str]) -> tuple[int, str]:
    """Run the command with a terminal as its input; returns exit code and stderr."""
    ours, theirs = pty.openpty()
    try:
        os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
        done = subprocess.run(
            [PROVEOUT, *arguments],
            cwd=folder,
            stdin=theirs,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    return done.returncode, done.stderr


def test_init_asks_for_the_essential_lines(tmp_path: Path) -> None:
    """Enter leaves a line open, and it stays a comment."""
    answers = [
        "claims 2026",
        "Claims are answered in a day",
        "Ada Byron",
        "",
        "production.csv",
        "claim_id, line",
        "pilot.csv",
        "approved",
        "",
        "model.py",
        "model.py:predict",
        "quality.acuracy >= 0.85",
        "quality.accuracy >= 0.85",
    ]

    code, said = on_terminal(tmp_path, ["init"], answers)

    assert code == 0, said
    assert "Name the function as well: model.py:predict" in said
    assert "Did you mean quality.accuracy?" in said
    assert content(load_charter(tmp_path / "pilot.yaml").charter) == {
        "pilot": "claims-2026",
        "outcome": {"statement": "Claims are answered in a day"},
        "people": {"production_owner": {"name": "Ada Byron"}},
        "data": {
            "production": [{"name": "production", "path": "production.csv"}],
            "pilot": {"path": "pilot.csv"},
            "label": "approved",
            "key": ["claim_id", "line"],
        },
        "system": {"python": {"callable": "model.py:predict"}},
        "acceptance": [{"metric": "quality.accuracy", "comparison": ">=", "threshold": 0.85}],
    }


def test_an_amendment_is_shown_before_it_is_recorded(tmp_path: Path) -> None:
    """Who says no has changed nothing."""
    charter = tmp_path / "pilot.yaml"
    charter.write_text("pilot: claims\nacceptance: quality.accuracy >= 0.85\n", encoding="utf-8")
    code, said = on_terminal(tmp_path, ["seal", "--who", "Ada Byron"], [])
    assert code == 0, said
    charter.write_text("pilot: claims\nacceptance: quality.accuracy >= 0.8\n", encoding="utf-8")
    amend = ["amend", "--who", "Bob", "--why", "too hard"]

    refused, said = on_terminal(tmp_path, amend, ["n"])
    recorded, _ = on_terminal(tmp_path, amend, ["y"])

    assert refused == 130
    assert said.startswith(
        "acceptance[quality.accuracy].threshold: 0.85 → 0.8 (looser)\nRecord this amendment?"
    )
    assert recorded == 0
