"""Every page that a link leads to: it opens, says nothing wrong, fits, and all can use it."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Page

from fixtures.browser import SIZES, launched, violations
from fixtures.dashboard import OWNER, PILOT, Dashboard, dashboard, viewer_like
from fixtures.valued import full_board
from proveout.web.permissions import Role
from proveout.web.site import PAGES

pytestmark = pytest.mark.slow

EVERYBODY = viewer_like(
    OWNER, roles=frozenset({Role.administrator, Role.auditor}), grants={"*": frozenset(Role)}
)
LED_TO_BY_DATA = {
    "/admin/accounts/{account}",
    "/invitation/{token}",
    "/pilots/{pilot}/evidence/{id}",
    "/pilots/{pilot}/exceptions/{entry}",
    "/pilots/{pilot}/feedback/{item}",
    "/pilots/{pilot}/training/sets/{set}",
    "/pilots/{pilot}/training/sets/{set}/try",
    "/set-up/{token}",
    "/sign-in",
}
"""Where a fresh pilot has nothing to lead to; the journey comes by most of them."""
_TEMPLATES = {page.path: re.compile(re.sub(r"{\w+}", "[^/]+", page.path) + "$") for page in PAGES}


@contextmanager
def served(board: Dashboard) -> Iterator[str]:
    """Serve it on a port that is free."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(board.client.app, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def template_of(path: str) -> str | None:
    return next((name for name, pattern in _TEMPLATES.items() if pattern.match(path)), None)


def troubles_of(page: Page, path: str) -> list[str]:
    """Tell what is wrong on the open page: on a desktop in the light, on a phone in the dark."""
    found: list[str] = []
    for (width, height), scheme in zip(SIZES.values(), ("light", "dark"), strict=True):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        found += violations(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{path} is {wide} px wide at {width}")
    return found


def test_a_value_page_with_all_its_evidence_can_be_used_by_all(tmp_path: Path) -> None:
    """With figures, charts and a return, and with all that is folded opened."""
    troubles: list[str] = []
    with (
        dashboard(tmp_path, viewer=EVERYBODY) as board,
        served(board) as url,
        launched() as browser,
    ):
        full_board(board)
        page = browser.new_page(base_url=url)
        page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else 0)
        page.goto(f"/pilots/{PILOT}/value")
        for folded in page.query_selector_all("details:not([open]) > summary"):
            folded.press("Enter")
        troubles += troubles_of(page, "value")
        n_closed = page.locator("details:not([open])").count()

    assert troubles == []
    assert n_closed == 0


def test_every_page_can_be_used_by_all(tmp_path: Path) -> None:
    """From the start by links alone; axe-core finds no violation of WCAG 2.2 AA anywhere."""
    troubles: list[str] = []
    with (
        dashboard(tmp_path, viewer=EVERYBODY) as board,
        served(board) as url,
        launched() as browser,
    ):
        page = browser.new_page(base_url=url)
        page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else 0)
        waiting, seen, known = ["/", f"/pilots/{PILOT}/adoption"], set(), {"/"}
        while waiting:
            path = waiting.pop(0)
            answer = page.goto(path)
            assert answer is not None
            name = template_of(urlsplit(path).path)
            if answer.status != 200:
                troubles.append(f"{path}: {answer.status}")
                continue
            troubles += troubles_of(page, path)
            seen.add(name)
            for link in page.eval_on_selector_all("a[href]", "all => all.map(each => each.href)"):
                to = urlsplit(link)
                led = template_of(to.path)
                if link.startswith(url) and led is not None and led not in known:
                    known.add(led)
                    waiting.append(to.path + (f"?{to.query}" if to.query else ""))

    assert troubles == []
    assert set(_TEMPLATES) - seen <= LED_TO_BY_DATA
