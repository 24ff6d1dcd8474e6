"""`proveout exceptions`: what people have to look at, one after the other."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer
from rich.text import Text

from proveout.cli.exceptions_desk import ExceptionsDesk, open_exceptions
from proveout.cli.output import Output
from proveout.cli.paths import CHARTER_FILE, CharterOption, JsonOption, WhoOption
from proveout.cli.switching import PilotOption, StoreOption
from proveout.errors import InputError

if TYPE_CHECKING:
    from proveout.runtime.exceptions.entry import Entry, Resolution

IdArgument = Annotated[str, typer.Argument(help="Its id, the beginning of it, or the proveout-id.")]
WhyOption = Annotated[str, typer.Option(help="The reason; it stays with the exception.")]
ReasonOption = Annotated[
    str | None,
    typer.Option(help="Only those with this reason: low-confidence, rule, reported …"),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Answers that a person has to look at: doubtful, broken, or called wrong.",
        invoke_without_command=True,
        callback=list_by_default,
    )
    group.command("list", epilog="Example: proveout exceptions list --overdue")(list_command)
    group.command("show", epilog="Example: proveout exceptions show k3v7q2")(show_command)
    group.command("next", epilog="Example: proveout exceptions next --who 'Ada Vale'")(next_command)
    group.command("take", epilog="Example: proveout exceptions take k3v7q2 --who 'Ada Vale'")(
        take_command
    )
    group.command(
        "resolve",
        epilog="Example: proveout exceptions resolve k3v7q2 --outcome corrected --correction no "
        "--who 'Ada Vale' --why 'no cover for hail' --next",
    )(resolve_command)
    group.command(
        "reopen",
        epilog="Example: proveout exceptions reopen k3v7q2 --who 'Ada Vale' --why 'second look'",
    )(reopen_command)
    group.command("escalate", epilog="Example: proveout exceptions escalate")(escalate_command)
    group.command("stats", epilog="Example: proveout exceptions stats --json")(stats_command)
    group.command("export", epilog="Example: proveout exceptions export --labels labels.csv")(
        export_command
    )
    app.add_typer(group, name="exceptions")


def list_by_default(context: typer.Context) -> None:
    """List what is open, where nothing else is asked."""
    if context.invoked_subcommand is None:
        list_command()


def list_command(
    *,
    is_open: Annotated[bool, typer.Option("--open", help="Those not resolved (default).")] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="Those past their time.")] = False,
    resolved: Annotated[
        bool, typer.Option("--resolved", help="Those done, the last first.")
    ] = False,
    owner: Annotated[
        str | None, typer.Option(help="Those that this person owns, has taken, or was called for.")
    ] = None,
    reason: ReasonOption = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    charter: CharterOption = Path(CHARTER_FILE),
    store: StoreOption = None,
    pilot: PilotOption = None,
    as_json: JsonOption = False,
) -> None:
    """List them, those due first in front."""
    from proveout.cli.exceptions_view import listed, stood, whose

    if sum((is_open, overdue, resolved)) > 1:
        raise InputError(
            "Only one of --open, --overdue and --resolved can be listed.", hint="Leave one."
        )
    which: Any = "overdue" if overdue else "resolved" if resolved else "open"
    now, output = time.time(), Output(as_json=as_json)
    with open_exceptions(charter, store, pilot) as desk:
        entries = desk.queue.entries(which, now=now, owner=owner, reason=reason, limit=limit)
        counts = desk.queue.counts(now=now)
        handling = desk.queue.handling
    output.show(
        listed(entries, now=now, width=output.stdout.width) if entries else Text("None."),
        {"exceptions": [each.as_dict() for each in entries], "counts": counts},
    )
    is_all_open = which == "open" and owner is None and reason is None
    output.say(
        Text(whose(entries, counts, is_all_open=is_all_open)).append(stood(counts, handling))
    )


def show_command(
    id_: IdArgument,
    *,
    whole: Annotated[bool, typer.Option("--whole", help="Long texts, too, in full.")] = False,
    charter: CharterOption = Path(CHARTER_FILE),
    store: StoreOption = None,
    pilot: PilotOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one: what was asked and answered, why it is here, and what to do."""
    with open_exceptions(charter, store, pilot) as desk:
        _show(desk, desk.queue.get(id_), Output(as_json=as_json), whole=whole)


