"""Cases that are written by hand, where no data can be read. Pure."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from proveout.errors import InputError
from proveout.training.case import Case, Part, Shown, cut

QUESTION = "case"
MOST_LINES = 200
LONGEST_CELL = 131_072
ORIGIN = "entered by hand"


def entered(question: str, truth: str = "", answer: str = "", is_right: bool | None = None) -> Case:
    """Return a case in words. Raises InputError without a question.

    Where `is_right` is not said, an answer is right when it reads as the truth does.
    """
    asked, true, said = (text.strip() for text in (question, truth, answer))
    if not asked:
        raise InputError("The case is missing.", hint="Write down what a colleague would see.")
    if is_right is None and true and said:
        is_right = _alike(true, said)
    return Case(
        number=0,
        shown=(Shown(column=QUESTION, text=cut(asked)),),
        parts=(
            Part(field="", truth=cut(true) or None, answer=cut(said) or None, is_right=is_right),
        ),
        has_truth=bool(true),
        has_answer=bool(said),
        confidence=None,
        is_right=is_right if said else None,
        origin=ORIGIN,
    )


def pasted(text: str) -> Iterator[Case]:
    """Yield cases from lines as a spreadsheet copies them: case, truth, the system's answer.

    Raises InputError where there is no line, or too many.
    """
    too_long = InputError(
        "One cell is too long to be read.", hint="Shorten it, or look for a lone quotation mark."
    )
    try:
        rows = list(csv.reader(text.splitlines(), delimiter="\t"))
    except csv.Error:
        raise too_long from None
    # The reader's own limit belongs to the whole process, and others may have lifted it.
    if any(len(cell) > LONGEST_CELL for row in rows for cell in row):
        raise too_long
    lines = [row for row in rows if any(map(str.strip, row))]
    if not lines:
        raise InputError("There is nothing to paste.", hint="Copy rows from a spreadsheet.")
    if len(lines) > MOST_LINES:
        raise InputError(
            f"{len(lines):,} lines are too many.", hint=f"Paste at most {MOST_LINES} at once."
        )
    for row in lines:
        question, truth, answer, *_ = [*row, "", "", ""]
        yield entered(question, truth, answer)


def _alike(truth: str, answer: str) -> bool:
    return " ".join(truth.casefold().split()) == " ".join(answer.casefold().split())
