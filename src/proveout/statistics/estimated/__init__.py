"""How good answers probably are, as long as the truth is not known; or why that cannot be told.

`fit` learns on answers whose truth is known, and refuses where they show that confidence does not
tell good weeks from bad ones. Its `Estimator` then says what a window of answers is worth.
"""

from proveout.statistics.estimated.estimator import (
    Estimate,
    Estimator,
    NoEstimate,
    Reference,
    fit,
)
from proveout.statistics.estimated.partly import Partly, partly_measured

__all__ = [
    "Estimate",
    "Estimator",
    "NoEstimate",
    "Partly",
    "Reference",
    "fit",
    "partly_measured",
]
