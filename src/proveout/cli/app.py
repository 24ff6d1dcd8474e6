"""The command line: one typer application, one way for errors to leave it."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from proveout import __version__
from proveout.cli.output import Output
from proveout.errors import ProveoutError

INTERRUPTED = 130
"""Exit code when the user pressed Ctrl-C."""


def build_app(registrars: Sequence[Callable[[typer.Typer], None]]) -> typer.Typer:
    """Put the commands together."""
    app = typer.Typer(
        name="proveout",
        help="Takes an AI pilot to production: measure it, hold it to the sealed standard, decide.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )
    app.callback()(_options)
    for register in registrars:
        register(app)
    _reflow_help(app)
    return app


def _reflow_help(app: typer.Typer) -> None:
    """Let help fill the terminal: a line break of the source inside a paragraph is none."""
    for info in app.registered_commands:
        text = inspect.getdoc(info.callback) or ""
        info.help = "\n\n".join(" ".join(part.split("\n")) for part in text.split("\n\n"))
    for group in app.registered_groups:
        if group.typer_instance is not None:
            _reflow_help(group.typer_instance)


def run_app(app: typer.Typer, arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code. User mistakes print no traceback."""
    as_json = "--json" in arguments
    try:
        result = app(list(arguments), prog_name="proveout", standalone_mode=False)
    except ProveoutError as error:
        Output(as_json=as_json).fail(error)
        return error.exit_code
    except typer.Exit as leaving:
        return leaving.exit_code
    except (KeyboardInterrupt, typer.Abort):
        result = INTERRUPTED
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        # The command that was typed, such as 'proveout ledger verify', where it is known.
        typed = getattr(getattr(error, "ctx", None), "command_path", "") or "proveout"
        message = str(error.format_message())
        if not message:  # nothing was typed: help has been shown
            return ProveoutError.exit_code
        usage = ProveoutError(message, hint=f"See: {typed} --help")
        Output(as_json=as_json).fail(usage)
        return usage.exit_code
    if result == INTERRUPTED:  # which is also what typer itself makes of Ctrl-C
        Output(as_json=as_json).say("Stopped.")
    return result if isinstance(result, int) else 0


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        Output().lines([f"proveout {__version__}"])
        raise typer.Exit


def _options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    # No docstring: the application has its help already.
    pass


def main() -> None:
    """Entry point of `proveout`."""
    import gc

    from proveout.cli.commands import REGISTRARS

    # What is loaded stays: to look for garbage among it again and again takes a tenth of a second.
    gc.set_threshold(100_000, 20, 50)
    sys.exit(run_app(build_app(REGISTRARS), sys.argv[1:]))
