"""What the help desk knows: `knowledge.json`. The company, its rules and numbers are invented."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Fact:
    """One thing that employees ask."""

    ask: str
    again: str
    """The same in other words."""
    foreign: str
    """The same in another language of the company."""
    expected: str
    """What a right answer holds; alternatives are split by '|'."""
    answer: str


@dataclass(frozen=True)
class Article:
    """One article of the knowledge base."""

    id: str
    title: str
    text: str
    facts: tuple[Fact, ...]


_KNOWN = json.loads((Path(__file__).parent / "knowledge.json").read_text(encoding="utf-8"))

ARTICLES = tuple(
    Article(**{**article, "facts": tuple(Fact(**fact) for fact in article["facts"])})
    for article in _KNOWN["articles"]
)

HANDED_OVER: tuple[str, ...] = tuple(_KNOWN["handed_over"])
"""Not for a machine: answered only by handing them to a person."""

HAND_OVER: str = _KNOWN["hand_over"]

UNCLEAR: tuple[str, ...] = tuple(_KNOWN["unclear"])
"""Questions that cannot be answered without asking back."""

ASK_BACK: str = _KNOWN["ask_back"]
