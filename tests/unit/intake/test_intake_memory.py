"""How much memory the engine may use."""

from __future__ import annotations

import pytest

from proveout.errors import InputError
from proveout.intake.memory import available_bytes, engine_memory_bytes, parse_size


@pytest.mark.parametrize(
    ("text", "n_bytes"),
    [("1GB", 10**9), ("512 MiB", 512 * 2**20), ("1.5gb", 15 * 10**8), ("4096", 4096)],
)
def test_a_size_is_a_number_and_a_unit(text: str, n_bytes: int) -> None:
    """Decimal and binary units are told apart; a bare number is bytes."""
    assert parse_size(text) == n_bytes


@pytest.mark.parametrize("text", ["much", "-1GB", "0", "1XB"])
def test_what_is_no_size_is_refused(text: str) -> None:
    """The message shows what was read and what to write."""
    with pytest.raises(InputError) as refused:
        parse_size(text)

    assert str(refused.value) == (
        f"PROVEOUT_MEMORY_LIMIT is {text!r}, which is no size.\n"
        "Give a number and a unit: PROVEOUT_MEMORY_LIMIT=1GB, or 512MiB."
    )


def test_the_environment_decides() -> None:
    """Without the variable, the engine gets a share of what the process may use."""
    assert engine_memory_bytes({"PROVEOUT_MEMORY_LIMIT": "256MB"}) == 256 * 10**6
    assert engine_memory_bytes({}) == int(0.6 * available_bytes())
