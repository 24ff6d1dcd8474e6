"""How many requests a question is."""

from __future__ import annotations

from typing import Any

import pytest

from proveout.charter.schema import Charter
from proveout.checks.load.asking import requests_of


def charter(**chat: Any) -> Charter:
    system = {"chat": {"url": "http://127.0.0.1/v1", "model": "m", "user": "{text}", **chat}}
    return Charter.model_validate(
        {"pilot": "p", "system": system, "load": {"users": 10, "requests_per_user_per_day": 30}}
    )


def test_a_question_that_is_asked_several_times_is_as_many_requests() -> None:
    """Five answers for their agreement: 150 requests a day instead of 30, and it is told."""
    asked, told = requests_of(charter(confidence="agreement", samples=5))

    assert asked.load is not None
    assert asked.load.requests_per_user_per_day == 150
    assert told["samples"] == (
        "Each question is asked 5 times, for the agreement of the answers; each of these is sent "
        "and timed as a request of its own."
    )


@pytest.mark.parametrize("confidence", ["none", "logprobs", "stated"])
def test_any_other_question_is_one_request(confidence: str) -> None:
    """The charter's load is what is sent."""
    given = charter(confidence=confidence)

    assert requests_of(given) == (given, {})
