"""What leads where: one list for the dashboard, one for a pilot."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from proveout.web.asked import Asked
from proveout.web.permissions import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One entry."""

    label: str
    path: str
    needs: Permission
    is_current: bool = False


_P = Permission

MAIN: tuple[tuple[str, str, Permission], ...] = (
    ("Portfolio", "/", _P.signed_in),
    ("My tasks", "/tasks", _P.signed_in),
    ("Inventory", "/inventory", _P.see_all),
    ("Calendar", "/calendar", _P.see_all),
    ("Administration", "/admin", _P.administer),
)

PILOT: tuple[tuple[str, str, Permission], ...] = (
    ("Verdict", "", _P.see),
    ("Evidence", "/evidence", _P.see),
    ("Charter", "/charter", _P.see),
    ("Sign-offs", "/signoffs", _P.see),
    ("Reviews", "/reviews", _P.see),
    ("People", "/people", _P.see),
    ("Training", "/training", _P.see),
    ("Feedback", "/feedback", _P.see),
    ("Pulse", "/pulse", _P.see),
    ("Exceptions", "/exceptions", _P.resolve),
    ("Protocol", "/protocol", _P.see),
    ("Adoption", "/adoption", _P.see),
    ("Leadership", "/leadership", _P.see),
    ("Frameworks", "/frameworks", _P.see),
    ("Audit trail", "/audit", _P.audit),
    ("Board paper", "/board", _P.see),
)
"""Label, path after '/pilots/NAME', and what it takes to see it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Navigation:
    """The links that a viewer is shown."""

    main: tuple[Link, ...] = ()
    pilot: tuple[Link, ...] = ()


def navigation(asked: Asked | None, current: str) -> Navigation:
    """Return what the viewer may see, with the current page marked."""
    if asked is None or not asked.viewer.is_signed_in:
        return Navigation()
    main = tuple(
        Link(label=label, path=path, needs=needs, is_current=path == current)
        for label, path, needs in MAIN
        if asked.may(needs)
    )
    if asked.pilot is None:
        return Navigation(main=main)
    base = f"/pilots/{quote(asked.pilot.pilot, safe='')}"
    here = current.removeprefix("/pilots/{pilot}")
    pilot = tuple(
        Link(
            label=label,
            path=base + path,
            needs=needs,
            is_current=here == path or (path != "" and here.startswith(path + "/")),
        )
        for label, path, needs in PILOT
        if asked.may(needs)
    )
    return Navigation(main=main, pilot=pilot)
