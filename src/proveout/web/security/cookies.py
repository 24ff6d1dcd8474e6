"""The cookies of the dashboard: how they are called, and with which flags they go out."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from proveout.web.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """One to be set; without a value, to be taken back."""

    purpose: str
    value: str | None = None
    lasts_s: int | None = None
    """None: until the browser is closed."""


SESSION = "session"
VISIT = "visit"
"""Of a browser in which nobody has signed in: forms are tied to it."""
KNOWN = "known"
"""Of a browser in which somebody has signed in before; it opens nothing."""
COMPANY = "company"
"""While somebody is away at the company's provider."""


def name_of(purpose: str, settings: Settings) -> str:
    """Return its name. `__Host-`: browsers then take it from this host alone, and encrypted."""
    return f"__Host-proveout-{purpose}" if settings.is_secure else f"proveout-{purpose}"


def set_on(answer: Response, cookie: Cookie, settings: Settings) -> None:
    """Have an answer set it, or take it back."""
    answer.set_cookie(
        name_of(cookie.purpose, settings),
        cookie.value or "",
        max_age=0 if cookie.value is None else cookie.lasts_s,
        path="/",
        secure=settings.is_secure,
        httponly=True,
        samesite="lax",
    )
