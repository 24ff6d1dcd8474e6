"""Rows of one scope, answered by the system and set against the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from proveout.checks.quality.asking import Call
from proveout.checks.quality.records import Records
from proveout.statistics.scores import Judged
from proveout.systems.port import Answers

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Rows of one scope, answered and judged."""

    records: Records
    answers: Answers
    calls: tuple[Call, ...]
    known: NDArray[np.bool_]
    """Rows whose truth is known; `judged` has those only."""
    judged: Judged
    inputs: Mapping[str, str]
    """Fingerprints of data and system."""
    unit: str
    """Unit of the label."""
