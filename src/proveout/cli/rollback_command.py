"""`proveout rollback`, `kill` and `restore`: who answers, changed at once and on every host."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from proveout.cli.output import Output
from proveout.cli.paths import CHARTER_FILE, CharterArgument, JsonOption, LedgerOption, WhoOption
from proveout.cli.switching import PilotOption, StoreOption, WhyOption, by, open_desk
from proveout.errors import StoreError, UnreachableError

if TYPE_CHECKING:
    from proveout.charter.schema import Charter


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        "rollback", epilog="Example: proveout rollback --who 'Ana Ruiz' --why 'wrong totals'"
    )(rollback)
    app.command("kill", epilog="Example: proveout kill --who 'Ana Ruiz' --why 'it leaks names'")(
        kill_switch
    )
    app.command("restore", epilog="Example: proveout restore --who 'Ana Ruiz' --why 'fixed'")(
        switch_on
    )


def rollback(
    charter: CharterArgument = Path(CHARTER_FILE),
    *,
    who: WhoOption,
    why: WhyOption,
    to: Annotated[
        str | None,
        typer.Option(help="A version, or 'manual'. Default: what answered before, step by step."),
    ] = None,
    cut: Annotated[
        bool | None,
        typer.Option(
            "--cut/--finish",
            help="What becomes of streams on what is taken back. Default: rollout.in_flight.",
        ),
    ] = None,
    store: StoreOption = None,
    pilot: PilotOption = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take back: first what is being brought in, then what was promoted, at last to people.

    It holds for the next request on every host. Where the charter says under rollback.to what
    takes over, that is gone back to instead of what answered before.
    """
    from proveout.runtime.rollout.transitions import roll_back

    with open_desk(charter, store, pilot, ledger, Output(as_json=as_json)) as desk:
        agreed = _agreed(desk.charter)
        cuts = _cuts(desk.charter) if cut is None else cut
        done = desk.throw(
            lambda state: roll_back(
                state,
                by(who, why),
                to=to,
                agreed=agreed,
                in_flight="cut" if cuts else "finish",
            )
        )
        if done.after.is_on and done.after.current != "manual":
            desk.output.say("Still wrong? proveout rollback --to manual --who NAME --why REASON")


def kill_switch(
    charter: CharterArgument = Path(CHARTER_FILE),
    *,
    who: WhoOption,
    why: WhyOption,
    store: StoreOption = None,
    pilot: PilotOption = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Switch the system off: people do everything by hand at once, and streams are cut.

    It holds for the next request on every host, whatever somebody else switches meanwhile.
    """
    from proveout.runtime.rollout.transitions import kill

    try:
        with open_desk(charter, store, pilot, ledger, Output(as_json=as_json)) as desk:
            desk.throw(lambda state: kill(state, by(who, why)), insists=True)
            desk.output.say("Next: proveout restore --who NAME --why REASON")
    except (StoreError, UnreachableError) as error:
        hint = f"{error.hint or ''}\nIf that cannot be waited for, stop the gateways themselves."
        raise type(error)(error.message, hint=hint.lstrip()) from error


def switch_on(
    charter: CharterArgument = Path(CHARTER_FILE),
    *,
    who: WhoOption,
    why: WhyOption,
    store: StoreOption = None,
    pilot: PilotOption = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Switch the system on again after 'proveout kill', as it was."""
    from proveout.runtime.rollout.transitions import restore

    with open_desk(charter, store, pilot, ledger, Output(as_json=as_json)) as desk:
        desk.throw(lambda state: restore(state, by(who, why)))


def _agreed(charter: Charter | None) -> str | None:
    """Return what the charter says in its own words; its default is not an agreement."""
    said = None if charter is None else charter.rollback
    return said.to if said is not None and "to" in said.model_fields_set else None


def _cuts(charter: Charter | None) -> bool:
    return (
        charter is not None and charter.rollout is not None and charter.rollout.in_flight == "cut"
    )
