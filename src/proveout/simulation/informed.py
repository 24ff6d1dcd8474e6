"""A system that knows the right answers and sometimes gives others, more or less aware of it.

Each row has a difficulty, drawn from a beta distribution whose mean is the wanted share of wrong
answers, and luck of its own; it is answered wrong where the difficulty exceeds the luck. Damage to
the text raises the mean, so that a row goes from right to wrong with more damage and never back.
An honest confidence is one minus the difficulty, which is calibrated by construction.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import orjson

from proveout.simulation.behaviour import Behaviour
from proveout.simulation.chat import ChatRequest, Said
from proveout.simulation.knowledge import Found, Knowledge
from proveout.simulation.mistakes import wrong_answers
from proveout.simulation.responder import Answered, refuses_or_spoils
from proveout.simulation.seeds import content_number, share_of, source

ALWAYS_SURE = 0.97
"""What a system says that does not know what it does not know."""

_SPREAD = 1.5
"""Of the difficulties: the smaller, the more rows are plainly easy or plainly hard."""


class Informed:
    """Answers from an answer file."""

    def __init__(self, behaviour: Behaviour, knowledge: Knowledge) -> None:
        self._behaviour = behaviour
        self._knowledge = knowledge

    def chat(self, asked: ChatRequest, variation: random.Random) -> Said:
        """Answer in words, or as JSON where that is asked for or there are several fields."""
        found = self._knowledge.about(asked.text)
        which = self._which(found, asked.text)
        again = variation if asked.temperature > 0 else None
        answers, confidence = self._answers(found, which, again)
        text = _written(answers, confidence, asked)
        spoilt = refuses_or_spoils(self._behaviour, which, text)
        return spoilt or Said(text=text, confidence=confidence)

    def row(self, row: Mapping[str, Any]) -> Answered:
        """Answer one row; its one field, or an object of several."""
        found = self._knowledge.of_row(row)
        which = self._which(found, orjson.dumps(row, default=str).decode())
        answers, confidence = self._answers(found, which, None)
        spoilt = refuses_or_spoils(self._behaviour, which, "")
        if spoilt is not None:
            return Answered(value=None if spoilt.is_refusal else [spoilt.text])
        values = {name: _number_or_text(value) for name, value in answers.items()}
        value = next(iter(values.values())) if len(values) == 1 else values
        return Answered(value=value, confidence=confidence)

    def _which(self, found: Found | None, text: str) -> int:
        """Number the question: by the row it is about, so that damage finds the same one again."""
        about = text if found is None else f"row {found.row.number}"
        return content_number(about, self._behaviour.seed)

    def _answers(
        self, found: Found | None, which: int, again: random.Random | None
    ) -> tuple[Mapping[str, str | None], float]:
        row = (
            self._knowledge.rows[which % len(self._knowledge.rows)] if found is None else found.row
        )
        difficulty = 1.0 if found is None else self._difficulty(which, found)
        awareness = self._behaviour.calibration
        sure = awareness * (1 - difficulty) + (1 - awareness) * ALWAYS_SURE
        luck, purpose = share_of(which, "luck"), which
        # Who does not know what he does not know makes the same mistake each time.
        if again is not None and share_of(which, "stubborn") < awareness:
            luck, purpose = again.random(), again.getrandbits(32)
        if luck >= difficulty:
            return row.truth, round(sure, 4)
        return wrong_answers(self._knowledge, row, source("mistake", purpose)), round(sure, 4)

    def _difficulty(self, which: int, found: Found) -> float:
        from scipy.special import betaincinv

        own = found.row.wrong_rate
        rate = self._behaviour.wrong_rate if own is None else own
        harm = self._behaviour.fragility * (1 - found.similarity)
        mean = rate + (1 - rate) * harm
        if not 0 < mean < 1:
            return mean
        at = share_of(which, "difficulty")
        return float(betaincinv(mean * _SPREAD, (1 - mean) * _SPREAD, at))


def _written(answers: Mapping[str, str | None], confidence: float, asked: ChatRequest) -> str:
    if asked.schema is not None:
        parts = asked.schema.get("properties") or {name: {} for name in answers}
        answers = _renamed(answers, parts)
        filled = {name: _fitted(answers.get(name), part) for name, part in parts.items()}
        if "confidence" in parts and "confidence" not in answers:
            filled["confidence"] = round(confidence, 2)
        return orjson.dumps(filled).decode()
    if asked.wants_json or len(answers) > 1:
        return orjson.dumps(dict(answers)).decode()
    (only,) = answers.values()
    return (only or "There is none.").split("|")[0].strip()  # one of several accepted


def _renamed(
    answers: Mapping[str, str | None], parts: Mapping[str, Any]
) -> Mapping[str, str | None]:
    """Give the one answer the name that the schema has for it."""
    wanted = [name for name in parts if name != "confidence"]
    if len(answers) == 1 and len(wanted) == 1:
        return {wanted[0]: next(iter(answers.values()))}
    return answers


def _fitted(value: str | None, part: Any) -> Any:
    kinds = part.get("type", "string") if isinstance(part, dict) else "string"
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if value is None:
        return None if "null" in kinds or "string" not in kinds else ""
    if "number" in kinds or "integer" in kinds:
        return _number_or_text(value)
    return value == "true" if kinds == ["boolean"] else value


def _number_or_text(value: str | None) -> Any:
    """Give a number as such, unless it is a name in digits, such as 007."""
    if value is None or (value.lstrip("-").startswith("0") and "." not in value and value != "0"):
        return value
    try:
        number = float(value)
    except ValueError:
        return value
    return int(number) if number.is_integer() and "." not in value else number
