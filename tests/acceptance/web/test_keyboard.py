"""Whoever has no mouse gets everywhere: Tab, Enter, Space, arrows and letters are enough."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from fixtures.browser import launched
from fixtures.served_dashboard import PILOT, lay_out, serving

pytestmark = pytest.mark.slow
PASSWORD = "kettle orbit lemon sand"
_FOCUSED = """() => {
  const at = document.activeElement;
  const label = at.labels && at.labels.length ? at.labels[0].innerText : at.innerText;
  return [at.tagName, (label || "").trim().split("\\n")[0]];
}"""
_OUTLINED = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
}"""


def tab_to(page: Page, name: str, tag: str | None = None) -> None:
    """Press Tab until something of that name has the focus, which is seen."""
    for _ in range(150):
        page.keyboard.press("Tab")
        at, label = page.evaluate(_FOCUSED)
        if label.startswith(name) and tag in (None, at):
            assert page.evaluate(_OUTLINED), f"nothing shows that {name} has the focus"
            return
    raise AssertionError(f"{name} cannot be reached on {page.url}")


def fill(page: Page, fields: dict[str, str]) -> None:
    for name, text in fields.items():
        tab_to(page, name)
        page.keyboard.type(text)


def enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_charter_is_sealed_and_signed_without_a_mouse(tmp_path: Path) -> None:
    """From the set-up to a signature by the keyboard alone; the focus is always to be seen."""
    lay_out(tmp_path)
    with serving(tmp_path) as served, launched() as browser:
        page = browser.new_page(base_url=served.url)
        page.set_default_timeout(15_000)
        page.goto(served.set_up)
        fill(page, {"Full name": "Ada Admin", "E-mail": "ada@example.com", "Password": PASSWORD})
        enter(page)

        page.goto("/admin")
        tab_to(page, "Ada Admin", "A")  # one's own page, above
        tab_to(page, "Ada Admin", "A")
        enter(page)
        page.wait_for_url("**/admin/accounts/*")
        tab_to(page, "Person")
        page.keyboard.type("Maria")
        tab_to(page, "Link", "BUTTON")
        enter(page)

        page.goto("/")
        tab_to(page, "To the content")
        enter(page)
        tab_to(page, "Tell late answers early", "A")
        enter(page)
        page.wait_for_url(f"**/pilots/{PILOT}")
        tab_to(page, "Charter", "A")
        enter(page)
        tab_to(page, "Seal this charter", "BUTTON")
        enter(page)
        expect(page.locator("main")).to_contain_text("Maria Alvarez")

        tab_to(page, "Governance", "A")
        enter(page)
        tab_to(page, "Sign-offs", "A")
        enter(page)
        page.wait_for_url("**/signoffs")
        tab_to(page, "What your signature rests on")
        page.keyboard.type("I have read it")
        tab_to(page, "Sign as production owner", "BUTTON")
        enter(page)
        expect(page.locator("main")).to_contain_text("1 of 5 roles")
