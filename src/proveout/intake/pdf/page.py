"""A page of a document as plain values. Lengths are in points from the upper left corner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def middle(self) -> float:
        """Where it stands between left and right."""
        return (self.x0 + self.x1) / 2

    @property
    def level(self) -> float:
        """Where it stands between top and bottom."""
        return (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top

    def holds(self, other: Box) -> bool:
        """Tell whether the centre of another box lies within."""
        return self.x0 <= other.middle <= self.x1 and self.top <= other.level <= self.bottom


def around(boxes: Iterable[Box]) -> Box:
    """Return the smallest box that holds all of these; there must be one at least."""
    all_ = list(boxes)
    return Box(
        min(box.x0 for box in all_),
        min(box.top for box in all_),
        max(box.x1 for box in all_),
        max(box.bottom for box in all_),
    )


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters without a blank."""

    box: Box
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What stands on a page."""

    number: int
    """From 1."""
    width: float
    height: float
    words: tuple[Word, ...]
    grids: tuple[tuple[Box, ...], ...] = ()
    """The cells of each table that is drawn with rules or shades."""
    rules: tuple[Box, ...] = ()
    """Horizontal rules: flat boxes."""
    space: float = 0.28
    """The width of a blank, in heights of a word."""
    pictured: float = 0.0
    """The share of the page that pictures cover."""
    fault: str | None = None
    """Why the page could not be taken apart."""

    def plain(self) -> dict[str, Any]:
        """Return the page as what JSON can carry."""
        return {
            "number": self.number, "width": self.width, "height": self.height,
            "words": [[*_corners(word.box), word.text] for word in self.words],
            "grids": [[_corners(cell) for cell in grid] for grid in self.grids],
            "rules": [_corners(rule) for rule in self.rules],
            "space": self.space, "pictured": self.pictured, "fault": self.fault,
        }  # fmt: skip


def page_of(plain: dict[str, Any]) -> Page:
    """Turn what `Page.plain` gave into a page again."""
    return Page(
        **{
            **plain,
            "words": tuple(Word(Box(*word[:4]), word[4]) for word in plain["words"]),
            "grids": tuple(tuple(Box(*cell) for cell in grid) for grid in plain["grids"]),
            "rules": tuple(Box(*rule) for rule in plain["rules"]),
        }
    )


def _corners(box: Box) -> Sequence[float]:
    return [box.x0, box.top, box.x1, box.bottom]
