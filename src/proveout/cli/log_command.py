"""`proveout log`: read, export, archive and check what a gateway has recorded."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from proveout.cli.log_places import (
    ArchiveOption,
    CharterArgument,
    LogOption,
    PilotOption,
    SinceOption,
    UntilOption,
    place_of,
    span_of,
)
from proveout.cli.output import Output
from proveout.cli.paths import JsonOption, short
from proveout.errors import InputError

LOOK_EVERY_S = 0.25
PROBLEMS_SHOWN = 50
BROKEN = 1
"""Exit code of `verify` where something is wrong."""

PayloadOption = Annotated[
    bool, typer.Option("--payload", help="Show requests and answers as far as they are kept.")
]


class By(StrEnum):
    """What records are counted by."""

    outcome = "outcome"
    version = "version"
    team = "team"
    user = "user"
    client = "client"
    day = "day"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="The prediction log: every request and answer that went through a gateway.",
        no_args_is_help=True,
    )
    for name, command, example in (
        ("count", count_command, "proveout log count pilot.yaml --by outcome --since 24h"),
        ("tail", tail_command, "proveout log tail pilot.yaml --follow"),
        ("show", show_command, "proveout log show 01KAKP4Z0M8Q3T5V7X9ZBDFHJK"),
        ("export", export_command, "proveout log export --out week.parquet --since 7d"),
        ("compact", compact_command, "proveout log compact pilot.yaml"),
        ("verify", verify_command, "proveout log verify pilot.yaml"),
    ):
        group.command(name, epilog=f"Example: {example}")(command)
    app.add_typer(group, name="log")


def count_command(
    charter: CharterArgument = None,
    *,
    by: Annotated[By | None, typer.Option(help="Count and cost of each.")] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    log: LogOption = None,
    pilot: PilotOption = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Count requests, copies to a version in the shadow too; with --by also what they cost."""
    from proveout.runtime.log.compaction import deleted_records
    from proveout.runtime.log.reading import count

    output = Output(as_json=as_json)
    begins, ends = span_of(since, until)
    place = place_of(charter, log, pilot, archive)
    deleted = deleted_records(place.folder, place.pilot)
    told = {"pilot": place.pilot, "deleted_by_retention": deleted}
    if by is None:
        n = count(place.folder, place.pilot, archive=place.archive, since=begins, until=ends)
        output.show(Text(_requests(n)), {**told, "requests": n})
    else:
        from proveout.runtime.budget.words import money_words
        from proveout.runtime.call import MONEY_UNIT
        from proveout.runtime.log.counting import grouped

        groups = grouped(
            place.folder, place.pilot, by.value, archive=place.archive, since=begins, until=ends
        )
        table = Table(box=None, pad_edge=False)
        table.add_column(by.value.capitalize())
        table.add_column("Requests", justify="right")
        table.add_column("Cost", justify="right")
        for each in groups:
            cost = ", ".join(
                f"{money_words(int(Decimal(amount) * MONEY_UNIT))} {currency or ''}".rstrip()
                for currency, amount in each.cost.items()
            )
            table.add_row(Text(each.value or "–"), f"{each.records:,}", cost or "–")
        plain = [
            {
                "value": each.value,
                "requests": each.records,
                "cost": {currency or "": amount for currency, amount in each.cost.items()},
            }
            for each in groups
        ]
        output.show(table, {**told, "by": by.value, "groups": plain})
    if deleted:
        output.say(f"{_requests(deleted)} more were deleted, since they were past the retention.")


def tail_command(
    charter: CharterArgument = None,
    *,
    n: Annotated[int, typer.Option("-n", min=0, help="How many of the latest.")] = 20,
    is_followed: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with what comes, until Ctrl-C.")
    ] = False,
    payload: PayloadOption = False,
    log: LogOption = None,
    pilot: PilotOption = None,
    archive: ArchiveOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document; with --follow one per line.")
    ] = False,
) -> None:
    """Show the latest requests, one a line, and with --follow those that come."""
    from proveout.cli.log_view import HEADING, line, plain
    from proveout.runtime.log.following import follow, latest

    output = Output(as_json=as_json)
    place = place_of(charter, log, pilot, archive)
    coming = follow(place.folder, place.pilot, lambda: time.sleep(LOOK_EVERY_S))
    found = latest(place.folder, place.pilot, n, archive=place.archive)
    if as_json and not is_followed:
        output.json_document({"ok": True, "records": [plain(r, payload=payload) for r in found]})
        return

    if not as_json:
        _say(output, Text(HEADING, style="bold"))
    shown = {record.id for record in found}
    fresh = (record for record in coming if record.id not in shown)
    for record in chain(found, fresh if is_followed else ()):
        if as_json:
            output.lines([json.dumps(plain(record, payload=payload), ensure_ascii=False)])
        else:
            _say(output, line(record, payload=payload))


