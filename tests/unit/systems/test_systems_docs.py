"""docs/systems.md is true: its examples load, every kind has one, and no key is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from proveout.charter.loading import load_charter
from proveout.charter.schema import System
from proveout.charter.schema.system import KINDS
from proveout.evidence.catalogue import SHIPPED, Catalogue
from proveout.systems.dialects import open_dialect

PAGE = (Path(__file__).parents[3] / "docs" / "systems.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
VARIABLES = dict.fromkeys(re.findall(r"\$\{([A-Z_]+)\}", PAGE), "x")


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_loads_and_opens(example: str, tmp_path: Path) -> None:
    """As part of a charter; and where it is reached by HTTP, its protocol is found."""
    file = tmp_path / "pilot.yaml"
    file.write_text(f"pilot: x\n{example}", encoding="utf-8")

    system = load_charter(file, known_metrics=Catalogue(SHIPPED)).charter.system

    assert system is not None
    assert (open_dialect(system, variables=VARIABLES) is None) == (system.web is None)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_shown_with_every_key(kind: str) -> None:
    """What all services over HTTP have in common stands in a table."""
    shown = [yaml.safe_load(example)["system"] for example in EXAMPLES]
    keys = {key for system in shown for key in (system.get(kind) or ())}
    common = set(re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.MULTILINE))
    annotation = System.model_fields[kind].annotation
    part = next(each for each in annotation.__args__ if each is not type(None))  # type: ignore[union-attr]

    assert set(part.model_fields) - keys - common - {"kind"} == set()
