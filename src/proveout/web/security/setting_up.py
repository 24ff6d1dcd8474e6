"""The first administrator: made by whoever started the dashboard, and by nobody else.

There is no default password. Whoever runs the command is shown a link on the terminal; without it
nobody on the network can make themselves the first administrator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from proveout.desk import Desk
from proveout.desk.tables.accounts import ACCOUNTS
from proveout.web.security import shared
from proveout.web.security.drawing import drawn, hashed

if TYPE_CHECKING:
    from sqlalchemy import Connection

SET_UP = "set-up link"
PATH = "/set-up"


def offer(desk: Desk) -> str | None:
    """Return the path of a new set-up link while there is no account; those before end."""
    with desk.writing() as connection:
        if not is_needed(connection):
            return None
        token = drawn()
        shared.put(connection, SET_UP, hashed(token))
    return f"{PATH}/{token}"


def is_needed(connection: Connection) -> bool:
    """Tell whether there is no account yet."""
    return connection.execute(select(func.count()).select_from(ACCOUNTS)).scalar_one() == 0


def is_link(connection: Connection, token: str) -> bool:
    """Tell whether a token is that of the link."""
    return shared.value(connection, SET_UP) == hashed(token) and is_needed(connection)


def use(connection: Connection, token: str) -> bool:
    """Use the link up. Of several who try at once, one succeeds."""
    return shared.taken(connection, SET_UP, hashed(token)) and is_needed(connection)
