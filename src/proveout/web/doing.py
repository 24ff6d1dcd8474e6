"""What a criterion says is to be done, for whoever reads it in the browser."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_MEASURED_AGAIN = r"[;,.]? (?:and )?(?:then|run): proveout (?:check|assess)[^.]*\.?$"
_ON_PAGES: tuple[tuple[str, str], ...] = (
    (r"[;,] or: proveout .*$", "."),
    (_MEASURED_AGAIN, ", then measure anew."),
    (r": proveout (?:seal|amend)\b.*$", " on the page Charter."),
    (r": proveout exceptions\b.*$", " on the page Exceptions."),
    (r" \(proveout [^)]*\)", ""),
    (r"[:;] proveout .*$", "."),
)
"""How the terminal is named at the end of a sentence, and what takes its place on a page."""

_ON_FORMS: tuple[tuple[str, str], ...] = (
    (r": proveout (?:seal|amend)\b.*?(?=\. Or |$)", " on the page Charter"),
    (r": --[a-z].*$", "."),
    (r" ?`proveout [^`]*` lists [^.]*\.", ""),
)
"""How options of the terminal end the hint to what is asked for in a field here."""

_PLACES = {
    "page Sign-offs": "/signoffs",
    "page Reviews": "/reviews",
    "page People": "/people",
    "page Training": "/training",
    "page Feedback": "/feedback",
    "page Leadership": "/leadership",
    "page Exceptions": "/exceptions",
    "page Charter": "/charter",
    "page Adoption": "/adoption",
    "measure anew": "/assess",
    "measure again": "/assess",
}
_PLACE = re.compile("|".join([*_PLACES, "page Inventory"]))


def without_terminal(text: str) -> str:
    """Say the same without the terminal: what is done on a page is named, the rest is left out."""
    for pattern, instead in _ON_PAGES:
        text = re.sub(pattern, instead, text)
    return text


def with_links(text: str, base: str) -> Markup:
    """Say it without the terminal, and lead to the pages of the pilot at `base` that it names."""

    def link(found: re.Match[str]) -> str:
        to = "/inventory" if found[0] == "page Inventory" else base + _PLACES[found[0]]
        return f'<a href="{escape(to)}">{found[0]}</a>'

    # The names hold no letter that is escaped, so the text may be escaped before it is searched.
    return Markup(_PLACE.sub(link, str(escape(without_terminal(text)))))  # noqa: S704


def as_sentence(text: str) -> str:
    """End it, so that what follows is told apart from it."""
    text = text.rstrip()
    return text if not text or text[-1] in ".!?:…" else f"{text}."


def hint_on_page(hint: str) -> str:
    """Say what to do next to whoever filled in a form: its fields have no options to type."""
    for pattern, instead in _ON_FORMS:
        hint = re.sub(pattern, instead, hint)
    return as_sentence(hint)
