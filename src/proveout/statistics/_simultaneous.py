"""Looking at many figures at once without being fooled by the most extreme of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def simultaneous_level(level: float, n_comparisons: int) -> float:
    """Return the level each of n intervals needs so that all hold together at `level`.

    Bonferroni's, which needs no assumption about how the figures hang together: pass the result
    as `level` to any interval here.

    >>> simultaneous_level(0.95, 1), simultaneous_level(0.95, 10)
    (0.95, 0.995)
    """
    return 1 - (1 - level) / max(1, n_comparisons)


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Return Holm's adjusted p values: each at most alpha controls the family-wise error at alpha.

    Holds under any dependence. Source: Holm (1979), Scandinavian J. Statistics 6, 65-70.
    """
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted
