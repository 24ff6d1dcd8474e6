"""What became of every request, kept as columns: a run may have millions."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from proveout.capacity.runs import Outcome
from proveout.checks.load.spec import COLUMNS, MOMENTS

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Tally:
    """The requests of one level; moments are on the engine's clock."""

    def __init__(self) -> None:
        self._columns = {name: array("d") for name in COLUMNS}
        self._outcome = self._columns["outcome"]
        self._appends = tuple(self._columns[name].append for name in COLUMNS[:6])
        self._faults: dict[int, str] = {}
        self._end = math.inf
        self.n = 0
        self.n_bad = 0
        """Failed or given up."""
        self.unread = 0
        """Replies whose content was not looked at, for want of memory."""

    def add(  # noqa: PLR0917  # called ten thousand times a second
        self,
        due: float,
        begun: float,
        sent: float,
        done: float,
        first: float,
        outcome: int,
        fault: str | None,
    ) -> int:
        """Add one; return its number."""
        for append, value in zip(
            self._appends, (due, begun, sent, done, first, outcome), strict=True
        ):
            append(value)
        self._columns["input_tokens"].append(np.nan)
        self._columns["output_tokens"].append(np.nan)
        if outcome != Outcome.ANSWERED:
            self.n_bad += 1
        if fault is not None:
            self._faults[self.n] = fault
        self.n += 1
        return self.n - 1

    def fail(self, number: int, fault: str) -> None:
        """Take an answer back that turned out to be none."""
        if self._outcome[number] == Outcome.ANSWERED:
            self._outcome[number] = Outcome.FAILED
            self.n_bad += 1
            self._faults[number] = fault

    def took(self, number: int, tokens_in: float, tokens_out: float) -> None:
        """Note the tokens of an answer."""
        self._columns["input_tokens"][number] = tokens_in
        self._columns["output_tokens"][number] = tokens_out

    def settled(self, until: float) -> tuple[int, int]:
        """Count the requests that were due before a moment, and those of them that are bad.

        What ends first is mostly what fails first. Only of requests that were due before the oldest
        one which is still under way has every one an end.
        """
        is_settled = np.array(self._columns["due_s"]) < until
        is_bad = np.array(self._outcome)[is_settled] != Outcome.ANSWERED
        return int(is_settled.sum()), int(is_bad.sum())

    def keep_before(self, moment: float) -> None:
        """Let nothing count that was due at that moment or later."""
        self._end = moment

    @property
    def faults(self) -> Counter[str]:
        """How many requests failed, by what went wrong."""
        due = self._columns["due_s"]
        return Counter(fault for at, fault in self._faults.items() if due[at] < self._end)

    def columns(self, begin: float) -> NDArray[np.float64]:
        """Return one row per name in `COLUMNS`; moments are seconds from `begin`."""
        found = np.array([self._columns[name] for name in COLUMNS])
        found = found[:, found[0] < self._end]
        found[:MOMENTS] -= begin
        return found
