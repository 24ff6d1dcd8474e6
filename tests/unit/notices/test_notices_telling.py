"""People are called once for a thing, at once, and never in anybody's way."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from proveout.charter.schema import Charter
from proveout.errors import InputError
from proveout.notices import Channels, Notice, Notices, Standing, open_notices
from proveout.notices.restraint import Restraint

SPENT = Notice(
    pilot="claims", what="Team claims has spent 8.00 of 10.00 EUR today.", acts="Ada Vale",
    next_step="proveout budget", link="http://127.0.0.1:8080/claims", about="budget:team:claims",
)  # fmt: skip


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Heard:
    """Channels that keep what they were given, and may refuse or break."""

    def __init__(self, *, refused: tuple[str, ...] = (), breaks: bool = False) -> None:
        self.told: list[tuple[str, str, str]] = []
        self.refused, self.breaks = refused, breaks
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def deliver(self, title: str, text: str, *, kind: str = "info") -> list[str]:
        self.may_go_on.wait(10.0)
        if self.breaks:
            raise RuntimeError
        self.told.append((title, text, kind))
        return list(self.refused)


def test_a_notice_says_what_happened_who_acts_and_what_to_do() -> None:
    """Everything that somebody needs who reads it on a telephone."""
    heard = Heard()
    with Notices(heard) as notices:
        notices.tell(SPENT)

    text = (
        "Team claims has spent 8.00 of 10.00 EUR today.\n"
        "Who acts: Ada Vale\n"
        "What to do: proveout budget\n"
        "More: http://127.0.0.1:8080/claims"
    )
    assert heard.told == [("Warning: claims", text, "warning")]
    assert notices.standing == Standing(sent=1)


def test_want_of_somebody_who_acts_is_said() -> None:
    """A call to nobody is not made to look like one to somebody."""
    notice = Notice(pilot="claims", what="Quality fell.", severity="alarm")

    assert notice.text() == "Quality fell.\nWho acts: nobody is named for it"


def test_the_same_thing_is_told_once_an_hour_and_the_rest_is_counted() -> None:
    """The next message says how many were held back; another matter is told at once."""
    heard, clock = Heard(), Clock()
    with Notices(heard, clock=clock) as notices:
        for _ in range(4):
            notices.tell(SPENT)
        notices.tell(replace(SPENT, about="budget:team:fraud"))
        clock.now = 3600.0
        notices.tell(SPENT)

    assert [text.count("\n") for _, text, _ in heard.told] == [3, 3, 4]
    assert heard.told[-1][1].endswith("3 more of this kind since the last message were held back.")
    assert notices.standing == Standing(sent=3, held_back=3)


def test_no_more_are_sent_in_an_hour_than_are_read_but_for_new_alarms() -> None:
    """A storm of warnings must not hide the alarm in it."""
    restraint = Restraint(most_an_hour=2)
    warnings = [replace(SPENT, about=str(number)) for number in range(3)]

    admitted = [restraint.admit(each, 0.0) for each in warnings]
    alarm = restraint.admit(replace(SPENT, about="other", severity="alarm"), 1.0)

    assert (admitted, alarm) == ([0, 0, None], 0)
    assert restraint.admit(warnings[2], 3600.0) == 1


@pytest.mark.parametrize(
    ("heard", "why"),
    [
        (Heard(refused=("channel 1 (json)",)), "channel 1 (json)"),
        (Heard(breaks=True), "RuntimeError"),
    ],
)
def test_a_channel_that_fails_is_counted_and_said(heard: Heard, why: str) -> None:
    """The caller never learns of it by an error; whoever asks how things stand does."""
    with Notices(heard) as notices:
        notices.tell(SPENT)

    assert notices.standing == Standing(failed=1, last_failure=why)
    assert str(notices.standing) == f"0 sent, 1 failed, 0 held back; not taken by {why}"


def test_telling_does_not_wait_for_a_channel() -> None:
    """Notices wait in a queue while a channel hangs; what is never sent is counted as lost."""
    heard = Heard()
    heard.may_go_on.clear()
    notices = Notices(heard, restraint=Restraint(most_an_hour=10))

    for number in range(3):
        notices.tell(replace(SPENT, about=str(number)))
    standing = notices.close(within_s=0.05)
    notices.tell(SPENT)
    heard.may_go_on.set()

    assert standing.lost >= 2
    assert notices.standing.lost == standing.lost + 1


def test_nobody_is_called_until_a_channel_is_given() -> None:
    """Without one there is no thread, no count and no error."""
    with open_notices(Charter(pilot="claims")) as notices:
        notices.tell(SPENT)

    assert (bool(notices), notices.standing) == (False, Standing())


def test_a_channel_that_is_none_is_told_without_its_secret() -> None:
    """The charter's own words are shown, never what the variable holds."""
    with pytest.raises(InputError) as told:
        Channels(["${OPS}"], variables={"OPS": "nonsense:secret"})

    assert str(told.value) == (
        "monitoring.notify: '${OPS}' is no channel that Apprise knows.\n"
        "Write it as in https://github.com/caronc/apprise/wiki"
    )
