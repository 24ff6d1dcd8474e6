"""docs/sources.md says what the intake does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from proveout.intake import formats
from proveout.intake.readers import FILE_READERS
from proveout.intake.readers.delimited_load import _REASONS

PAGE = Path(__file__).parents[3] / "docs" / "sources.md"


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_every_format_and_suffix_is_named(page: str) -> None:
    """Nobody has to read code to know whether a file can be read."""
    missing = [f"`{name}`" for name in FILE_READERS if f"`{name}`" not in page]
    missing += [suffix for suffix in formats._BY_SUFFIX if suffix not in page]

    assert missing == []


def test_every_reason_for_a_reject_is_explained(page: str) -> None:
    """A code in a report leads to a sentence."""
    named = set(re.findall(r"`([a-z-]+)`", page.partition("## What cannot be read")[2]))
    reasons = {reason for reason, _ in _REASONS.values()} | {"syntax", "unreadable-file"}

    assert reasons <= named
