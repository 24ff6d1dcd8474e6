"""Words → lines → phrases: what stands side by side, and where a gap parts it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from proveout.intake.pdf.page import Box, Word, around


@dataclass(frozen=True, slots=True)
class Line:
    """Words that stand on one level, from left to right."""

    groups: tuple[tuple[Word, ...], ...]
    """Words that no wide gap parts."""
    phrases: tuple[Box, ...]
    """Where each group stands."""

    @property
    def words(self) -> tuple[Word, ...]:
        """All words."""
        return tuple(word for group in self.groups for word in group)

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
    groups: list[list[Word]] = []
    for word in ordered:
        if groups and word.box.x0 - max(other.box.x1 for other in groups[-1][-3:]) < wide:
            groups[-1].append(word)
        else:
            groups.append([word])
    return Line(
        tuple(map(tuple, groups)),
        tuple(around(word.box for word in group) for group in groups),
    )


def text_of(words: Sequence[Word]) -> str:
    """Join words in the order of reading; what a hyphen parts at the end of a line is one word."""
    text = ""
    for word, before in zip(words, (None, *words), strict=False):
        new_line = before is not None and word.box.top > before.box.level
        hyphen = text[-1:] == "-" and text[-2:-1].isalnum()
        text += word.text if not text or (new_line and hyphen) else f" {word.text}"
    return text
