"""The one place that writes to the terminal: data to stdout, narration to stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console, RenderableType
from rich.text import Text

from proveout.errors import ProveoutError


class Output:
    """Decides between human and JSON form. Commands never print.

    With `--json`, stdout carries exactly one JSON document: {"ok": true, …} or
    {"ok": false, "error": {"kind", "message", "hint"}}.
    """

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        self.as_json = as_json
        self.quiet = quiet
        self.stdout = Console(file=sys.stdout, highlight=False, soft_wrap=False)
        self.stderr = Console(file=sys.stderr, highlight=False, stderr=True)

    @property
    def shows_progress(self) -> bool:
        """Tell whether a transient progress display makes sense here."""
        return self.stderr.is_terminal and not self.quiet and not self.as_json

    def say(self, message: RenderableType) -> None:
        """Narrate: what is going on, where a file was written, what to do next."""
        if not self.quiet:
            _print(self.stderr, message)

    @contextmanager
    def passing(self) -> Iterator[Callable[[str], None]]:
        """Show on a terminal, in a line that does not stay, how things stand."""
        if not self.shows_progress:
            yield lambda _: None
            return
        with self.stderr.status("") as line:
            yield lambda text: line.update(Text(text))

    def show(self, human: RenderableType, plain: dict[str, Any]) -> None:
        """Give the result: the human form, or with `--json` the plain one."""
        if self.as_json:
            self.json_document({"ok": True, **plain})
        else:
            _print(self.stdout, human)

    def json_document(self, plain: dict[str, Any]) -> None:
        """Write one JSON document to stdout."""
        sys.stdout.write(json.dumps(plain, ensure_ascii=False, allow_nan=False, indent=2) + "\n")

    def lines(self, texts: Iterable[str]) -> None:
        """Write lines of data to stdout, exactly as they are."""
        try:
            for text in texts:
                sys.stdout.write(text + "\n")
            sys.stdout.flush()
        except BrokenPipeError:
            # The reader has seen enough, as in `… | head`; Python must not complain at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def fail(self, error: ProveoutError) -> None:
        """Show an error in the form that was asked for."""
        if self.as_json:
            self.json_document(
                {
                    "ok": False,
                    "error": {"kind": error.kind, "message": error.message, "hint": error.hint},
                }
            )
            return
        self.stderr.print("[bold red]Error:[/bold red] ", end="")
        self.stderr.print(error.message, markup=False)
        if error.hint:
            self.stderr.print(error.hint, markup=False)


def _print(console: Console, what: RenderableType) -> None:
    """Print; text that asks not to be wrapped is neither wrapped nor cropped."""
    console.print(what, soft_wrap=isinstance(what, Text) and bool(what.no_wrap))
