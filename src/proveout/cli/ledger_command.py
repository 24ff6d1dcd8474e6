"""`proveout ledger`: verify the chain, export it, make a key, check an export."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.text import Text

from proveout.cli.output import Output
from proveout.cli.paths import (
    CHARTER_FILE,
    CharterArgument,
    JsonOption,
    LedgerOption,
    ledger_location,
)
from proveout.errors import InputError, LedgerBrokenError

MAX_SHOWN = 50
"""Problems named one by one; the rest is counted."""

KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--signing-key",
        envvar="PROVEOUT_SIGNING_KEY",
        help="Ed25519 private key (PEM) that signs the export. See: proveout ledger key",
    ),
]


class Form(StrEnum):
    """The formats of an export."""

    intoto = "intoto"
    jsonl = "jsonl"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="What was recorded: verify that nobody changed it, hand it to other tools.",
        no_args_is_help=True,
    )
    group.command("verify")(verify_command)
    group.command("export")(export_command)
    group.command("key")(key_command)
    group.command("check-export")(check_export_command)
    app.add_typer(group, name="ledger")


def verify_command(
    charter: CharterArgument = Path(CHARTER_FILE),
    ledger: LedgerOption = None,
    expect: Annotated[
        str | None,
        typer.Option(help="A hash noted earlier and kept elsewhere: it must still be there."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check that no entry of the ledger was changed, removed, inserted or moved.

    Example: proveout ledger verify --ledger .proveout/ledger.db
    """
    from proveout.evidence.ledger import open_ledger, verify

    location = ledger_location(charter, ledger)
    with open_ledger(location, create=False) as opened:
        found = verify(opened, expect=expect)
    if not found.is_whole:
        raise LedgerBrokenError(
            _listed("The ledger is broken", [problem.what for problem in found.problems]),
            hint="Keep the ledger as it is, find out who wrote to it, and go on from a backup.",
        )
    lines = [f"The ledger is whole: {_count(found.n_entries, 'entry', 'entries')}."]
    if found.anchor_seq is not None:
        lines.append(f"The expected hash is that of entry {found.anchor_seq}.")
    lines.append(f"Last hash: {found.head_hash}")
    Output(as_json=as_json).show(
        _plain(lines),
        {
            "entries": found.n_entries,
            "head": {"seq": found.head_seq, "hash": found.head_hash},
            "expected_at": found.anchor_seq,
        },
    )
    if expect is None and not as_json:
        Output().say(
            "Note the last hash in another place: with it, 'proveout ledger verify --expect HASH' "
            "also finds a ledger that was rewritten or cut off as a whole."
        )


def export_command(
    charter: CharterArgument = Path(CHARTER_FILE),
    ledger: LedgerOption = None,
    *,
    form: Annotated[
        Form,
        typer.Option(
            "--format",
            help="intoto: in-toto statements in DSSE envelopes. jsonl: the plain entries.",
        ),
    ] = Form.intoto,
    out: Annotated[
        Path | None, typer.Option(help="File to write. Without it, the lines go to stdout.")
    ] = None,
    pilot: Annotated[str | None, typer.Option(help="Only the entries of this pilot.")] = None,
    signing_key: KeyFile = None,
    as_json: JsonOption = False,
) -> None:
    """Write the ledger as JSON Lines, for other tools to read and check.

    Example: proveout ledger export --format intoto --out evidence.intoto.jsonl
    """
    from proveout.evidence.export import (
        export_lines,
        is_open_to_others,
        load_signing_key,
        write_lines,
    )
    from proveout.evidence.ledger import open_ledger

    if as_json and out is None:
        raise InputError(
            "With --json the result is one document, and the export would be another.",
            hint="Name a file for the export: --out evidence.intoto.jsonl",
        )
    output = Output(as_json=as_json)
    signs = form is Form.intoto and signing_key is not None
    key = load_signing_key(signing_key) if signs and signing_key is not None else None
    if signing_key is not None and key is not None and is_open_to_others(signing_key):
        output.say(f"[yellow]Other users may read {escape(str(signing_key))}[/yellow]: chmod 600")
    with open_ledger(ledger_location(charter, ledger), create=False) as opened:
        lines = export_lines(opened, form=form.value, pilot=pilot, key=key)
        if out is None:
            output.lines(lines)
        else:
            write_lines(out, lines)
    if form is Form.intoto and key is None:
        output.say(
            "[yellow]The envelopes are not signed[/yellow]: no --signing-key and no "
            "PROVEOUT_SIGNING_KEY. Make a key: proveout ledger key --out signing.pem"
        )
    if out is not None:
        output.show(
            _plain([f"Exported to {out}", f"Check it: proveout ledger check-export {out}"]),
            {"out": str(out), "format": form.value, "signed": key is not None},
        )


