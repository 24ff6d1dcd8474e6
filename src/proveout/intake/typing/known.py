"""What has been seen of the columns of a table, and what follows from it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from proveout.intake.typing.deciding import Hints, Verdict, decide, kinds_of
from proveout.intake.typing.kinds import PLAIN, Kind
from proveout.intake.typing.numbers import shown

ALL = tuple(kind.name for kind in PLAIN)


@dataclass(slots=True, kw_only=True)
class Known:
    """What has been seen of the columns so far, and what follows from it."""

    hints: Hints
    only: Collection[str] = ALL
    texts: dict[str, list[str]] = field(default_factory=dict)
    possible: dict[str, Sequence[Kind]] = field(default_factory=dict)
    """Kinds that all values seen may be of."""
    excluded: dict[str, set[Kind]] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    given_up: set[str] = field(default_factory=set)

    def see(self, texts: Mapping[str, list[str]]) -> None:
        """Take note of values, by column."""
        self.texts |= texts
        self._look_at(texts)
        if texts:
            self.decide()

    def add(self, texts: Mapping[str, Sequence[str]]) -> None:
        """Take note of more values of columns that are known."""
        for name, more in texts.items():
            self.texts[name] = [*self.texts[name], *more]
        self._look_at(texts)

    def exclude(self, kinds: Mapping[str, Collection[Kind]]) -> None:
        """Take note that not all values of a column are of these kinds."""
        for name, out in kinds.items():
            self.excluded.setdefault(name, set()).update(out)
        self.decide()

    def decide(self) -> None:
        """Draw the conclusions."""
        found = {
            name: () if name in self.given_up else kinds for name, kinds in self.possible.items()
        }
        self.verdicts = decide(found, self.texts, self.hints, self.excluded)

    def _look_at(self, names: Iterable[str]) -> None:
        for name in names:
            kinds = kinds_of(self.texts[name])
            self.possible[name] = [kind for kind in kinds if kind.name in self.only]

    def give_up(self, names: Collection[str]) -> None:
        """Take columns for text."""
        self.given_up.update(names)
        self.decide()

    def kinds(self) -> dict[str, Kind]:
        """Return the kind of each column that is no text."""
        found = {name: verdict.kind for name, verdict in self.verdicts.items()}
        return {name: kind for name, kind in found.items() if kind is not None}

    def undecided(self) -> list[str]:
        """List the columns that may be of several kinds."""
        return [name for name, each in self.verdicts.items() if each.rivals and each.kind is None]

    def silent(self) -> list[str]:
        """List the columns of which no value has been seen."""
        return [name for name, texts in self.texts.items() if not texts]

    def notes(self) -> dict[str, Any]:
        """Return what is to be told of the columns."""
        notes: dict[str, dict[str, Any]] = {}
        for name, verdict in self.verdicts.items():
            kind = verdict.kind
            if kind is not None and kind.format:
                what = "number_formats" if kind.decimal else "date_formats"
                notes.setdefault(what, {})[name] = shown(kind, self.texts[name])
            if verdict.rivals and kind is None:
                formats = [rival.format or rival.name for rival in verdict.rivals]
                notes.setdefault("ambiguous", {})[name] = formats
            if verdict.rivals and kind is not None:
                notes.setdefault("decided_by", {})[name] = verdict.why
        return notes


def in_question(verdict: Verdict) -> tuple[Kind, ...]:
    """Return what is to be proven: where nothing decides between kinds, whether all of them fit."""
    return verdict.rivals if verdict.kind is None else (verdict.kind,)
