"""Several do the same at the same moment, on SQLite and on PostgreSQL: one succeeds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fixtures.dashboard import NOW
from proveout.desk import Desk, open_desk
from proveout.errors import InputError
from proveout.web.permissions import Role
from proveout.web.security import accounts, invitations, setting_up, throttling
from proveout.web.security.accounts import By
from proveout.web.security.throttling import TooManyError

BY = By(who="The test", now=NOW)
SEVERAL = 6


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    place = str(tmp_path / "desk.db")
    if request.param == "postgresql":
        place = request.getfixturevalue("postgres_url")
    with open_desk(place) as opened:
        yield opened


def at_once(do: Callable[[int], bool]) -> int:
    """Do it several times at the same moment; return how often it succeeded."""
    start = threading.Barrier(SEVERAL)

    def one(number: int) -> bool:
        start.wait()
        return do(number)

    with ThreadPoolExecutor(SEVERAL) as several:
        return sum(several.map(one, range(SEVERAL)))


def made(desk: Desk, email: str, *roles: Role) -> str:
    with desk.writing() as connection:
        account = accounts.make(connection, email=email, name=email, by=BY)
        for role in roles:
            accounts.grant(connection, account, role, "*", BY)
    return account


def test_one_of_several_becomes_the_first_administrator(desk: Desk) -> None:
    """The set-up link is used up in the transaction that makes the account."""
    link = setting_up.offer(desk)
    assert link is not None
    token = link.removeprefix(setting_up.PATH + "/")

    def use(number: int) -> bool:
        with desk.writing() as connection:
            if not setting_up.use(connection, token):
                return False
            email = f"{number}@example.com"
            accounts.make(connection, email=email, name="A", by=BY, is_administrator=True)
            return True

    assert at_once(use) == 1
    assert setting_up.offer(desk) is None


def test_an_invitation_is_used_once(desk: Desk) -> None:
    """Whoever comes second, however shortly after, is told so."""
    account = made(desk, "paul@example.com")
    with desk.writing() as connection:
        link = invitations.invite(connection, account, now=NOW)
    token = link.removeprefix(invitations.PATH + "/")

    def use(_: int) -> bool:
        with desk.writing() as connection:
            return invitations.use(connection, token, now=NOW) is not None

    assert at_once(use) == 1


def test_administrators_who_remove_each_other_leave_one(desk: Desk) -> None:
    """Nobody can manage a dashboard without an administrator."""
    all_of_them = [
        made(desk, f"{number}@example.com", Role.administrator) for number in range(SEVERAL)
    ]

    def remove(number: int) -> bool:
        try:
            with desk.writing() as connection:
                accounts.deactivate(connection, all_of_them[number], BY)
        except InputError:
            return False
        return True

    assert at_once(remove) == SEVERAL - 1


def test_attempts_at_the_same_moment_are_all_counted(desk: Desk) -> None:
    """To try many passwords at once gains nothing."""
    for _ in range(throttling.FREE_BY_ACCOUNT - 1):
        attempt(desk)

    assert at_once(lambda _: attempt(desk)) == 1


def attempt(desk: Desk) -> bool:
    try:
        with desk.writing() as connection:
            held = throttling.limits(account="paul@example.com", address="203.0.113.9")
            throttling.begin_attempt(connection, held, NOW)
    except TooManyError:
        return False
    return True
