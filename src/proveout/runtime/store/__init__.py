"""The database that gateways, monitors and people share."""

from proveout.runtime.store.opening import open_store
from proveout.runtime.store.port import Store

__all__ = ["Store", "open_store"]
