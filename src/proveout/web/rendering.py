"""Views become HTML; all that comes from data is escaped."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from proveout.evidence.figures import day, evidence_figure, figure, minute, span
from proveout.report.words import DECISIONS, FAMILIES, STATE_MEANINGS, STATE_SIGNS
from proveout.web.asked import Asked, Page
from proveout.web.doing import as_sentence, hint_on_page, with_links
from proveout.web.navigation import navigation
from proveout.web.permissions import Permission

SAID_COOKIE = "proveout_said"
NOBODY_SIGNED_IN = 401
_CORRECTABLE = (400, 409, 422)
"""What a form is answered that can be put right and sent again."""


class Renderer:
    """Knows the templates."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=PackageLoader("proveout.web", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,  # an upgrade under a running server must not mix two versions
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["segment"] = lambda text: quote(str(text), safe="")
        self._environment.filters["todo"] = with_links
        self._environment.filters["sentence"] = as_sentence
        self._environment.filters["hint"] = hint_on_page
        self._environment.globals.update(
            write=figure, value=evidence_figure, span=span, day=day, minute=minute,
            signs=STATE_SIGNS, meanings=STATE_MEANINGS, decisions=DECISIONS, families=FAMILIES,
            may=Permission, new_act=lambda: secrets.token_urlsafe(12),
        )  # fmt: skip

    def page(
        self, page: Page, asked: Asked, shown: BaseModel, asks: Any = None, *, said: str = ""
    ) -> str:
        """Render one; `said` is what the deed before it said."""
        return self._environment.get_template(page.template).render(
            page=shown,
            asks=asks,
            asked=asked,
            viewer=asked.viewer,
            book=asked.pilot,
            title=page.title,
            said=said,
            navigation=navigation(asked, page.path),
        )

    def problem(
        self,
        asked: Asked | None,
        *,
        status: int,
        message: str,
        hint: str | None,
        wanted: str = "/",
    ) -> str:
        """Render what went wrong; `wanted` is where one comes after signing in."""
        return self._environment.get_template("problem.html.j2").render(
            asked=asked,
            viewer=None if asked is None else asked.viewer,
            book=None if asked is None else asked.pilot,
            title="Sign in to go on" if status == NOBODY_SIGNED_IN else "That did not work",
            said="",
            status=status,
            message=message,
            hint=hint,
            wanted=wanted,
            is_sent=status in _CORRECTABLE and wanted == "/",
            navigation=navigation(asked, ""),
        )

    def inside(self, path: str) -> str:
        """Return a path of this dashboard; whatever leads elsewhere leads to the start."""
        parts = urlsplit(path)
        is_ours = path.startswith("/") and not path.startswith(("//", "/\\"))
        return path if is_ours and not parts.scheme and not parts.netloc else "/"

    def heard(self, request: Request, answer: Response) -> str:
        """Return what the deed before said, once."""
        told = request.cookies.get(SAID_COOKIE)
        if told is None:
            return ""
        answer.delete_cookie(SAID_COOKIE, httponly=True, samesite="lax")
        return unquote(told)[:300]

    def say(self, answer: Response, sentence: str) -> None:
        """Have the next page say what was done; it is shown as text, whatever it holds."""
        answer.set_cookie(
            SAID_COOKIE, quote(sentence[:300]), max_age=60, httponly=True, samesite="lax"
        )
