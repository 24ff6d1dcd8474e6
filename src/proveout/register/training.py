"""Hands-on training on cases of the team's own work: who was invited, who completed it (R602)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from proveout.charter.schema import Charter
from proveout.charter.schema.organisation import Training
from proveout.charter.sealing.signing import digest, folded
from proveout.errors import InputError
from proveout.evidence.model import PART_INPUT
from proveout.register import trained
from proveout.register.act import Act, Fact
from proveout.register.saying import Told, latest, said_at, text_of
from proveout.register.trained import OfOne

State = Mapping[str, OfOne]
"""By the name of the training (`training_names`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one training is."""

    training: str
    plan: Training
    of: OfOne
    invited: int | None
    """None: nobody has said how many."""
    practised: int
    """Persons who signed off here."""
    completed: int
    """The most that is certain without counting anybody twice: of those on paper lists and those
    who practised here, or of those that the charter counts, whichever are more."""
    by: date | None


@dataclass(frozen=True, slots=True)
class TrainingSection:
    """The section.

    Acts, each with {training}: 'training.invited' {people}, 'training.excused' {name, why},
    'training.due' {by}, 'training.completed' {cases, caught, of}, 'training.listed' {count, note},
    'training.list_withdrawn' {list, why}.
    """

    name: str = "training"

    def empty(self) -> State:
        """Nobody said anything."""
        return {}

    def taken(self, state: State, act: Act) -> State:
        """Keep what is said of one training."""
        name = text_of(act, "training")
        return {**state, name: trained.taken(state.get(name, OfOne()), act)}

    def refuse(self, state: State, act: Act, charter: Charter) -> None:
        """Refuse trainings that the charter does not plan, and lists that name nobody."""
        name = text_of(act, "training")
        if name not in training_names(charter):
            raise InputError(
                f"The charter plans no training '{name}'.",
                hint="Plan it in the charter: change.training",
            )
        trained.refuse(state.get(name, OfOne()), act)

    def facts(self, state: State, charter: Charter, now: datetime) -> Iterator[Fact]:
        """Yield completed ÷ invited over all trainings; nothing while one has no number."""
        known = progress(state, charter)
        last = _last(state)
        if last is None or not known or any(each.invited is None for each in known):
            return
        invited = sum(each.invited or 0 for each in known)
        if not invited:
            return
        yield Fact(
            metric="people.trained",
            value=sum(each.completed for each in known) / invited,
            n=invited,
            person=last.who,
            inputs={f"{PART_INPUT}training": digest("training", charter)},
            details={
                "groups": {each.training: f"{each.completed} of {each.invited}" for each in known},
                "practised_here": sum(each.practised for each in known),
                "on_lists": sum(each.of.listed for each in known),
                **_practised_on(known),
                **said_at(last),
            },
        )


def _practised_on(known: Iterable[Progress]) -> dict[str, int]:
    """Tell of those who practised here on how little, and how many met no wrong answer."""
    done = [each for one in known for each in one.of.completed.values()]
    if not done:
        return {}
    return {
        "fewest_cases": min(each.cases for each in done),
        "met_no_wrong_answer": sum(not each.of for each in done),
    }


def training_names(charter: Charter) -> dict[str, Training]:
    """Name the trainings of a charter: by who is trained; where that is not one, with its cases."""
    plans = charter.change.training
    named: dict[str, Training] = {}
    for plan in plans:
        alone = sum(each.who == plan.who for each in plans) == 1
        named.setdefault(plan.who if alone else f"{plan.who}: {plan.scenarios}", plan)
    return named


def progress(state: State, charter: Charter) -> list[Progress]:
    """Tell how far each training of the charter is."""
    return [
        _progress(name, plan, state.get(name, OfOne()))
        for name, plan in training_names(charter).items()
    ]


def _progress(name: str, plan: Training, of: OfOne) -> Progress:
    named = of.named
    invited = max(plan.invited or 0, len(named)) or None
    everybody_is_named = invited is not None and len(named) >= invited
    practised = sum(
        not everybody_is_named or key in named
        for key in {folded(each.name) for each in of.completed.values()}
    )
    certain = max(plan.completed, practised + of.listed)
    return Progress(
        training=name,
        plan=plan,
        of=of,
        invited=invited,
        practised=practised,
        completed=certain if invited is None else min(certain, invited),
        by=plan.by if of.due is None else of.due.by,
    )


def _last(state: State) -> Told | None:
    said: list[Told] = [
        word
        for of in state.values()
        for word in (
            *of.invited.values(),
            *of.completed.values(),
            *of.lists.values(),
            *(() if of.due is None else (of.due,)),
        )
    ]
    return latest(said)


TRAINING = TrainingSection()
