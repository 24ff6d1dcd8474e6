"""When requests fall due: drawn beforehand, from a seed. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

PEAK_SHARE = 0.2
"""Share of the day's requests in the busiest hour, where the charter does not say: an office day
has eight hours, and its morning peak takes somewhat more than an even eighth."""

MOST_WARM_UP_S = 10.0

LEVELS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Thinking:
    """The pause of a user between an answer and the next question."""

    mean_s: float
    shape: Literal["exponential", "lognormal"] = "exponential"
    cv: float = 1.0
    """Standard deviation over mean, for lognormal."""

    def draw(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw pauses, in seconds."""
        if self.shape == "exponential":
            return rng.exponential(self.mean_s, n)
        sigma2 = math.log1p(self.cv**2)
        return self.mean_s * rng.lognormal(-sigma2 / 2, math.sqrt(sigma2), n)

    def draw_rest(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw what is left of a pause that began at some time in the past, in seconds.

        Users who begin so are spread as if they had been at it for ever: no herd at the start.
        The pause that a moment falls into is longer than others in proportion to its length
        (renewal theory: Feller 1971, vol. II, ch. XI.4).
        """
        if self.shape == "exponential":
            return rng.exponential(self.mean_s, n)
        sigma2 = math.log1p(self.cv**2)
        longer = self.mean_s * rng.lognormal(sigma2 / 2, math.sqrt(sigma2), n)
        return longer * rng.random(n)


def poisson_moments(
    rate_per_s: float, begin_s: float, end_s: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw the moments of requests that come whatever happens, in order."""
    n = rng.poisson(rate_per_s * (end_s - begin_s))
    moments: NDArray[np.float64] = np.sort(rng.uniform(begin_s, end_s, n))
    return moments


def levels(
    *, pilot_users: int, users: int, given: Sequence[int] = (), up_to: int | None = None
) -> tuple[int, ...]:
    """Return the numbers of users on the way up, in order, the last one being the full size.

    Where no more than `up_to` are sent, the last one is `up_to`.

    >>> levels(pilot_users=50, users=5000)
    (50, 158, 500, 1581, 5000)
    """
    if given:
        wanted = {*given, users}
    elif pilot_users >= users:
        wanted = {users}
    else:
        wanted = {round(each) for each in np.geomspace(pilot_users, users, LEVELS)}
    top = users if up_to is None else min(users, up_to)
    below = {each for each in wanted if each < top}
    return (*sorted(below), top)


def warm_up_s(seconds: float, give_up_after_s: float) -> float:
    """Return how long a level runs before it is measured.

    A queue is full at the latest when the first of its users lose patience; more than that is not
    waited for, nor more than a third of what is measured.
    """
    return min(give_up_after_s, MOST_WARM_UP_S, max(1.0, seconds / 3))
