"""What a pulse survey asks. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One statement, agreed with from 1 (not at all) to 5 (fully)."""

    key: str
    text: str


QUESTIONS: tuple[Question, ...] = (
    Question(key="better", text="I am better off with it than without it."),
    Question(key="trust", text="I trust its answers as far as they deserve it."),
    Question(key="wrong", text="I know what to do when it is wrong."),
    Question(key="heard", text="What we say about it is heard and changes something."),
)
"""The first one is what 'favourable' counts."""
OPEN_QUESTION = "What should be different?"
FAVOURABLE_FROM = 4
FEWEST = 5
"""Fewer answers than these are not shown: they would tell who said what."""
