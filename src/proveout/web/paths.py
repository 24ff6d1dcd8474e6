"""Where a pilot's pages are: the one place that writes such a path."""

from __future__ import annotations

from urllib.parse import quote, urlencode


def path_to(pilot: str, further: str = "", **asks: str) -> str:
    """Return the path of a page of a pilot; `further` is what follows its name: '/reviews'."""
    query = f"?{urlencode(asks)}" if asks else ""
    return f"/pilots/{quote(pilot, safe='')}{further}{query}"
