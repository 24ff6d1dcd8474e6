"""`proveout rollout`: bring a version in, step by step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from proveout.cli.output import Output
from proveout.cli.paths import CHARTER_FILE, CharterOption, JsonOption, LedgerOption, WhoOption
from proveout.cli.switching import Desk, PilotOption, StoreOption, WhyOption, by, open_desk
from proveout.errors import InputError

if TYPE_CHECKING:
    from proveout.runtime.rollout.comparing import Agreement
    from proveout.runtime.rollout.state import State


_PLAIN = {
    "next": (
        "next_step",
        "Go one step further; out of the shadow, to the first step.",
        "a good week",
    ),
    "back": (
        "back",
        "Go one step back. To take the version back altogether: proveout rollback.",
        "claims not ready",
    ),
    "hold": (
        "hold",
        "Let no rule widen what is being brought in; the next step a person takes ends that.",
        "audit next week",
    ),
    "promote": ("promote", "Bring what is being brought in to everybody.", "gate: go"),
}
"""Switches that take nothing but who and why: name, transition, what it does, an example."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Bring a version in: to volunteers, to teams, to a share, to everybody.",
        invoke_without_command=True,
        no_args_is_help=False,
    )
    group.callback()(_show_by_default)
    add = group.command
    add("show", epilog="Example: proveout rollout show")(show)
    add("start", epilog="Example: proveout rollout start v2 --who 'Ana Ruiz' --why 'gate: go'")(
        start_command
    )
    for name, (transition, text, example) in _PLAIN.items():
        epilog = f"Example: proveout rollout {name} --who 'Ana Ruiz' --why '{example}'"
        add(name, epilog=epilog)(_plain_switch(transition, text))
    add("history", epilog="Example: proveout rollout history --json")(history_command)
    app.add_typer(group, name="rollout")


def _show_by_default(
    context: typer.Context,
    *,
    charter: CharterOption = Path(CHARTER_FILE),
    store: StoreOption = None,
    pilot: PilotOption = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    # No docstring: the group has its help already.
    if context.invoked_subcommand is None:
        show(charter, store, pilot, ledger, as_json)
        return
    for name in context.params:
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            option = "--json" if name == "as_json" else f"--{name}"
            raise InputError(
                f"{option} stands before '{context.invoked_subcommand}', where nobody reads it.",
                hint=f"Write it behind: proveout rollout {context.invoked_subcommand} … {option}",
            )


def show(
    charter: CharterOption = Path(CHARTER_FILE),
    store: StoreOption = None,
    pilot: PilotOption = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show who answers now, what is being brought in, and who switched last."""
    import msgspec

    from proveout.runtime.rollout.telling import story

    with open_desk(charter, store, pilot, ledger, Output(as_json=as_json)) as desk:
        found = desk.standing()
        compared = _compared(desk, charter, found.state)
        beside = [compared.sentence] if compared is not None else []
        desk.output.show(
            Text("\n".join([*story(found.state), *beside])),
            {
                "pilot": desk.pilot,
                "generation": found.generation,
                "state": msgspec.to_builtins(found.state),
                "shadow": None if compared is None else compared.as_dict(),
            },
        )


def _compared(desk: Desk, charter: Path, state: State) -> Agreement | None:
    """Compare what is said in the shadow with what users get; None where nothing is."""
    coming = state.coming
    if desk.charter is None or coming is None or state.shadow is None:
        return None
    from proveout.runtime.rollout.comparing import agreement

    return agreement(desk.charter, charter.resolve().parent, coming.version, coming.began)


def start_command(
    version: Annotated[str, typer.Argument(help="As gateway.versions names it.")],
    *,
    who: WhoOption,
    why: WhyOption,
    shadow: Annotated[
        bool | None,
        typer.Option(
            "--shadow/--no-shadow",
            help="It first answers beside the current one, unseen. Default: rollout.shadow.",
        ),
    ] = None,
    share: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            max=1.0,
            help="One step of this share, and not the charter's; after the shadow.",
        ),
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option("--group", help="Likewise a group or team; can be given again."),
    ] = None,
    charter: CharterOption = Path(CHARTER_FILE),
    store: StoreOption = None,
    pilot: PilotOption = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Begin to bring a version in, with the first step of rollout.steps or in the shadow."""
    from proveout.runtime.rollout.state import Step, agreed_steps
    from proveout.runtime.rollout.transitions import start

    with open_desk(charter, store, pilot, ledger, Output(as_json=as_json)) as desk:
        if share is not None or group:
            steps: tuple[Step, ...] = (Step(share=share or 0.0, groups=tuple(group or ())),)
        else:
            steps = () if desk.charter is None else agreed_steps(desk.charter)
        rollout = None if desk.charter is None else desk.charter.rollout
        is_agreed = rollout is not None and rollout.shadow
        unseen = is_agreed if shadow is None else shadow
        desk.throw(lambda state: start(state, version, steps, by(who, why), shadow=unseen))
        if unseen and steps:
            from proveout.runtime.rollout.telling import who_gets

            desk.output.say(
                Text(
                    f"Next, for {who_gets(steps[0])}: proveout rollout next --who NAME --why REASON"
                )
            )


def _plain_switch(transition: str, text: str) -> Callable[..., None]:
    """Make the command of a switch that takes nothing but who and why."""

    def command(
        *,
        who: WhoOption,
        why: WhyOption,
        charter: CharterOption = Path(CHARTER_FILE),
        store: StoreOption = None,
        pilot: PilotOption = None,
        ledger: LedgerOption = None,
        as_json: JsonOption = False,
    ) -> None:
        from proveout.runtime.rollout import transitions

        throw = getattr(transitions, transition)
        with open_desk(charter, store, pilot, ledger, Output(as_json=as_json)) as desk:
            desk.throw(lambda state: throw(state, by(who, why)))

    command.__doc__ = text
    return command


def history_command(
    charter: CharterOption = Path(CHARTER_FILE),
    store: StoreOption = None,
    pilot: PilotOption = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show every switch, with who and why, the first one first."""
    from proveout.runtime.rollout.keeping import history
    from proveout.runtime.rollout.recording import body
    from proveout.runtime.rollout.telling import line

    with open_desk(charter, store, pilot, ledger, Output(as_json=as_json)) as desk:
        switches = history(desk.store, desk.pilot)
        lines = [line(each) for each in switches] or ["No switch was ever thrown."]
        desk.output.show(
            Text("\n".join(lines)),
            {"switches": [{**body(each), "in_ledger": each.is_in_ledger} for each in switches]},
        )
