"""Hostile texts everywhere: in the charter, in every field of every form, in every address.

Every deed is done with them, then every page that links lead to is fetched and parsed: nothing of
the text may have become part of the page, no address may answer with an error of ours, and no
table may have been touched.
"""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from sqlalchemy import func, select

from fixtures.dashboard import EXAMPLE, OWNER, PILOT, Dashboard, dashboard
from proveout.desk.tables.accounts import ACCOUNTS
from proveout.web.asked import Deed
from proveout.web.permissions import Role
from proveout.web.security import accounts
from proveout.web.site import DEEDS, PAGES

MARKUP = (
    "\"'><evil-tag onevil=1 style=x>evil{{7*7}}</evil-tag><script>evil()</script>"
    "<img src=x onerror=evil()>\u202e${7*7}"
)
SQL = "x' OR '1'='1'; DROP TABLE accounts; --%_\\"
LINK = "javascript:evil()//"
HEADER = "x\r\nset-cookie: evil=1\r\n\r\n<evil-tag>"
SHORT = "'\"<evil-tag>"
HOSTILE = (MARKUP, SQL, LINK, HEADER, SHORT)

NOT_DONE = {
    "/pilots/{pilot}/assess": "starts a process that measures for minutes",
    "/me/notices/try": "sends to the outside",
}
NEVER_LINKED = {
    "/set-up/{token}": "its link is on the terminal",
    "/invitation/{token}": "its link is in the administrator's hands",
    "/pilots/{pilot}/exceptions/{entry}": "needs a gateway's queue",
    "/sign-in": "whoever is signed in need not",
    "/pilots/{pilot}/evidence/{id}": "needs an assessment",
    "/pilots/{pilot}/training/sets/{set}": "needs a set of cases",
    "/pilots/{pilot}/training/sets/{set}/try": "needs a set of cases",
}
"""Pages that no link of the crawl leads to, or not always."""

EXAMPLES = {
    "pilot": PILOT, "token": "x" * 43, "entry": "x", "id": "x", "item": "x", "set": "x",
    "survey": "x", "account": "x", "condition": "x",
}  # fmt: skip
"""A value for each part in braces, for where no link leads to a better one."""

EVERYTHING = replace(
    OWNER, account="a-helen", roles=frozenset({Role.administrator, Role.auditor}),
    grants={"*": frozenset(Role)}, scopes=frozenset({"read", "write"}),
)  # fmt: skip


