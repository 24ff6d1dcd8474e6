"""What people are told to do where the system does not answer."""

from __future__ import annotations

from typing import Any

import pytest

from proveout.charter.schema import Charter
from proveout.runtime.by_hand import by_hand


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, None),
        ({"rollback": {"procedure": "Form 7."}}, "Form 7."),
        ({"gateway": {"fallback": "Call the desk."}}, "Call the desk."),
        (
            {"gateway": {"fallback": "Call the desk."}, "rollback": {"procedure": "Form 7."}},
            "Call the desk.",
        ),
        # 'manual' names the manual process; what that is stands under rollback
        ({"gateway": {"fallback": "manual"}, "rollback": {"procedure": "Form 7."}}, "Form 7."),
        ({"gateway": {"fallback": "manual"}}, None),
        (
            {"gateway": {"fallback": "http://b/"}, "rollback": {"procedure": "Form 7."}},
            "Form 7.",
        ),
    ],
)
def test_the_fallback_goes_before_the_procedure(said: dict[str, Any], told: str | None) -> None:
    """The charter's text for the gateway, or else what it agreed for a rollback."""
    assert by_hand(Charter.model_validate({"pilot": "claims", **said})) == told
