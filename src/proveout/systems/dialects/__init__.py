"""Protocols that services speak: how a request is written and a reply read. No sockets."""

from proveout.systems.dialects.first_token import FirstToken
from proveout.systems.dialects.opening import open_dialect
from proveout.systems.dialects.records import records

__all__ = ["FirstToken", "open_dialect", "records"]
