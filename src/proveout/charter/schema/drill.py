"""A drill: faults are injected while the company's own people keep the work going (R405)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, PositiveFloat, PositiveInt

from proveout.charter.schema.base import Part, Person, Text


class Drill(Part):
    """What a drill may do, and who takes part. Only systems that are reached by HTTP."""

    scenario: Text = "weekend"
    """A shipped scenario, or the path of a file of your own."""
    minutes: PositiveFloat = 30.0
    """How long a drill lasts; the scenario's time is compressed into it."""
    listen: Annotated[str, Field(pattern=r"^[^:\s]+:\d+$")] = "127.0.0.1:8601"
    """Where the proxy listens; the client of the system is pointed here for the drill."""
    users: PositiveInt = 20
    """How many users work while it lasts; their requests are the drill's own."""
    participants: tuple[Person, ...] = ()
    """The company's own people who are to notice and to act."""
    vendor: tuple[Person, ...] = ()
    """Who is not to be needed."""
    notify: tuple[Text, ...] = ()
    """Channels as Apprise URLs; secrets by environment variable: '${DRILL_CHANNEL}'."""
    fallback: Text | None = None
    """URL that answers while the system is down; unset where people work by hand."""
