"""Writing a first charter: from answers, and from what a data file looks like."""

from proveout.charter.init.answers import Answers
from proveout.charter.init.inferring import Guess, infer
from proveout.charter.init.profile import ColumnProfile, DataProfile, profile_column
from proveout.charter.init.template import render

__all__ = [
    "Answers",
    "ColumnProfile",
    "DataProfile",
    "Guess",
    "infer",
    "profile_column",
    "render",
]
