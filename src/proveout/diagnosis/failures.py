"""The ways in which a pilot fails: five of its structure, and what else it could have been."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Structural = Literal[
    "experiment-framing", "data-gap", "no-governance-bridge", "no-change-management",
    "wrong-metrics",
]  # fmt: skip
"""As in predecessors[].failures of the charter."""

Other = Literal["cost-latency", "maintenance", "technology", "outside"]
"""What it could have been besides, or instead."""

Failure = Structural | Other


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A cause of failure in words."""

    id: Failure
    short: str
    """One word, for ids of what must be shown after it."""
    name: str
    means: str
    """One sentence: what is the matter where it is active."""
    is_structural: bool = True


FAILURES: Final[tuple[Named, ...]] = (
    Named(
        id="experiment-framing", short="framing", name="Experiment framing",
        means="It was set up as an experiment: to show that the technology works, with no way "
        "into everyday work planned behind it.",
    ),
    Named(
        id="data-gap", short="data", name="Data gap",
        means="It was built and judged on other data than it met in use.",
    ),
    Named(
        id="no-governance-bridge", short="bridge", name="No governance bridge",
        means="Nobody in the business answered for it: for its answers, its exceptions, and the "
        "decision to go on.",
    ),
    Named(
        id="no-change-management", short="change", name="No change management",
        means="The people whose work it changed were not taken along, and did not use it or go "
        "by it.",
    ),
    Named(
        id="wrong-metrics", short="metrics", name="Wrong metrics",
        means="Success was told by figures that do not stand for what was needed.",
    ),
    Named(
        id="cost-latency", short="cost", name="Cost and latency at scale", is_structural=False,
        means="At full size it was too dear, too slow or too often down.",
    ),
    Named(
        id="maintenance", short="upkeep", name="Maintenance", is_structural=False,
        means="Nobody kept it right when data and the world changed.",
    ),
    Named(
        id="technology", short="technology", name="The technology could not do it",
        is_structural=False,
        means="Even under good conditions it could not do the task.",
    ),
    Named(
        id="outside", short="outside", name="Something outside", is_structural=False,
        means="Something that had nothing to do with it ended it.",
    ),
)  # fmt: skip
"""In the order in which they are told where nothing else decides."""

STRUCTURAL: Final[tuple[Structural, ...]] = (
    "experiment-framing", "data-gap", "no-governance-bridge", "no-change-management",
    "wrong-metrics",
)  # fmt: skip


def named(failure: str) -> Named:
    """Return a cause in words. Raises KeyError on an unknown one."""
    return _BY_ID[failure]


_BY_ID: Final[dict[str, Named]] = {each.id: each for each in FAILURES}