def next_command(
    *,
    who: WhoOption,
    reason: ReasonOption = None,
    charter: CharterOption = Path(CHARTER_FILE),
    store: StoreOption = None,
    pilot: PilotOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take the one that is due first, and show it; nobody else is given it meanwhile."""
    with open_exceptions(charter, store, pilot) as desk:
        _next(desk, who, Output(as_json=as_json), reason=reason)


def take_command(
    id_: IdArgument,
    *,
    who: WhoOption,
    from_other: Annotated[
        bool, typer.Option("--from-other", help="Also where somebody else has taken it.")
    ] = False,
    charter: CharterOption = Path(CHARTER_FILE),
    store: StoreOption = None,
    pilot: PilotOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that one works on it."""
    with open_exceptions(charter, store, pilot) as desk:
        taken = desk.queue.take(id_, who=who, now=time.time(), from_other=from_other)
        _show(desk, taken, Output(as_json=as_json))


def resolve_command(
    ids: Annotated[list[str], typer.Argument(help="One or several.", metavar="ID…")],
    *,
    outcome: Annotated[
        str,
        typer.Option(help="confirmed-right, corrected, rejected, duplicate or cannot-tell."),
    ],
    who: WhoOption,
    why: WhyOption,
    correction: Annotated[
        list[str] | None,
        typer.Option(help="The true answer. With --row for each where a request had several."),
    ] = None,
    row: Annotated[
        list[int] | None, typer.Option(min=0, help="Which row it is of, from 0.")
    ] = None,
    then_next: Annotated[bool, typer.Option("--next", help="Go on with the next one.")] = False,
    charter: CharterOption = Path(CHARTER_FILE),
    store: StoreOption = None,
    pilot: PilotOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what came of it; a correction becomes a true answer for quality and drift.

    A correction that the user proposed is taken over where none is given. Of a document the fields
    that were wrong are enough: --correction '{"total": 12.5}'.
    """
    resolution = _resolution(outcome)
    true = _by_row(correction or (), row or ())
    output = Output(as_json=as_json)
    with open_exceptions(charter, store, pilot) as desk:
        found = [desk.queue.get(each) for each in ids]
        done = [
            desk.queue.resolve(
                each.id,
                resolution,
                who=who,
                why=why,
                now=time.time(),
                correction=_whole(desk, each, true) if resolution == "corrected" else true or None,
                right_answers=(
                    desk.answers_of(each.call) if resolution == "confirmed-right" else None
                ),
            )
            for each in found
        ]
        if then_next and not as_json:
            _say_done(done, output)
            _next(desk, who, output)
            return
    output.show(
        Text("\n".join(_done_line(each) for each in done)),
        {"exceptions": [each.as_dict() for each in done]},
    )


def reopen_command(
    id_: IdArgument,
    *,
    who: WhoOption,
    why: WhyOption,
    charter: CharterOption = Path(CHARTER_FILE),
    store: StoreOption = None,
    pilot: PilotOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open it again; how it was resolved before stays in its notes."""
    with open_exceptions(charter, store, pilot) as desk:
        reopened = desk.queue.reopen(id_, who=who, why=why, now=time.time())
        _show(desk, reopened, Output(as_json=as_json))


def escalate_command(
    id_: Annotated[
        str | None, typer.Argument(help="One of them; without it all that are due.", metavar="[ID]")
    ] = None,
    *,
    to: Annotated[str | None, typer.Option(help="To whom; as the charter says without it.")] = None,
    charter: CharterOption = Path(CHARTER_FILE),
    store: StoreOption = None,
    pilot: PilotOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hand on what was not resolved in time, and call who has it now. Gateways do so as well."""
    from proveout.notices import open_notices
    from proveout.runtime.exceptions.escalating import Escalating

    output = Output(as_json=as_json)
    with open_exceptions(charter, store, pilot) as desk:
        if id_ is not None:
            to = to or desk.queue.handling.escalates_to
            if to is None:
                raise InputError(
                    "The charter names nobody to escalate to.", hint="Name somebody: --to NAME"
                )
            _show(desk, desk.queue.escalate(id_, to=to, now=time.time()), output)
            return
        with open_notices_of(desk, open_notices) as notices:
            done = Escalating(desk.queue, notices)()
    told = f"{len(done.entries):,} escalated."
    if done.nobody:
        told = (
            f"{done.nobody:,} are overdue, and the charter names nobody to escalate to: "
            "governance.exceptions.escalates_to"
        )
    plain = {
        "escalated": [each.as_dict() for each in done.entries],
        "nobody_to_escalate_to": done.nobody,
        "notices": str(notices.standing),
    }
    output.show(Text(told), plain)
    if notices:
        output.say(Text(f"Notices: {notices.standing}."))


def open_notices_of(desk: ExceptionsDesk, opening: Any) -> Any:
    """Open the charter's channels; silence where no charter was read."""
    from proveout.charter.schema import Charter

    charter = Charter(pilot=desk.queue.pilot) if desk.loaded is None else desk.loaded.charter
    return opening(charter)


def stats_command(
    *,
    charter: CharterOption = Path(CHARTER_FILE),
    store: StoreOption = None,
    pilot: PilotOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell how many there are, who has them, and how long they take."""
    from proveout.cli.exceptions_view import stood
    from proveout.runtime.exceptions.telling import told

    now, output = time.time(), Output(as_json=as_json)
    with open_exceptions(charter, store, pilot) as desk:
        counts = desk.queue.counts(now=now)
        lines, plain = told(desk.queue.entries("all", now=now), now=now)
        handling = desk.queue.handling
    output.show(
        Text("\n".join([str(stood(counts, handling)), *lines])), {"counts": counts, **plain}
    )


def export_command(
    *,
    labels: Annotated[Path, typer.Option(help="File to write: .csv or .parquet.")],
    charter: CharterOption = Path(CHARTER_FILE),
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write what was corrected, confirmed or imported as labelled data, with what was asked."""
    from proveout.cli.labels_command import export

    export(labels, charter, store, Output(as_json=as_json))


def _next(desk: ExceptionsDesk, who: str, output: Output, *, reason: str | None = None) -> None:
    entry = desk.queue.take_next(who=who, now=time.time(), reason=reason)
    if entry is None:
        output.show(Text("Nothing is left to look at."), {"exception": None})
        return
    _show(desk, entry, output)
    output.say(
        Text(
            f"Then: proveout exceptions resolve {entry.id} --outcome … --who '{who}' --why … --next"
        )
    )


def _show(desk: ExceptionsDesk, entry: Entry, output: Output, *, whole: bool = False) -> None:
    from proveout.cli.exceptions_view import shown

    output.show(
        shown(entry, desk.queue.handling, now=time.time(), whole=whole),
        {"exception": entry.as_dict(), "steps": list(desk.queue.handling.steps)},
    )


def _say_done(done: Sequence[Entry], output: Output) -> None:
    for each in done:
        output.say(Text(_done_line(each)))


def _done_line(entry: Entry) -> str:
    from proveout.runtime.exceptions.entry import labels_text

    truth = labels_text(list(entry.correction.items()))
    return f"{entry.id}: {entry.outcome}{f' to {truth}' if truth else ''}."


def _resolution(outcome: str) -> Resolution:
    from proveout.runtime.exceptions.entry import Resolution as Known

    for known in get_args(Known):
        if known == outcome:
            resolution: Resolution = known
            return resolution
    raise InputError(
        f"'{outcome}' is no outcome.", hint=f"It is one of: {', '.join(get_args(Known))}."
    )


def _whole(desk: ExceptionsDesk, entry: Entry, given: dict[int, str]) -> dict[int, str] | None:
    """Return the true answers, as proposed by the user where none is given."""
    from proveout.runtime.exceptions.correcting import made_whole

    true = given or dict(entry.correction)
    if desk.loaded is None or not true:
        return true or None
    return made_whole(desk.loaded.charter, true, desk.answers_of(entry.call))


def _by_row(corrections: Sequence[str], rows: Sequence[int]) -> dict[int, str]:
    if not rows and len(corrections) <= 1:
        return dict(enumerate(corrections))
    if len(rows) != len(corrections) or len(set(rows)) < len(rows):
        raise InputError(
            f"{len(corrections)} corrections were given for {len(set(rows))} rows.",
            hint="Give them in pairs: --row 3 --correction refuse --row 7 --correction pay",
        )
    return dict(zip(rows, corrections, strict=True))
