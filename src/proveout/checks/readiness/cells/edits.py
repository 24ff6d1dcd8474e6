"""Corrections as edits: what turned one wrong value right, tried on all others.

From '12.0 oz' -> '12' a person sees at once what to do with '16.0 oz'. Each labelled correction is
written as the edits that explain it; those that would change no value known to be right are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_WAYS = (
    "strip", "number", "lower", "upper", "title", "cut end", "cut front", "replace", "whole",
)  # fmt: skip
"""The ways to edit a value, the most general first."""
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Edit:
    """One way to turn a wrong value right."""

    way: str
    """One of _WAYS."""
    old: str = ""
    new: str = ""

    def apply(self, text: str) -> str | None:
        """Return the corrected text; None where the edit does not apply or changes nothing."""
        match self.way:
            case "whole":
                return self.new if text == self.old else None
            case "cut end":
                done = text.removesuffix(self.old)
            case "cut front":
                done = text.removeprefix(self.old)
            case "number":
                done = _only_number(text)
            case "replace":
                done = text.replace(self.old, self.new)
            case "lower":
                done = text.lower()
            case "upper":
                done = text.upper()
            case "title":
                done = text.title()
            case _:
                done = text.strip()
        return None if done == text or (not done and self.way != "whole") else done


def _only_number(text: str) -> str:
    """Return the only number in a text that has more than it, without a needless '.0'."""
    numbers = _NUMBER.findall(text)
    if len(numbers) != 1 or not any(char.isalpha() or char == "%" for char in text):
        return text
    number = str(numbers[0])
    return number.removesuffix(".0")


def edits_of(wrong: str, right: str) -> list[Edit]:
    """Return the edits that turn one text into the other, the most general first."""
    possible = [
        Edit("strip"), Edit("number"), Edit("lower"), Edit("upper"), Edit("title"),
    ]  # fmt: skip
    if right and wrong.startswith(right):
        possible.append(Edit("cut end", wrong[len(right) :]))
    if right and wrong.endswith(right):
        possible.append(Edit("cut front", wrong[: -len(right)]))
    front, end = _apart(wrong, right)
    old, new = wrong[front : len(wrong) - end], right[front : len(right) - end]
    if len(old) >= 2 and not any(map(str.isalnum, old)):  # '8.8' for '2.8' is no habit
        possible.append(Edit("replace", old, new))
    possible.append(Edit("whole", wrong, right))
    return [edit for edit in possible if edit.apply(wrong) == right]


def _apart(wrong: str, right: str) -> tuple[int, int]:
    front = 0
    while front < min(len(wrong), len(right)) and wrong[front] == right[front]:
        front += 1
    end = 0
    while end < min(len(wrong), len(right)) - front and wrong[-1 - end] == right[-1 - end]:
        end += 1
    return front, end


def learned(corrections: Iterable[tuple[str, str]], right: Iterable[str]) -> list[Edit]:
    """Return the edits that explain the corrections and spare every value known to be right.

    A whole value is replaced only where the same correction was made twice, or stands for nothing.
    """
    known_right = set(right)
    times: dict[Edit, int] = {}
    for wrong, truth in corrections:
        for edit in edits_of(wrong, truth):
            times[edit] = times.get(edit, 0) + 1
    ranked = sorted(times, key=lambda each: (_WAYS.index(each.way), -times[each], each.old))
    return [
        edit for edit in ranked
        if (edit.way != "whole" or not edit.new or times[edit] > 1)
        and not any(edit.apply(text) is not None for text in known_right)
    ]  # fmt: skip


def corrected(values: Mapping[int, str], edits: list[Edit]) -> dict[int, str]:
    """Return, by code, what the first edit that applies makes of each value."""
    found = {}
    for code, text in values.items():
        for edit in edits:
            done = edit.apply(text)
            if done is not None:
                found[code] = done
                break
    return found
