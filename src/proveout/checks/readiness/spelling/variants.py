"""Which categories are another one, spelled differently."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from proveout.checks.readiness.spelling.normal import collapse, joined, tokens, unaccented
from proveout.checks.readiness.spelling.typos import deletions, edit_distance, edits_allowed

MOST_DISTINCT = 5_000
"""Distinct values above which a column is not a list of categories."""

Why = Literal["whitespace", "case", "accents", "punctuation", "word order", "typing error"]
"""In what the spelling differs."""

_IDENTIFIER_SHARE = 0.5
"""Distinct values per record above which a column names records instead of grouping them."""
_FEW_DISTINCT = 30
"""So few distinct values are categories whatever their share of a small table."""
_LONGEST_CATEGORY = 60
"""Mean length above which values are sentences."""
_FREQUENT = 5
"""How many times as frequent a value must be for a rarer one to count as a slip of it; for words
that differ by two edits, twice that."""
_DIRECTIONS = frozenset({"to", "from", "by", "vs", "versus", "via", "before", "after", "over"})
"""Words around which order means something."""
_ORDER_MARKS = frozenset("-–—/>→←<|")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One spelling that stands for a more frequent one."""

    text: str
    """As it stands in the data."""
    n: int
    """Records with this spelling."""
    of: str
    """The spelling that most records use."""
    n_of: int
    """Records with that one."""
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantReport:
    """What was found in one column."""

    applicable: bool
    """False where the column is no list of categories; nothing was looked for then."""
    reason: str
    """Why it was not looked at; empty when it was."""
    n_values: int
    """Records with a value."""
    n_distinct: int
    """Spellings."""
    n_variants: int
    """Records whose value is a variant of a more frequent spelling."""
    variants: tuple[Variant, ...]
    """The most frequent first."""

    @property
    def share(self) -> float:
        """Share of records with a value that are spelled as a variant, 0 to 1."""
        return self.n_variants / self.n_values if self.n_values else 0.0


class _Group(NamedTuple):
    """Spellings that are equal but for case, spaces, accents and punctuation."""

    head: str
    words: tuple[str, ...]
    n: int
    members: tuple[str, ...]


def find_variants(counts: Sequence[tuple[str, int]]) -> VariantReport:
    """Find categories that are near-identical spellings of a more frequent one.

    Takes (value, number of records) pairs in any order; a value given twice is added up.
    """
    found: Counter[str] = Counter()
    for text, n in counts:
        if text.strip() and n > 0:
            found[text] += n
    reason = _why_not(found)
    pairs = () if reason else tuple(_pairs(found))
    variants = sorted(pairs, key=lambda variant: (-variant.n, variant.of, variant.text))
    return VariantReport(
        applicable=not reason,
        reason=reason,
        n_values=found.total(),
        n_distinct=len(found),
        n_variants=sum(variant.n for variant in variants),
        variants=tuple(variants),
    )


def _why_not(found: Counter[str]) -> str:
    if not found:
        return "no values"
    if len(found) > MOST_DISTINCT:
        return f"{len(found):,} different values: not a list of categories"
    n = found.total()
    if len(found) > _FEW_DISTINCT and len(found) / n > _IDENTIFIER_SHARE:
        return "nearly every record has a value of its own: an identifier or free text"
    with_letters = sum(many for text, many in found.items() if any(map(str.isalpha, text)))
    if with_letters < n / 10:
        return "numbers, dates or codes without letters"
    if sum(len(text) for text in found) / len(found) > _LONGEST_CATEGORY:
        return "sentences: free text"
    return ""


def _pairs(found: Counter[str]) -> Iterator[Variant]:
    groups = _groups(found)
    head_of = _slips(groups)
    for group in groups:
        head = head_of.get(group.head, group.head)
        slip = _reordered_or_mistyped(group, head)
        for text in group.members:
            if text != head:
                why = slip or _difference(text, head)
                yield Variant(text=text, n=found[text], of=head, n_of=found[head], why=why)


