"""How much memory this process may use, whoever sets the limit."""

from __future__ import annotations

import os
import re
from pathlib import Path

from proveout.errors import InputError

SHARE = 0.6
"""Part of what the process may use that goes to the engine; the rest is for Python and models."""
THREAD_BYTES = 128 << 20
"""A thread that reads text or sorts holds several buffers of 16 MB each."""

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12} | {
    "KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40,
}  # fmt: skip
_VARIABLE = "PROVEOUT_MEMORY_LIMIT"


def engine_memory_bytes(environment: dict[str, str] | None = None) -> int:
    """Return what the engine may use: the environment's PROVEOUT_MEMORY_LIMIT, else a share.

    Raises InputError where the variable is no size.
    """
    wanted = (os.environ if environment is None else environment).get(_VARIABLE)
    if wanted:
        return parse_size(wanted)
    return int(SHARE * available_bytes())


def parse_size(text: str) -> int:
    """Read '1GB', '512 MiB' or a plain number of bytes. Raises InputError."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)", text.strip())
    unit = None if match is None else _UNITS.get(match[2].upper())
    if match is None or unit is None or float(match[1]) == 0:
        raise InputError(
            f"{_VARIABLE} is {text!r}, which is no size.",
            hint=f"Give a number and a unit: {_VARIABLE}=1GB, or 512MiB.",
        )
    return int(float(match[1]) * unit)


def engine_threads(memory_bytes: int) -> int:
    """Return how many threads fit: the processors that this process may use, or fewer."""
    n = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(n, memory_bytes // THREAD_BYTES))


def available_bytes() -> int:
    """Return the smallest of physical memory, the limits of control groups, and ulimits."""
    return min(_physical_bytes(), *group_limits(), *_limits_of_process())


def group_limits(root: Path = Path("/")) -> list[int]:
    """Return the limits of the control groups that this process is in, and of those around them."""
    mounted = root / "sys/fs/cgroup"
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        lines = []
    # A container sees its own group as the top, whatever path it is told.
    files = [mounted / "memory.max", mounted / "memory/memory.limit_in_bytes"]
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:
            files += _upwards(mounted, path, "memory.max")
        elif "memory" in controllers.split(","):
            files += _upwards(mounted / "memory", path, "memory.limit_in_bytes")
    return [limit for file in dict.fromkeys(files) if (limit := _number_in(file)) is not None]


def _upwards(top: Path, path: str, name: str) -> list[Path]:
    parts = [part for part in path.split("/") if part not in ("", ".", "..")]
    return [top.joinpath(*parts[:n], name) for n in range(len(parts), 0, -1)]


def _number_in(file: Path) -> int | None:
    try:
        text = file.read_text().strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None  # "max" is no limit


def _physical_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _limits_of_process() -> list[int]:
    """Return what the ulimits on addresses and on data leave; libraries take up much of both."""
    import resource  # not on Windows

    limits = []
    for kind, field in ((resource.RLIMIT_AS, 0), (resource.RLIMIT_DATA, 5)):
        soft, _ = resource.getrlimit(kind)
        if soft != resource.RLIM_INFINITY:
            # Half of it: there are libraries to come, and every thread reserves some for itself.
            limits.append(max((soft - _taken_bytes(field)) // 2, 64 << 20))
    return limits


def _taken_bytes(field: int) -> int:
    """Return what this process has of something, by its place in /proc/self/statm."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[field]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
