"""All that a drill stands on, before it begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from proveout.charter.schema import Charter
from proveout.charter.schema.drill import Drill
from proveout.charter.schema.system import WebSystem
from proveout.checks.drill.judging import words_of
from proveout.checks.drill.listening import Roster
from proveout.checks.drill.runbook import runbook
from proveout.checks.drill.scenario import Scenario
from proveout.checks.drill.state import DrillFolder
from proveout.checks.drill.users import pause_s
from proveout.notices import Channels
from proveout.systems.dialects.addresses import without_secrets
from proveout.systems.exchange import Dialect

PATIENCE_S = 10.0
"""Where the charter does not say how long users wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Made by `plan_drill`, which has seen to it that the charter has all that is needed."""

    charter: Charter
    scenario: Scenario
    seconds: float
    listen: tuple[str, int]
    dialect: Dialect
    rows: Sequence[Mapping[str, Any]]
    inputs: Mapping[str, str]
    folder: DrillFolder
    channels: Channels
    seed: int
    linger_s: float
    say: Callable[[str], None]
    """Tells whoever holds the drill what is going on."""
    tick: Callable[[str], None] = lambda _: None
    """Shows them, every second, how things stand."""
    how_to_take_part: str = ""

    @property
    def drill(self) -> Drill:
        """The charter's part."""
        assert self.charter.drill is not None  # noqa: S101  # needs() has seen to it
        return self.charter.drill

    @property
    def web(self) -> WebSystem:
        """How the system is reached."""
        system = self.charter.system
        assert system is not None and system.web is not None  # noqa: S101, PT018
        return system.web

    @property
    def patience_s(self) -> float:
        """So long users wait for an answer."""
        load = self.charter.load
        return PATIENCE_S if load is None else load.give_up_after_s

    @property
    def roster(self) -> Roster:
        """Who takes part, and what is to be done."""
        return Roster(
            participants=tuple(person.name for person in self.drill.participants),
            vendor=tuple(person.name for person in self.drill.vendor),
            steps=runbook(self.charter),
        )

    def announcement(self) -> str:
        """Say, before anything is sent, what will be done, where, for how long, and how to stop."""
        url = without_secrets(self.web.url)
        asks = self.drill.users / pause_s(self.seconds)
        busiest = max((busy.times for busy in self.scenario.busy), default=1.0)
        at_busiest = f", up to {busiest:g} times as many when they are busy" if busiest > 1 else ""
        often = f"{asks:.1f} requests a second" if asks < 10 else f"{asks:.0f} requests a second"
        sentences = [
            f"For {words_of(self.seconds)}, {self.drill.users} users of the drill's own ask {url} "
            f"through a proxy: at most some {often}{at_busiest}, which somebody may have to pay "
            "for.",
            "Faults are made in the proxy alone; only who is pointed at it meets them.",
        ]
        if self.drill.fallback is not None:
            there = without_secrets(self.drill.fallback)
            sentences.append(f"Who gets no answer asks {there}. Nothing else is asked.")
        if self.channels:
            sentences.append("People are told of each fault by drill.notify.")
        sentences.append("Ctrl-C stops it, and every fault with it.")
        return " ".join(sentences)
