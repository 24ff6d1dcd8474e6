"""Slips of the finger, other spellings of one thing, and texts decoded wrongly."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from proveout.checks.readiness.cells.grid import Column
from proveout.checks.readiness.cells.signal import Signal, Told, by_value
from proveout.checks.readiness.spelling.normal import joined, tokens
from proveout.checks.readiness.spelling.typos import edit_distance

_MOST_DISTINCT = 200_000
_LONGEST = 60
_FREQUENT = 4
"""How many times as frequent as a slip the right spelling must be."""
_LETTERS = re.compile(r"[^\W\d_]+")
_USUAL_WORD = 0.005
"""Share of the records from which a word belongs to the column's own list."""
_LOOKED_AT = 1000
_BODY = 0.9
"""Share of the records that the frequent values have together."""
_WIDEST = 8
"""Between the first and the last of two edits lie at most so many letters."""
_ALIKE = 0.1
"""Share of frequent values that are within a slip of another frequent one, from which closeness
says nothing."""
_MOJIBAKE = re.compile(
    "Ã[\x80-\xbf¡-¿ƒ‚„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ ©]|â€|Â[\x80-\xbf°£·»«]|ï¿½|\ufffd|ï»¿"
)


def slips(column: Column) -> list[Signal | None]:
    """Find rare values that differ from a frequent one by a letter or two, or in case or marks."""
    if not 1 < column.n_distinct <= _MOST_DISTINCT or column.n_distinct > 0.9 * column.n_filled:
        return []
    typos: dict[int, tuple[float, Told]] = {}
    spellings: dict[int, tuple[float, Told]] = {}
    heads = _by_form(column, spellings)
    blocks: defaultdict[tuple[int, str], list[tuple[int, int, str]]] = defaultdict(list)
    ranked = sorted(heads, key=lambda each: (-each[0], each[2]))
    if _are_alike(ranked):
        return [by_value("spelling", column, spellings)]
    for n, code, text in ranked:
        if not _can_slip(text):
            continue
        near = _nearest(n, text, blocks)
        if near is not None:
            n_right, right, edits = near
            score = min(0.95, 0.6 + 0.1 * min(len(text), 12) / 12 + 0.25 * (1 - n * 4 / n_right))
            typos[code] = (
                max(0.5, score - 0.1 * (edits - 1)),
                Told(
                    reason=f"looks like a slip of '{right}', which {n_right:,} records have "
                    f"and '{text}' {n:,}",
                    suggestion=right,
                ),
            )
        for key in _keys(text):
            blocks[key].append((n, code, text))
    return [by_value("typo", column, typos), by_value("spelling", column, spellings)]


def _by_form(
    column: Column, spellings: dict[int, tuple[float, Told]]
) -> list[tuple[int, int, str]]:
    """Put values together that differ in case, blanks and marks alone; return each one's head."""
    forms: defaultdict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for code, value, n in column.filled():
        if len(value) <= _LONGEST:
            forms[_form(value)].append((n, code, value))
    heads = []
    for members in forms.values():
        members.sort(key=lambda each: (-each[0], each[2]))
        head = members[0]
        heads.append(head)
        for n, code, _ in members[1:]:
            if head[0] >= 2 * n:
                reason = f"another spelling of '{head[2]}', which {head[0]:,} records have"
                spellings[code] = 0.7, Told(reason=reason, suggestion=head[2])
    return heads


def _are_alike(ranked: list[tuple[int, int, str]]) -> bool:
    """Tell whether the frequent values are close to each other by nature, as codes are."""
    body, total = 0, sum(n for n, _, _ in ranked)
    frequent: list[str] = []
    for n, _, text in ranked:
        if body >= _BODY * total or n == 1:
            break
        body += n
        if _can_slip(text):
            frequent.append(text)
    blocks: defaultdict[tuple[int, str], list[tuple[int, int, str]]] = defaultdict(list)
    alike = 0
    for text in frequent[:_LOOKED_AT]:
        alike += _nearest(0, text, blocks) is not None
        for key in _keys(text):
            blocks[key].append((1, len(blocks[key]), text))
    return alike > _ALIKE * len(frequent[:_LOOKED_AT]) and alike > 2


