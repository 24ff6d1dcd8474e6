"""The API in plain words, from the same routes that serve it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from pydantic import BaseModel

from proveout.web.asked import Asked, Download, Nothing, Page
from proveout.web.permissions import Permission


class Route(BaseModel):
    """One address of the API."""

    method: str
    path: str
    says: str
    needs: str
    scopes: list[str]
    """One of them, the token must have."""
    opens: str | None
    """A link to it, where no part of the path is to be filled in."""


class ApiPage(BaseModel):
    """All addresses of the API."""

    reads: list[Route]
    does: list[Route]


def show_api(asked: Asked, _: Nothing) -> ApiPage:
    """List every address."""
    del asked
    return ApiPage(reads=sorted(_reads(), key=_by_path), does=sorted(_does(), key=_by_path))


def _reads() -> Iterator[Route]:
    from proveout.web.site import DOWNLOADS, PAGES

    every: tuple[Page | Download, ...] = (*PAGES, *DOWNLOADS)
    for each in every:
        path = "/api" + ("/portfolio" if each.path == "/" else each.path)
        yield Route(
            method="GET", path=path, says=each.title, needs=each.needs.value, scopes=["read"],
            opens=None if re.search(r"{\w+}", path) else quote(path),
        )  # fmt: skip


def _does() -> Iterator[Route]:
    from proveout.web.site import DEEDS

    for each in DEEDS:
        if not each.is_in_api:
            continue
        says = (each.do.__doc__ or each.path).strip().split("\n")[0]
        is_say = each.needs is Permission.say
        yield Route(
            method="POST", path=f"/api{each.path}", says=says, needs=each.needs.value,
            scopes=["write", "say"] if is_say else ["write"], opens=None,
        )  # fmt: skip


def _by_path(route: Route) -> str:
    return route.path


PAGES = (
    Page(
        path="/api", title="API", template="api.html.j2", needs=Permission.anybody,
        view=show_api, shows=ApiPage,
    ),
)  # fmt: skip
