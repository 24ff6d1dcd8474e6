"""What the simulated system answers."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from proveout.simulation.behaviour import Behaviour
from proveout.simulation.chat import ChatRequest, Said
from proveout.simulation.seeds import content_number, share_of
from proveout.simulation.tokens import FillerTexts

REFUSALS = (
    "I'm sorry, but I can't help with that.",
    "I'm sorry, I cannot assist with this request.",
    "I am unable to answer this question.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One row's answer; None is a refusal."""

    value: Any
    confidence: float | None = None


class Responder(Protocol):
    """Knows the answers, or makes some up."""

    def chat(self, asked: ChatRequest, variation: random.Random) -> Said:
        """Answer a chat. Draws from `variation` only where the temperature allows it."""
        ...

    def row(self, row: Mapping[str, Any]) -> Answered:
        """Answer one row of a table."""
        ...


class Filler:
    """Answers of the wanted length, about nothing."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._texts = FillerTexts(behaviour.tokens, behaviour.seed)

    def chat(self, asked: ChatRequest, variation: random.Random) -> Said:
        """Say so many words, or fill in the schema."""
        which = content_number(asked.text, self._behaviour.seed)
        if asked.temperature > 0:
            which ^= variation.getrandbits(32)
        text = self._texts.text(which)
        if asked.wants_json:
            text = orjson.dumps(filled_in(asked.schema or {}, which, self._texts)).decode()
        spoilt = refuses_or_spoils(self._behaviour, which, text)
        return spoilt or Said(text=text, confidence=0.5 + 0.5 * share_of(which, "confidence"))

    def row(self, row: Mapping[str, Any]) -> Answered:
        """Say yes or no."""
        which = content_number(orjson.dumps(row, default=str).decode(), self._behaviour.seed)
        spoilt = refuses_or_spoils(self._behaviour, which, "")
        if spoilt is not None:
            return Answered(value=None if spoilt.is_refusal else [spoilt.text])
        sure = share_of(which, "confidence")
        return Answered(value="yes" if sure > 0.5 else "no", confidence=max(sure, 1 - sure))


def refuses_or_spoils(behaviour: Behaviour, which: int, text: str) -> Said | None:
    """Give the refusal, or the answer out of form, that the rates ask for; mostly None."""
    if behaviour.refusal_rate <= 0 and behaviour.malformed_rate <= 0:
        return None
    drawn = share_of(which, "spoilt")
    if drawn < behaviour.refusal_rate:
        return Said(text=REFUSALS[which % len(REFUSALS)], is_refusal=True)
    if drawn < behaviour.refusal_rate + behaviour.malformed_rate:
        # A document breaks off; words that are none stay out.
        broken = text[: len(text) * 3 // 5] if text.startswith(("{", "[")) else ""
        return Said(text=broken, is_malformed=True)
    return None


def filled_in(schema: Mapping[str, Any], which: int, texts: FillerTexts) -> Any:
    """Make up a value that follows a JSON Schema, as far as its plain keys go."""
    if schema.get("enum"):
        return schema["enum"][which % len(schema["enum"])]
    kind = schema.get("type", "object")
    if isinstance(kind, list):
        kind = next((each for each in kind if each != "null"), "null")
    if kind == "object":
        inner = enumerate(schema.get("properties", {}).items())
        return {name: filled_in(part, which + i, texts) for i, (name, part) in inner}
    if kind == "array":
        return [filled_in(schema.get("items", {"type": "string"}), which, texts)]
    plain = {"integer": which % 1000, "number": (which % 100_000) / 100, "null": None}
    plain["boolean"] = which % 2 == 0
    return plain[kind] if kind in plain else " ".join(texts.text(which).split()[:3])