def _form(text: str) -> str:
    return joined(tokens(text)) if any(map(str.isalpha, text)) else text


def _can_slip(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    return len(text) >= 4 and letters >= 0.6 * len(text)


def _keys(text: str) -> set[tuple[int, str]]:
    """Return blocking keys: two texts that are one edit apart share a half at the same place.

    Halves from either end, so that an insertion in one half leaves the other as it is.
    """
    half = len(text) // 2
    found = set()
    for cut in (half - 1, half, half + 1):
        if cut >= 2:
            found.add((0, text[:cut]))
        if len(text) - cut >= 2:
            found.add((1, text[cut:]))
    return found


def _nearest(
    n: int, text: str, blocks: defaultdict[tuple[int, str], list[tuple[int, int, str]]]
) -> tuple[int, str, int] | None:
    best: tuple[int, int, str] | None = None
    seen: set[str] = set()
    for key in _keys(text):
        for n_other, _, other in blocks.get(key, ())[:200]:
            if n_other < _FREQUENT * n:
                break
            if other in seen or abs(len(other) - len(text)) > 2:
                continue
            seen.add(other)
            edits = _edits(text, other)
            if edits > (2 if len(text) >= 8 else 1) or _differ_in_digits(text, other):
                continue
            if best is None or (edits, -n_other) < best[:2]:
                best = edits, -n_other, other
    return None if best is None else (-best[1], best[2], best[0])


def _edits(text: str, other: str) -> int:
    """Count the edits between two texts; a large number where there are many."""
    front = _alike_for(text, other)
    mine, theirs = text[front:], other[front:]
    end = _alike_for(mine[::-1], theirs[::-1])
    mine, theirs = mine[: len(mine) - end], theirs[: len(theirs) - end]
    longer = max(len(mine), len(theirs))
    if longer <= 1:
        return longer
    return edit_distance(mine, theirs) if longer <= _WIDEST else longer


def _alike_for(text: str, other: str) -> int:
    for at, (mine, theirs) in enumerate(zip(text, other, strict=False)):
        if mine != theirs:
            return at
    return min(len(text), len(other))


def _differ_in_digits(text: str, other: str) -> bool:
    """Tell whether both have digits, and these differ: 'Route 5' is no slip of 'Route 6'."""
    mine, theirs = (re.sub(r"\D", "", each) for each in (text, other))
    return bool(mine) and bool(theirs) and mine != theirs


def slips_in_words(column: Column) -> Signal | None:
    """Find slips in single words of longer texts, where the words are of a closed list: months."""
    words_of: dict[int, list[str]] = {}
    counted: Counter[str] = Counter()
    for code, value, n in column.filled():
        words_of[code] = words = _LETTERS.findall(value[:_LONGEST])
        for word in words:
            counted[word] += n
    usual = [word for word, n in counted.items() if n >= _USUAL_WORD * column.n_filled]
    if len(words_of) < 20 or sum(counted[word] for word in usual) < _BODY * counted.total():
        return None
    near: dict[str, str] = {}
    for word, n in counted.items():
        if len(word) < 3 or n >= _USUAL_WORD * column.n_filled:
            continue
        right = [each for each in usual if counted[each] >= 20 * n and _edits(word, each) == 1]
        if len(word) >= 4 and len(right) == 1:
            near[word] = right[0]
    found = {}
    for code, words in words_of.items():
        wrong = next((word for word in words if word in near), None)
        if wrong is not None:
            value = column.values[code]
            reason = f"'{wrong}' looks like a slip of '{near[wrong]}'"
            suggestion = value.replace(wrong, near[wrong], 1)
            found[code] = 0.75, Told(reason=reason, suggestion=suggestion)
    return by_value("typo", column, found)


def wrong_encoding(column: Column) -> Signal | None:
    """Find texts that were decoded in the wrong encoding."""
    found = {}
    for code, value, _ in column.filled():
        if not value.isascii() and _MOJIBAKE.search(value):
            right = _recoded(value)
            reason = "letters that come of reading text in the wrong encoding"
            found[code] = 0.8, Told(reason=reason, suggestion=right)
    return by_value("encoding", column, found)


def _recoded(text: str) -> str | None:
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return None
