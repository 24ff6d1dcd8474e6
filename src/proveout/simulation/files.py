"""Reads what a person gives the simulator."""

from __future__ import annotations

from pathlib import Path

from proveout.errors import InputError


def text_of(file: Path) -> str:
    """Read a text file in UTF-8. Raises InputError for one that cannot be."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{file} is not in UTF-8: byte {error.start:,}.", hint="Save it as UTF-8."
        ) from error
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.") from error
