"""What errors of the engine and of the machine mean for the user."""

from __future__ import annotations

import errno

import duckdb
import pytest

from proveout.errors import InputError, UnreachableError
from proveout.intake.troubles import told

MORE = (
    "Give the engine more, PROVEOUT_MEMORY_LIMIT=4GB, or run this where more is free. A limit of "
    "addresses (ulimit -v) must be far above the memory that is meant."
)
ROOM = "Make room, or name another place for temporary files: export TMPDIR=/FOLDER"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            duckdb.OutOfMemoryException(
                "Out of Memory Error: could not allocate block of size 8 MiB\n\nPossible solutions"
            ),
            f"There is not enough memory for this: could not allocate block of size 8 MiB.\n{MORE}",
        ),
        (MemoryError(), f"There is not enough memory for this: MemoryError.\n{MORE}"),
        (
            ImportError("libarrow.so: failed to map segment from shared object"),
            "There is not enough memory for this: libarrow.so: failed to map segment from shared "
            f"object.\n{MORE}",
        ),
        (
            duckdb.IOException('IO Error: Could not write file "x": No space left on device'),
            f'The disk is full: Could not write file "x": No space left on device.\n{ROOM}',
        ),
        (
            OSError(errno.ENOSPC, "No space left on device"),
            f"The disk is full: [Errno 28] No space left on device.\n{ROOM}",
        ),
    ],
)
def test_what_the_machine_lacks_is_said_with_what_to_do(error: Exception, message: str) -> None:
    """It could not be measured: no fault of the data, and none of ours."""
    with pytest.raises(UnreachableError) as met, told():
        raise error

    assert str(met.value) == message
    assert met.value.__cause__ is error


def test_ctrl_c_during_a_query_is_ctrl_c() -> None:
    """The engine takes the signal for its own, and says so as if something had broken."""
    with pytest.raises(KeyboardInterrupt), told():
        raise RuntimeError("Query interrupted")


@pytest.mark.parametrize(
    "error",
    [InputError("No such file."), ImportError("no module x"), ValueError("a fault of ours")],
)
def test_other_errors_go_on_as_they_are(error: Exception) -> None:
    """What is not known is not explained away."""
    with pytest.raises(type(error)) as met, told():
        raise error

    assert met.value is error
