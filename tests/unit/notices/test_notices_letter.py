"""All that waits for one person is one message; channels are the company's."""

from __future__ import annotations

import pytest

from proveout.errors import InputError
from proveout.notices.company import company_channels, open_channels
from proveout.notices.letter import MOST_ITEMS, Item, letter

# Apprise's plugin for e-mail imports what Python 3.13 takes out.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

SECRET = "mailtos://robot:hunter2@smtp.example.com?to={email}"


def test_a_letter_says_what_matters_most_first_and_where_the_rest_is() -> None:
    """Golden."""
    made = letter(
        [
            Item(kind="due", pilot="Invoices", what="Sign off as legal", due="2026-03-02"),
            Item(kind="alarm", pilot="Invoices", what="Accuracy fell in Linz"),
            Item(
                kind="escalation", pilot="Invoices", what="Hold the review", due="2026-02-20",
                whose="Josef Lang",
            ),
        ],
        "https://pilots.example.com",
    )  # fmt: skip
    assert made.title == "Proveout: Accuracy fell in Linz, and 2 more"
    assert made.kind == "failure"
    assert made.text == (
        "Alarms:\n"
        "- Accuracy fell in Linz (Invoices)\n"
        "\n"
        "Not done by others, and now with you:\n"
        "- Hold the review (Invoices), was due 2026-02-20; it was with Josef Lang\n"
        "\n"
        "Due now:\n"
        "- Sign off as legal (Invoices), due 2026-03-02\n"
        "\n"
        "All of it: https://pilots.example.com/tasks\n"
        "How you are told: https://pilots.example.com/me/notices"
    )


def test_a_long_letter_counts_what_it_leaves_out() -> None:
    made = letter([Item(kind="due", pilot="p", what=f"do {n}") for n in range(40)], "http://x")
    assert f"And {40 - MOST_ITEMS} more." in made.text
    assert made.title == "Proveout: do 0, and 39 more"


def test_a_digest_is_its_lines() -> None:
    made = letter([Item(kind="digest", pilot="", what="", lines=("one", "two"))], "http://x")
    assert made.title == "Proveout: 2 things wait for you"
    assert "All that waits for you:\n- one\n- two" in made.text


def test_channels_are_those_of_the_environment_and_tell_no_secret() -> None:
    """Nobody writes an address into the dashboard, so nobody sends secrets to a place of theirs."""
    found = company_channels(
        {
            "PROVEOUT_NOTIFY_TEMPLATE": SECRET,
            "PROVEOUT_NOTIFY_OPS_CHAT": "json://chat.example.com/t0ken",
            "PROVEOUT_NOTIFY_": "json://x",
            "PROVEOUT_NOTIFY_EMPTY": " ",
            "PROVEOUT_OIDC_SECRET": "s",
        }
    )
    assert [(each.name, each.is_personal) for each in found] == [
        ("mail", True),
        ("ops-chat", False),
    ]
    assert "hunter2" not in repr(found)
    assert "t0ken" not in repr(found)


@pytest.mark.parametrize(
    ("names", "email", "value", "message"),
    [
        (["gone"], "a@b.example", SECRET, "There is no channel 'gone' any more."),
        (
            ["mail"], "", SECRET,
            "The channel 'mail' needs an e-mail address, and the account has none.",
        ),
        (
            ["mail"], "a@b.example", "nosuch://hunter2/{email}",
            "notices: '${PROVEOUT_NOTIFY_TEMPLATE}' is no channel that Apprise knows.",
        ),
    ],
)  # fmt: skip
def test_a_channel_that_cannot_be_opened_is_named_and_its_secret_is_not(
    names: list[str], email: str, value: str, message: str
) -> None:
    with pytest.raises(InputError) as caught:
        open_channels(names, email, {"PROVEOUT_NOTIFY_TEMPLATE": value})
    assert caught.value.message == message
    assert "hunter2" not in str(caught.value)


def test_an_address_cannot_add_parts_to_the_channel() -> None:
    """What somebody's e-mail holds stays one value of the address."""
    opened = open_channels(
        ["mail"], "a+x&smtp=evil@b.example", {"PROVEOUT_NOTIFY_TEMPLATE": SECRET}
    )
    ((_, apprise),) = opened._opened  # Apprise has no other way to see it
    assert "evil.example" not in apprise[0].url()
    assert apprise[0].smtp_host == "smtp.example.com"


def test_what_people_wrote_adds_neither_headers_nor_lines() -> None:
    """A line break in a title or a task is a space: a letter's lines are its own."""
    said = Item(
        kind="due", pilot="p", what="Sign\r\nBcc: evil@example.com\n\nAll of it: https://evil"
    )
    told = letter([said], "https://ours.example")
    assert told.title == "Proveout: Sign Bcc: evil@example.com All of it: https://evil"
    assert "- Sign Bcc: evil@example.com All of it: https://evil (p)" in told.text.splitlines()
