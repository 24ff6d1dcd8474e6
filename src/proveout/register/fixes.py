"""Who puts right what holds a gate, and by when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from proveout.charter.schema import Charter
from proveout.errors import InputError
from proveout.register.act import Act, Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """One promise: the latest word on one criterion."""

    criterion: str
    """Its id: 'production.completeness'."""
    owner: str
    """Who does it, by name."""
    due: date
    note: str
    """What will be done; may be empty."""
    who: str
    """Who planned it."""
    at: datetime

    def is_overdue(self, today: date) -> bool:
        """Tell whether its day is over; the day itself is still in time."""
        return self.due < today


State = Mapping[str, Fix]


@dataclass(frozen=True, slots=True)
class Fixes:
    """The section. Acts: 'fix.planned' {criterion, owner, due, note}, 'fix.dropped' {criterion}."""

    name: str = "fix"

    def empty(self) -> State:
        """Nothing is planned."""
        return {}

    def taken(self, state: State, act: Act) -> State:
        """Keep the latest word on each criterion."""
        criterion = act.says["criterion"]
        others = {name: fix for name, fix in state.items() if name != criterion}
        if act.kind != "fix.planned":
            return others
        return {
            **others,
            criterion: Fix(
                criterion=criterion,
                owner=act.says["owner"],
                due=date.fromisoformat(act.says["due"]),
                note=act.says.get("note", ""),
                who=act.who,
                at=act.at,
            ),
        }

    def refuse(self, state: State, act: Act, charter: Charter) -> None:
        """Refuse a promise that nobody makes, or without a day."""
        if not str(act.says["criterion"]).strip():
            raise InputError("It is not said what is to be put right.", hint="Name the criterion.")
        if act.kind == "fix.dropped":
            if act.says["criterion"] not in state:
                raise InputError(f"Nothing is planned for '{act.says['criterion']}'.")
            return
        if act.kind != "fix.planned":
            raise InputError(f"There is no such act: '{act.kind}'.")
        if not str(act.says["owner"]).strip():
            raise InputError("Nobody is named who puts it right.", hint="Name a person.")
        try:
            due = date.fromisoformat(act.says["due"])
        except (TypeError, ValueError):
            raise InputError(
                f"'{act.says['due']}' is no date.", hint="Write it as YYYY-MM-DD."
            ) from None
        if due < act.at.date():
            raise InputError(f"{due} is over.", hint="Give a day to come.")

    def facts(self, state: State, charter: Charter, now: datetime) -> Iterator[Fact]:
        """Yield nothing: a promise is no evidence; what is put right is measured."""
        yield from ()


FIXES = Fixes()
