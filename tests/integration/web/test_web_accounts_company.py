"""Signing in by the company's provider: a real one over HTTP, and all that must not work."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey

from fixtures.dashboard import NOW, PILOT
from fixtures.doors import Browser, Door, open_door
from fixtures.oidc_provider import CLIENT, SECRET, Provider, oidc_provider
from proveout.web.permissions import Role
from proveout.web.settings import Oidc

HELEN = {
    "sub": "00u1", "email": "Helen@Example.com", "email_verified": True, "name": "Helen Marsh",
}  # fmt: skip


@pytest.fixture
def provider():
    with oidc_provider(dict(HELEN), now=NOW.timestamp) as running:
        yield running


@pytest.fixture
def door(tmp_path: Path, provider: Provider):
    oidc = Oidc(issuer=provider.issuer, client_id=CLIENT, client_secret=SECRET)
    with open_door(tmp_path, oidc=oidc) as opened:
        yield opened


def sent_away(browser: Browser, goes_to: str = "/") -> str:
    """Leave for the provider; return the address with which it sends the browser back."""
    away = browser.get("/sign-in/company", params={"next": goes_to})
    assert away.status_code == 303
    back = httpx.get(away.headers["location"]).headers["location"]
    parts = urlsplit(back)
    return f"{parts.path}?{parts.query}"


def test_whoever_is_new_comes_in_without_any_role(door: Door) -> None:
    """An administrator sees the account, and grants what it may."""
    door.account("ada@example.com", company=(Role.administrator,))
    helen = door.browser()
    assert "Sign in with the company" in helen.get("/sign-in").text
    done = helen.get(sent_away(helen, f"/pilots/{PILOT}"))
    assert (done.status_code, done.headers["location"]) == (303, f"/pilots/{PILOT}")
    assert helen.get("/me").status_code == 200
    assert helen.get(f"/pilots/{PILOT}").status_code == 403
    assert "You have no role in any pilot yet." in helen.get("/me").text


def test_an_account_is_matched_by_verified_email_and_then_by_subject(
    door: Door, provider: Provider
) -> None:
    """Whose e-mail changes at the provider stays the same person; another subject does not."""
    made = door.account("helen@example.com", person="Helen Marsh")
    helen = door.browser()
    helen.get(sent_away(helen))
    assert helen.get(f"/pilots/{PILOT}").status_code == 200

    provider.person = {**HELEN, "email": "helen.new@example.com"}
    again = door.browser()
    again.get(sent_away(again))
    assert "helen@example.com" in again.get("/me").text

    provider.person = {**HELEN, "sub": "00u2"}
    other = door.browser()
    refused = other.get(sent_away(other))
    assert "your e-mail belongs to somebody else there" in refused.text
    assert other.get("/me").status_code == 401
    assert made


def test_an_unverified_email_opens_nothing(door: Door, provider: Provider) -> None:
    """Else whoever types another's address at the provider would be them here."""
    door.account("helen@example.com", person="Helen Marsh")
    provider.person = {**HELEN, "email_verified": False}
    browser = door.browser()
    refused = browser.get(sent_away(browser))
    assert refused.status_code == 401
    assert "it has no verified e-mail of yours" in refused.text


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("nonce", "another"), ("aud", "another"), ("iss", "https://evil.example.com"),
        ("exp", NOW.timestamp() - 3600), ("sub", None),
    ],
)  # fmt: skip
def test_a_token_that_was_not_made_for_this_is_refused(
    door: Door, provider: Provider, claim: str, value: object
) -> None:
    """Nonce, audience, issuer, end, subject: all must fit."""
    provider.forge = lambda claims: {
        key: each for key, each in {**claims, claim: value}.items() if each is not None
    }
    browser = door.browser()
    refused = browser.get(sent_away(browser))
    assert refused.status_code == 401
    assert "its token is not right" in refused.text


def test_a_token_by_another_key_is_refused(door: Door, provider: Provider) -> None:
    """The signature must be that of the provider's published key."""
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    browser = door.browser()
    assert "its token is not right" in browser.get(sent_away(browser)).text


def test_an_answer_of_another_browser_or_twice_is_refused(door: Door) -> None:
    """State ties the answer to the browser that asked; a code works once, with its verifier."""
    victim, attacker = door.browser(), door.browser()
    back = sent_away(attacker)
    assert "this browser did not start it" in victim.get(back).text
    sent_away(victim)
    assert "the answer belongs to another attempt" in victim.get(back).text
    assert attacker.get(back).status_code == 303
    assert attacker.get(back).status_code in (401, 403)
    late = door.browser()
    path = sent_away(late)
    door.clock.move(seconds=601)
    assert "it took longer than ten minutes" in late.get(path).text


def test_it_leads_back_into_the_dashboard_alone(door: Door) -> None:
    """No open redirect by `next`."""
    browser = door.browser()
    assert browser.get(sent_away(browser, "//evil.example.com")).headers["location"] == "/"


def test_a_provider_that_is_down_is_told(tmp_path: Path) -> None:
    """People can still sign in by password."""
    oidc = Oidc(issuer="http://127.0.0.1:9", client_id=CLIENT, client_secret=SECRET)
    with open_door(tmp_path, oidc=oidc) as door:
        answer = door.browser().get("/sign-in/company")
        assert answer.status_code == 503
        assert "The company&#39;s sign-in does not answer as it should." in answer.text
