"""The commands, in the order in which help shows them."""

from __future__ import annotations

from collections.abc import Callable

import typer

REGISTRARS: tuple[Callable[[typer.Typer], None], ...] = ()
