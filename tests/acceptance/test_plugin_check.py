"""A check of another package takes part in everything, and nothing of ours is edited for it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

PROVEOUT = Path(sys.executable).with_name("proveout")
PACKAGE = Path(__file__).parents[1] / "plugin_package"
CHARTER = """\
pilot: greeter
title: Welcome to the pilot
acceptance:
  - greeting.warmth >= 0.5
"""


def installed_into(target: Path) -> Path:
    """Lay the package out as an installer does: its modules, and its metadata beside them.

    An installer itself would need the network or a build tool, which the tests do without.
    """
    project = tomllib.loads((PACKAGE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    shutil.copytree(PACKAGE / "src", target, dirs_exist_ok=True)
    name, version = project["name"], project["version"]
    metadata = target / f"{name.replace('-', '_')}-{version}.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8"
    )
    points = [
        f"[{group}]\n" + "\n".join(f"{key} = {value}" for key, value in entries.items())
        for group, entries in project["entry-points"].items()
    ]
    (metadata / "entry_points.txt").write_text("\n".join(points) + "\n", encoding="utf-8")
    return target


def proveout(folder: Path, *arguments: str, packages: Path | None) -> tuple[int, dict[str, Any]]:
    path = {} if packages is None else {"PYTHONPATH": str(packages)}
    done = subprocess.run(
        [str(PROVEOUT), *arguments, "--json"],
        cwd=folder,
        env={**os.environ, **path},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    project.mkdir()
    (project / "pilot.yaml").write_text(CHARTER, encoding="utf-8")
    return project


def test_a_plug_in_check_is_assessed_like_any_other(folder: Path, tmp_path: Path) -> None:
    """Its metric can be agreed on in the charter, is measured, judged, and stands in the report."""
    packages = installed_into(tmp_path / "packages")

    code, answer = proveout(folder, "assess", packages=packages)

    report = answer["report"]
    ruling = next(r for r in report["verdict"]["rulings"] if r["metric"] == "greeting.warmth")
    facts = {fact["id"]: fact for fact in report["evidence"]}
    assert code == 1
    assert (ruling["state"], ruling["findings"][0]["reason"]) == (
        "failed",
        "25 % (n = 4); asked is at least 50 %.",
    )
    assert facts[ruling["findings"][0]["evidence"]]["check"] == {"name": "greeting", "version": "1"}


def test_a_plug_in_check_runs_by_itself(folder: Path, tmp_path: Path) -> None:
    """`proveout check NAME` knows it."""
    packages = installed_into(tmp_path / "packages")

    code, answer = proveout(folder, "check", "greeting", packages=packages)

    assert (code, [fact["value"] for fact in answer["evidence"]]) == (0, [0.25])


def test_a_plug_in_that_does_not_load_is_named(folder: Path, tmp_path: Path) -> None:
    """The other checks run; the broken one is named, with the package to repair."""
    packages = installed_into(tmp_path / "packages")
    (packages / "proveout_greeting" / "__init__.py").write_text("import no_such_module\n")
    (folder / "pilot.yaml").write_text("pilot: greeter\n", encoding="utf-8")

    _, answer = proveout(folder, "assess", packages=packages)

    ended = {check["check"]: check for check in answer["report"]["verdict"]["checks"]}
    assert ended["governance"]["status"] == "done"
    assert (ended["greeting"]["status"], ended["greeting"]["reason"]) == (
        "failed",
        "it could not be loaded: ModuleNotFoundError: No module named 'no_such_module'",
    )
    assert ended["greeting"]["next_step"] == (
        "Repair or remove the package that brings it: proveout-greeting"
    )


def test_without_the_package_its_metric_is_unknown(folder: Path) -> None:
    """A charter that asks for a metric which nothing measures is refused, not passed over."""
    code, answer = proveout(folder, "assess", packages=None)

    assert (code, answer["ok"], answer["error"]["kind"]) == (2, False, "charter")
    assert "greeting.warmth" in answer["error"]["message"]


def test_the_guide_shows_this_very_package() -> None:
    """docs/writing-a-check.md is not a second, older one."""
    guide = (PACKAGE.parents[1] / "docs" / "writing-a-check.md").read_text(encoding="utf-8")

    for file in ("pyproject.toml", "src/proveout_greeting/__init__.py"):
        assert (PACKAGE / file).read_text(encoding="utf-8").strip() in guide