def key_command(
    out: Annotated[Path, typer.Option(help="File for the private key; must not exist yet.")],
    as_json: JsonOption = False,
) -> None:
    """Make a key that signs exports; the public half is written beside it.

    Example: proveout ledger key --out signing.pem
    """
    from proveout.evidence.export import key_id, make_key, public_pem

    public, public_file = make_key(out)
    Output(as_json=as_json).show(
        _plain(
            [
                f"Private key: {out} (readable by you alone; keep it out of the repository)",
                f"Public key:  {public_file}",
                f"Key id:      {key_id(public)}",
                public_pem(public).rstrip(),
                f"Sign with it: PROVEOUT_SIGNING_KEY={out} proveout ledger export",
            ]
        ),
        {
            "private_key": str(out),
            "public_key": str(public_file),
            "key_id": key_id(public),
            "public_pem": public_pem(public),
        },
    )


def check_export_command(
    file: Annotated[Path, typer.Argument(help="An exported file, of either format.")],
    public_key: Annotated[
        Path | None, typer.Option(help="Ed25519 public key (PEM): every line must be signed by it.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check an exported file without the ledger: signatures, hashes, and the chain.

    Example: proveout ledger check-export evidence.intoto.jsonl --public-key signing.pem.pub
    """
    from proveout.evidence.export import check_export, load_public_key

    key = None if public_key is None else load_public_key(public_key)
    try:
        with file.open(encoding="utf-8", errors="surrogateescape") as lines:
            found = check_export(lines, key)
    except OSError as error:
        raise InputError(f"The export {file} cannot be read: {error.strerror}.") from error
    if found.problems:
        raise LedgerBrokenError(
            _listed("The export is not what was exported", list(found.problems)),
            hint="Export again from the ledger, and compare: proveout ledger export",
        )
    lines_said = [f"The export is sound: {_count(found.n_entries, 'entry', 'entries')}."]
    if found.n_gaps:
        lines_said.append(
            f"{_count(found.n_gaps, 'gap', 'gaps')} where entries of other pilots were left out."
        )
    lines_said.append(
        "Signatures were not checked: no --public-key."
        if key is None
        else f"Every line is signed by this key ({found.n_signed} lines)."
    )
    lines_said.append(f"Last hash: {found.last_hash}")
    Output(as_json=as_json).show(
        _plain(lines_said), {**found.as_dict(), "signatures_checked": key is not None}
    )


def _plain(lines: list[str]) -> Text:
    # Paths and hashes are for copying: they are neither wrapped nor styled.
    return Text("\n".join(lines), no_wrap=True, overflow="ignore")


def _count(n: int, one: str, many: str) -> str:
    return f"{n:,} {one if n == 1 else many}"


def _listed(title: str, problems: list[str]) -> str:
    lines = [f"  - {line}" for line in gathered(problems)]
    shown = lines[:MAX_SHOWN]
    if len(lines) > MAX_SHOWN:
        shown.append(f"  … and {len(lines) - MAX_SHOWN:,} more")
    return "\n".join([f"{title} ({_count(len(problems), 'problem', 'problems')}):", *shown])


def gathered(problems: Iterable[str]) -> Iterator[str]:
    """Tell once what is wrong with lines that follow one another: 'lines 1 to 546: …'."""
    runs = groupby(enumerate(map(_line_and_what, problems)), key=_run)
    for _, run in runs:
        told = [each for _, each in run]
        (first, what), (last, _) = told[0], told[-1]
        if first is None:
            yield from (what for _, what in told)
        elif first == last:
            yield f"line {first}: {what}"
        else:
            yield f"lines {first:,} to {last:,}: {what}"


def _line_and_what(problem: str) -> tuple[int | None, str]:
    found = re.fullmatch(r"line (\d+): (.*)", problem, re.DOTALL)
    return (None, problem) if found is None else (int(found[1]), found[2])


def _run(numbered: tuple[int, tuple[int | None, str]]) -> tuple[int | None, str]:
    """Give the same key to problems alike on lines that follow one another."""
    position, (line, what) = numbered
    return (None if line is None else line - position), what
