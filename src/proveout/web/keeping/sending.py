"""Sends what waits: one message a person, by the channels that the person chose."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from proveout.desk import outbox
from proveout.errors import ProveoutError
from proveout.notices.company import open_channels
from proveout.notices.letter import Item, Letter, letter
from proveout.notices.preferences import Preferences
from proveout.notices.telling import Delivers
from proveout.web.asked import Parts
from proveout.web.keeping.keeper import Turn, of_each, told
from proveout.web.keeping.rhythm import Rhythm

Opens = Callable[[Sequence[str], str, Mapping[str, str]], Delivers]


class Sending:
    """The job."""

    def __init__(self, parts: Parts, opens: Opens = open_channels) -> None:
        self._parts, self._opens = parts, opens
        self._forgets = Rhythm(timedelta(days=1))

    def run(self, turn: Turn) -> str | None:
        """Do it. Killed after a message went out and before it was marked, it goes out once more.

        Raises PartlyFailedError with who could not be told, and why.
        """
        desk, now = self._parts.desk, turn.now.timestamp()
        if self._forgets.is_time(turn.now):
            outbox.forget(desk, now)
        accounts = outbox.waiting(desk, now)
        if not accounts:
            return "Nothing waits."
        chosen = {each.account: each for each in outbox.all_chosen(desk)}
        failures: dict[str, str] = {}
        sent = 0
        for account in accounts:
            if turn.is_over.is_set() or not turn.go_on():
                break
            who = chosen.get(account)
            wants = None if who is None else Preferences.from_dict(who.settings)
            if who is None or wants is None or not wants.is_on:
                outbox.drop(desk, account, now=now, why="Switched off.")
                continue
            try:
                failure = self._tell(who, wants, turn)
            except Exception as error:  # noqa: BLE001  # what is wrong with one silences nobody else
                failure = told(error)
            if failure is None:
                sent += 1
            elif failure:
                failures[who.person or account] = failure
        of_each(failures)
        return f"{sent:,} people told." if sent != 1 else "1 person told."

    def close(self) -> None:
        """Nothing was begun."""

    def _tell(self, who: outbox.Chosen, wants: Preferences, turn: Turn) -> str | None:
        """Tell one person; return why it failed, '' where it is to wait, None where it is done."""
        desk = self._parts.desk
        kinds = None
        if wants.is_quiet(turn.now):
            if not wants.alarms_wake:
                return ""
            kinds = ("alarm",)
        now = turn.now.timestamp()
        rows = outbox.take(desk, who.account, holder=turn.holder, now=now, kinds=kinds)
        if not rows:
            return ""
        try:
            said = [Item.from_dict(row.says) for row in rows]
            message = letter(said, self._parts.settings.base_url)
            refused = [
                failure
                for name in wants.channels
                if (failure := self._by(name, who, message)) is not None
            ]
        except Exception as error:
            # Left leased, it would be tried anew each ten minutes for ever, and never given up.
            outbox.mark_failed(desk, rows, holder=turn.holder, now=now, failure=told(error))
            raise
        failure = " ".join(refused)
        if len(refused) >= len(wants.channels):
            outbox.mark_failed(desk, rows, holder=turn.holder, now=now, failure=failure)
            return failure
        # Sent again for the sake of one channel, it would come twice by the others.
        outbox.mark_sent(desk, rows, holder=turn.holder, now=now, failure=failure or None)
        return None

    def _by(self, name: str, who: outbox.Chosen, message: Letter) -> str | None:
        """Send by one channel; return why that failed: one that is gone must not stop another."""
        try:
            channel = self._opens([name], who.email, os.environ)
            refused = channel.deliver(message.title, message.text, kind=message.kind)
        except ProveoutError as error:
            return error.message
        return f"Not taken by '{name}'." if refused else None
