"""What errors of the engine and of the machine mean for the user."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

from proveout.errors import InputError, ProveoutError, UnreachableError

_NOT_LOADED = ("failed to map segment", "cannot allocate memory", "cannot apply additional memory")
"""What the loader of shared libraries says when there are no addresses left."""

_DRIVERS = frozenset(
    {"psycopg", "MySQLdb", "pyodbc", "trino", "snowflake", "google", "pyspark", "py4j"}
)
"""Packages whose errors come from a database server."""

_KIND = re.compile(r"^[A-Z][A-Za-z ]* Error: ")
_DAMAGED = ("failed to read file", "corrupt", "parquet", "invalid unicode")


@contextmanager
def told() -> Iterator[None]:
    """Raise what an error within means: KeyboardInterrupt, or an error with a next step.

    Any other error goes on as it is.
    """
    try:
        yield
    except Exception as error:
        meaning = _meaning(error)
        if meaning is None:
            raise
        raise meaning from error


def _meaning(error: Exception) -> BaseException | None:
    if isinstance(error, ProveoutError):
        return None
    if isinstance(error, RuntimeError) and str(error) == "Query interrupted":
        return KeyboardInterrupt()  # the engine took the user's Ctrl-C for its own
    if _is_full(error):
        return UnreachableError(
            f"The disk is full: {_first_line(error)}.",
            hint="Make room, or name another place for temporary files: export TMPDIR=/FOLDER",
        )
    if _is_out_of_memory(error):
        return UnreachableError(
            f"There is not enough memory for this: {_first_line(error)}.",
            hint="Give the engine more, PROVEOUT_MEMORY_LIMIT=4GB, or run this where more is "
            "free. A limit of addresses (ulimit -v) must be far above the memory that is meant.",
        )
    if _is_damage(error):
        return InputError(
            f"The data cannot be read to their end: {_first_line(error)}.",
            hint="The file is damaged, or was changed while it was read: fetch or export it again.",
        )
    return _of_a_server(error)


def _of_a_server(error: Exception) -> UnreachableError | None:
    if type(error).__module__.partition(".")[0] not in _DRIVERS:
        return None
    return UnreachableError(
        f"The database did not answer a question: {_first_line(error)}.",
        hint="Check that the server is up and that the user may read the table; then try again.",
    )


def _is_full(error: Exception) -> bool:
    return (isinstance(error, OSError) and error.errno == errno.ENOSPC) or (
        _is_engines(error, "IOException") and "No space left on device" in str(error)
    )


def _is_out_of_memory(error: Exception) -> bool:
    if isinstance(error, ImportError):
        return any(sign in str(error) for sign in _NOT_LOADED)
    return isinstance(error, MemoryError) or _is_engines(error, "OutOfMemoryException")


def _is_damage(error: Exception) -> bool:
    """Tell damage that only shows where values are read, such as inside a Parquet file."""
    if any(_is_engines(error, name) for name in ("IOException", "SerializationException")):
        return True
    if not _is_engines(error, "Error"):
        return False
    # What has no class of its own comes from the libraries below that take files apart.
    return type(error).__name__ == "Error" or any(sign in str(error).lower() for sign in _DAMAGED)


def _is_engines(error: Exception, name: str) -> bool:
    import duckdb

    return isinstance(error, getattr(duckdb, name))


def _first_line(error: Exception) -> str:
    """Return what was said, without its class before it and its advice after it."""
    text = (str(error) or type(error).__name__).splitlines()[0].strip()
    return _KIND.sub("", text).rstrip(".")


def is_of_the_machine(error: Exception) -> bool:
    """Tell an error that says nothing of the data that was read."""
    return _is_full(error) or _is_out_of_memory(error)
