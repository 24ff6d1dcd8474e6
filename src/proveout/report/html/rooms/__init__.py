"""Sections with a file and a template each; one that has nothing to say is left out.

A room is a module with `view(report)`, which returns what its template `rooms/<name>.html.j2`
shows under the name `view`, or None.
"""

from __future__ import annotations

from dataclasses import dataclass

from proveout.report.html.rooms import confidence, cost, drift, drill, fields, load, value
from proveout.report.model import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One section, ready to be written."""

    template: str
    view: object


def views(report: Report) -> list[Room]:
    """Return the sections that have something to say, in the order of the page."""
    found = {
        "value": value.view(report),
        "drift": drift.view(report),
        "fields": fields.view(report),
        "confidence": confidence.view(report),
        "load": load.view(report),
        "cost": cost.view(report),
        "drill": drill.view(report),
    }
    return [
        Room(template=f"rooms/{name}.html.j2", view=view)
        for name, view in found.items()
        if view is not None
    ]
