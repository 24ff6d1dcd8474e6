"""What all processes share by the database: the secret that signs, and the set-up link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proveout.desk import Desk
from proveout.web.security.drawing import drawn

if TYPE_CHECKING:
    from sqlalchemy import Connection

SIGNING_SECRET = "signing secret"  # noqa: S105 - its name


def signing_secret(desk: Desk) -> str:
    """Return the secret that signs what cookies carry; whoever asks first makes it."""
    with desk.writing() as connection:
        put_once(connection, SIGNING_SECRET, drawn())
        found = value(connection, SIGNING_SECRET)
    assert found is not None  # noqa: S101 - it was put there just now
    return found


def put_once(connection: Connection, name: str, text: str) -> None:
    """Keep a value unless there is one. Two who do so at once agree on one of them."""
    from sqlalchemy import text as sql

    connection.execute(
        sql("INSERT INTO kept_values (name, value) VALUES (:name, :value) ON CONFLICT DO NOTHING"),
        {"name": name, "value": text},
    )


def put(connection: Connection, name: str, text: str) -> None:
    """Keep a value in place of the one before."""
    from sqlalchemy import text as sql

    connection.execute(
        sql(
            "INSERT INTO kept_values (name, value) VALUES (:name, :value) "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        ),
        {"name": name, "value": text},
    )


def value(connection: Connection, name: str) -> str | None:
    """Return what is kept, if anything."""
    from sqlalchemy import select

    from proveout.desk.tables.accounts import KEPT_VALUES

    found = select(KEPT_VALUES.c.value).where(KEPT_VALUES.c.name == name)
    return connection.execute(found).scalar_one_or_none()


def taken(connection: Connection, name: str, text: str) -> bool:
    """Take a value away if it is this one; of several who try at once, one succeeds."""
    from sqlalchemy import delete

    from proveout.desk.tables.accounts import KEPT_VALUES

    gone = delete(KEPT_VALUES).where(KEPT_VALUES.c.name == name, KEPT_VALUES.c.value == text)
    return connection.execute(gone).rowcount == 1
