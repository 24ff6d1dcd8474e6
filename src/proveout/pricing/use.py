"""What requests took, in the units that are paid for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Meter = Literal["requests", "input tokens", "cached input tokens", "output tokens", "seconds"]
"""What is counted and paid for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One entry per answer that was wanted; NaN where it is not known."""

    requests: NDArray[np.float64]
    """Requests that were sent for it, retries among them."""
    needed: NDArray[np.float64]
    """Requests that it is made of when none is sent again: 1, or as many as there are samples."""
    input_tokens: NDArray[np.float64]
    """Of the requests needed; cached ones included."""
    cached_input_tokens: NDArray[np.float64]
    output_tokens: NDArray[np.float64]
    seconds: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.requests)

    def paid(self, *, retries_are_billed: bool) -> NDArray[np.float64]:
        """Return how many requests of each answer are paid."""
        return np.maximum(self.requests, self.needed) if retries_are_billed else self.needed

    def metered(self, paid: NDArray[np.float64]) -> Iterator[tuple[Meter, NDArray[np.float64]]]:
        """Yield the quantities as they are paid: fresh and cached input tokens apart.

        What a request took that was sent again is not known; it is taken for as much as the one
        that was answered.
        """
        times = paid / self.needed
        yield "requests", paid
        yield "input tokens", (self.input_tokens - self.cached_input_tokens) * times
        yield "cached input tokens", self.cached_input_tokens * times
        yield "output tokens", self.output_tokens * times
        yield "seconds", self.seconds  # with the seconds of every attempt
