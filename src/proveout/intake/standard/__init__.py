"""Any file that can be read, written again as standard CSV or Parquet."""

from __future__ import annotations

from proveout.intake.standard.model import FileResult, FoundTable, Wanted
from proveout.intake.standard.run import write_standard

__all__ = ["FileResult", "FoundTable", "Wanted", "write_standard"]
