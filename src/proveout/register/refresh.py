"""The internal team did the retraining run itself, and when the next one is due (R506, R907)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from proveout.charter.schema import Charter
from proveout.charter.sealing.signing import digest
from proveout.errors import InputError
from proveout.evidence.model import PART_INPUT
from proveout.register.act import Act, Fact
from proveout.register.schedule import REFRESH, Occasion, cadence, later


@dataclass(frozen=True, slots=True, kw_only=True)
class Practised:
    """The latest run."""

    on: date
    who: str
    note: str
    by: str | None = None
    """The team that did it, as the charter named it then."""


@dataclass(frozen=True, slots=True)
class Refreshes:
    """The section. Act: 'refresh.practised' {on, note} and, in time, {by}: the team."""

    name: str = "refresh"

    def empty(self) -> Practised | None:
        """Nothing was practised."""
        return None

    def taken(self, state: Practised | None, act: Act) -> Practised | None:
        """Keep the latest run."""
        done = Practised(
            on=date.fromisoformat(act.says["on"]),
            who=act.who,
            note=act.says["note"],
            by=act.says.get("by"),
        )
        return done if state is None or done.on >= state.on else state

    def refuse(self, state: Practised | None, act: Act, charter: Charter) -> None:
        """Refuse where no cadence is agreed, a day to come, and a run of which nothing is said."""
        if charter.governance.refresh is None:
            raise InputError(
                "The charter agrees on no refresh.", hint="Agree on it in governance.refresh."
            )
        if date.fromisoformat(act.says["on"]) > act.at.astimezone(UTC).date():
            raise InputError("That day is to come.", hint="Note the run once it was done.")
        if not str(act.says["note"]).strip():
            raise InputError("Say what was done.", hint="Which data, by whom, with what result.")

    def facts(self, state: Practised | None, charter: Charter, now: datetime) -> Iterator[Fact]:
        """Yield whether it was practised in time; of another team's run, nothing."""
        agreed = charter.governance.refresh
        if state is None or agreed is None or not is_of_team(state, charter):
            return
        due = later(_last(state, charter, state.on), cadence(agreed.every_days))
        end = datetime.combine(due, time.max, tzinfo=UTC)
        yield Fact(
            metric="governance.refresh_practised",
            value=float(now <= end),
            n=1,
            person=state.who,
            valid_until=end if now <= end else None,
            inputs={f"{PART_INPUT}refresh": digest("refresh", charter)},
            details={"note": state.note, "on": str(state.on), "due": str(due)},
        )


def is_of_team(state: Practised, charter: Charter) -> bool:
    """Tell whether the team did it that the charter names by now."""
    agreed = charter.governance.refresh
    return agreed is not None and state.by in (None, agreed.done_by)


def refresh_due(state: Practised | None, charter: Charter) -> Occasion | None:
    """Return when the next one is due; None where no cadence is agreed or none was done yet."""
    agreed = charter.governance.refresh
    done = state.on if state is not None and is_of_team(state, charter) else None
    by_charter = None if agreed is None else agreed.last_practised
    if agreed is None or (done is None and by_charter is None):
        return None
    last = max(day for day in (done, by_charter) if day is not None)
    due = later(last, cadence(agreed.every_days))
    return Occasion(kind="refresh", name=REFRESH, due=due, planned=due, expects=(agreed.done_by,))


def _last(state: Practised, charter: Charter, otherwise: date) -> date:
    agreed = charter.governance.refresh
    by_charter = None if agreed is None else agreed.last_practised
    return max(state.on, by_charter or otherwise)


REFRESHES = Refreshes()