class Reader(HTMLParser):
    """Reads a page as a browser would; collects links, and what must not be there."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and not str(given.get("src", "")).startswith("/static/"):
            self.wrong.append("a script of no file of ours")
        if tag in ("evil-tag", "iframe", "object", "embed", "base"):
            self.wrong.append(f"an element <{tag}>")
        for name, value in given.items():
            if name.startswith(("on", "style")) or name == "srcdoc":
                self.wrong.append(f"an attribute {name} of <{tag}>")
            text = re.sub(r"[\s\x00-\x1f]", "", value or "").casefold()
            if name in ("href", "src", "action", "formaction") and text.startswith(
                ("javascript:", "vbscript:", "data:text")
            ):
                self.wrong.append(f"<{tag} {name}={value}>")
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    if "evil49" in text:
        reader.wrong.append("a template that was computed")
    return reader


def filled(model: Any, text: str) -> dict[str, Any]:
    """Return values for every field of a form: the text wherever a text may stand."""
    schema = model.model_json_schema()
    defined = schema.get("$defs", {})
    return {
        name: _value(told, defined, text) for name, told in schema.get("properties", {}).items()
    }


def _value(told: dict[str, Any], defined: dict[str, Any], text: str) -> Any:
    if "$ref" in told:
        return _value(defined[told["$ref"].rsplit("/", 1)[1]], defined, text)
    for each in told.get("anyOf", ()):
        if each.get("type") != "null":
            return _value(each, defined, text)
    if told.get("type") == "array":
        return [_value(told.get("items", {}), defined, text)]
    smallest = told.get("minimum", told.get("exclusiveMinimum", 0) + 1)
    plain = {"integer": smallest, "number": smallest, "boolean": True, "object": {}}
    dated = {"date": "2025-03-10", "date-time": "2025-03-10T09:00:00Z"}
    fixed = [*told.get("enum", ()), *([told["const"]] if "const" in told else ())]
    if fixed:
        return fixed[0]
    written = dated.get(told.get("format", ""), text[: told.get("maxLength", 2000)])
    return plain.get(told.get("type", ""), written)


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Dashboard]:
    """A dashboard whose charter is hostile, too."""
    shutil.copytree(EXAMPLE, tmp_path / "pilot")
    charter = tmp_path / "pilot" / "pilot.yaml"
    text = charter.read_text()
    quoted = MARKUP.replace("'", "''").replace("\u202e", "")
    for plain in (
        "Read suppliers' invoices into the books", "Process Excellence", "Robert Calder",
        "Accounts payable, all sites", "Helen Marsh",
    ):  # fmt: skip
        shown = OWNER.name if plain == "Helen Marsh" else plain
        text = text.replace(plain, f"'{shown.split(chr(39))[0]} {quoted}'")
    charter.write_text(text)
    person = f"Helen Marsh {MARKUP}".replace("\u202e", "")
    viewer = replace(EVERYTHING, name=person, person=person)
    with dashboard(tmp_path, viewer=viewer, charters=[charter]) as opened:
        by = accounts.By(who="The test", now=opened.clock())
        with opened.parts.desk.writing() as connection:
            accounts.make(connection, email="evil@example.com", name=MARKUP, by=by)
        yield opened


def crawl(board: Dashboard, *, most: int) -> tuple[dict[str, list[str]], list[str]]:
    """Fetch what links lead to, so many of one kind; return them by kind, and what was wrong."""
    patterns = {page.path: _pattern(page.path) for page in PAGES}
    seen: dict[str, list[str]] = defaultdict(list)
    todo, wrong = ["/", "/board", "/admin/background"], []
    while todo:
        path = todo.pop(0)
        kind = next((each for each, like in patterns.items() if like.fullmatch(path)), None)
        if kind is None or path in seen[kind] or len(seen[kind]) >= most:
            continue
        seen[kind].append(path)
        answer = board.get(path)
        if answer.status_code >= 500:
            wrong.append(f"{path}: {answer.status_code}")
        reader = read(answer.text)
        wrong.extend(f"{path}: {each}" for each in reader.wrong)
        for link in reader.links:
            parts = urlsplit(urljoin(path, link))
            if not parts.netloc:
                todo.append(parts.path)
    return {kind: paths for kind, paths in seen.items() if paths}, wrong


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"{(\w+)}", path)
    return re.compile(
        "".join(
            re.escape(each) if at % 2 == 0 else f"(?P<{each}>[^/]+)"
            for at, each in enumerate(parts)
        )
    )


def values(seen: dict[str, list[str]]) -> dict[str, str]:
    """Return a value for each part in braces, if possible from addresses that links led to."""
    found = dict(EXAMPLES)
    for kind, paths in seen.items():
        for path in paths:
            match = _pattern(kind).fullmatch(path)
            assert match is not None
            found.update({key: each for key, each in match.groupdict().items() if key != "pilot"})
    return found


def do(board: Dashboard, deed: Deed, known: dict[str, str], text: str) -> str | None:
    """Do a deed with a text in every field; return what was wrong with the answer."""
    for part in sorted(_names(deed.path)):
        if part not in known:
            return f"{deed.path}: name a value of {{{part}}} in EXAMPLES"
    path = re.sub(r"{(\w+)}", lambda part: known[part[1]], deed.path)
    if deed.is_in_api:
        answer = board.client.post(f"/api{path}", json=filled(deed.takes, text))
    else:
        fields = {"csrf": board.viewer.csrf, **filled(deed.takes, text)}
        answer = board.client.post(path, data=fields)
        wrong = read(answer.text).wrong
        if wrong:
            return f"{path}: {wrong}"
    if answer.status_code >= 500 or "evil" in answer.headers.get("set-cookie", "").split("=")[0]:
        return f"{path} with {text!r}: {answer.status_code} {answer.text[:200]}"
    location = answer.headers.get("location", "/")
    if not location.startswith("/") or location.startswith("//"):
        return f"{path} leads to {location}"
    return None


def test_hostile_texts_stay_texts_wherever_they_come_from_and_go(board: Dashboard) -> None:
    """Markup, SQL, javascript: links, header lines, marks that turn the direction of writing."""
    wrong = []
    known, seen = values({}), {}
    for is_second in (False, True):
        for deed in DEEDS:
            if deed.path in NOT_DONE or (not is_second and _names(deed.path) - {"pilot"}):
                continue
            told = [do(board, deed, known, text) for text in HOSTILE]
            wrong.extend(each for each in told if each)
        seen, found = crawl(board, most=2)
        wrong.extend(found)
        known = {**values({}), **values(seen)}
    assert wrong == []
    never = {page.path for page in PAGES} - set(seen) - set(NEVER_LINKED)
    assert not never, f"no link leads to {sorted(never)}: link it, or say why in NEVER_LINKED"


def test_hostile_texts_in_addresses_are_texts(board: Dashboard) -> None:
    """Every part of a path and every parameter: found or not, but never an error of ours."""
    wrong = []
    for page in PAGES:
        for text in (*HOSTILE, "\x00", "../../etc/passwd", "9" * 400):
            path = re.sub(
                r"{(\w+)}",
                lambda part: PILOT if part[1] == "pilot" else "x",
                page.path,
            )
            asked = urlencode(
                dict.fromkeys(page.asks.model_fields, text[:200]), errors="surrogatepass"
            )
            answer = board.get(f"{path}?{asked}")
            reader = read(answer.text)
            if answer.status_code >= 500 or reader.wrong:
                wrong.append(f"{page.path} with {text!r}: {answer.status_code} {reader.wrong}")
    for page in PAGES:
        if "{" in page.path:
            path = re.sub(r"{\w+}", "x'%20OR%201=1--%3Cevil-tag%3E%00", page.path)
            answer = board.get(path)
            if answer.status_code >= 500 or read(answer.text).wrong:
                wrong.append(f"{path}: {answer.status_code}")
    assert wrong == []
    with board.parts.desk.reading() as connection:
        assert connection.execute(select(func.count()).select_from(ACCOUNTS)).scalar_one() == 1


def _names(path: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", path))
