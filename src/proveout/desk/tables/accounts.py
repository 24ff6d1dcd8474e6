"""Accounts, how they sign in, and what they may do."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Index, Integer, Table, Text, UniqueConstraint

from proveout.desk.tables.base import METADATA

ACCOUNTS = Table(
    "accounts",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("email", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("person", Text),
    Column("password_hash", Text),
    Column("oidc_subject", Text, unique=True),
    Column("is_administrator", Boolean, nullable=False, default=False),
    Column("is_auditor", Boolean, nullable=False, default=False),
    Column("is_active", Boolean, nullable=False, default=True),
    Column("made_at", Double, nullable=False),
    Column("made_by", Text),
    Column("wrong_passwords", Integer, nullable=False, default=0),
    Column("locked_until", Double),
)
"""`email` is lower case. `person` is the name by which charters know the holder; an administrator
alone sets it. Without `password_hash` and `oidc_subject` nobody can sign in yet."""

GRANTS = Table(
    "grants",
    METADATA,
    Column("account", Text, primary_key=True),
    Column("pilot", Text, primary_key=True),
    Column("role", Text, primary_key=True),
    Column("made_at", Double, nullable=False),
    Column("made_by", Text, nullable=False),
)
"""Roles besides those that the charters give by name."""

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("hash", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("csrf", Text, nullable=False),
    Column("made_at", Double, nullable=False),
    Column("seen_at", Double, nullable=False),
    Column("ends_at", Double, nullable=False),
    Column("agent", Text, nullable=False, default=""),
    Index("sessions_by_account", "account"),
)
"""By the SHA-256 of what the cookie holds. `agent` is what the browser calls itself."""

TOKENS = Table(
    "api_tokens",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("hash", Text, nullable=False, unique=True),
    Column("account", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("made_at", Double, nullable=False),
    Column("ends_at", Double),
    Column("used_at", Double),
    Column("revoked_at", Double),
    Index("api_tokens_by_account", "account"),
)
"""Scopes are words with a blank between: 'read say'."""

INVITATIONS = Table(
    "invitations",
    METADATA,
    Column("hash", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("made_at", Double, nullable=False),
    Column("ends_at", Double, nullable=False),
    Column("used_at", Double),
    Index("invitations_by_account", "account"),
)
"""Links by which somebody sets a password, once."""

ATTEMPTS = Table(
    "sign_in_attempts",
    METADATA,
    Column("key", Text, nullable=False),
    Column("at", Double, nullable=False),
    Index("sign_in_attempts_by_key", "key", "at"),
    UniqueConstraint("key", "at", name="sign_in_attempt_once"),
)
"""Wrong attempts by address and by account, for the rate limit."""

ACCESS_LOG = Table(
    "access_log",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Double, nullable=False),
    Column("who", Text, nullable=False),
    Column("account", Text),
    Column("what", Text, nullable=False),
    Column("about", Text, nullable=False),
)
"""Every change to who may do what, and every sign-in. `account` is whom it is about, if anybody;
`about` says the rest in words."""

KEPT_VALUES = Table(
    "kept_values",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""What all processes share: the secret that signs, and the hash of the set-up link."""
