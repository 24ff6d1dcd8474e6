"""Telling the company's people what a monitor would show, by the channels of the charter."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from proveout.errors import InputError, MissingExtraError
from proveout.systems.dialects.opening import with_variables


class Channels:
    """Apprise URLs, opened once; none at all is silence."""

    def __init__(
        self, addresses: Sequence[str], *, variables: Mapping[str, str] | None = None
    ) -> None:
        """Open them. Raises InputError for one that is not known, MissingExtraError."""
        self._apprise: Any = None
        if not addresses:
            return
        try:
            import apprise
        except ImportError:
            raise MissingExtraError(extra="drill", wanted_for="drill.notify") from None
        self._apprise = apprise.Apprise()
        given = {str(number): address for number, address in enumerate(addresses)}
        filled = with_variables(
            given, os.environ if variables is None else variables, key="drill.notify"
        )
        for number, address in filled.items():
            if not self._apprise.add(address):
                # The charter's own words: what the variable holds is secret.
                raise InputError(
                    f"drill.notify: '{given[number]}' is no channel that Apprise knows.",
                    hint="Write it as in https://github.com/caronc/apprise/wiki",
                )

    def __bool__(self) -> bool:
        return self._apprise is not None

    def notify(self, title: str, text: str) -> bool:
        """Send to all of them; tell whether all took it."""
        return self._apprise is None or bool(self._apprise.notify(title=title, body=text))
