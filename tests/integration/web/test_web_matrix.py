"""Who may do what, at every address that there is: each role, and nobody, against the one table.

Pages and deeds are data: each keeps its address, what it takes and what it needs, and says "came
through" in place of what it would show or do. So every new address is covered without a word here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from fixtures.dashboard import PILOT, dashboard
from proveout.errors import InputError
from proveout.web.app import create_app
from proveout.web.asked import Deed, Download, Nothing, Page, Viewer
from proveout.web.asking import Door
from proveout.web.mounting import API, mounted
from proveout.web.permissions import ALLOWED, Permission, Role, table
from proveout.web.problems import Problems
from proveout.web.rendering import Renderer
from proveout.web.security.guarding import HEALTH, guarded
from proveout.web.site import DEEDS, DOWNLOADS, PAGES

CAME_THROUGH = "came through"
IN_COMPANY = (Role.administrator, Role.auditor)
EVERYBODY = (*Role, "no role", "nobody")


def viewer_of(who: Role | str) -> Viewer:
    """Return somebody who is this and nothing else."""
    if who == "nobody":
        return Viewer(csrf="c" * 43)
    somebody = Viewer(account="a-1", name="Somebody", csrf="c" * 43)
    if who in IN_COMPANY:
        return replace(somebody, roles=frozenset({Role(who)}))
    return replace(somebody, grants={PILOT: frozenset({Role(who)})} if who in set(Role) else {})


def is_allowed(who: Role | str, needs: Permission) -> bool:
    """Say by the table alone whether somebody may."""
    if needs is Permission.anybody:
        return True
    if needs is Permission.signed_in:
        return who != "nobody"
    return who in ALLOWED[needs]


def came_through(*_: object) -> None:
    """Be where only those come who may."""
    raise InputError(CAME_THROUGH)


class Walk:
    """A dashboard whose every address says who came through."""

    def __init__(self, parts) -> None:
        self.viewer = Viewer()
        self.app = FastAPI(openapi_url=None)
        door, renderer = Door(parts, lambda _: self.viewer), Renderer()
        mounted(
            self.app,
            tuple(replace(page, view=came_through, asks=Nothing) for page in PAGES),
            tuple(replace(deed, do=came_through, takes=Nothing) for deed in DEEDS),
            tuple(replace(file, make=came_through, asks=Nothing) for file in DOWNLOADS),
            door=door,
            renderer=renderer,
        )
        problems = Problems(door, renderer)
        problems.handled_in(self.app)
        guarded(self.app, parts.settings, problems.unexpected)
        self.client = TestClient(self.app, base_url="http://127.0.0.1", follow_redirects=False)

    def status(self, method: str, path: str) -> int:
        """Go there; say 200 for whoever came through."""
        headers = {"x-csrf-token": self.viewer.csrf}
        data = {"csrf": self.viewer.csrf} if method == "POST" and not _is_api(path) else None
        answer = self.client.request(method, path, data=data, headers=headers)
        if answer.status_code == 400:
            assert CAME_THROUGH in answer.text, answer.text
            return 200
        return answer.status_code


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    with dashboard(tmp_path_factory.mktemp("matrix")) as board:
        books = board.parts.library.pilots()
        library = type("Library", (), {"pilots": lambda _: books, "pilot": lambda *_: books[0]})()
        yield Walk(replace(board.parts, library=library))


@cache
def addresses() -> list[tuple[str, str, Permission]]:
    """Return method, path and permission of every address, page and API."""
    found: list[tuple[str, str, Permission]] = []
    every: tuple[Page | Deed | Download, ...] = (*PAGES, *DEEDS, *DOWNLOADS)
    for each in every:
        path = re.sub(r"{(\w+)}", lambda part: PILOT if part[1] == "pilot" else "x", each.path)
        method = "POST" if isinstance(each, Deed) else "GET"
        found.append((method, path, each.needs))
        if not isinstance(each, Deed) or each.is_in_api:
            found.append((method, API + ("/portfolio" if path == "/" else path), each.needs))
    return found


@pytest.mark.parametrize("who", EVERYBODY)
def test_every_address_lets_in_whom_the_table_names_and_nobody_else(
    walk: Walk, who: Role | str
) -> None:
    """401 for nobody, 403 for somebody who may not; the table alone decides."""
    walk.viewer = viewer_of(who)
    denied = 401 if who == "nobody" else 403
    wrong = []
    for method, path, needs in addresses():
        wanted = 200 if is_allowed(who, needs) else denied
        if wanted == 200 and who == "nobody" and f"/{PILOT}" in path:
            wanted = 401  # whether a pilot exists is nobody's business
        seen = walk.status(method, path)
        if seen != wanted:
            wrong.append(f"{method} {path} ({needs.name}): {seen} in place of {wanted}")
    assert wrong == []


def test_a_role_in_one_pilot_opens_no_other(walk: Walk) -> None:
    """What was granted for another pilot counts for nothing in this one."""
    walk.viewer = replace(viewer_of("no role"), grants={"another": frozenset(Role)})
    let_in = [
        f"{method} {path}"
        for method, path, needs in addresses()
        if f"/{PILOT}" in path and walk.status(method, path) != 403
        if needs not in (Permission.signed_in, Permission.see_all)
    ]
    assert let_in == []


def test_no_form_is_taken_without_the_csrf_of_this_session(walk: Walk) -> None:
    """Missing, empty, of another session: refused, at every deed, form and API."""
    walk.viewer = replace(
        viewer_of(Role.owner), roles=frozenset(IN_COMPANY), grants={"*": frozenset(Role)}
    )
    taken = []
    for method, path, _ in addresses():
        if method != "POST":
            continue
        for told in (None, "", "d" * 43, "ü"):
            given = {} if told is None else {"csrf": told}
            headers = {} if told is None else {"x-csrf-token": told.encode()}
            answer = walk.client.post(path, data=given, headers=headers)
            if answer.status_code != 403:
                taken.append(f"{path} with {told!r}: {answer.status_code}")
    assert taken == []


def test_there_is_no_address_besides_pages_deeds_and_files(tmp_path: Path) -> None:
    """What the matrix does not walk is named here, with why it needs no account."""
    with dashboard(tmp_path) as board:
        app = create_app(board.parts, lambda _: Viewer())
        walked = {(method, each) for method, each, _ in _declared()}
        left = {
            (method, route.path)
            for route in app.routes
            if isinstance(route, APIRoute)
            for method in route.methods
        } - walked
        others = {
            getattr(each, "path", "") for each in app.routes if not isinstance(each, APIRoute)
        }
    assert left == {("GET", HEALTH)}
    assert others == {"/static", f"{API}/openapi.json"}


def _declared() -> Iterator[tuple[str, str, Permission]]:
    every: tuple[Page | Deed | Download, ...] = (*PAGES, *DEEDS, *DOWNLOADS)
    for each in every:
        method = "POST" if isinstance(each, Deed) else "GET"
        yield method, each.path, each.needs
        yield method, API + ("/portfolio" if each.path == "/" else each.path), each.needs


def _is_api(path: str) -> bool:
    return path.startswith(f"{API}/")


def test_the_documentation_shows_the_table() -> None:
    """docs/dashboard.md says who may do what, word for word as the code."""
    page = (Path(__file__).parents[3] / "docs" / "dashboard.md").read_text()
    shown = page.split("<!-- roles -->\n")[1].split("\n<!-- /roles -->")[0]
    assert shown == table()
