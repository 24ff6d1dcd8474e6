"""Consumers of a run's events: the progress line, and JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from proveout.cli.output import Output
from proveout.errors import InputError

if TYPE_CHECKING:
    from proveout.assess.events import Event


@contextmanager
def watching(output: Output, events_file: Path | None) -> Iterator[Callable[[Event], None]]:
    """Give one function that shows every event: progress, outcomes, and JSON Lines if asked."""
    with ExitStack() as stack:
        watchers = [stack.enter_context(_shown(output))]
        if events_file is not None:
            watchers.append(stack.enter_context(_written(events_file)))

        def watch(event: Event) -> None:
            for watcher in watchers:
                watcher(event)

        yield watch


@contextmanager
def _shown(output: Output) -> Iterator[Callable[[Event], None]]:
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from proveout.assess.events import CheckEnded, CheckProgress, CheckStarted

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    progress = Progress(
        *columns, console=output.stderr, transient=True, disable=not output.shows_progress
    )
    with progress:
        task = progress.add_task("", total=None)

        def watch(event: Event) -> None:
            match event:
                case CheckStarted():
                    progress.reset(task, total=None, description=escape(event.check))
                case CheckProgress():
                    progress.update(
                        task,
                        completed=event.progress.done,
                        total=event.progress.total,
                        description=escape(f"{event.check}: {event.progress.what}"),
                    )
                case CheckEnded():
                    _say_how_it_ended(output, event)
                case _:
                    pass

        yield watch


def _say_how_it_ended(output: Output, event: Any) -> None:
    outcome = event.outcome
    if outcome.status == "done":
        took = (outcome.ended_at - outcome.started_at).total_seconds()
        found = f"{outcome.n_evidence:,} facts" if outcome.n_evidence != 1 else "1 fact"
        output.say(f"{escape(outcome.check)}: {found}, {took:.1f} s")
        return
    output.say(
        f"[yellow]{escape(outcome.check)}: {outcome.status}[/yellow]: {escape(outcome.reason)}"
    )
    if outcome.next_step:
        output.say(f"  {escape(outcome.next_step)}")


@contextmanager
def _written(file: Path) -> Iterator[Callable[[Event], None]]:
    try:
        stream = file.open("w", encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"{file} cannot be written: {error.strerror}.", hint="Name another file: --events FILE"
        ) from error
    with stream:

        def watch(event: Event) -> None:
            stream.write(json.dumps(event_as_dict(event), ensure_ascii=False) + "\n")
            stream.flush()

        yield watch


def event_as_dict(event: Event) -> dict[str, Any]:
    """Return an event in plain form, with its type as `event`."""
    return {"event": type(event).__name__, **{k: _plain(getattr(event, k)) for k in _keys(event)}}


def _keys(value: Any) -> list[str]:
    return list(value.__dataclass_fields__)


def _plain(value: Any) -> Any:
    if hasattr(value, "as_dict"):
        return value.as_dict()
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return list(value) if isinstance(value, tuple) else value
