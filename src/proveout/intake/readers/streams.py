"""Bytes of a file, decompressed on the way where its content is compressed."""

from __future__ import annotations

import gzip
import re
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from proveout.errors import InputError

_MAGIC = ((b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"))
PIECE_BYTES = 1 << 20
SAMPLE_BYTES = 1 << 18
"""Enough for a few thousand rows; a larger sample changes no verdict and costs time."""
SMALL_BYTES = 1 << 30
MOST_TIMES = 300
"""Bytes that one byte may become, beyond the first GB: a table of one row repeated reaches 150."""


def compression_of(path: Path) -> str | None:
    """Tell how a file is compressed, by its first bytes; names are wrong too often."""
    with path.open("rb") as stream:
        head = stream.read(4)
    return next((name for magic, name in _MAGIC if head.startswith(magic)), None)


def for_engine(path: Path) -> str:
    """Write a path as the engine must be told it: a name such as 't[1].csv' is no pattern."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


@contextmanager
def opened(path: Path, name: str) -> Iterator[IO[bytes]]:
    """Open a file for reading decompressed bytes. Raises InputError where it is damaged."""
    try:
        with _open(path) as stream:
            yield stream
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise damaged(name, error) from error
    except OSError as error:
        if error.errno is not None:  # the disk's error, not the decompressor's
            raise
        raise damaged(name, error) from error


def check_whole(path: Path, name: str) -> None:
    """Read a compressed file to its end. Raises InputError on damage, and where it swells beyond
    measure: more than there is room for, or than any data do.

    The engine does not look at gzip's checksum: of a file damaged in the midst it read half the
    rows and said nothing.
    """
    if compression_of(path) is None:
        return
    packed = path.stat().st_size
    most = max(SMALL_BYTES, MOST_TIMES * packed)
    room = shutil.disk_usage(tempfile.gettempdir()).free
    total = 0
    with opened(path, name) as stream:
        while piece := stream.read(PIECE_BYTES):
            total += len(piece)
            if total > most:
                raise InputError(
                    f"{name} is refused: its {packed:,} bytes become more than {MOST_TIMES} times "
                    "as many, as no data do but a file that is meant to fill a disk.",
                    hint="If you trust it, decompress it yourself, and name the result.",
                )
            if total > room:
                raise InputError(
                    f"{name} decompresses to more than the {room >> 20} MB that are free.",
                    hint="Make room, or name another place for temporary files: "
                    "export TMPDIR=/FOLDER",
                )


def damaged(name: str, error: Exception) -> InputError:
    """Say that a compressed file cannot be decompressed."""
    return InputError(
        f"{name} cannot be decompressed to its end: {error}",
        hint="The file is damaged or cut short; fetch or export it again.",
    )


def empty(name: str) -> InputError:
    """Say that a file has no bytes."""
    return InputError(
        f"{name} is empty (0 bytes).",
        hint="Export it again, or take it out of the source's path.",
    )


def _open(path: Path) -> IO[bytes]:
    match compression_of(path):
        case "gzip":
            return cast("IO[bytes]", gzip.open(path))
        case "zstd":
            import io

            import pyarrow as pa

            # Buffered: Arrow's own stream has no lines.
            return io.BufferedReader(pa.input_stream(str(path), compression="zstd"))
        case _:
            return path.open("rb")
