"""What an audit of dependencies comes to: a fix is to be taken, silence is no pass."""

from __future__ import annotations

import importlib.util
import sys
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[3] / ".ci" / "audit.py"
TODAY = date(2026, 6, 1)


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("ci_audit", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["ci_audit"] = module
    spec.loader.exec_module(module)
    return module


def found(*fixes: str) -> dict[str, Any]:
    weak = {"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": list(fixes)}
    return {"dependencies": [{"name": "weak", "version": "1.0", "vulns": [weak]}]}


def test_one_with_a_fix_is_to_be_mended(audit: ModuleType) -> None:
    """It is named with the versions that mend it."""
    told = audit.judged(found("1.1"), [], TODAY)
    assert told.to_mend == ["weak 1.0: PYSEC-1, mended in 1.1"]


def test_one_without_a_fix_is_shown_and_stops_nothing(audit: ModuleType) -> None:
    """Nobody can do anything about it but know."""
    told = audit.judged(found(), [], TODAY)
    assert (told.to_mend, told.without_fix) == ([], ["weak 1.0: PYSEC-1"])


@pytest.mark.parametrize(("until", "is_ignored"), [(TODAY, True), (date(2026, 5, 31), False)])
def test_what_is_ignored_is_ignored_until_its_day(
    audit: ModuleType, until: date, is_ignored: bool
) -> None:
    """By any of its names, with the reason shown."""
    listed = [{"id": "CVE-1", "reason": "not used", "until": until}]
    told = audit.judged(found("1.1"), listed, TODAY)
    assert told.ignored == (["weak 1.0: PYSEC-1 (not used)"] if is_ignored else [])
    assert bool(told.to_mend) is not is_ignored


def test_what_could_not_be_asked_is_no_pass(audit: ModuleType) -> None:
    """A package of which nothing is known is named; all of them: nothing was audited."""
    skipped = {"dependencies": [{"name": "a", "skip_reason": "not found"}]}
    told = audit.judged(skipped, [], TODAY)
    assert told.not_asked == ["a"]
    assert audit.said(told) == [
        "NOT AUDITED: nothing is known of any package here (no way to the database?)."
    ]
