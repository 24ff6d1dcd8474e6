"""Where the prediction log keeps what: folders and names.

FOLDER/pilot=NAME/segments/2026-11-21T180512.123456_OWNER_0001.open     being written
FOLDER/pilot=NAME/segments/2026-11-21T180512.123456_OWNER_0001.log      sealed
FOLDER/pilot=NAME/torn/…                                                cut lines, kept aside
ARCHIVE/pilot=NAME/day=2026-11-21/2026-11-21T180512.123456_OWNER_0001.parquet
"""

from __future__ import annotations

import os
import re
import secrets
import socket
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote

OPEN, SEALED, PARQUET = ".open", ".log", ".parquet"

_OTHER = re.compile(r"[^A-Za-z0-9.-]+")


def new_owner() -> str:
    """Return a name for this process that no other has: host, process, chance."""
    host = _OTHER.sub("-", socket.gethostname())[:40] or "host"
    return f"{host}-{os.getpid()}-{secrets.token_hex(4)}"


def pilot_folder(pilot: str) -> str:
    """Return the name of a pilot's folder."""
    return f"pilot={quote(pilot, safe=' ')}"


def pilots(folder: Path) -> list[str]:
    """Return the pilots that have a log in a folder."""
    try:
        return sorted(
            unquote(each.name.removeprefix("pilot="))
            for each in folder.iterdir()
            if each.name.startswith("pilot=") and each.is_dir()
        )
    except FileNotFoundError:
        return []


def segments(folder: Path, pilot: str) -> Path:
    """Return the folder of a pilot's segments."""
    return folder / pilot_folder(pilot) / "segments"


def torn(folder: Path, pilot: str) -> Path:
    """Return the folder of what was cut."""
    return folder / pilot_folder(pilot) / "torn"


def stem(*, at: float, owner: str, number: int) -> str:
    """Name a segment; names sort by the time of their beginning."""
    moment = datetime.fromtimestamp(at, UTC)
    return f"{moment:%Y-%m-%dT%H%M%S.%f}_{_OTHER.sub('-', owner)}_{number:04d}"


def day_of(name: str) -> str:
    """Return the day of writing of a segment or its Parquet file."""
    return name[:10]


def owner_of(name: str) -> str:
    """Return who wrote a segment."""
    return name.split("_")[1]


def number_of(name: str) -> int:
    """Return which of its owner's segments it is, from 1."""
    return int(name.rsplit("_", 1)[1].partition(".")[0])


def day(at: float) -> str:
    """Return the day of a moment, UTC."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"
