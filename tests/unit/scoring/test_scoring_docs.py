"""The page on language models says what is so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from ruamel.yaml import YAML

from proveout.charter.schema import Charter
from proveout.charter.schema.scoring import ScorerName
from proveout.evidence.catalogue import quality

PAGE = (Path(__file__).parents[3] / "docs" / "language-models.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("block", re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL))
def test_each_charter_of_the_page_loads(block: str) -> None:
    """As it stands there."""
    Charter.model_validate(YAML(typ="safe").load(block))


@pytest.mark.parametrize("name", get_args(ScorerName))
def test_every_scorer_stands_in_the_table(name: str) -> None:
    """With what is right by it."""
    assert f"\n| `{name}`" in PAGE


def test_every_metric_of_the_page_is_measured() -> None:
    """None of them is a name of yesterday."""
    known = {metric.name for metric in quality.METRICS}

    assert set(re.findall(r"quality\.[a-z_]+", PAGE)) <= known