def show_command(
    call: Annotated[
        str, typer.Argument(help="Id of the call: in its reply as proveout-id.", metavar="ID")
    ],
    charter: CharterArgument = None,
    *,
    log: LogOption = None,
    pilot: PilotOption = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show all that is known of one request, its bodies as far as they are kept."""
    from proveout.cli.log_view import plain, whole
    from proveout.runtime.log.finding import find

    place = place_of(charter, log, pilot, archive)
    found = find(place.folder, place.pilot, [call], archive=place.archive).get(call)
    if found is None:
        raise InputError(
            f"The log of '{place.pilot}' knows no call '{call}'.",
            hint=f"See the latest: proveout log tail {place.options()}",
        )
    Output(as_json=as_json).show(whole(found), {"record": plain(found)})


def export_command(
    charter: CharterArgument = None,
    *,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="File to write: .parquet, .csv or .jsonl.")
    ],
    since: SinceOption = None,
    until: UntilOption = None,
    payload: Annotated[
        bool, typer.Option("--payload/--no-payload", help="With requests and answers, or without.")
    ] = True,
    log: LogOption = None,
    pilot: PilotOption = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write requests to one file for other tools; replaces it."""
    from proveout.runtime.log.exporting import export

    begins, ends = span_of(since, until)
    place = place_of(charter, log, pilot, archive)
    n = export(
        place.folder,
        place.pilot,
        out,
        archive=place.archive,
        since=begins,
        until=ends,
        with_payload=payload,
    )
    Output(as_json=as_json).show(
        Text(f"Wrote {short(out)}: {_requests(n)}.", no_wrap=True),
        {"file": str(out), "requests": n},
    )


def compact_command(
    charter: CharterArgument = None,
    *,
    retention_days: Annotated[
        int | None,
        typer.Option(min=1, help="Delete older days. Default: gateway.log.retention_days."),
    ] = None,
    log: LogOption = None,
    pilot: PilotOption = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Archive what is sealed as Parquet, and delete days past the retention.

    A gateway does this by itself.
    """
    from dataclasses import asdict

    from proveout.runtime.log.compaction import compact

    output = Output(as_json=as_json)
    place = place_of(charter, log, pilot, archive)
    done = compact(
        place.folder,
        place.pilot,
        archive=place.archive,
        retention_days=place.retention_days if retention_days is None else retention_days,
    )
    said = [
        "Another process is archiving this log; nothing was done."
        if done.is_busy
        else f"Archived {_requests(done.records)} of {_counted(done.segments, 'segment')}."
    ]
    if done.deleted_records:
        said.append(
            f"Deleted {_requests(done.deleted_records)} past the retention, of "
            f"{_counted(len(done.deleted_days), 'day')} up to {done.deleted_days[-1]}."
        )
    said += [f"{name} stays: a newer Proveout wrote it." for name in done.unreadable]
    output.show(Text("\n".join(said), no_wrap=True), asdict(done))


def verify_command(
    charter: CharterArgument = None,
    *,
    log: LogOption = None,
    pilot: PilotOption = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the whole log and check it: checksums, seals, gaps, nothing there twice.

    Exit code 1 where something is wrong.
    """
    from dataclasses import asdict

    from proveout.runtime.log.checking import check

    place = place_of(charter, log, pilot, archive)
    checked = check(place.folder, place.pilot, archive=place.archive)
    state = "is whole" if not checked.problems else "is damaged"
    said = [
        f"The log of '{place.pilot}' {state}: {_requests(checked.records)} in "
        f"{_counted(checked.archived, 'archived file')} and "
        f"{_counted(checked.segments, 'segment')}."
    ]
    said += [f"  - {problem}" for problem in checked.problems[:PROBLEMS_SHOWN]]
    if len(checked.problems) > PROBLEMS_SHOWN:
        said.append(f"  … and {len(checked.problems) - PROBLEMS_SHOWN:,} more")
    if checked.under_way:
        said.append(f"{_counted(checked.under_way, 'call')} under way, or cut short by a crash.")
    if checked.torn:
        said.append(
            f"{_counted(checked.torn, 'line')} cut by a crash and kept aside; the answers were "
            "never released."
        )
    if checked.deleted:
        said.append(f"{_requests(checked.deleted)} deleted by retention.")
    Output(as_json=as_json).show(
        Text("\n".join(said), no_wrap=True), {"is_whole": not checked.problems, **asdict(checked)}
    )
    if checked.problems:
        raise typer.Exit(BROKEN)


def _say(output: Output, text: Text) -> None:
    """Write one line; with colours on a terminal only, and never broken into several."""
    if output.stdout.is_terminal:
        output.stdout.print(text, soft_wrap=True)
    else:
        output.lines([text.plain])


def _requests(n: int) -> str:
    return _counted(n, "request")


def _counted(n: int, one: str) -> str:
    return f"{n:,} {one}{'' if n == 1 else 's'}"
