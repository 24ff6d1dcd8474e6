"""The keys of the queue, in a real browser; and axe-core on the screens that need data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route

from fixtures.browser import launched, violations
from fixtures.dashboard import PILOT, REVIEWER, Dashboard, dashboard
from fixtures.invoice_exceptions import queue_in

pytestmark = pytest.mark.slow
BASE = f"/pilots/{PILOT}/exceptions"
HOST = "http://127.0.0.1"


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Dashboard]:
    with dashboard(tmp_path, viewer=REVIEWER) as opened:
        queue_in(opened, 3)
        yield opened


@pytest.fixture
def page(board: Dashboard) -> Iterator[Page]:
    """A page whose requests the dashboard answers in this process; forms are followed."""

    def answer(route: Route) -> None:
        asked = route.request
        path = asked.url.removeprefix(HOST)
        if asked.method == "POST":
            sent = board.client.post(
                path, content=asked.post_data_buffer or b"",
                headers={"content-type": asked.headers["content-type"]},
            )  # fmt: skip
            script = f"<script>location.replace('{sent.headers['location']}')</script>"
            route.fulfill(status=200, content_type="text/html", body=script)
            return
        got = board.client.get(path)
        route.fulfill(
            status=got.status_code, body=got.content, content_type=got.headers["content-type"]
        )

    with launched() as browser:
        opened = browser.new_page(base_url=HOST)
        opened.route("**/*", answer)
        yield opened


def here(page: Page) -> str:
    return urlsplit(page.url).path


def pressed(page: Page) -> Callable[[str], str]:
    def press(key: str) -> str:
        page.keyboard.press(key)
        return str(page.evaluate("document.activeElement.id || document.activeElement.href"))

    return press


def test_a_reviewer_goes_through_the_queue_by_keys(page: Page, board: Dashboard) -> None:
    """Down the list, into one, right, and the next one opens."""
    ids = [each["id"] for each in board.get(f"/api{BASE}").json()["items"]]
    page.goto(BASE)
    press = pressed(page)
    assert [press(key) for key in "jjk"] == [f"{HOST}{BASE}/{ids[place]}" for place in (0, 1, 0)]
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{BASE}/{ids[0]}")
    assert violations(page) == []
    assert press("c") == "v0"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("a")
    page.wait_for_url(f"**{BASE}/{ids[1]}")
    page.keyboard.press("j")
    page.wait_for_url(f"**{BASE}/{ids[2]}")

    assert [each["id"] for each in board.get(f"/api{BASE}").json()["items"]] == ids[1:]


def test_keys_are_letters_in_a_field_and_can_be_switched_off(page: Page) -> None:
    """WCAG 2.1.4; the browser remembers it."""
    page.goto(BASE)
    assert pressed(page)("/") == "words"
    page.keyboard.type("jat?")
    assert page.input_value("#words") == "jat?"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    page.get_by_role("button", name="Keys are on").click()
    page.reload()
    page.keyboard.press("j")

    assert page.evaluate("document.activeElement === document.body")
    assert violations(page) == []
