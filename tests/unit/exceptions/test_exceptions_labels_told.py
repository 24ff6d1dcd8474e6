"""How late true answers come."""

from __future__ import annotations

from proveout.runtime.exceptions.labels import Label
from proveout.runtime.exceptions.labels_told import arrived
from proveout.runtime.log.finding import moment_of

CALL = "01JD0000000000000000000000"
DAY = 86_400.0


def label(call: str, source: str, *, days: float) -> Label:
    asked = moment_of(CALL)
    assert asked is not None
    return Label(call, 0, "p", "yes", source, None, asked.timestamp() + days * DAY)


def test_lateness_is_from_the_request_to_the_label() -> None:
    """Nine of ten are told from ten on, and nothing where an id does not tell its time."""
    imported = [label(CALL, "d.csv", days=days) for days in range(1, 12)]
    corrections = [label(CALL, "correction", days=0.5), label("mine", "own", days=1)]

    told = [each.sentence for each in arrived([*corrections, *imported])]

    assert told == [
        "d.csv: 11; half within 6 days, nine of ten within 10 days of the answer",
        "correction: 1; half within 0.5 days of the answer",
        "own: 1",
    ]
