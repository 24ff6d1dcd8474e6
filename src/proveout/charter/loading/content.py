"""The meaning of a charter as plain JSON, and its hash."""

from __future__ import annotations

import hashlib
import re
from itertools import chain
from typing import Any

from proveout.charter.schema import Charter
from proveout.evidence.canonical import canonical_json

HIDDEN = "***"
"""Stands in the place of a secret."""

_PASSWORD_IN_URL = re.compile(r"(?<=://)([^/@:\s]*):(?:[^/@\s]|@(?=[^/\s]*@))+(?=@)")
_PASSWORD_IN_WEB_ADDRESS = re.compile(r"(?<=://)([^/@:\s?#]*):(?:[^/@\s?#]|@(?=[^/\s?#]*@))+(?=@)")
"""Here '?' and '#' end the host: what follows them is no password and must not be hidden."""
_SECRET_IN_QUERY = re.compile(
    r"([?&](?:[^=&#]*(?:key|token|secret|password|signature)[^=&#]*|sig|code|auth)=)[^&#]+",
    re.IGNORECASE,
)
"""Not every value of a query: 'api-version' is part of what was agreed."""
_SECRET_HEADER = re.compile(r"auth|token|key|secret|cookie|password|credential", re.IGNORECASE)


def content(charter: Charter) -> dict[str, Any]:
    """Return what the charter says, without what it leaves at the default, and without secrets.

    Defaults are left out so that a key which a later version adds changes no existing hash.
    Secrets are hidden because this goes into the ledger, which keeps it for ever: to change a
    password is no change of what was agreed.
    """
    plain: dict[str, Any] = _hidden(charter.model_dump(mode="json", exclude_defaults=True))
    gateway = plain.get("gateway", {})
    systems = [plain.get("system", {}), *(each["system"] for each in gateway.get("versions", []))]
    for reached in chain.from_iterable(system.values() for system in systems):
        if isinstance(reached, dict):
            _hide_values(reached)
    for client in gateway.get("clients", []):
        client["key"] = _named_only(client["key"])
    for part in ("drill", "monitoring"):
        if channels := plain.get(part, {}).get("notify"):
            plain[part]["notify"] = [_named_only(channel) for channel in channels]
    return plain


def content_hash(charter: Charter) -> str:
    """Return 'sha256:…' over the meaning; comments, order of keys and layout do not count."""
    digest = hashlib.sha256(canonical_json(content(charter)).encode()).hexdigest()
    return f"sha256:{digest}"


def measured_hash(charter: Charter, check: str) -> str:
    """Return 'sha256:…' over what the charter says of data and system, and to this check.

    Figures that were measured under another one were measured on something else. What only judges
    them, or tells of them, does not count: thresholds, owners, meanings.
    """
    said = content(charter)
    parts = {
        part: _without(said.get(part, {}), _NOT_MEASURED, (part,))
        for part in (*_MEASURED, *_OF_CHECK.get(check, _OF_ANY))
    }
    return f"sha256:{hashlib.sha256(canonical_json(parts).encode()).hexdigest()}"


_MEASURED = ("data", "system")
_OF_ANY = ("stress",)
_OF_CHECK = {
    "load": ("load",),
    "cost": ("load", "budget", "process"),
    "drill": ("load", "drill"),
    "assumptions": ("assumptions",),
    "adoption": ("adoption",),
    "value": ("value", "kpis"),
    **dict.fromkeys(("drift", "latency", "exceptions"), ()),
}
"""What else a check measures by; a plug-in may look at what stress says."""
_ANY = "*"
_NOT_MEASURED: frozenset[tuple[str, ...]] = frozenset({
    ("data", "freshness_hours"),
    ("data", "pilot", "owner"),
    ("data", "production", _ANY, "owner"),
    ("data", "fields", _ANY, "meaning"),
    ("data", "fields", _ANY, "unit"),
    ("system", "owner"),
    ("stress", "max_quality_drop"),
    ("stress", "max_silent_failure"),
    ("load", "p95_latency_s"),
    ("load", "max_error_rate"),
    ("load", "max_abandonment"),
    ("budget", "per_day"),
    ("budget", "per_transaction"),
    ("budget", "on_exceeded"),
    ("budget", "limits"),
    ("budget", "notify_at"),
    ("budget", "time_zone"),
    ("budget", "unfinished"),
    ("budget", "when_unreachable"),
    ("budget", "sunk"),
    ("kpis", _ANY, "meaning"),
    ("kpis", _ANY, "threshold"),
})  # fmt: skip


def _hide_values(reached: dict[str, Any]) -> None:
    """Hide what was written out where the name of a variable belongs: headers, keys, settings."""
    for named in (reached.get("headers", {}), reached.get("environment", {})):
        for name, value in named.items():
            if _SECRET_HEADER.search(name) and "${" not in value:
                named[name] = HIDDEN
    if "api_key" in reached:
        reached["api_key"] = _named_only(reached["api_key"])


def _named_only(secret: str) -> str:
    """Keep the name of a variable, and nothing that was written out in its place."""
    return secret if "${" in secret else HIDDEN


def _without(value: Any, left_out: frozenset[tuple[str, ...]], place: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        fields = place == ("data", "fields")
        return {
            key: _without(item, left_out, (*place, _ANY if fields else key))
            for key, item in value.items()
            if (*place, key) not in left_out
        }
    if isinstance(value, list):
        return [_without(item, left_out, (*place, _ANY)) for item in value]
    return value


def _hidden(value: Any) -> Any:
    """Hide passwords in URLs, wherever they stand."""
    if isinstance(value, str):
        is_web = value.startswith(("http://", "https://"))
        pattern = _PASSWORD_IN_WEB_ADDRESS if is_web else _PASSWORD_IN_URL
        hidden = pattern.sub(rf"\1:{HIDDEN}", value) if "://" in value else value
        return _SECRET_IN_QUERY.sub(rf"\1{HIDDEN}", hidden) if is_web else hidden
    if isinstance(value, dict):
        return {key: _hidden(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_hidden(item) for item in value]
    return value
