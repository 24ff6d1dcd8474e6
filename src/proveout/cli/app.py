"""The command line: one typer application, one way for errors to leave it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import typer

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
    for register in registrars:
        register(app)
    return app


def run_app(app: typer.Typer, arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code. User mistakes print no traceback."""
    as_json = "--json" in arguments
    try:
        result = app(list(arguments), standalone_mode=False)
    except ProveoutError as error:
        Output(as_json=as_json).fail(error)
        return error.exit_code
    except typer.Exit as leaving:
        return leaving.exit_code
    except (KeyboardInterrupt, typer.Abort):
        Output(as_json=as_json).say("Stopped. What was recorded before is kept.")
        return INTERRUPTED
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        usage = ProveoutError(str(error.format_message()), hint="See: proveout --help")
        Output(as_json=as_json).fail(usage)
        return usage.exit_code
    return result if isinstance(result, int) else 0


def main() -> None:
    """Entry point of `proveout`."""
    from proveout.cli.commands import REGISTRARS

    sys.exit(run_app(build_app(REGISTRARS), sys.argv[1:]))
