"""The channels of the company, which the administrator sets in the environment.

Nobody writes an address into the dashboard: a person chooses among the channels that there are.
So nothing secret is stored there, and nobody can have secrets sent to a place of their own.

    PROVEOUT_NOTIFY_TEMPLATE=mailtos://user:secret@smtp.example.com?to={email}
    PROVEOUT_NOTIFY_OPS_CHAT=slack://…

The first is offered as 'mail', the second as 'ops-chat'. {email} is the address of the account.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from proveout.errors import InputError
from proveout.notices.channels import Channels

PREFIX = "PROVEOUT_NOTIFY_"
TEMPLATE = f"{PREFIX}TEMPLATE"
MAIL = "mail"
_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[A-Za-z0-9.-]{1,255}")
_PLACE = "{email}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyChannel:
    """One channel, without what is secret about it."""

    name: str
    variable: str
    is_personal: bool
    """It goes to the address of whoever is told; any other is read by all who are there."""


def company_channels(variables: Mapping[str, str]) -> tuple[CompanyChannel, ...]:
    """Return the channels that the administrator has set up, by name."""
    found = [
        CompanyChannel(
            name=MAIL if variable == TEMPLATE else _name(variable),
            variable=variable,
            is_personal=_PLACE in value,
        )
        for variable, value in variables.items()
        if variable.startswith(PREFIX) and len(variable) > len(PREFIX) and value.strip()
    ]
    return tuple(sorted(found, key=lambda each: each.name))


def open_channels(names: Sequence[str], email: str, variables: Mapping[str, str]) -> Channels:
    """Open the chosen ones for one person.

    Raises InputError, never with the address itself, where a channel is not there any more, is not
    known to Apprise, or needs an address that the account does not have; MissingExtraError.
    """
    known = {each.name: each for each in company_channels(variables)}
    filled: dict[str, str] = {}
    for name in names:
        if (channel := known.get(name)) is None:
            raise InputError(
                f"There is no channel '{name}' any more.",
                hint="Choose another under your notices, or have it set up again.",
            )
        if channel.is_personal and not _EMAIL.fullmatch(email):
            raise InputError(
                f"The channel '{name}' needs an e-mail address, and the account has none.",
                hint="Have the administrator enter it.",
            )
        written = variables[channel.variable].strip()
        filled[channel.variable] = written.replace(_PLACE, quote(email, safe=""))
    # By reference: messages name the variable, and never what it holds.
    references = [f"${{{variable}}}" for variable in filled]
    return Channels(references, variables=filled, key="notices")


def _name(variable: str) -> str:
    return variable.removeprefix(PREFIX).lower().replace("_", "-")
