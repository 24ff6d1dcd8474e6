"""Try a doubtful workbook in a process of its own, which may die of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_SECONDS = 60
_BYTES = 4 << 30
_CODE = """
import sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
except ImportError:
    pass
import python_calamine
book = python_calamine.CalamineWorkbook.from_path(sys.argv[1])
for meta in book.sheets_metadata:
    if "Work" in str(meta.typ):
        for _ in book.get_sheet_by_name(meta.name).iter_rows():
            pass
"""


def survives(path: Path) -> bool:
    """Tell whether calamine reads a workbook to its end, in a minute and 4 GiB.

    It makes room for what a damaged file claims to hold, and when there is none the whole process
    is ended, which nothing can catch.
    """
    try:
        ended = subprocess.run(  # noqa: S603 - our own code and a file name
            [sys.executable, "-I", "-c", _CODE, str(path), str(_BYTES)],
            check=False,
            capture_output=True,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return False
    return ended.returncode == 0
