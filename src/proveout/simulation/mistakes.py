"""Wrong answers of the kind that systems give: near the truth, and easy to take for it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from proveout.simulation.knowledge import Knowledge, Known

Mistake = Callable[[str, str, "Others"], str | None]

_DAY = re.compile(r"^(\d{4})-(\d\d)-(\d\d)$")


class Others:
    """What else could have been answered."""

    def __init__(self, knowledge: Knowledge, row: Known, numbers: random.Random) -> None:
        self._rows = knowledge.rows
        self._row = row
        self.numbers = numbers

    def of_row(self, field: str) -> list[str]:
        """Return the row's other answers that look like this one; all others where none does."""
        own = self._row.truth[field]
        others = [v for name, v in self._row.truth.items() if name != field and v and v != own]
        alike = [value for value in others if own and _looks(value) == _looks(own)]
        return alike or others

    def of_field(self, field: str) -> str | None:
        """Return what another row has there; None where all have the same."""
        own = self._row.truth[field]
        for _ in range(20):
            other = self.numbers.choice(self._rows).truth[field]
            if other and other != own:
                return other
        return None


def wrong_answers(
    knowledge: Knowledge, row: Known, numbers: random.Random
) -> Mapping[str, str | None]:
    """Return the answers to a row with a mistake in one of them, sometimes in two."""
    others = Others(knowledge, row, numbers)
    wanted = 2 if len(row.truth) > 1 and numbers.random() < 0.3 else 1
    answers = dict(row.truth)
    for field in numbers.sample(sorted(answers), wanted):
        answers[field] = _wrong(field, answers[field], others)
    return answers


def _wrong(field: str, truth: str | None, others: Others) -> str | None:
    if truth is None:  # what is not there is made up
        return others.of_field(field) or "unknown"
    kinds = list(_kinds_for(truth, has_neighbours=len(others.of_row(field)) > 0))
    others.numbers.shuffle(kinds)
    for kind in kinds:
        answer = kind(field, truth, others)
        if answer != truth:
            return answer
    return None


def _kinds_for(truth: str, *, has_neighbours: bool) -> Sequence[Mistake]:
    kinds: list[Mistake] = [_of_another_row, _of_another_row]
    if _DAY.match(truth):
        kinds += [_day_for_month, _digits_swapped]
    elif any(character.isdigit() for character in truth):
        kinds += [_digits_swapped, _digits_swapped, _digit_misread]
    if has_neighbours:  # a document of fields, not one answer
        kinds += [_of_a_neighbour, _left_out]
    elif len(truth) > 60:
        kinds.append(_cut_short)
    return kinds


def _of_another_row(field: str, truth: str, others: Others) -> str | None:
    return others.of_field(field) or truth


def _of_a_neighbour(field: str, truth: str, others: Others) -> str | None:  # noqa: ARG001
    return others.numbers.choice(others.of_row(field))


def _left_out(field: str, truth: str, others: Others) -> str | None:  # noqa: ARG001
    return None


def _digits_swapped(field: str, truth: str, others: Others) -> str | None:  # noqa: ARG001
    places = [
        at
        for at in range(len(truth) - 1)
        if truth[at].isdigit() and truth[at + 1].isdigit() and truth[at] != truth[at + 1]
    ]
    if not places:
        return truth
    at = others.numbers.choice(places)
    return truth[:at] + truth[at + 1] + truth[at] + truth[at + 2 :]


def _digit_misread(field: str, truth: str, others: Others) -> str | None:  # noqa: ARG001
    alike = {"0": "8", "1": "7", "2": "7", "3": "8", "5": "6", "6": "5", "7": "1", "8": "3"}
    places = [at for at, character in enumerate(truth) if character in alike]
    if not places:
        return truth
    at = others.numbers.choice(places)
    return truth[:at] + alike[truth[at]] + truth[at + 1 :]


def _day_for_month(field: str, truth: str, others: Others) -> str | None:  # noqa: ARG001
    year, month, day = (int(part) for part in truth.split("-"))
    try:
        return date(year, day, month).isoformat()
    except ValueError:
        return truth


def _cut_short(field: str, truth: str, others: Others) -> str | None:  # noqa: ARG001
    return truth[: len(truth) // 3].rsplit(" ", 1)[0] + " ..."


def _looks(value: str) -> str:
    return "number" if any(character.isdigit() for character in value) else "words"
