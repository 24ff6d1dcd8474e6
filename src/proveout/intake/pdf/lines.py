"""Words → lines → phrases: what stands side by side, and where a gap parts it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from proveout.intake.pdf.page import Box, Word, around


@dataclass(frozen=True, slots=True)
class Line:
    """Words that stand on one level, from left to right."""

    words: tuple[Word, ...]
    phrases: tuple[Box, ...]
    """Where the words stand that no wide gap parts."""

    @property
    def box(self) -> Box:
        """Where it stands."""
        return around(word.box for word in self.words)

    @property
    def text(self) -> str:
        """Its words, joined by blanks."""
        return " ".join(word.text for word in self.words)


def gap_between_phrases(height: float, space: float) -> float:
    """Return the gap that parts columns: wider than any blank between words of a sentence."""
    return height * max(0.6, 1.7 * space)


def typical_height(words: Sequence[Word]) -> float:
    """Return the height of a word on this page; there must be one at least."""
    return max(median(word.box.height for word in words), 1.0)


def lines_of(words: Iterable[Word], *, space: float) -> list[Line]:
    """Sort words into lines, from the top."""
    groups: list[list[Word]] = []
    level = 0.0
    for word in sorted(words, key=lambda word: (word.box.level, word.box.x0)):
        if groups and word.box.level - level <= 0.45 * min(
            word.box.height, groups[-1][-1].box.height
        ):
            groups[-1].append(word)
            level += (word.box.level - level) / len(groups[-1])
        else:
            groups.append([word])
            level = word.box.level
    return [_line(group, space) for group in groups]


def _line(words: list[Word], space: float) -> Line:
    ordered = tuple(sorted(words, key=lambda word: word.box.x0))
    wide = gap_between_phrases(typical_height(ordered), space)
    phrases: list[list[Box]] = []
    for word in ordered:
        if phrases and word.box.x0 - max(box.x1 for box in phrases[-1][-3:]) < wide:
            phrases[-1].append(word.box)
        else:
            phrases.append([word.box])
    return Line(ordered, tuple(around(boxes) for boxes in phrases))
