"""Many answers against many truths, one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from proveout.charter.schema.scoring import Scorer, Scoring
from proveout.scoring.pairs import Agrees, pair_scorer
from proveout.scoring.structures import structures_agree

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """How far answers agree with their truths."""

    score: NDArray[np.float64]
    """0 to 1, one per pair; NaN where it could not be had."""
    trouble: str | None = None
    """Why some could not be had; None where all were."""


class Comparer(Protocol):
    """Sets answers against truths."""

    def compare(self, truths: Sequence[Any], answers: Sequence[Any]) -> Compared:
        """Score pairs of which neither side is empty."""
        ...


@dataclass(frozen=True, slots=True)
class PairByPair:
    """Compares by a function of one truth and one answer; lists and objects part by part."""

    agrees: Agrees
    ordered: bool = False
    """Lists are the same only in the same order."""
    whole: bool = False
    """Lists and objects are handed over as they are."""

    def compare(self, truths: Sequence[Any], answers: Sequence[Any]) -> Compared:
        """Score 1 where they agree, else 0."""
        pairs = zip(truths, answers, strict=True)
        if self.whole:
            found = [self.agrees(truth, answer) for truth, answer in pairs]
        else:
            found = [structures_agree(*pair, self.agrees, ordered=self.ordered) for pair in pairs]
        return Compared(score=np.asarray(found, dtype=np.float64))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparers:
    """The comparers of a charter, made once and used for every batch."""

    whole: Comparer
    """For answers in words."""
    by_field: Mapping[str, Comparer]
    """For the fields of a document."""
    scoring: Scoring


def comparers_of(scoring: Scoring | None, *, folder: Path) -> Comparers:
    """Make them. Raises InputError for a scorer that cannot work, MissingExtraError."""
    scoring = scoring or Scoring()
    return Comparers(
        whole=_comparer(scoring.scorer, folder),
        by_field={name: _comparer(field, folder) for name, field in scoring.fields.items()},
        scoring=scoring,
    )


def _comparer(scorer: Scorer, folder: Path) -> Comparer:
    if scorer.by == "python":
        from proveout.scoring.own.function import OwnFunction

        return OwnFunction(scorer.callable or "", folder=folder)
    return PairByPair(
        pair_scorer(scorer),
        ordered=scorer.by == "exact",
        whole=scorer.by in ("contains", "json_schema"),
    )
