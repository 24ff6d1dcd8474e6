"""Why the pilot failed, as somebody recorded it; and conditions of earlier ones shown to be met.

R1001, R1002. The act holds the answers, so that whoever doubts the diagnosis can repeat it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from proveout.charter.schema import Charter
from proveout.diagnosis.conditions import BY_CONDITION, MET
from proveout.diagnosis.failures import FAILURES
from proveout.errors import InputError
from proveout.evidence.model import Subject
from proveout.register.act import Act, Fact
from proveout.register.growing import added
from proveout.register.saying import needed, said_at, text_of

_CAUSES = frozenset(each.id for each in FAILURES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The latest diagnosis of this pilot."""

    who: str
    at: datetime
    result: str | None
    named: tuple[str, ...]
    """Causes that were active."""
    causes: tuple[Mapping[str, Any], ...]
    """By cause: failure, activity, low, high, sure, n."""
    answers: Mapping[str, str]
    """As they were given, by question."""
    why: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """The latest word on one condition that an earlier pilot left."""

    condition: str
    who: str
    at: datetime
    shows: str
    """What shows that it is met; or why it is not any more."""
    is_met: bool


@dataclass(frozen=True, slots=True)
class State:
    """What was found of this pilot, and what was shown for it."""

    recorded: Recorded | None = None
    shown: Mapping[str, Showing] = field(default_factory=dict)
    """By condition."""


@dataclass(frozen=True, slots=True)
class Diagnosing:
    """The section.

    Acts: 'diagnosis.recorded' {result, title, answers, why, named, causes}; 'diagnosis.met'
    {condition, shows}, 'diagnosis.unmet' {condition, shows}.
    """

    name: str = "diagnosis"

    def empty(self) -> State:
        """Nobody has diagnosed it, and nothing was shown."""
        return State()

    def taken(self, state: State, act: Act) -> State:
        """Keep the latest diagnosis, and the latest word on each condition."""
        if act.kind == "diagnosis.recorded":
            says = act.says
            recorded = Recorded(
                who=act.who,
                at=act.at,
                result=says.get("result"),
                named=tuple(says["named"]),
                causes=tuple(says["causes"]),
                answers=says.get("answers", {}),
                why=says.get("why", {}),
            )
            return replace(state, recorded=recorded)
        if act.kind not in ("diagnosis.met", "diagnosis.unmet"):
            return state
        showing = Showing(
            condition=act.says["condition"],
            who=act.who,
            at=act.at,
            shows=act.says["shows"],
            is_met=act.kind == "diagnosis.met",
        )
        return replace(state, shown=added(state.shown, showing.condition, showing))

    def refuse(self, state: State, act: Act, charter: Charter) -> None:
        """Refuse a diagnosis of nothing, and a condition that does not exist or is not shown."""
        if act.kind == "diagnosis.recorded":
            causes = {each["failure"] for each in act.says["causes"]}
            if causes != _CAUSES or not set(act.says["named"]) <= _CAUSES:
                raise InputError(
                    "This is no diagnosis: it does not tell of every cause.",
                    hint="Record it with: proveout diagnose --record --by NAME",
                )
            if not any(each["n"] for each in act.says["causes"]):
                raise InputError(
                    "Nothing is known of this pilot, so there is nothing to record.",
                    hint="Answer some questions first: proveout diagnose",
                )
            return
        condition = text_of(act, "condition")
        if condition not in BY_CONDITION:
            raise InputError(
                f"There is no condition '{condition}'.",
                hint=f"There are: {', '.join(BY_CONDITION)}",
            )
        if not BY_CONDITION[condition].takes_word and act.kind == "diagnosis.met":
            is_measured = BY_CONDITION[condition].is_measured
            how = "it must be measured" if is_measured else "those who are asked say it themselves"
            raise InputError(
                f"'{condition}' cannot be shown by a word: {how}.",
                hint=BY_CONDITION[condition].fix,
            )
        needed(act, "shows", what="What shows it", hint="Say it: --shows 'the review of 3 May'")

    def facts(self, state: State, charter: Charter, now: datetime) -> Iterator[Fact]:
        """Yield how active each cause was, and which conditions are said to be met."""
        if state.recorded is not None:
            yield from _activities(state.recorded)
        for showing in state.shown.values():
            condition = BY_CONDITION.get(showing.condition)
            if condition is None:
                continue  # of a newer Proveout
            yield Fact(
                metric=MET,
                value=float(showing.is_met),
                n=1,
                subject=condition.attested_as,
                person=showing.who,
                details={"shows": showing.shows, "what": condition.text, **said_at(showing)},
            )


def _activities(recorded: Recorded) -> Iterator[Fact]:
    for cause in recorded.causes:
        yield Fact(
            metric="diagnosis.activity",
            value=cause["activity"],
            n=cause["n"],
            subject=Subject.of(failure=cause["failure"]),
            person=recorded.who,
            details={
                "between": [cause["low"], cause["high"]],
                "sure": cause["sure"],
                **said_at(recorded),
            },
        )


DIAGNOSING = Diagnosing()
