"""What requests took, in the units that are paid for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Meter = Literal["requests", "input tokens", "cached input tokens", "output tokens", "seconds"]
"""What is counted and paid for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One entry per answer that was wanted; NaN where it is not known."""

    requests: NDArray[np.float64]
    """Requests that were sent for it, retries among them."""
    input_tokens: NDArray[np.float64]
    """Cached ones included."""
    cached_input_tokens: NDArray[np.float64]
    output_tokens: NDArray[np.float64]
    seconds: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.requests)

    def metered(self) -> Iterator[tuple[Meter, NDArray[np.float64]]]:
        """Yield the quantities as they are paid: fresh and cached input tokens apart."""
        yield "requests", self.requests
        yield "input tokens", self.input_tokens - self.cached_input_tokens
        yield "cached input tokens", self.cached_input_tokens
        yield "output tokens", self.output_tokens
        yield "seconds", self.seconds
