"""Write a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from proveout.errors import InputError


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write lines to a file beside the target and move it there.

    Raises InputError when the place cannot be written; what stood there before is then kept.
    """
    target = path.absolute()
    temporary: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        temporary = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(line + "\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
        temporary = None
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror}.", hint="Give another file with --out."
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _umask() -> int:
    # The only way to ask is to set it.
    found = os.umask(0o077)
    os.umask(found)
    return found
