"""What leads where: one list for the dashboard, one for a pilot."""

from __future__ import annotations

from dataclasses import dataclass, replace

from proveout.web.asked import Asked
from proveout.web.paths import path_to
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

BESIDE: dict[str, tuple[tuple[str, str, Permission], ...]] = {
    "Portfolio": (
        ("Pilots", "/", _P.signed_in),
        ("Board paper", "/board", _P.see_all),
        ("Diagnosis", "/diagnosis", _P.signed_in),
    ),
    "Administration": (
        ("Accounts", "/admin", _P.administer),
        ("Access log", "/admin/log", _P.administer),
        ("In the background", "/admin/background", _P.administer),
    ),
}
"""What stands beside a page of the dashboard itself."""

PILOT: tuple[tuple[str, tuple[tuple[str, str, Permission], ...]], ...] = (
    ("Verdict", (("Verdict", "", _P.see), ("Diagnosis", "/diagnosis", _P.see))),
    ("Evidence", (("Evidence", "/evidence", _P.see),)),
    ("Charter", (("Charter", "/charter", _P.see),)),
    (
        "Governance",
        (
            ("Sign-offs", "/signoffs", _P.see),
            ("Reviews", "/reviews", _P.see),
            ("Protocol", "/protocol", _P.see),
            ("Frameworks", "/frameworks", _P.see),
            ("Audit trail", "/audit", _P.audit),
        ),
    ),
    (
        "People",
        (
            ("Whose work changes", "/people", _P.see),
            ("Training", "/training", _P.see),
            ("Feedback", "/feedback", _P.see),
            ("Pulse", "/pulse", _P.see),
            ("Leadership", "/leadership", _P.see),
        ),
    ),
    ("Adoption", (("Adoption", "/adoption", _P.see),)),
    ("Value", (("Value", "/value", _P.see),)),
    ("Exceptions", (("Exceptions", "/exceptions", _P.resolve),)),
    ("Board paper", (("Board paper", "/board", _P.see),)),
)
"""Groups, each led to by its first page. A page: label, path after '/pilots/NAME', who sees it."""

_WITHIN = {"/assess": "", "/compare": "", "/spending": ""}
"""Pages that no link of their own leads to, and the page that they are reached from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Navigation:
    """The links that a viewer is shown."""

    main: tuple[Link, ...] = ()
    pilot: tuple[Link, ...] = ()
    group: tuple[Link, ...] = ()
    """The pages of the group that the current page is in; empty where it is alone."""
    group_name: str = ""


def navigation(asked: Asked | None, current: str) -> Navigation:
    """Return what the viewer may see, with the current page marked."""
    if asked is None or not asked.viewer.is_signed_in:
        return Navigation()
    main, group, group_name = _of_dashboard(asked, current)
    if asked.pilot is None:
        return Navigation(main=main, group=group, group_name=group_name)
    base = path_to(asked.pilot.pilot)
    here = current.removeprefix("/pilots/{pilot}") if current.startswith("/pilots/") else None
    pilot: list[Link] = []
    for name, pages in PILOT:
        links = tuple(
            Link(
                label=label,
                path=base + path,
                needs=needs,
                is_current=here is not None and _is_at(_WITHIN.get(here, here), path),
            )
            for label, path, needs in pages
            if asked.may(needs)
        )
        if not links:
            continue
        is_current = any(link.is_current for link in links)
        pilot.append(replace(links[0], label=name, is_current=is_current))
        if is_current and len(links) > 1:
            group, group_name = links, name
    return Navigation(main=main, pilot=tuple(pilot), group=group, group_name=group_name)


def _of_dashboard(asked: Asked, current: str) -> tuple[tuple[Link, ...], tuple[Link, ...], str]:
    main: list[Link] = []
    group: tuple[Link, ...] = ()
    group_name = ""
    for label, path, needs in MAIN:
        if not asked.may(needs):
            continue
        beside = BESIDE.get(label, ())
        links = tuple(
            Link(label=name, path=to, needs=asks, is_current=to == current)
            for name, to, asks in beside
            if asked.may(asks)
        )
        is_current = any(link.is_current for link in links) or _is_at(current, path)
        main.append(Link(label=label, path=path, needs=needs, is_current=is_current))
        if is_current and len(links) > 1:
            group, group_name = links, label
    return tuple(main), group, group_name


def _is_at(current: str, path: str) -> bool:
    return current == path or (path not in ("", "/") and current.startswith(path + "/"))
