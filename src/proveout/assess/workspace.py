"""The composition root: what the commands work with, put together in one place."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from proveout.assess.assess import Assessment, assess, judge
from proveout.assess.earlier import earlier_evidence
from proveout.assess.events import Event
from proveout.assess.registry import Registry, installed
from proveout.assess.run import Clock, RunPlan
from proveout.assess.run_and_record import run_and_record
from proveout.charter.loaded import LoadedCharter
from proveout.charter.loading import load_charter
from proveout.charter.schema import Stage
from proveout.charter.sealing import standing_in
from proveout.checks import (
    Check,
    DataAccess,
    looks_before_launch,
    refuse_mere_mention,
    waits_to_be_asked,
    watches_production,
)
from proveout.errors import InputError
from proveout.evidence.alarm import Resolved, resolved_alarms
from proveout.evidence.ledger import Ledger, open_ledger
from proveout.evidence.model import Basis, Evidence
from proveout.gate import adjustment_problems, gather
from proveout.systems.port import System


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Some checks, and what they are to see of production traffic."""

    checks: Sequence[Check]
    window: str
    """The span that is looked at."""
    data: DataAccess
    loaded: LoadedCharter
    """The charter as the window lets it be seen."""
    open_system: Callable[[], System] | None = None
    """What answers in the place of the charter's system."""
    basis: Basis = "measured"
    """Simulated where the answers that are looked at came from what says so of itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A charter, the installed checks, and an open ledger."""

    loaded: LoadedCharter
    registry: Registry
    ledger: Ledger
    folder: Path
    """Where artifacts and reports go."""
    clock: Clock = utc_now

    def checks(self, only: Sequence[str] = ()) -> tuple[Check, ...]:
        """Return those named, or all that need not be asked for. Raises InputError."""
        if only:
            return self._named(only)
        charter = self.loaded.charter
        return tuple(
            each
            for each in self.registry.checks
            if not waits_to_be_asked(each, charter)
            and (not watches_production(each) or looks_before_launch(each, charter))
        )

    def together_with(self, more: Sequence[str]) -> tuple[Check, ...]:
        """Return all checks that need not be asked for, and those named besides."""
        wanted = {check.name for check in (*self.checks(), *self._named(more))}
        return self.registry.named(wanted)

    def _named(self, names: Sequence[str]) -> tuple[Check, ...]:
        """Return checks by name; one that cannot be run by naming it refuses here."""
        named = self.registry.named(names)
        for check in named:
            refuse_mere_mention(check, self.loaded.charter)
        return named

    def assess(
        self,
        stage: Stage,
        *,
        only: Sequence[str],
        more: Sequence[str] = (),
        seed: int,
        watch: Callable[[Event], None],
    ) -> Assessment:
        """Run, record, decide."""
        checks = self.together_with(more) if more else self.checks(only)
        with self._plan(seed) as plan:
            return assess(
                checks,
                plan,
                stage=stage,
                registry=self.registry,
                ledger=self.ledger,
                watch=watch,
            )

    def run(self, only: Sequence[str], *, seed: int, watch: Callable[[Event], None]) -> str:
        """Run checks and record what they find, without a verdict. Return the run's id."""
        return self.run_these(self.checks(only), seed=seed, watch=watch)

    def run_these(
        self, checks: Sequence[Check], *, seed: int, watch: Callable[[Event], None]
    ) -> str:
        """Likewise for checks that bring with them what they tell of."""
        with self._plan(seed) as plan:
            run_and_record(checks, plan, self.ledger, watch)
            return plan.run

    def run_in_use(self, look: Look, *, seed: int, watch: Callable[[Event], None]) -> str:
        """Likewise on a window of production traffic."""
        with self._plan(seed) as plan:
            own = replace(
                plan,
                window=look.window,
                data=look.data,
                loaded=look.loaded,
                agreed=self.loaded.charter,
                open_system=look.open_system or plan.open_system,
                basis=look.basis,
                earlier=partial(self._earlier, in_use=True),
                resolved=self._resolved,
            )
            run_and_record(look.checks, own, self.ledger, watch)
            return plan.run

    def judge(self, stage: Stage) -> Assessment:
        """Decide from the ledger alone."""
        return judge(
            self.loaded,
            stage=stage,
            registry=self.registry,
            ledger=self.ledger,
            now=self.clock(),
        )

    @contextmanager
    def _plan(self, seed: int) -> Iterator[RunPlan]:
        from proveout.intake import CharterData, Session

        now = self.clock()
        run = f"run-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        seal = standing_in(self.ledger, self.loaded.charter.pilot).seal
        artifacts = self.folder / "artifacts" / run
        artifacts.mkdir(parents=True, exist_ok=True)
        try:
            with Session() as session:
                yield RunPlan(
                    run=run,
                    loaded=self.loaded,
                    data=CharterData(self.loaded, session),
                    open_system=self._open_system,
                    catalogue=self.registry.catalogue,
                    clock=self.clock,
                    seed=seed,
                    artifacts=artifacts,
                    sealed_by=None if seal is None else seal.who,
                    sealed_at=None if seal is None else seal.at,
                    earlier=self._earlier,
                    known=self.known,
                )
        finally:
            if not any(artifacts.iterdir()):
                artifacts.rmdir()

    def known(self) -> Sequence[Evidence]:
        """Return the latest evidence of all checks: what was found in use, then of the launch."""
        pilot = self.loaded.charter.pilot
        entries = list(self.ledger.entries(pilot=pilot))
        in_use = gather(entries, pilot, "scale").evidence
        there = {each.id for each in in_use}
        launch = gather(entries, pilot).evidence
        return (*in_use, *(each for each in launch if each.id not in there))

    def _earlier(self, check: str, *, in_use: bool = False) -> Sequence[Evidence]:
        pilot = self.loaded.charter.pilot
        return earlier_evidence(
            self.ledger.entries(pilot=pilot, kinds=("evidence", "outcome")), check, in_use=in_use
        )

    def _resolved(self) -> Sequence[Resolved]:
        pilot = self.loaded.charter.pilot
        return resolved_alarms(self.ledger.entries(pilot=pilot, kinds=("alarm",)))

    def _open_system(self) -> System:
        from proveout.systems import open_system

        system = self.loaded.charter.system
        if system is None:
            raise InputError(
                f"{self.loaded.path.name} names no system.",
                hint="Say under system how it is reached: python, command, http, chat, …",
            )
        return open_system(system, folder=self.loaded.folder)


@contextmanager
def open_workspace(
    charter: Path, ledger_location: str, folder: Path, *, create: bool = True
) -> Iterator[Workspace]:
    """Load the charter, find the checks, open the ledger.

    With create=False a ledger that is not there is an InputError. Raises CharterError when the
    charter cannot be read, and what `open_ledger` raises.
    """
    registry = installed()
    loaded = load_charter(
        charter,
        known_metrics=registry.catalogue,
        further=lambda read: adjustment_problems(read, registry.catalogue),
    )
    with open_ledger(ledger_location, create=create) as ledger:
        yield Workspace(loaded=loaded, registry=registry, ledger=ledger, folder=folder)
