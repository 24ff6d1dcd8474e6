"""What the commands have in common that decide who answers in production."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from proveout.cli.output import Output
from proveout.cli.paths import ledger_location
from proveout.errors import CharterError, InputError, ProveoutError

if TYPE_CHECKING:
    from proveout.charter.schema import Charter
    from proveout.runtime.rollout.keeping import Standing, Switched
    from proveout.runtime.rollout.state import State
    from proveout.runtime.rollout.transitions import By
    from proveout.runtime.store import Store

WhyOption = Annotated[str, typer.Option(help="The reason; it stands in the ledger for ever.")]
StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        envvar="PROVEOUT_STORE",
        help="SQLite file or PostgreSQL URL that the gateways share. Default: gateway.store of "
        "the charter.",
    ),
]
PilotOption = Annotated[
    str | None,
    typer.Option("--pilot", help="Id of the pilot, with --store: then no charter is read."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where switches are thrown from: a store, opened, and what the charter agreed."""

    store: Store
    pilot: str
    charter: Charter | None
    """None where none was read."""
    initial: State
    ledger: str | None
    """Where each switch is recorded; None where no charter says which pilot's folder it is in."""
    output: Output

    def standing(self) -> Standing:
        """Read how things stand."""
        from proveout.runtime.rollout.keeping import standing

        return standing(self.store, self.pilot, self.initial)

    def throw(self, transition: Callable[[State], State], *, insists: bool = False) -> Switched:
        """Throw a switch, before anything else is done; then say so, and record it."""
        from proveout.runtime.rollout.keeping import insist, switch

        if insists:
            done = insist(self.store, self.pilot, self.initial, transition)
        else:
            done = switch(self.store, self.pilot, self.standing(), transition)
        self._tell(done)
        return done

    def _tell(self, done: Switched) -> None:
        from proveout.runtime.rollout.recording import body
        from proveout.runtime.rollout.telling import story

        lines = story(done.after)
        if self.output.as_json:
            missing = self.record()
            self.output.show("", {"switch": body(done), "in_ledger": missing is None})
        else:
            self.output.show(Text("\n".join(lines)), {})
            missing = self.record()
        if missing is not None:
            told = f"It holds, but is not in the ledger yet: {missing} "
            self.output.say(Text(f"{told}The next command or monitor writes it there."))

    def record(self) -> str | None:
        """Write to the ledger what is missing there; return why that could not be done."""
        from proveout.evidence.ledger import open_ledger
        from proveout.runtime.rollout.recording import record_switches

        if self.ledger is None:
            return "no ledger is named (--ledger)."
        try:
            with open_ledger(self.ledger) as ledger:
                record_switches(self.store, ledger, self.pilot)
        except (ProveoutError, OSError) as error:
            return error.message if isinstance(error, ProveoutError) else f"{error}."
        return None


@contextmanager
def open_desk(
    charter: Path, store: str | None, pilot: str | None, ledger: str | None, output: Output
) -> Iterator[Desk]:
    """Read the charter, unless pilot and store are named, and open the store.

    Raises CharterError, InputError for --pilot alone, and what `open_store` raises.
    """
    from proveout.runtime.places import store_of
    from proveout.runtime.rollout.state import initial
    from proveout.runtime.store import open_store

    if pilot is not None and store is not None:
        with open_store(store, create=False) as opened:
            yield Desk(
                store=opened,
                pilot=pilot,
                charter=None,
                initial=_known(opened, pilot),
                ledger=ledger,
                output=output,
            )
        return
    if pilot is not None:
        raise InputError(
            "--pilot stands for the charter, and then the store has to be named, too.",
            hint="Name it: --store FILE-OR-URL. Or leave --pilot out, and the charter says both.",
        )
    loaded = _loaded(charter)
    location = store or store_of(loaded.charter, loaded.folder, os.environ)
    with open_store(location, create=False) as opened:
        yield Desk(
            store=opened,
            pilot=loaded.charter.pilot,
            charter=loaded.charter,
            initial=initial(loaded.charter),
            ledger=ledger_location(charter, ledger),
            output=output,
        )


def _known(store: Store, pilot: str) -> State:
    from proveout.runtime.rollout.keeping import pilots

    known = pilots(store)
    if pilot not in known:
        listed = ", ".join(sorted(known)) or "none, since no gateway has started with it yet"
        raise InputError(
            f"The store {store.place} knows no pilot '{pilot}'.", hint=f"It knows: {listed}."
        )
    return known[pilot]


def by(who: str, why: str) -> By:
    """Say who throws a switch, now."""
    from proveout.runtime.rollout.transitions import By

    return By(who=who, why=why, now=time.time())


def _loaded(path: Path) -> Any:
    from proveout.charter.loading import load_charter

    try:
        return load_charter(path)
    except CharterError as error:
        way = "It can be done without the charter: --store FILE-OR-URL --pilot ID"
        hint = way if error.hint is None else f"{error.hint}\n{way}"
        raise CharterError(error.message, hint=hint) from error
