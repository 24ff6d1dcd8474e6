"""The whole way of a pilot, by people who never open a terminal, in a real browser."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from fixtures.browser import SIZES, launched, violations
from fixtures.served_dashboard import PILOT, Served, lay_out, serving

pytestmark = pytest.mark.slow
PASSWORD = "kettle orbit lemon sand"
HERE = f"/pilots/{PILOT}"
PICTURES = os.environ.get("PROVEOUT_PICTURES")
"""A folder: each page that is walked through is kept there as pictures, to be looked at."""

PEOPLE = {
    "Maria Alvarez": "maria@example.com",
    "David Chen": "david@example.com",
    "Priya Nair": "priya@example.com",
    "Tomas Berg": "tomas@example.com",
    "Ewa Lis": "ewa@example.com",
    "Rita Gomez": "rita@example.com",
    "Lea Wolf": "lea@example.com",
}
USER = ("Uma Rao", "uma@example.com")


class Colleague:
    """Somebody with a browser of their own."""

    def __init__(self, browser: Browser, served: Served, seen: set[str]) -> None:
        self.context = browser.new_context(base_url=served.url)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.troubles: list[str] = []
        self.page.on("console", self._note)
        self._seen = seen

    def _note(self, message) -> None:
        if message.type == "error":
            self.troubles.append(f"{self.page.url}: {message.text}")

    def open(self, path: str) -> Page:
        """Open a page; the first time that anybody does, look at it closely."""
        self.page.goto(path)
        self.look(path.partition("?")[0])
        return self.page

    def look(self, name: str) -> None:
        if name in self._seen:
            return
        self._seen.add(name)
        self.troubles += violations(self.page)
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            self.troubles += violations(self.page) if scheme == "dark" else []
            for size, (width, height) in SIZES.items():
                self.page.set_viewport_size({"width": width, "height": height})
                wide = self.page.evaluate("document.documentElement.scrollWidth")
                if wide > width:
                    self.troubles.append(f"{name} is {wide} px wide at {width}")
                if PICTURES:
                    file = f"{name.strip('/').replace('/', '_') or 'start'}-{size}-{scheme}.png"
                    self.page.screenshot(path=Path(PICTURES) / file, full_page=True)
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size({"width": SIZES["desktop"][0], "height": SIZES["desktop"][1]})

    def press(self, name: str, within: Locator | None = None) -> None:
        """Send a form by its button."""
        (within or self.page.locator("main")).get_by_role("button", name=name, exact=True).click()
        self.page.wait_for_load_state()

    def said(self, text: str) -> None:
        """See what the deed said."""
        expect(self.page.locator(".said")).to_contain_text(text)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as opened:
        yield opened


def make_account(admin: Colleague, name: str, email: str, *, is_in_charter: bool) -> str:
    """Make an account with its role; return the link to pass on."""
    page = admin.open("/admin")
    form = page.locator("form[action='/admin/accounts']")
    form.get_by_label("Full name").fill(name)
    form.get_by_label("E-mail").fill(email)
    admin.press("Make the account", form)
    found = re.search(r"http://\S+/invitation/\S+", page.locator(".said").inner_text())
    assert found is not None
    admin.look("/admin/account")
    if is_in_charter:
        page.get_by_label("Person", exact=True).select_option(name)
        admin.press("Link")
    else:
        page.get_by_label("Role", exact=True).select_option("user")
        page.get_by_label("Where", exact=True).select_option(PILOT)
        admin.press("Grant the role")
    return found[0]


def come_in(browser: Browser, served: Served, seen: set[str], link: str, email: str) -> Colleague:
    """Set a password by an invitation, and sign in."""
    colleague = Colleague(browser, served, seen)
    page = colleague.page
    page.goto(link)
    colleague.look("/invitation")
    page.get_by_label("Password").fill(PASSWORD)
    colleague.press("Set my password")
    if "/sign-in" in page.url:
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        colleague.press("Sign in")
    return colleague


def set_up(browser: Browser, served: Served, seen: set[str]) -> dict[str, Colleague]:
    """The first administrator lets everybody in."""
    admin = Colleague(browser, served, seen)
    page = admin.open(served.set_up.removeprefix(served.url))
    page.get_by_label("Full name").fill("Ada Admin")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    admin.press("Make my account")
    everybody = {"Ada Admin": admin}
    for name, email in {**PEOPLE, USER[0]: USER[1]}.items():
        link = make_account(admin, name, email, is_in_charter=name in PEOPLE)
        everybody[name] = come_in(browser, served, seen, link, email)
    return everybody


def sign(colleague: Colleague, role: str) -> None:
    """Put one's name to one's part of the charter."""
    page = colleague.open(f"{HERE}/signoffs")
    form = page.locator("form", has=page.get_by_role("button", name=f"Sign as {role}"))
    form.get_by_label("What your signature rests on").fill("I have read it")
    colleague.press(f"Sign as {role}", form)
    expect(page.locator("main")).to_contain_text("Signed")


def assess(engineer: Colleague) -> None:
    """Measure, and wait for the verdict."""
    page = engineer.open(f"{HERE}/assess")
    page.get_by_label("Gate").select_option("production")
    engineer.press("Start the assessment")
    for _ in range(240):
        page.goto(f"{HERE}/assess")
        if page.get_by_role("button", name="Stop it").count() == 0:
            break
        page.wait_for_timeout(500)
    engineer.look(f"{HERE}/assess-done")


def tell(user: Colleague, reviewer: Colleague) -> None:
    """A user says that an answer is wrong, and reads what became of it."""
    page = user.open(f"{HERE}/feedback/new")
    page.locator("#kind-wrong").check()
    page.get_by_label("In a sentence").fill("Ticket 17 was no late one <script>alert(1)</script>")
    user.press("Send")
    user.look(f"{HERE}/feedback-said")

    page = reviewer.open(f"{HERE}/feedback")
    page.get_by_role("link", name=re.compile("Ticket 17")).click()
    reviewer.look(f"{HERE}/feedback-item")
    page.locator("#answer").fill("Right: such tickets are answered by hand from now on")
    reviewer.press("Answer")

    mine = user.open(f"{HERE}/feedback")
    expect(mine.locator("main")).to_contain_text("such tickets are answered by hand")


def train(project: Colleague, user: Colleague) -> None:
    """The team practises on tickets of its own, and whoever has done so signs off."""
    page = project.open(f"{HERE}/training/new")
    page.locator("form[action$='/sets']").get_by_label("How many").fill("3")
    project.press("Draw the cases")
    project.look(f"{HERE}/training-set")
    project.press("Approve: let people practise")

    page = user.open(f"{HERE}/training")
    page.get_by_role("link", name=re.compile("Practise|Begin")).first.click()
    for _ in range(3):
        page.locator("textarea[name=answer]").fill("yes")
        user.press("This is my answer")
        user.look(f"{HERE}/training-decide")
        page.locator("#stands-no").check()
        why = page.locator("textarea[name=why]")
        why.fill("I would have looked again") if why.count() else None
        user.press("This is my decision")
        user.look(f"{HERE}/training-truth")
        page.get_by_role("link", name=re.compile("Next case|See your result")).click()
    user.look(f"{HERE}/training-result")
    user.press("Sign off")
    expect(page.locator("main")).to_contain_text("signed off", ignore_case=True)


def hold_review(owner: Colleague) -> None:
    """The owner holds the milestone review, and writes down what was decided."""
    page = owner.open(f"{HERE}/reviews")
    form = page.locator("form[action$='/reviews/held']").first
    folded = form.locator("xpath=ancestor::details[1]")
    if folded.get_attribute("open") is None:
        folded.locator("summary").first.click()
    form.get_by_label("Notes").fill("Accuracy by hour was shown")
    form.get_by_label("Decisions").fill("Maria: two more weeks with the night shift")
    owner.press("It was held", form)
    expect(page.locator("main")).to_contain_text("two more weeks with the night shift")


def test_a_pilot_goes_its_way_in_the_browser(browser: Browser, tmp_path: Path) -> None:
    """Set-up, accounts, seal, sign-offs, assessment, training, feedback, review, gate, paper."""
    lay_out(tmp_path)
    seen: set[str] = set()
    with serving(tmp_path) as served:
        everybody = set_up(browser, served, seen)
        owner, project = everybody["Maria Alvarez"], everybody["Priya Nair"]
        reviewer, user = everybody["Tomas Berg"], everybody[USER[0]]

        project.open(f"{HERE}/charter")
        project.press("Seal this charter")
        expect(project.page.locator("main")).to_contain_text("Priya Nair")

        sign(owner, "production owner")
        sign(everybody["David Chen"], "executive sponsor")
        sign(reviewer, "reviewer")
        sign(everybody["Rita Gomez"], "data owner")
        sign(everybody["Lea Wolf"], "legal")

        assess(everybody["Ewa Lis"])
        train(project, user)
        tell(user, reviewer)
        hold_review(owner)

        owner.open(f"{HERE}?stage=production")
        owner.press("Hold the gate now")
        expect(owner.page.locator(".badge").first).to_have_text("HOLD")
        paper = owner.context.request.get(f"{HERE}/board.pdf")
        assert paper.headers["content-type"] == "application/pdf"
        assert paper.body().startswith(b"%PDF-")

        assert [each for one in everybody.values() for each in one.troubles] == []
