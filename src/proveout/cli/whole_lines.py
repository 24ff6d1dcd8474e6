"""Text whose lines stay whole, so that a path, a command or a diff can be copied."""

from __future__ import annotations

from rich.text import Text


def whole_lines(text: str) -> Text:
    """Return text that is neither wrapped, cropped nor read as markup."""
    return Text(text, no_wrap=True, overflow="ignore")
