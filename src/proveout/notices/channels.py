"""The channels of a charter as Apprise URLs, opened once."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from typing import Any

from proveout.errors import InputError, MissingExtraError
from proveout.systems.dialects.opening import with_variables


class Channels:
    """Apprise URLs, opened once; none at all is silence."""

    def __init__(
        self,
        addresses: Sequence[str],
        *,
        variables: Mapping[str, str] | None = None,
        key: str = "monitoring.notify",
        extra: str = "notify",
    ) -> None:
        """Open them; `key` is where the charter names them, `extra` what brings Apprise along.

        Raises InputError for one that is not known or whose variable is not set, MissingExtraError.
        """
        self._opened: list[tuple[str, Any]] = []
        if not addresses:
            return
        try:
            import apprise
        except ImportError:
            raise MissingExtraError(extra=extra, wanted_for=key) from None
        # Apprise writes whole addresses into its log, and with them what is secret.
        logging.getLogger("apprise").propagate = False
        logging.getLogger("apprise").addHandler(logging.NullHandler())
        given = {str(number): address for number, address in enumerate(addresses)}
        filled = with_variables(given, os.environ if variables is None else variables, key=key)
        for number, address in filled.items():
            opened = apprise.Apprise()
            if not opened.add(address):
                # The charter's own words: what the variable holds is secret.
                raise InputError(
                    f"{key}: '{given[number]}' is no channel that Apprise knows.",
                    hint="Write it as in https://github.com/caronc/apprise/wiki",
                )
            self._opened.append((_called(int(number), given[number]), opened))

    def __bool__(self) -> bool:
        return bool(self._opened)

    def notify(self, title: str, text: str, *, kind: str = "info") -> bool:
        """Send to all of them; tell whether all took it."""
        return not self.deliver(title, text, kind=kind)

    def deliver(self, title: str, text: str, *, kind: str = "info") -> list[str]:
        """Send to all of them, and return those that did not take it, named without secrets.

        `kind` is Apprise's: info, success, warning, failure. Waits for each; never raises.
        """
        return [name for name, opened in self._opened if not _took(opened, title, text, kind)]


def _took(opened: Any, title: str, text: str, kind: str) -> bool:
    try:
        return bool(opened.notify(title=title, body=text, notify_type=kind))
    except Exception:  # noqa: BLE001  # a hundred services' clients; none may end a gateway
        return False


def _called(number: int, written: str) -> str:
    """Name a channel: 'channel 2 (slack)'; an address in a variable hides its kind as well."""
    kind = written.partition("://")[0]
    return f"channel {number + 1} ({kind})" if kind.isalnum() else f"channel {number + 1}"
