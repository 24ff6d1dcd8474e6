"""The drill check: it tells what a drill showed that was held; it holds none by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from proveout.charter.schema import Charter
from proveout.checks import CheckContext, Finding, Need
from proveout.errors import InputError
from proveout.evidence.catalogue import Metric
from proveout.evidence.catalogue.drill import METRICS

if TYPE_CHECKING:
    from proveout.checks.drill.record import HeldDrill


@dataclass(frozen=True, slots=True)
class DrillCheck:
    """Answers one question of the gate."""

    held: HeldDrill | None = None
    """The drill that it tells of; None in the registry, where none has been held."""
    name: str = "drill"
    version: str = "1"
    question: str = "Do the company's own people keep it up when it fails, without the vendor?"
    metrics: tuple[Metric, ...] = METRICS

    def needs(self, charter: Charter) -> list[Need]:
        """Say what the charter lacks."""
        needs = []
        if charter.system is None or charter.system.web is None:
            needs.append(
                Need(
                    what="the system is not reached by HTTP, so that nothing can come between",
                    next_step="Name its address: system.http, system.chat, …",
                )
            )
        if charter.rollback is None:
            needs.append(
                Need(
                    what="the charter does not say what is done when it fails",
                    next_step="Say what is done: rollback",
                )
            )
        if charter.drill is None or not charter.drill.participants:
            needs.append(
                Need(
                    what="the charter does not say who of the company takes part in a drill",
                    next_step="Name them: drill.participants",
                )
            )
        if not charter.data.production:
            needs.append(
                Need(
                    what="there are no production rows of which requests could be made",
                    next_step="Name a source: data.production",
                )
            )
        return needs

    def waits_to_be_asked(self, charter: Charter) -> bool:
        """Tell that people take part in it."""
        return charter is not None

    def refuse_mere_mention(self, charter: Charter) -> None:
        """Raise InputError: to name it holds no drill, and must not replace one that was held."""
        if self.held is None:
            lacking = self.needs(charter)
            first = f"{lacking[0].next_step.rstrip('.')}. Then: " if lacking else ""
            raise InputError(
                "A drill is held with people, not by naming it. What an earlier one showed stays "
                "as it is.",
                hint=f"{first}proveout drill run {_scenario(charter)}",
            )

    def run(self, context: CheckContext) -> Iterator[Finding]:
        """Tell what the drill showed."""
        from proveout.checks.drill.telling import Teller

        self.refuse_mere_mention(context.charter)
        assert self.held is not None  # noqa: S101  # refused otherwise
        yield from Teller(context=context, held=self.held).findings()


def _scenario(charter: Charter) -> str:
    return "weekend" if charter.drill is None else charter.drill.scenario


CHECK = DrillCheck()
