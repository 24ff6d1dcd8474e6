"""A representative sample of production: strata, inclusion probabilities, design weights (R207)."""

from proveout.intake.drawing.design import Design, Stratum, allocate, plan
from proveout.intake.drawing.draw import STRATUM, WEIGHT, draw_sample
from proveout.intake.drawing.strata import Marks, label_of

__all__ = [
    "STRATUM", "WEIGHT", "Design", "Marks", "Stratum", "allocate", "draw_sample", "label_of",
    "plan",
]  # fmt: skip
