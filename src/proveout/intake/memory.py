"""How much memory this process may use, whoever sets the limit."""

from __future__ import annotations

import os
import re
from pathlib import Path

from proveout.errors import InputError

SHARE = 0.6
"""Part of what the process may use that goes to the engine; the rest is for Python and models."""

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


def available_bytes() -> int:
    """Return the smallest of physical memory, the control group's limit and RLIMIT_AS."""
    return min(_physical_bytes(), *_group_limits(), *_address_space_limits())


def _physical_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _group_limits() -> list[int]:
    limits = []
    for file in (
        Path("/sys/fs/cgroup/memory.max"),
        Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
    ):
        try:
            text = file.read_text().strip()
        except OSError:
            continue
        if text.isdigit():
            limits.append(int(text))
    return limits


def _address_space_limits() -> list[int]:
    """Return what RLIMIT_AS leaves: it counts addresses, and libraries take up many of those."""
    import resource  # not on Windows

    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY:
        return []
    # Half of it: every thread reserves more addresses than it will use.
    return [max((soft - _taken_bytes()) // 2, 64 << 20)]


def _taken_bytes() -> int:
    try:
        pages = Path("/proc/self/statm").read_text().split()[0]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
