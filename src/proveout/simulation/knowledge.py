"""Right answers, and the row that a question is about, however its text is wrapped or damaged."""

from __future__ import annotations

import csv
import io
import json
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proveout.charter.loading.nearest import nearest
from proveout.errors import InputError
from proveout.simulation.files import text_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from proveout.simulation.settings import AnswerFile

_WORD = re.compile(r"\w+")
_KEYS = ("id", "key", "no", "nr", "number", "row")
"""Columns that tell rows apart and answer nothing, where the settings do not say."""

_LEAST = 0.1
"""Less than this share of a row's text in a prompt is chance."""


@dataclass(frozen=True, slots=True)
class Known:
    """One row of the answer file."""

    number: int
    text: str
    """What stands in the prompt; empty where rows are found by their key alone."""
    key: str
    truth: Mapping[str, str | None]
    """The right answers; None where there is rightly none."""
    wrong_rate: float | None = None
    """How often this one is answered wrong; as the others when None."""


@dataclass(frozen=True, slots=True)
class Found:
    """The row that a question is about."""

    row: Known
    similarity: float
    """How much of its text stands there undamaged, 0 to 1."""


class Knowledge:
    """All right answers. Looks a question up by the words, or else the scraps, they share."""

    def __init__(self, rows: Sequence[Known]) -> None:
        self.rows = rows
        self._by_key = {row.key: row for row in rows if row.key}
        self.about = lru_cache(maxsize=10_000)(self._about)
        """Find the row whose text stands in a prompt; None where there is none like it."""

    def _about(self, prompt: str) -> Found | None:
        found = self._best(self._words.candidates(prompt), prompt)
        if found is None or found.similarity < 0.5:  # every word may be damaged, and not all of it
            for number, share in self._scraps.candidates(prompt)[:1]:
                if share > (found.similarity if found else _LEAST):
                    found = Found(self.rows[number], share)
        return found

    def of_row(self, row: Mapping[str, Any]) -> Found | None:
        """Find the row by its key, or by the text in it."""
        for value in row.values():
            known = self._by_key.get(str(value))
            if known is not None:
                return Found(known, 1.0)
        return self.about("\n".join(str(value) for value in row.values()))

    def _best(self, candidates: Sequence[tuple[int, float]], prompt: str) -> Found | None:
        """Take the longest row that stands there whole, or the one of which most does."""
        whole = [self.rows[n] for n, _ in candidates if self.rows[n].text in prompt]
        if whole:
            return Found(max(whole, key=lambda row: len(row.text)), 1.0)
        parts = [Found(self.rows[n], _part_of(self.rows[n].text, prompt)) for n, _ in candidates]
        best = max(parts, key=lambda found: found.similarity, default=None)
        return None if best is None or best.similarity < _LEAST else best

    @cached_property
    def _words(self) -> _Index:
        return _Index([row.text for row in self.rows], _words_of)

    @cached_property
    def _scraps(self) -> _Index:
        return _Index([row.text for row in self.rows], _scraps_of)


def read_answers(settings: AnswerFile) -> Knowledge:
    """Read an answer file. Raises InputError for one that holds no right answers."""
    records = _records(settings.path)
    columns = list(dict.fromkeys(name for record in records for name in record))
    for name in (settings.text, settings.key, settings.wrong_rate, *settings.fields):
        if name is not None and name not in columns:
            near = nearest(name, columns)
            raise InputError(
                f"{settings.path} has no column '{name}'; it has {', '.join(columns)}.",
                hint=f"'{near}' is meant?" if near else None,
            )
    text = settings.text or _text_column(records, columns, settings.fields)
    key = settings.key or next((name for name in columns if name.lower() in _KEYS), None)
    fields = settings.fields or tuple(
        name for name in columns if name not in (text, key, settings.wrong_rate)
    )
    if not fields:
        raise InputError(
            f"{settings.path} has no column with right answers besides '{text}'.",
            hint="Add one, such as 'answer'.",
        )
    return Knowledge(
        [
            Known(
                number=number,
                text=_said(record.get(text)) or "" if text else "",
                key=_said(record.get(key)) or "" if key else "",
                truth={name: _said(record.get(name)) for name in fields},
                wrong_rate=_rate(settings, record),
            )
            for number, record in enumerate(records)
        ]
    )


