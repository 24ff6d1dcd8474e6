"""Reading `pilot.yaml`: every mistake at once, each with its line and what to write instead."""

from proveout.charter.loading.content import content, content_hash, measured_hash
from proveout.charter.loading.load import load_charter

__all__ = ["content", "content_hash", "load_charter", "measured_hash"]
