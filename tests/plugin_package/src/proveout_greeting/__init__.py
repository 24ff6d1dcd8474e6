"""The smallest useful check: one metric, one question, one finding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from proveout.charter.schema import Charter
from proveout.checks import CheckContext, Finding, Need
from proveout.evidence.catalogue import Metric

WARMTH = Metric(
    name="greeting.warmth",
    unit="fraction",
    direction="higher",
    family="technical",
    meaning="How much of the title greets the reader.",
    computed="Greeting words ÷ words of the title. Full count.",
    source="R604",
)

GREETINGS = {"hello", "welcome"}


@dataclass(frozen=True)
class Greeting:
    """Reads the title of the charter."""

    name: str = "greeting"
    version: str = "1"
    question: str = "Does the title greet the reader?"
    metrics: tuple[Metric, ...] = (WARMTH,)

    def needs(self, charter: Charter) -> list[Need]:
        """Need a title."""
        if charter.title is None:
            return [Need(what="the charter has no title", next_step="Write one: title")]
        return []

    def run(self, context: CheckContext) -> Iterator[Finding]:
        """Yield the warmth."""
        words = (context.charter.title or "").casefold().split()
        warm = sum(word.strip("!,.") in GREETINGS for word in words)
        yield context.found(WARMTH.name, warm / len(words), n=len(words), scope="production")


CHECK = Greeting()