def _groups(found: Counter[str]) -> list[_Group]:
    """Put together what is equal in normal form; the most frequent group first."""
    by_key: defaultdict[str, list[str]] = defaultdict(list)
    words_of = {text: tokens(text) for text in found}
    for text, words in words_of.items():
        # Without letters every mark counts: '1-2' is not '12'.
        key = joined(words) if any(map(str.isalpha, text)) else ""
        by_key[key or text].append(text)
    groups = []
    for members in by_key.values():
        members.sort(key=lambda text: (-found[text], text))
        total = sum(found[text] for text in members)
        groups.append(_Group(members[0], words_of[members[0]], total, tuple(members)))
    return sorted(groups, key=lambda group: (-group.n, group.head))


def _slips(groups: Sequence[_Group]) -> dict[str, str]:
    """Map the head of each group that is a slip of another to that other's head."""
    heads: dict[str, str] = {}
    by_order: dict[tuple[str, ...], _Group] = {}
    by_piece: defaultdict[tuple[tuple[str, ...], str], list[_Group]] = defaultdict(list)
    looks_for_typos = not _are_codes([group.head for group in groups])
    for group in groups:
        key = tuple(sorted(group.words))
        other = by_order.setdefault(key, group)
        if other is not group and _is_rare_beside(group, other) and _may_be_reordered(group, other):
            heads[group.head] = other.head
            continue
        if not looks_for_typos:
            continue
        pieces = list(_pieces(group.words))
        candidates = {id(seen): seen for piece in pieces for seen in by_piece.get(piece, ())}
        best = _best(group, candidates.values())
        if best is not None:
            heads[group.head] = best.head
            continue
        for piece in pieces:
            by_piece[piece].append(group)
    return heads


def _pieces(words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield blocking keys: all words but one, and that one with letters left out."""
    for at, word in enumerate(words):
        if word.isalpha() and len(word) >= 4:
            rest = (*words[:at], "", *words[at + 1 :])
            for left in deletions(word):
                yield rest, left


def _best(group: _Group, candidates: Iterable[_Group]) -> _Group | None:
    near = [
        (edits, -other.n, other.head, other)
        for other in candidates
        if (edits := _edits(group.words, other.words)) and _is_rare_beside(group, other, edits)
    ]
    return min(near)[3] if near else None


def _edits(words: tuple[str, ...], others: tuple[str, ...]) -> int:
    """Count the edits between two values of which one word differs; 0 when it is not a slip."""
    apart = [(a, b) for a, b in zip(words, others, strict=True) if a != b]
    if len(apart) != 1:
        return 0
    word, other = apart[0]
    edits = edit_distance(word, other)
    return edits if edits <= edits_allowed(word, other) else 0


def _is_rare_beside(group: _Group, other: _Group, edits: int = 1) -> bool:
    return other.n >= _FREQUENT * edits * group.n


def _may_be_reordered(group: _Group, other: _Group) -> bool:
    return not (
        _DIRECTIONS.intersection(group.words)
        or _ORDER_MARKS.intersection(group.head + other.head)
        or any(map(str.isdigit, group.head))
    )


def _are_codes(heads: Sequence[str]) -> bool:
    """Tell whether most values are one short word of the same length, as codes are."""
    lengths = Counter(len(head) for head in heads if len(head) <= 8 and head.isalnum())
    return len(heads) > 5 and bool(lengths) and max(lengths.values()) >= 0.8 * len(heads)


def _reordered_or_mistyped(group: _Group, head: str) -> Why | None:
    if head == group.head:
        return None
    same_words = sorted(group.words) == sorted(tokens(head))
    return "word order" if same_words else "typing error"


def _difference(text: str, head: str) -> Why:
    if collapse(text) == collapse(head):
        return "whitespace"
    if collapse(text).casefold() == collapse(head).casefold():
        return "case"
    if collapse(unaccented(text)) == collapse(unaccented(head)):
        return "accents"
    without_spaces = "".join(unaccented(text).split())
    if without_spaces == "".join(unaccented(head).split()):
        return "whitespace"
    return "punctuation"
