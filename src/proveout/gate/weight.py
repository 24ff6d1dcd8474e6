"""How much a criterion holds the gate: what the fix-first list is ordered by.

    weight = rank + share ÷ place

- rank: 5 a limit that is broken for sure, 4 failed, 3 missing, 2 inconclusive, 1 stale.
- share, from 0 to just under 1, is (proof + shortfall) ÷ 3. Proof is how directly the figure shows
  what users will meet: 2 what the system did on real input (answers, load, drills, use, value),
  1 what it did on damaged input, 0 a condition for it (data, people, agreements). The share is
  full for the seal, on which everything else rests.
- The shortfall is r ÷ (1 + r), where r is how far the bound misses, in units of what is allowed:
  1 - threshold for a share that must be high, the threshold itself otherwise, 1 where nothing is
  allowed. 90 % where 98 % is asked misses by four times the 2 % that may be missing; a 'no' where
  'yes' is asked counts a half. It is full where nothing was measured.
- place is the criterion's place among those of its rank and family: the second of a family counts
  half, the third a third. So the head of the list shows each family's worst, technical and
  organisational alike (R801), before a long row of one kind.

Equals stand in the order of the standard, which puts what everything else rests on first. A lower
rank never overtakes a higher one. A criterion that does not hold the gate weighs 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from proveout.evidence.catalogue import Family
from proveout.gate.model import Criterion, Finding
from proveout.gate.standards import SEALED

_CONDITIONS = ("readiness.", "governance.", "people.", "diagnosis.")
_ON_DAMAGED_INPUT = "stress."
_RANK = {"failed": 4, "missing": 3, "inconclusive": 2, "stale": 1}
_FULL = 0.999


def rank(finding: Finding, *, breaks_limit: bool) -> int:
    """Return the class of a finding; 0 when it does not hold the gate."""
    return 5 if breaks_limit else _RANK.get(finding.state, 0)


def shortfall(criterion: Criterion, finding: Finding) -> float:
    """Return how far the bound misses, from 0 (not at all) to just under 1."""
    if finding.margin is None or finding.evidence is None:
        return _FULL  # the seal is answered without evidence, too
    missed = max(0.0, -finding.margin)
    if missed == 0:
        return 0.0
    unit = finding.evidence.unit
    allowed = abs(criterion.threshold)
    if criterion.comparison == ">=" and unit in ("fraction", "flag"):
        allowed = 1 - criterion.threshold
    ratio = missed / (allowed or 1.0)
    return min(_FULL, ratio / (1 + ratio))


def share(criterion: Criterion, short: float) -> float:
    """Return what a criterion weighs within its rank, from how far it misses."""
    if criterion.metric == SEALED:
        return _FULL
    if criterion.metric.startswith(_CONDITIONS):
        proof = 0
    else:
        proof = 1 if criterion.metric.startswith(_ON_DAMAGED_INPUT) else 2
    return (proof + short) / 3


def weights(judged: Sequence[tuple[Criterion, int, float]]) -> list[float]:
    """Return the weight of each (criterion, rank, share), in the order given."""
    order = sorted(range(len(judged)), key=lambda i: (-judged[i][1], -judged[i][2], i))
    places: Counter[tuple[int, Family]] = Counter()
    result = [0.0] * len(judged)
    for position in order:
        criterion, its_rank, its_share = judged[position]
        if its_rank == 0:
            continue
        places[its_rank, criterion.family] += 1
        result[position] = its_rank + its_share / places[its_rank, criterion.family]
    return result
