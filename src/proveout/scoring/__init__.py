"""How an answer in words, or the fields of a document, are compared with the truth.

    comparers = comparers_of(scoring, folder=charter_folder)
    compared = comparers.whole.compare(truths, answers)     # question answering
    outcome = compare_documents(truths, answers, answered, scoring, comparers)   # extraction

All of it is pure but for `own`, which runs the user's function in a process of its own.
"""

from proveout.scoring.comparing import Compared, Comparer, Comparers, comparers_of
from proveout.scoring.documents import FieldOutcomes, Outcome, compare_documents

__all__ = [
    "Compared",
    "Comparer",
    "Comparers",
    "FieldOutcomes",
    "Outcome",
    "compare_documents",
    "comparers_of",
]
