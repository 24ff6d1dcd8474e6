"""What is to be done is said for whoever reads it in the browser, and leads there."""

from __future__ import annotations

import pytest

from proveout.gate.standards import DEFAULTS
from proveout.web.doing import as_sentence, hint_on_page, with_links, without_terminal

BASE = "/pilots/x"


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (
            "Sign on the page Sign-offs, or: proveout attest governance.signoff 1 --who NAME.",
            'Sign on the <a href="/pilots/x/signoffs">page Sign-offs</a>.',
        ),
        (
            "Change the threshold in the open: proveout amend.",
            'Change the threshold in the open on the <a href="/pilots/x/charter">page Charter</a>.',
        ),
        (
            "Name the real sources and run: proveout check readiness.",
            'Name the real sources, then <a href="/pilots/x/assess">measure anew</a>.',
        ),
        ("Look at wait & time: proveout log count --by outcome.", "Look at wait &amp; time."),
        ("Send it the peak (proveout load), and widen it.", "Send it the peak, and widen it."),
    ],
)  # fmt: skip
def test_a_page_names_pages_where_the_terminal_names_commands(told: str, shown: str) -> None:
    """Whoever reads it in the browser has no terminal; what they do there is a link."""
    assert with_links(told, BASE) == shown


def test_no_standard_sends_whoever_reads_a_page_to_the_terminal() -> None:
    """Every criterion that ships, at every gate; each still ends as a sentence."""
    said = {
        without_terminal(criterion.fix) for standard in DEFAULTS.values() for criterion in standard
    }

    assert [each for each in said if "proveout " in each or "--" in each] == []
    assert [each for each in said if not each.endswith(".")] == []


def test_what_is_said_ends_before_the_next_is_said() -> None:
    """A message and its hint stand on one line."""
    assert [as_sentence(each) for each in ("No system", "None.", "Why?", "")] == [
        "No system.", "None.", "Why?", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("Give a day to come: --until YYYY-MM-DD", "Give a day to come."),
        ("Ask them first; then take it over: --from-other", "Ask them first; then take it over."),
        (
            "Seal it first: proveout seal pilot.yaml --who 'Your Name'",
            "Seal it first on the page Charter.",
        ),
        ("Did you mean 'x.y'? `proveout gate --json` lists the ids.", "Did you mean 'x.y'?"),
        ("Note it when it was given.", "Note it when it was given."),
    ],
)
def test_a_hint_to_a_form_names_no_option_of_the_terminal(told: str, shown: str) -> None:
    """The same rules answer at the terminal, with what is to be typed there."""
    assert hint_on_page(told) == shown
