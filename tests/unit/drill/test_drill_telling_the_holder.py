"""Whoever holds a drill reads in sentences what people said, and how far it is."""

from pathlib import Path

import pytest

from proveout.checks.drill.reading import read_scenario
from proveout.checks.drill.record import Said

STEPS = ("Tell the shift lead", "Answer from the handbook")
ANA = "Ana Ruiz"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (Said(at_s=1, deed="ack", who=ANA), "Ana Ruiz noticed that something is wrong."),
        (
            Said(at_s=1, deed="ack", who=ANA, text="no answers"),
            "Ana Ruiz noticed that something is wrong: no answers",
        ),
        (
            Said(at_s=1, deed="act", who=ANA, text="banner is on", by_hand=True),
            "Ana Ruiz works by hand from now on: banner is on",
        ),
        (Said(at_s=1, deed="step", who=ANA, step=2), f"Ana Ruiz has done step 2: {STEPS[1]}"),
        (
            Said(at_s=1, deed="vendor", who=ANA, text="only they have the key"),
            "Ana Ruiz needed the vendor: only they have the key",
        ),
    ],
)
def test_what_was_said_is_a_sentence(said: Said, sentence: str) -> None:
    """Who, what, and in which words."""
    assert said.sentence(STEPS) == sentence


def test_an_hour_has_no_more_digits_than_anybody_reads(tmp_path: Path) -> None:
    """A quarter of an hour is told, a second of two days is not."""
    outage = read_scenario("outage", folder=tmp_path)

    assert (outage.clock(0.24209), outage.clock(4.5), outage.clock(2)) == (
        "hour 0.24",
        "hour 4.5",
        "hour 2",
    )
