"""What each group of checks is to see of the traffic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from proveout.assess.workspace import Look
from proveout.charter.loaded import LoadedCharter
from proveout.charter.schema.monitoring import Monitoring
from proveout.checks import Check, Served, Window
from proveout.errors import ProveoutError
from proveout.evidence.model import Basis
from proveout.intake import CharterData, Session
from proveout.runtime.monitors import window
from proveout.runtime.monitors.data import Beside, Instead
from proveout.runtime.monitors.seen import seen
from proveout.runtime.monitors.served import LogPlace, Types, open_served
from proveout.runtime.store.port import Store
from proveout.systems import open_system
from proveout.systems.port import System

_INSTEAD = ("readiness", "quality")
"""Checks of the launch, to which the window is given in the place of production."""

_LAST = ("assumptions", "governance")
"""They look at what the others have found."""

_NEEDS_TRUTH = "quality"
"""It looks at requests whose true answer has had time to come."""


@dataclass(slots=True, kw_only=True)
class Looks:
    """Opens what checks look at, each window once."""

    loaded: LoadedCharter
    place: LogPlace
    store: Store | None
    session: Session
    since: datetime
    """Since when the versions answer that answer now; at the earliest, when the first request
    came."""
    span: Window
    delay: timedelta
    """How long a true answer takes to come."""
    requests: int = 0
    """In the window, once it was opened."""

    def of(self, checks: Sequence[Check]) -> Iterator[Look | str]:
        """Yield what each group sees, one after the other, and sentences on what it cannot."""
        agreed = CharterData(self.loaded, self.session)
        types, unknown = _types(agreed)
        if unknown is not None:
            yield unknown
        served = self._served(self.span, types)
        self.requests = int(served.requests.table.count().execute())
        beside = Beside(agreed=agreed, window=served)
        here = partial(Look, window=str(self.span), data=beside, loaded=self.loaded)
        if watching := [each for each in checks if each.name not in (*_INSTEAD, *_LAST)]:
            yield here(checks=watching, basis=_basis(served))
        for check in (each for each in checks if each.name in _INSTEAD):
            looked_at = self._window_of(check)
            if looked_at is None:
                yield self._too_early(check)
                continue
            there = served if looked_at == self.span else self._served(looked_at, types)
            own = seen(self.loaded, there.rows.table.columns)
            yield Look(
                checks=[check],
                window=str(looked_at),
                data=Instead(agreed=agreed, window=there),
                loaded=own,
                open_system=partial(_recorded, own),
                basis=_basis(there) if check.name == _NEEDS_TRUTH else "measured",
            )
        if last := [each for each in checks if each.name in _LAST]:
            yield here(checks=last)

    def _served(self, span: Window, types: Types) -> Served:
        return open_served(
            self.loaded, self.place, span, session=self.session, store=self.store, types=types
        )

    def _window_of(self, check: Check) -> Window | None:
        if check.name != _NEEDS_TRUTH:
            return self.span
        return window.matured(self.span, delay=self.delay, since=self.since)

    def _too_early(self, check: Check) -> str:
        days = self.delay.total_seconds() / 86_400
        return (
            f"{check.name}: true answers take {days:.3g} days to come, and those who answer now "
            f"have done so since {self.since:%Y-%m-%d %H:%M}; until then see "
            "drift.estimated_quality."
        )


def delay_of_labels(monitoring: Monitoring, delays: Sequence[float]) -> timedelta:
    """Return how long nine of ten true answers took to come, where the charter does not say."""
    if monitoring.label_delay_days is not None:
        return timedelta(days=monitoring.label_delay_days)
    if not delays:
        return timedelta(0)
    return timedelta(seconds=sorted(delays)[int(0.9 * (len(delays) - 1))])


def _types(agreed: CharterData) -> tuple[Types, str | None]:
    """Return the types of the columns in the pilot's data, and what to say where it is gone."""
    try:
        opened = agreed.production()
    except ProveoutError as error:
        return {}, f"The pilot's data cannot be opened any more: {error.message}"
    return {
        name: kind for each in reversed(opened) for name, kind in each.table.schema().items()
    }, None


def _basis(served: Served) -> Basis:
    """Return what figures on a window's answers are: one answer that says of itself that it comes
    from a simulation is enough."""
    requests = served.requests.table
    is_simulated = bool(requests.filter(requests.simulated).count().execute())
    return "simulated" if is_simulated else "measured"


def _recorded(loaded: LoadedCharter) -> System:
    system = loaded.charter.system
    assert system is not None  # noqa: S101  # the quality check needs one
    return open_system(system, folder=loaded.folder)
