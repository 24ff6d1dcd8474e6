"""API tokens: shown once, kept as a hash, limited to scopes, ended by a day or at will."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from proveout.desk.tables.accounts import TOKENS
from proveout.web.security.drawing import drawn, hashed

if TYPE_CHECKING:
    from sqlalchemy import Connection

SCOPES = ("read", "write", "say")
"""See pages; do deeds; give feedback and nothing else."""
PREFIX = "proveout_"
"""By which scanners for leaked secrets may know one."""
NOTE_EVERY_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One token, without what it opens with."""

    id: str
    account: str
    name: str
    scopes: frozenset[str]
    made_at: datetime
    ends_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None

    def is_valid(self, now: datetime) -> bool:
        """Tell whether it opens anything."""
        return self.revoked_at is None and (self.ends_at is None or now < self.ends_at)

    def is_worth_noting(self, now: datetime) -> bool:
        """Tell whether the last note of its use is old enough for another."""
        return self.used_at is None or (now - self.used_at).total_seconds() >= NOTE_EVERY_S


def make(
    connection: Connection,
    account: str,
    *,
    name: str,
    scopes: frozenset[str],
    ends_at: datetime | None,
    now: datetime,
) -> str:
    """Make one; return what it opens with, which nobody can be shown again."""
    text = PREFIX + drawn()
    connection.execute(
        insert(TOKENS).values(
            id=secrets.token_hex(8),
            hash=hashed(text),
            account=account,
            name=name,
            scopes=" ".join(each for each in SCOPES if each in scopes),
            made_at=now.timestamp(),
            ends_at=None if ends_at is None else ends_at.timestamp(),
        )
    )
    return text


def find(connection: Connection, text: str, *, now: datetime) -> Token | None:
    """Return the token that this text is, if it opens anything."""
    row = connection.execute(select(TOKENS).where(TOKENS.c.hash == hashed(text))).one_or_none()
    found = None if row is None else _token(row)
    return found if found is not None and found.is_valid(now) else None


def of_account(connection: Connection, account: str) -> list[Token]:
    """Return the tokens of somebody that were not revoked, the newest first."""
    wanted = select(TOKENS).where(
        TOKENS.c.account == account, TOKENS.c.revoked_at.is_(None)
    ).order_by(TOKENS.c.made_at.desc(), TOKENS.c.id)  # fmt: skip
    return [_token(row) for row in connection.execute(wanted)]


def note(connection: Connection, token: Token, now: datetime) -> None:
    """Note that it is used."""
    connection.execute(
        update(TOKENS).where(TOKENS.c.id == token.id).values(used_at=now.timestamp())
    )


def revoke(connection: Connection, account: str, token: str, now: datetime) -> bool:
    """Revoke one of somebody's; tell whether there was one."""
    wanted = update(TOKENS).where(
        TOKENS.c.account == account, TOKENS.c.id == token, TOKENS.c.revoked_at.is_(None)
    )
    return connection.execute(wanted.values(revoked_at=now.timestamp())).rowcount == 1


def revoke_all(connection: Connection, account: str, now: datetime) -> int:
    """Revoke all of somebody's; return how many."""
    wanted = update(TOKENS).where(TOKENS.c.account == account, TOKENS.c.revoked_at.is_(None))
    return connection.execute(wanted.values(revoked_at=now.timestamp())).rowcount


def _token(row: Any) -> Token:
    def moment(at: float | None) -> datetime | None:
        return None if at is None else datetime.fromtimestamp(at, UTC)

    return Token(
        id=row.id,
        account=row.account,
        name=row.name,
        scopes=frozenset(row.scopes.split()),
        made_at=datetime.fromtimestamp(row.made_at, UTC),
        ends_at=moment(row.ends_at),
        used_at=moment(row.used_at),
        revoked_at=moment(row.revoked_at),
    )
