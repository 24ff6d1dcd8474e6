"""A file of answers: what it may say, and what is told where it is wrong."""

from __future__ import annotations

import json

import pytest

from proveout.diagnosis import Answers, parse_answers
from proveout.diagnosis.questions import QUESTIONS
from proveout.errors import InputError

TEXT = """\
pilot: claims-2023
result: failed
answers:
  outcome: vague
  owner: unknown
why:
  outcome: 'The board paper says "explore".'
sources: [https://example.org/report]
"""


def test_yaml_and_json_say_the_same() -> None:
    """The same answers may be written in YAML or in JSON."""
    read = parse_answers(TEXT, "a.yaml")

    assert read == parse_answers(json.dumps(read.as_dict()), "a.json")
    assert read == Answers(
        pilot="claims-2023",
        result="failed",
        answers={"outcome": "vague", "owner": "unknown"},
        why={"outcome": 'The board paper says "explore".'},
        sources=("https://example.org/report",),
    )


def test_dont_know_is_not_known() -> None:
    """'unknown' is the same as leaving a question out."""
    assert parse_answers(TEXT, "a.yaml").known == {"outcome": "vague"}


HINT = "proveout diagnose --questions shows all questions with their options."
FORM = "proveout diagnose --questions shows the form."


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (  # all that is wrong is told at once
            "answers:\n  outcom: vague\n  used: often\n  cost: [more]\nbecause: {}",
            "a.yaml: 'pilot' is missing. line 2: There is no question 'outcom'. Did you mean "
            "'outcome'? line 3: 'often' is no answer to 'used'; allowed: most, some, few, "
            "never_offered, unknown. line 4: 'cost' has no option as its answer; allowed: within, "
            "more, too_much, unknown. line 5: There is no key 'because'.",
            HINT,
        ),
        (  # a reason for what is not asked
            "pilot: a\nwhy: {weather: It rained.}",
            "a.yaml: line 2: There is no question 'weather'.",
            HINT,
        ),
        (  # a list is no file of answers
            "- outcome",
            "a.yaml is no file of answers: it has no keys.",
            f"It begins with 'pilot: NAME' and 'answers:'. {FORM}",
        ),
        (  # broken YAML
            "pilot: a\nanswers: {outcome: vague",
            "a.yaml, line 2 cannot be read: expected ',' or '}', but got '<stream end>'.",
            f"Write 'key: value' lines, or JSON. {FORM}",
        ),
    ],
)
def test_what_is_wrong_is_told(text: str, message: str, hint: str) -> None:
    """A file that cannot be taken says what is wrong, where, and what is allowed."""
    with pytest.raises(InputError) as caught:
        parse_answers(text, "a.yaml")

    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_there_are_25_questions_at_most() -> None:
    """A person gets through the interview in ten minutes; every question can be left open."""
    assert len(QUESTIONS) <= 25
    assert all(each.allowed[-1] == "unknown" and len(each.options) >= 2 for each in QUESTIONS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pilot: a\nwhy: " + "{a: " * 3000 + "}" * 3000, "is no file of answers: it is nested"),
        ("pilot: a\nwhy: {outcome: 2024-01-01 25:61:61}", "cannot be read: hour must be in 0..23"),
        ("pilot: a\nanswers: {outcome: !!int x}", "cannot be read: invalid literal for int()"),
        ("pilot: a\n#" + "x" * 1_000_000, "is longer than 1,000,000 letters"),
        ('pilot: "\\e\\x07"', "a.yaml: line 1: 'pilot': "),
    ],
)
def test_no_file_breaks_it(text: str, message: str) -> None:
    """Whatever a file holds, what is wrong with it is told, and nothing breaks."""
    with pytest.raises(InputError) as caught:
        parse_answers(text, "a.yaml")

    assert message in caught.value.message


def test_a_text_gives_no_orders_to_a_terminal() -> None:
    """Control characters are taken out of what somebody wrote: a terminal would obey them."""
    read = parse_answers(
        'pilot: a\ntitle: "x\\e[2J\\e]0;y\\a z"\nwhy: {outcome: "one\\r\\x9b31m two"}', "a.yaml"
    )

    assert (read.title, read.why) == ("x [2J ]0;y z", {"outcome": "one 31m two"})
