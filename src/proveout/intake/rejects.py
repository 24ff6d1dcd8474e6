"""Ways to keep what could not be read: a list, a table of the engine, or several of these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from proveout.intake.session import Session, literal, quoted
from proveout.intake.table import Reject, Rejects

RAW_CHARACTERS = 500
"""How much of a rejected text is kept for showing."""
REJECT_FIELDS = ("file", "line", "column_name", "reason", "message", "raw")
"""The columns of a table of rejects."""


@dataclass(frozen=True, slots=True)
class ListedRejects:
    """Rejects that are few enough to stand in memory."""

    listed: tuple[Reject, ...] = ()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.listed)

    def by_reason(self) -> Mapping[str, int]:
        """Count by reason code."""
        return Counter(reject.reason for reject in self.listed)

    def examples(self, most: int = 3, *, reason: str | None = None) -> list[Reject]:
        """Return the first few."""
        wanted = (r for r in self.listed if reason is None or r.reason == reason)
        return list(islice(wanted, most))


@dataclass(frozen=True, slots=True)
class StoredRejects:
    """Rejects in a table of the engine, whose columns are REJECT_FIELDS."""

    session: Session
    table: str

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self.session.rows(f"SELECT count(*) FROM {quoted(self.table)}")[0][0])  # noqa: S608 - own name

    def by_reason(self) -> Mapping[str, int]:
        """Count by reason code."""
        counted = f"SELECT reason, count(*) FROM {quoted(self.table)} GROUP BY ALL ORDER BY ALL"  # noqa: S608 - own name
        return dict(self.session.rows(counted))

    def examples(self, most: int = 3, *, reason: str | None = None) -> list[Reject]:
        """Return the first few, in the order of the file."""
        where = "" if reason is None else f"WHERE reason = {literal(reason)}"
        listed = (
            f"SELECT {', '.join(REJECT_FIELDS)} FROM {quoted(self.table)} {where} "  # noqa: S608 - own names
            f"ORDER BY line LIMIT {int(most)}"
        )
        return [
            Reject(file=file, line=line, column=column, reason=code, message=message, raw=raw)
            for file, line, column, code, message, raw in self.session.rows(listed)
        ]


@dataclass(frozen=True, slots=True)
class JoinedRejects:
    """The rejects of several files, in the order of the files."""

    parts: tuple[Rejects, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(part.count for part in self.parts)

    def by_reason(self) -> Mapping[str, int]:
        """Count by reason code."""
        counted: Counter[str] = Counter()
        for part in self.parts:
            counted.update(part.by_reason())
        return counted

    def examples(self, most: int = 3, *, reason: str | None = None) -> list[Reject]:
        """Return the first few."""
        found: list[Reject] = []
        for part in self.parts:
            if len(found) >= most:
                break
            found += part.examples(most - len(found), reason=reason)
        return found


def joined(parts: Sequence[Rejects]) -> Rejects:
    """Put the rejects of several files together."""
    return parts[0] if len(parts) == 1 else JoinedRejects(tuple(parts))
