"""What people are to do when it fails, as the charter says it."""

from __future__ import annotations

from proveout.charter.schema import Charter


def runbook(charter: Charter) -> tuple[str, ...]:
    """Return the steps of the exception protocol, and then the rollback."""
    protocol = charter.governance.exceptions
    steps = () if protocol is None else protocol.steps
    return steps if charter.rollback is None else (*steps, charter.rollback.procedure)
