"""Where a table lies, as a server of a contract, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from proveout.charter.contract.observed import ObservedTable

_SERVERS = {"postgres": ("postgres", 5432), "mysql": ("mysql", 3306)}
_SCHEMES = {"postgres": "postgresql", "postgresql": "postgresql", "mysql": "mysql"}


def server_of(table: ObservedTable) -> dict[str, Any]:
    """Describe where a table lies; never with a user or a password."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", table.name)
    if table.format in _SERVERS:
        kind, port = _SERVERS[table.format]
        parts = urlsplit(table.place)
        found: dict[str, Any] = {
            "server": name,
            "type": kind,
            "host": parts.hostname or "localhost",
            "port": parts.port or port,
            "database": parts.path.strip("/") or "unknown",
        }
        if kind == "postgres":
            found["schema"] = (table.table or "").rpartition(".")[0] or "public"
        return found
    if "://" in table.place:
        return {
            "server": name,
            "type": "custom",
            "location": re.sub(r"//[^/@]*@", "//", table.place),
        }
    return {"server": name, "type": "local", "path": table.place, "format": table.format}


def place_of(server: Mapping[str, Any]) -> str | None:
    """Return the path or URL of a server; None where the charter cannot be told it."""
    kind = server.get("type")
    if kind == "local" and isinstance(server.get("path"), str):
        return str(server["path"])
    if kind == "custom" and isinstance(server.get("location"), str):
        return str(server["location"])
    if kind in _SCHEMES and isinstance(server.get("host"), str):
        port = f":{server['port']}" if isinstance(server.get("port"), int) else ""
        database = quote(str(server.get("database", "")))
        return f"{_SCHEMES[kind]}://{server['host']}{port}/{database}"
    return None
