"""One exception in full, for the person who looks at it."""

from __future__ import annotations

import pytest

from proveout.cli.exceptions_view import shown
from proveout.runtime.exceptions.entry import Entry, Handling


@pytest.mark.parametrize(
    ("request_body", "answered"),
    [("{}", "nothing"), (None, "not kept (gateway.log.payload)")],
)
def test_no_answer_is_told_apart_from_one_that_was_not_kept(
    request_body: str | None, answered: str
) -> None:
    """Where the system failed there is none, whatever the log keeps."""
    entry = Entry(
        id="e1", call="c1", pilot="p", reasons=("failure",), request=request_body,
        at=0.0, due_at=3600.0, owner="Ada",
    )  # fmt: skip
    handling = Handling(goes_to="Ada", due_hours=1)

    lines = [" ".join(line.split()) for line in shown(entry, handling, now=0.0).plain.splitlines()]

    assert f"Answered: {answered}" in lines
