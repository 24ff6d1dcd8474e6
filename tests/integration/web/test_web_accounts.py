"""Accounts: the first administrator, invitations, sessions, tokens, roles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fixtures.dashboard import PILOT
from fixtures.doors import BASE, PASSWORD, Door, open_door
from proveout.web.permissions import Role
from proveout.web.security import sessions, throttling

ADMIN = "ada@example.com"


@pytest.fixture
def door(tmp_path: Path):
    with open_door(tmp_path) as opened:
        yield opened


def link_in(text: str) -> str:
    found = re.search(rf"{BASE}(/invitation/[\w-]+)", text)
    assert found is not None, text
    return found[1]


def test_the_first_administrator_is_made_by_the_link_of_the_terminal_alone(door: Door) -> None:
    """The link works once; without it, or with another, nobody becomes administrator."""
    link = door.set_up_link()
    assert link is not None
    somebody = {"email": ADMIN, "name": "Ada Admin", "password": PASSWORD}
    stranger = door.browser()
    assert stranger.get("/set-up/guessed").status_code == 404
    assert stranger.send("/set-up/guessed", link, **somebody).status_code == 404
    assert "Nobody has an account yet" in stranger.get("/sign-in").text

    ada = door.browser()
    weak = ada.send(link, link, **{**somebody, "password": "short"})
    assert weak.status_code == 400
    assert "The password has 5 characters; it needs at least 12." in weak.text
    done = ada.send(link, link, **somebody)
    assert (done.status_code, done.headers["location"]) == (303, "/admin")
    assert ada.get("/admin").status_code == 200
    eve = {**somebody, "email": "eve@example.com"}
    again = door.browser().send(link, "/sign-in", **eve)
    assert again.status_code == 404
    assert door.set_up_link() is None


def test_a_later_start_ends_the_set_up_link_of_an_earlier_one(door: Door) -> None:
    """Only the link that was shown last works."""
    first, second = door.set_up_link(), door.set_up_link()
    assert door.browser().get(str(first)).status_code == 404
    assert door.browser().get(str(second)).status_code == 200


def test_somebody_invited_sets_a_password_once_and_signs_in_with_it(door: Door) -> None:
    """An account has no role and no password until its invitation is taken."""
    ada = door.browser(account=door.account(ADMIN, company=(Role.administrator,)))
    ada.send("/admin/accounts", "/admin", name="Helen Marsh", email="Helen@Example.com")
    link = link_in(ada.said())

    helen = door.browser()
    assert "sign in as helen@example.com" in helen.get(link).text
    weak = helen.send(link, link, password="helenmarsh2025")
    assert "The password is made of your name or address." in weak.text
    assert helen.send(link, link, password="violet anchor crumb tin").status_code == 303
    assert helen.get("/me").status_code == 200
    assert door.browser().get(link).status_code == 404
    assert door.browser().sign_in("helen@example.com", "violet anchor crumb tin").status_code == 303
    assert helen.get(f"/pilots/{PILOT}").status_code == 403


def test_roles_come_from_the_name_in_the_charter_and_from_grants(door: Door) -> None:
    """An administrator links an account to a name, and grants or revokes what goes beyond."""
    ada = door.browser(account=door.account(ADMIN, company=(Role.administrator,)))
    made = door.account("helen@example.com", name="Helen Marsh")
    helen, page = door.browser(account=made), f"/admin/accounts/{made}"
    assert helen.get(f"/pilots/{PILOT}").status_code == 403

    ada.send(f"{page}/person", page, person="Helen Marsh")
    assert helen.get(f"/pilots/{PILOT}").status_code == 200
    assert "production owner" in helen.get("/me").text
    unknown = ada.send(f"{page}/person", page, person="Nobody Known")
    assert "No charter names &#39;Nobody Known&#39;." in unknown.text

    ada.send(f"{page}/person", page, person="")
    ada.send(f"{page}/grant", page, role="user", pilot=PILOT)
    assert helen.get(f"/pilots/{PILOT}").status_code == 200
    ada.send(f"{page}/revoke", page, role="user", pilot=PILOT)
    assert helen.get(f"/pilots/{PILOT}").status_code == 403

    ada.send(f"{page}/grant", page, role="administrator", pilot="*")
    assert helen.get("/admin").status_code == 200
    log = ada.get("/admin/log").text
    for line in ("linked to a person of the charters", "granted a role", "revoked a role"):
        assert line in log


def test_who_speaks_for_a_role_can_be_linked_and_comes_in_as_its_user(door: Door) -> None:
    """The charter names them, so that they can say in person that they spoke."""
    ada = door.browser(account=door.account(ADMIN, company=(Role.administrator,)))
    made = door.account("somebody@example.com")
    page = f"/admin/accounts/{made}"

    assert ada.send(f"{page}/person", page, person="Paul Novak").status_code == 303

    people = f"/pilots/{PILOT}/people"
    paul = door.browser(account=made)
    done = paul.send(f"{people}/represented", people, role="Accounts payable clerk", note="Weekly")
    assert done.status_code == 303


def test_two_accounts_cannot_be_one_person(door: Door) -> None:
    """What is signed under a name was signed by its one holder."""
    ada = door.browser(account=door.account(ADMIN, company=(Role.administrator,)))
    door.account("helen@example.com", person="Helen Marsh")
    made = door.account("eve@example.com")
    page = f"/admin/accounts/{made}"
    refused = ada.send(f"{page}/person", page, person="Helen Marsh")
    assert "Helen Marsh is linked to the account helen@example.com already." in refused.text


def test_who_is_deactivated_is_out_at_once(door: Door) -> None:
    """Sessions and tokens end with the same click; the account can come back."""
    ada = door.browser(account=door.account(ADMIN, company=(Role.administrator,)))
    made = door.account("paul@example.com", grants={PILOT: Role.user})
    paul, token, page = (
        door.browser(account=made), door.token(made, "read"), f"/admin/accounts/{made}",
    )  # fmt: skip
    assert door.browser().get("/api/me", headers=token).status_code == 200
    ada.send(f"{page}/activity", page, becomes="inactive")
    assert paul.get("/me").status_code == 401
    assert door.browser().get("/api/me", headers=token).status_code == 401
    assert door.browser().sign_in("paul@example.com").status_code == 401
    ada.send(f"{page}/activity", page, becomes="active")
    assert door.browser().sign_in("paul@example.com").status_code == 303
    assert door.browser().get("/api/me", headers=token).status_code == 401


def test_the_last_administrator_stays(door: Door) -> None:
    """Nobody can leave a dashboard that nobody manages."""
    made = door.account(ADMIN, company=(Role.administrator,))
    ada, page = door.browser(account=made), f"/admin/accounts/{made}"
    told = "This is the last administrator: nobody could manage accounts any more."
    assert told in ada.send(f"{page}/activity", page, becomes="inactive").text
    assert told in ada.send(f"{page}/revoke", page, role="administrator", pilot="*").text
    door.account("bo@example.com", company=(Role.administrator,))
    assert ada.send(f"{page}/activity", page, becomes="inactive").status_code == 303


def test_a_session_ends_when_nobody_uses_it_and_at_the_end_of_the_day(door: Door) -> None:
    """Two hours without use, or twelve hours in all."""
    made = door.account("paul@example.com")
    idle, busy = door.browser(account=made), door.browser(account=made)
    for _ in range(7):
        assert busy.get("/me").status_code == 200
        door.clock.move(seconds=sessions.IDLE_S - 600)
    assert idle.get("/me").status_code == 401
    assert busy.get("/me").status_code == 401


def test_a_changed_password_ends_every_other_session(door: Door) -> None:
    """Whoever had come in with the old one is out; the browser that changed it stays."""
    made = door.account("paul@example.com")
    here, there = door.browser(account=made), door.browser(account=made)
    wrong = here.send("/me/password", "/me", current="not that one", new="violet anchor crumb tin")
    assert wrong.status_code == 403
    done = here.send("/me/password", "/me", current=PASSWORD, new="violet anchor crumb tin")
    assert done.status_code == 303
    assert here.get("/me").status_code == 200
    assert there.get("/me").status_code == 401


def test_one_signs_out_here_there_and_everywhere(door: Door) -> None:
    """A session that ended opens nothing, also where its cookie was copied."""
    made = door.account("paul@example.com")
    here, there, third = (door.browser(account=made) for _ in range(3))
    with door.parts.desk.reading() as connection:
        marks = [each.mark for each in sessions.of_account(connection, made, now=door.clock())]
    page = here.get("/me").text
    others = [mark for mark in marks if f'value="{mark}"' in page]
    assert len(others) == 2
    here.send("/me/sessions/end", "/me", session=others[0])
    assert sorted([there.get("/me").status_code, third.get("/me").status_code]) == [200, 401]
    copied = dict(here.client.cookies)
    here.send("/sign-out", "/me")
    thief = door.browser()
    thief.client.cookies.update(copied)
    assert thief.get("/me").status_code == 401
    left = there if there.get("/me").status_code == 200 else third
    assert left.send("/sign-out/everywhere", "/me").status_code == 303
    assert left.get("/me").status_code == 401


def test_a_token_does_what_its_scope_says_and_no_more(door: Door) -> None:
    """'read' sees, 'write' does, 'say' gives feedback alone; after its end, nothing."""
    made = door.account(ADMIN, company=(Role.administrator,))
    client = door.browser().client
    read, write, say = (door.token(made, each) for each in ("read", "write", "say"))
    body = {"email": "new@example.com", "name": "New"}
    assert client.get("/api/admin", headers=read).status_code == 200
    assert client.get("/api/admin", headers=write).status_code == 403
    refused = client.post("/api/admin/accounts", json=body, headers=read)
    assert refused.status_code == 403
    assert refused.json()["message"] == "The token may not do this: it lacks the scope 'write'."
    assert client.post("/api/admin/accounts", json=body, headers=say).status_code == 403
    done = client.post("/api/admin/accounts", json=body, headers=write)
    assert done.json()["link"].startswith(f"{BASE}/invitation/")
    assert client.get("/admin", headers=read).status_code == 401
    assert client.get("/api/admin", headers={"authorization": "Bearer x"}).status_code == 401


def test_a_token_is_made_and_shown_once_used_and_revoked(door: Door) -> None:
    """After the page that shows it, only its name and use are known."""
    made = door.account("paul@example.com")
    paul = door.browser(account=made)
    paul.send("/me/tokens", "/me", name="Nightly import", scopes=["read", "say"], days="30")
    shown = paul.said()
    found = re.search(r"proveout_[\w-]{40,}", shown)
    assert found is not None
    page = paul.get("/me").text
    assert found[0] not in page
    assert "Nightly import" in page
    assert paul.client.get("/api/me", headers={"authorization": f"Bearer {found[0]}"}).json()[
        "tokens"
    ][0]["scopes"] == ["read", "say"]
    door.clock.move(days=29)
    headers = {"authorization": f"bearer {found[0]}"}
    client = door.browser().client
    token = client.get("/api/me", headers=headers).json()["tokens"][0]["id"]
    later = door.browser(account=made)
    later.send("/me/tokens/revoke", "/me", token=token)
    assert client.get("/api/me", headers=headers).status_code == 401


def test_a_token_ends_on_its_day(door: Door) -> None:
    """One moment later it opens nothing."""
    paul = door.browser(account=door.account("paul@example.com"))
    paul.send("/me/tokens", "/me", name="Short", scopes=["read"], days="1")
    found = re.search(r"proveout_[\w-]{40,}", paul.said())
    assert found is not None
    headers = {"authorization": f"Bearer {found[0]}"}
    assert door.browser().client.get("/api/me", headers=headers).status_code == 200
    door.clock.move(days=1)
    assert door.browser().client.get("/api/me", headers=headers).status_code == 401


def test_guessing_is_slowed_and_never_locks_somebody_out_for_good(door: Door) -> None:
    """After five wrong ones each further waits longer, a minute at most; the right one resets."""
    door.account("paul@example.com")
    guesser = door.browser(address="203.0.113.9")
    for _ in range(throttling.FREE_BY_ACCOUNT):
        assert guesser.sign_in("paul@example.com", "wrong").status_code == 401
    waits = []
    for _ in range(8):
        answer = guesser.sign_in("paul@example.com", PASSWORD)
        assert answer.status_code == 429
        waits.append(int(answer.headers["retry-after"]))
        door.clock.move(seconds=waits[-1])
        assert guesser.sign_in("paul@example.com", "wrong").status_code == 401
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60]
    assert guesser.sign_in("paul@example.com", PASSWORD).status_code == 429
    door.clock.move(seconds=60)
    assert door.browser().sign_in("paul@example.com").status_code == 303
    assert guesser.sign_in("paul@example.com", "wrong").status_code == 401


def test_whoever_guesses_cannot_keep_the_holder_out(door: Door) -> None:
    """A browser in which one has signed in before does not wait for the mistakes of others."""
    door.account("paul@example.com")
    paul, guesser = door.browser(), door.browser(address="203.0.113.9")
    paul.sign_in("paul@example.com")
    for _ in range(throttling.FREE_BY_ACCOUNT):
        guesser.sign_in("paul@example.com", "wrong")
    assert guesser.sign_in("paul@example.com").status_code == 429
    assert paul.sign_in("paul@example.com").status_code == 303

    door.account("eve@example.com")
    known = paul.client.cookies["proveout-known"]
    guesser.client.cookies.set("proveout-known", known, domain="127.0.0.1", path="/")
    for _ in range(throttling.FREE_BY_ACCOUNT):
        guesser.sign_in("paul@example.com", "wrong")
    assert guesser.sign_in("paul@example.com", "wrong").status_code == 429
    for _ in range(throttling.FREE_BY_ACCOUNT):
        guesser.sign_in("eve@example.com", "wrong")
    assert guesser.sign_in("eve@example.com").status_code == 429


def test_one_address_that_tries_many_accounts_is_slowed_too(door: Door) -> None:
    """A list of stolen passwords is tried over many accounts, each once."""
    door.account("paul@example.com")
    guesser = door.browser(address="203.0.113.9")
    answers = [
        guesser.sign_in(f"user{number}@example.com", "wrong").status_code
        for number in range(throttling.FREE_BY_ADDRESS + 1)
    ]
    assert answers == [401] * throttling.FREE_BY_ADDRESS + [429]
    assert door.browser(address="198.51.100.4").sign_in("paul@example.com").status_code == 303


def test_it_is_not_told_whether_an_account_exists(door: Door) -> None:
    """Unknown, wrong, not yet invited, deactivated: the same answer, byte by byte."""
    ada = door.browser(account=door.account(ADMIN, company=(Role.administrator,)))
    door.account("paul@example.com")
    ada.send("/admin/accounts", "/admin", name="New", email="new@example.com")
    told = {
        door.browser().sign_in(email, "wrong password here").text
        for email in ("paul@example.com", "new@example.com", "nobody@example.com")
    }
    assert len(told) == 1
    assert "E-mail or password is wrong." in told.pop()
