"""What holds for every answer, and what must not work, tried."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fixtures.dashboard import OWNER, PILOT, dashboard
from fixtures.doors import PASSWORD, Door, open_door
from proveout.web import site
from proveout.web.app import create_app
from proveout.web.permissions import Role
from proveout.web.security.guarding import HEADERS, MOST_BYTES
from proveout.web.security.shared import signing_secret

HTTPS = "https://pilots.example.com"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("door")) as opened:
        yield opened


@pytest.mark.parametrize(
    "path",
    ["/", "/sign-in", "/health", "/api", "/api/openapi.json", "/static/style.css", "/nowhere",
     "/api/nowhere", "/static/../app.py", "/pilots/x"],
)  # fmt: skip
def test_every_answer_carries_what_browsers_enforce(door: Door, path: str) -> None:
    """Pages, files, documents and refusals alike; and nothing says what serves them."""
    answer = door.browser().get(path)
    for name, value in HEADERS:
        assert answer.headers[name] == value
    assert "server" not in answer.headers
    assert "unsafe" not in answer.headers["content-security-policy"]
    is_file = path == "/static/style.css"
    assert answer.headers["cache-control"] == ("no-cache" if is_file else "no-store")


def test_cookies_cannot_be_read_by_scripts_nor_sent_from_elsewhere(door: Door) -> None:
    """HttpOnly and SameSite=Lax, for the whole dashboard and for no other host."""
    door.account("paul@example.com")
    browser = door.browser()
    browser.get("/sign-in")
    done = browser.sign_in("paul@example.com")
    cookies = done.headers.get_list("set-cookie")
    session = next(each for each in cookies if each.startswith("proveout-session="))
    for flag in ("HttpOnly", "SameSite=lax", "Path=/"):
        assert all(flag in each for each in cookies)
    assert "Domain" not in session


def test_over_https_cookies_are_bound_to_it(tmp_path: Path) -> None:
    """Secure, with the prefix that lets no other host set them; and HSTS."""
    with open_door(tmp_path, base_url=HTTPS) as door:
        door.account("paul@example.com")
        browser = door.browser()
        page = browser.get("/sign-in")
        done = browser.sign_in("paul@example.com")
        cookies = done.headers.get_list("set-cookie")
        assert any(each.startswith("__Host-proveout-session=") for each in cookies)
        assert page.headers["set-cookie"].startswith("__Host-proveout-visit=")
        assert all("Secure" in each for each in [*cookies, page.headers["set-cookie"]])
        assert page.headers["strict-transport-security"] == "max-age=31536000"
        assert browser.get("/me").status_code == 200


def test_a_session_begins_anew_with_each_sign_in(door: Door) -> None:
    """Whoever planted a cookie in somebody's browser gains nothing (session fixation)."""
    made = door.account("paul@example.com")
    attacker = door.browser(account=door.account("eve@example.com"))
    planted = attacker.client.cookies["proveout-session"]
    victim = door.browser()
    victim.client.cookies.set("proveout-session", planted, domain="127.0.0.1", path="/")
    victim.get("/sign-in")
    assert victim.sign_in("paul@example.com").status_code == 303
    assert victim.client.cookies["proveout-session"] != planted
    assert attacker.get("/me").status_code == 401
    invented = door.browser()
    invented.client.cookies.set("proveout-session", "f" * 43)
    assert invented.get("/me").status_code == 401
    assert made


def test_the_form_to_sign_in_is_tied_to_the_browser_that_asked_for_it(door: Door) -> None:
    """Else a foreign page could sign somebody in under its own account."""
    door.account("paul@example.com")
    attacker, victim = door.browser(), door.browser()
    attacker.get("/sign-in")
    victim.get("/sign-in")
    fields = {"email": "paul@example.com", "password": PASSWORD}
    for csrf in (attacker.csrf, "", "x"):
        answer = victim.client.post("/sign-in", data={**fields, "csrf": csrf})
        assert answer.status_code == 401
        assert "This form is not from this dashboard" in answer.text
    bare = door.browser().client.post("/sign-in", data={**fields, "csrf": victim.csrf})
    assert bare.status_code == 401


def test_a_form_of_another_session_is_refused(door: Door) -> None:
    """Also where both belong to the same person."""
    made = door.account("paul@example.com")
    one, other = door.browser(account=made), door.browser(account=made)
    one.get("/me")
    other.get("/me")
    refused = other.client.post("/sign-out/everywhere", data={"csrf": one.csrf})
    assert refused.status_code == 403
    assert other.client.post("/sign-out/everywhere", data={"csrf": other.csrf}).status_code == 303


@pytest.mark.parametrize(
    "goes_to",
    ["//evil.example.com", "https://evil.example.com", "/\\evil.example.com", "javascript:evil()",
     "///evil.example.com", "\\\\evil.example.com", "/%09/evil.example.com", "/\t/evil.example.com",
     "http:evil.example.com", "evil.example.com", "", "/x\r\nset-cookie: evil=1"],
)  # fmt: skip
def test_signing_in_leads_into_the_dashboard_alone(door: Door, goes_to: str) -> None:
    """No `next` leads elsewhere, nor adds a header line."""
    door.account("paul@example.com")
    browser = door.browser()
    done = browser.sign_in("paul@example.com", next=goes_to)
    assert done.status_code == 303
    location = done.headers["location"]
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert not set("\t\r\n\\") & set(location)
    assert not any(each.startswith("evil") for each in done.headers.get_list("set-cookie"))


