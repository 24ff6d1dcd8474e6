"""Throughput is what a user gets per second, once the system is warm."""

from __future__ import annotations

import pytest

from proveout.checks.quality.asking import Call, throughput


def calls(*seconds: float, rows: int = 100) -> tuple[Call, ...]:
    return tuple(Call(rows=rows, seconds=each) for each in seconds)


def test_the_first_call_is_told_and_not_counted() -> None:
    """It carries what the system does once."""
    found = throughput(calls(9.0, 1.0, 1.0, 1.0, 1.0, 1.0), 1.0)

    assert found is not None
    assert found.value == pytest.approx(100.0)
    assert found.details == {
        "calls": 6,
        "rows_per_call": 100,
        "first_call_s": 9.0,
        "all_calls_s": 14.0,
    }


def test_rows_without_an_answer_are_no_throughput() -> None:
    """Failing fast is not being fast."""
    found = throughput(calls(*[1.0] * 6), 0.25)

    assert found is not None
    assert found.value == pytest.approx(25.0)


def test_calls_that_vary_leave_an_interval() -> None:
    """Around the figure, above zero at the slow end."""
    found = throughput(calls(1.0, 0.5, 1.5, 1.0, 0.2, 1.8), 1.0)

    assert found is not None
    assert 0 < found.interval.low < found.value < found.interval.high


def test_a_short_last_call_does_not_count() -> None:
    """Calls of different sizes are not comparable."""
    short = Call(rows=3, seconds=5.0)

    found = throughput((*calls(*[1.0] * 6), short), 1.0)

    assert found is not None
    assert found.value == pytest.approx(100.0)


@pytest.mark.parametrize("given", [(), calls(1.0, 1.0, 1.0, 1.0, 1.0)])
def test_too_few_calls_tell_nothing(given: tuple[Call, ...]) -> None:
    """Fewer than five after the first."""
    assert throughput(given, 1.0) is None


def test_no_answers_have_no_speed() -> None:
    """None at all."""
    assert throughput(calls(*[1.0] * 6), 0.0) is None
