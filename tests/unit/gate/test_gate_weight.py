"""How much a criterion holds the gate."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.gate_makers import NOW, criterion, dossier, fact, interval
from proveout.gate.bench import lay_out
from proveout.gate.judge import judge, missing
from proveout.gate.model import Criterion
from proveout.gate.weight import rank, share, shortfall, weights


def short(line: Criterion, **changes: Any) -> float:
    given = dossier(fact(**changes))
    bench = lay_out(given, now=NOW, charter_hash="sha256:now", measured_by={})
    (finding,) = judge(line, bench)
    return shortfall(line, finding)


@pytest.mark.parametrize(
    ("line", "changes", "share"),
    [
        # misses by four times the 2 % that may be missing: 4 / 5
        (criterion(threshold=0.98), {"value": 0.90}, 0.8),
        # misses by four times the 1 % that is allowed
        (criterion(comparison="<=", threshold=0.01), {"value": 0.05}, 0.8),
        # the bound counts, not the point
        (criterion(threshold=0.9), {"value": 0.95, "interval": interval(0.8, 0.99)}, 0.5),
        # a 'no' where 'yes' is asked
        (criterion(threshold=1), {"value": 0, "unit": "flag"}, 0.5),
        # nothing is allowed: the figure itself
        (criterion(comparison="<=", threshold=0), {"value": 3, "unit": "count"}, 0.75),
        # it clears: what holds it is something else, such as its age
        (criterion(), {"value": 0.9}, 0.0),
    ],
)
def test_the_shortfall_is_relative_to_what_is_allowed(
    line: Criterion, changes: dict[str, Any], share: float
) -> None:
    """Figures of different units are compared by how many times over they miss."""
    assert short(line, **changes) == pytest.approx(share)


def test_what_was_not_measured_is_short_in_full() -> None:
    """Nobody knows how far it is."""
    assert shortfall(criterion(), missing(criterion().subject, "nothing")) == 0.999


def test_what_users_meet_weighs_more_than_its_conditions() -> None:
    """Answers on real input, then on damaged input, then data and agreements."""
    metrics = ("quality.recall", "stress.worst_quality_drop", "readiness.rejects", "people.trained")
    shares = [share(criterion(metric=metric), 0.6) for metric in metrics]

    assert shares == pytest.approx([2.6 / 3, 1.6 / 3, 0.2, 0.2])
    assert share(criterion(metric="governance.sealed"), 0.5) == 0.999


def test_a_lower_rank_never_overtakes() -> None:
    """Broken limit, failed, missing, inconclusive, stale: in that order, whatever the share."""
    judged = [(criterion(id=str(place)), place, share) for place, share in
              ((1, 0.999), (2, 0.0), (3, 0.999), (4, 0.0), (5, 0.0))]  # fmt: skip

    made = weights(judged)

    assert made == sorted(made)
    assert weights([(criterion(), 0, 0.999)]) == [0.0]


def test_the_second_of_a_family_counts_half() -> None:
    """So that the head of the list shows each family's worst."""
    technical = [(criterion(id=name), 4, 0.9) for name in ("a", "b", "c")]
    other = (criterion(id="d", family="organisational"), 4, 0.6)

    assert weights([*technical, other]) == pytest.approx([4.9, 4.45, 4.3, 4.6])


def test_what_holds_nothing_has_no_rank() -> None:
    """A passed finding ranks 0; a broken limit ranks above all."""
    passed = judge(
        criterion(),
        lay_out(dossier(fact()), now=NOW, charter_hash="sha256:now", measured_by={}),
    )[0]

    assert (rank(passed, breaks_limit=False), rank(passed, breaks_limit=True)) == (0, 5)