def test_a_name_that_leads_to_this_address_is_not_this_dashboard(door: Door) -> None:
    """A foreign site whose name is turned to this address reads nothing (DNS rebinding)."""
    client = door.browser().client
    for host in (
        "evil.example.com",
        "127.0.0.1.evil.example.com",
        "",
        "[::1",
        "@",
        "127.0.0.1@evil",
    ):
        answer = client.get("/sign-in", headers={"host": host})
        assert answer.status_code == 400
        assert answer.text == "This dashboard is at http://127.0.0.1:8700. Open it there.\n"
    for host in ("localhost:1", "[::1]:8700", "127.0.0.1"):
        assert client.get("/sign-in", headers={"host": host}).status_code == 200
    assert client.get("/health", headers={"host": "10.1.2.3"}).text == "ok\n"


def test_a_body_that_is_too_large_is_refused(door: Door) -> None:
    """By what it says, and, where it says nothing, by what comes."""
    browser = door.browser(account=door.account("paul@example.com"))
    large = "x" * (MOST_BYTES + 1)
    said = browser.client.post("/me/tokens", data={"name": large})
    assert (said.status_code, said.text) == (413, "That is too large: 2 MB at most.\n")
    parts = (b"x" * 65536 for _ in range(MOST_BYTES // 65536 + 2))
    streamed = browser.client.post(
        "/me/tokens", content=parts,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    assert streamed.status_code == 413
    lying = browser.client.post("/me/tokens", content=b"x", headers={"content-length": "-1"})
    assert lying.status_code == 413


@pytest.mark.parametrize(
    "path",
    ["/static/../site.py", "/static/..%2f..%2fsite.py", "/static/%2e%2e/%2e%2e/site.py",
     "/static/....//site.py", "/static//etc/passwd", "/static/..\\site.py", "/static/%00",
     "/static/" + "a" * 3000],
)  # fmt: skip
def test_static_files_are_those_of_their_folder_alone(door: Door, path: str) -> None:
    """No path leads out of it."""
    answer = door.browser().client.get(path)
    assert answer.status_code in (400, 404, 405)
    assert "import" not in answer.text


def test_an_error_of_ours_says_a_number_and_nothing_of_its_inside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log has the traceback under the number that is shown."""

    def breaks(*_: object) -> None:
        message = "the secret inside"
        raise RuntimeError(message)

    page = next(each for each in site.PAGES if each.path == "/me")
    broken = tuple(replace(each, view=breaks) if each is page else each for each in site.PAGES)
    monkeypatch.setattr("proveout.web.app.PAGES", broken)
    with dashboard(tmp_path, viewer=OWNER) as board, caplog.at_level(logging.ERROR):
        shown, told = board.get("/me"), board.get("/api/me")
    assert (shown.status_code, told.status_code) == (500, 500)
    assert "the secret inside" not in shown.text + told.text
    numbers = [record.args[0] for record in caplog.records if record.name == "proveout.web"]
    assert f"it is noted as {numbers[0]}." in shown.text
    assert f"it is noted as {numbers[1]}." in told.json()["message"]
    assert "the secret inside" in caplog.text


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"", "application/json"), (b"{", "application/json"), (b"[]", "application/json"),
     (b"null", "application/json"), (b"\xff", "application/json"), (b"a=b", "text/plain"),
     (b"[" * 100_000, "application/json"), (b'{"email": "\\ud800"}', "application/json")],
)  # fmt: skip
def test_a_body_that_makes_no_sense_gets_a_clear_answer(
    door: Door, body: bytes, content_type: str
) -> None:
    """A document that says what is wrong, never an error of ours."""
    made = door.account("ada@example.com", company=(Role.administrator,))
    answer = door.browser().client.post(
        "/api/admin/accounts", content=body,
        headers={**door.token(made, "write"), "content-type": content_type},
    )  # fmt: skip
    assert answer.status_code in (400, 422)
    assert set(answer.json()) == {"kind", "message", "hint"}
    assert answer.json()["message"]


def test_a_form_without_anything_gets_a_clear_answer(door: Door) -> None:
    """Said by field, on a page."""
    browser = door.browser(account=door.account("paul@example.com"))
    answer = browser.send("/me/tokens", "/me")
    assert answer.status_code == 422
    assert "“name” is missing; “scopes” is missing" in answer.text


def test_what_is_not_there_does_not_tell_what_is(door: Door) -> None:
    """Without an account a pilot that exists and one that does not look the same."""
    client = door.browser().client
    there, not_there = client.get(f"/pilots/{PILOT}"), client.get("/pilots/none")
    assert there.status_code == not_there.status_code == 401
    assert client.get(f"/api/pilots/{PILOT}").json() == client.get("/api/pilots/none").json()


def test_all_processes_sign_with_the_same_secret(door: Door) -> None:
    """Whoever asks first makes it; it is long, and stays."""
    secret = signing_secret(door.parts.desk)
    assert len(secret) >= 43
    assert signing_secret(door.parts.desk) == secret


def test_the_api_is_told_in_plain_words_and_as_openapi(door: Door) -> None:
    """Every address of the API is on the page, and in the document."""
    browser = door.browser()
    page, document = browser.get("/api").text, browser.get("/api/openapi.json").json()
    assert document["openapi"].startswith("3.")
    for path in document["paths"]:
        assert path in page


def test_an_app_is_made_anew_without_what_another_keeps(tmp_path: Path) -> None:
    """Two processes are two applications; they share the database alone."""
    with open_door(tmp_path) as door:
        made = door.account("paul@example.com")
        browser = door.browser(account=made)
        from proveout.web.security.recognising import Recogniser

        again = create_app(door.parts, Recogniser(door.parts.desk, door.parts.settings, door.clock))
        other = Door(parts=door.parts, clock=door.clock, app=again).browser()
        other.client.cookies.update(dict(browser.client.cookies))
        assert other.get("/me").status_code == 200
        browser.send("/sign-out", "/me")
        assert other.get("/me").status_code == 401