def _rate(settings: AnswerFile, record: Mapping[str, Any]) -> float | None:
    written = _said(record.get(settings.wrong_rate)) if settings.wrong_rate else None
    if written is None:
        return None
    try:
        rate = float(written)
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= 1:
        raise InputError(
            f"{settings.path}: '{written}' in column '{settings.wrong_rate}' is no share.",
            hint="Write a number from 0 to 1, or nothing.",
        )
    return rate


def _records(file: Path) -> list[dict[str, Any]]:
    text = text_of(file)
    if file.suffix.lower() in (".jsonl", ".ndjson", ".json"):
        try:
            records = [json.loads(line) for line in text.splitlines() if line.strip()]
        except ValueError as error:
            raise InputError(f"{file} is not JSON Lines: {error}.") from None
    else:
        records = list(csv.DictReader(io.StringIO(text)))
    if not records or not all(isinstance(record, dict) for record in records):
        raise InputError(
            f"{file} holds no rows.", hint="CSV with a header, or one JSON object a line."
        )
    return records


def _text_column(
    records: Sequence[Mapping[str, Any]], columns: Sequence[str], fields: Sequence[str]
) -> str | None:
    """Take the column with the longest texts, if they are texts at all."""
    lengths = {
        name: sum(len(_said(record.get(name)) or "") for record in records) / len(records)
        for name in columns
        if name not in fields
    }
    longest = max(lengths, key=lambda name: lengths[name], default=None)
    return longest if longest is not None and lengths[longest] >= 12 else None


def _said(value: Any) -> str | None:
    if value is None or value == "":
        return None
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class _Index:
    """Rows by what they are made of; what is rare counts more."""

    def __init__(self, texts: Sequence[str], parts_of: Callable[[str], set[int]]) -> None:
        import numpy as np

        self._parts_of = parts_of
        rows_with: dict[int, list[int]] = {}
        for number, text in enumerate(texts):
            for part in parts_of(text):
                rows_with.setdefault(part, []).append(number)
        self._rows = {part: np.array(rows) for part, rows in rows_with.items()}
        self._weight = {p: float(np.log1p(len(texts) / len(r))) for p, r in rows_with.items()}
        self._total = np.zeros(len(texts))
        for part, rows in self._rows.items():
            self._total[rows] += self._weight[part]

    def candidates(self, prompt: str, n: int = 5) -> list[tuple[int, float]]:
        """Return the likeliest rows, each with the share of it that was found; best first."""
        import numpy as np

        matched: NDArray[np.float64] = np.zeros(len(self._total))
        for part in self._parts_of(prompt):
            rows = self._rows.get(part)
            if rows is not None:
                matched[rows] += self._weight[part]
        share = matched / np.maximum(self._total, 1e-9)
        # A short text may stand in a long one by chance; much of a long one cannot.
        order = np.argsort(-matched * share, kind="stable")[:n]
        return [(int(row), float(share[row])) for row in order if share[row] > 0]


def _words_of(text: str) -> set[int]:
    return {_number(word) for word in _WORD.findall(text.casefold())}


def _scraps_of(text: str) -> set[int]:
    """Return an eighth of all runs of five letters, the same eighth in every text."""
    joined = "".join(_WORD.findall(text.casefold()))
    runs = {_number(joined[at : at + 5]) for at in range(max(1, len(joined) - 4))}
    return {run for run in runs if run % 8 == 0} if len(runs) > 200 else runs


def _number(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "replace"))


def _part_of(text: str, prompt: str) -> float:
    """Return the share of a text's words that stand in the prompt in their order; other capitals
    count for most of a word."""
    from rapidfuzz.distance import LCSseq

    own, theirs = _WORD.findall(text), _WORD.findall(prompt)
    if not own:
        return 0.0
    same = LCSseq.similarity(own, theirs)
    alike = LCSseq.similarity([w.casefold() for w in own], [w.casefold() for w in theirs])
    return float(0.3 * same + 0.7 * alike) / len(own)
