"""Values that no database, page or document can hold: refused in words, never an error of ours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fixtures.dashboard import OWNER, PILOT, PROJECT, Dashboard, dashboard
from fixtures.sound import sound
from proveout.web.permissions import Role
from proveout.web.site import DEEDS, DOWNLOADS, PAGES

EVERYBODY = replace(
    OWNER, roles=frozenset({Role.administrator, Role.auditor}), grants={"*": frozenset(Role)},
    scopes=frozenset({"read", "write", "say"}),
)  # fmt: skip
NOT_DONE = r"/assess$|/notices/try$"
HALF, NUL, HUGE = "\ud800", "a\x00b", 2**70
HOSTILE: tuple[Any, ...] = (
    HALF, NUL, [HALF], [NUL], {HALF: NUL}, HUGE, -HUGE, float("nan"), float("inf"),
    "0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
)  # fmt: skip
IN_ADDRESSES = (
    "%00",
    "%ED%A0%80",
    "9999-12-31",
    "0001-01-01",
    "9" * 30,
    "NaN",
    "1e309:x",
    "%0d%0a",
)


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Dashboard]:
    with dashboard(tmp_path, viewer=EVERYBODY) as opened:
        yield opened


@pytest.fixture
def board_of_postgres(tmp_path: Path, postgres_url: str) -> Iterator[Dashboard]:
    with dashboard(tmp_path, viewer=EVERYBODY, database=postgres_url) as opened:
        yield opened


def spoilt(value: Any, hostile: Any) -> Iterator[Any]:
    """Yield a value with the hostile one in its place, and inside it where it holds others."""
    yield hostile
    if isinstance(value, list):
        yield [hostile]
        if value and isinstance(value[0], dict):
            yield from ([{**value[0], key: hostile}] for key in value[0])


def bodies() -> Iterator[tuple[str, Any]]:
    """Yield every deed's address with bodies of which one field is hostile."""
    for deed in DEEDS:
        if re.search(NOT_DONE, deed.path) or not deed.is_in_api:
            continue
        fits = sound(deed.takes)
        yield filled(deed.path), {**fits, HALF: NUL}
        for key, value in fits.items():
            for hostile in HOSTILE:
                yield from (
                    (filled(deed.path), {**fits, key: each}) for each in spoilt(value, hostile)
                )


def addresses() -> Iterator[str]:
    """Yield the address of every page and file with one hostile parameter, or part of its path."""
    for each in (*PAGES, *DOWNLOADS):
        for key in each.asks.model_fields:
            yield from (f"{filled(each.path)}?{key}={value}" for value in IN_ADDRESSES)
        for part in re.findall(r"{(\w+)}", each.path):
            yield from (filled(each.path, **{part: value}) for value in IN_ADDRESSES)


def filled(path: str, **values: str) -> str:
    known = {"pilot": PILOT, **values}
    return re.sub(r"{(\w+)}", lambda part: known.get(part[1], "x"), path)


def broken(board: Dashboard) -> list[str]:
    """Send everything; return the answers that are errors of ours."""
    found = []
    for path, body in bodies():
        answer = board.client.post(
            "/api" + path, content=json.dumps(body), headers={"content-type": "application/json"}
        )
        if answer.status_code >= 500:
            found.append(f"{path} {json.dumps(body)[:200]}")
    found.extend(path for path in addresses() if board.get(path).status_code >= 500)
    return found


@pytest.mark.slow
def test_no_value_breaks_a_deed_or_a_page(board: Dashboard) -> None:
    """Halves of letters, NULs, numbers beyond 64 bit, days at the ends of time, in every field."""
    assert broken(board) == []


def test_no_value_breaks_what_is_kept_in_postgresql(board_of_postgres: Dashboard) -> None:
    """It takes less than SQLite: a NUL in an address or a text is not there, or refused."""
    board = board_of_postgres
    said = board.api(f"/pilots/{PILOT}/feedback", kind="wrong", words=NUL)
    assert said.status_code == 400
    assert said.json()["message"] == (
        "words holds a character that is none (NUL, or half of a surrogate pair)."
    )
    assert board.get(f"/pilots/{PILOT}/feedback/%00").status_code == 404
    assert board.get(f"/pilots/{PILOT}/feedback?team=%00").status_code == 400
    form = {"csrf": OWNER.csrf, "email": NUL, "password": NUL, "next": "/"}
    assert board.client.post("/sign-in", data=form).status_code == 400


def test_what_a_refusal_quotes_can_be_written(board: Dashboard) -> None:
    """Half a letter where another thing is asked for is shown as a sign for what cannot be."""
    sent = '{"role": "\\ud800", "why": ["\\ud800"], "part": 1, "\\ud800": 1}'
    answer = board.client.post(
        f"/api/pilots/{PILOT}/signoffs/sign", content=sent,
        headers={"content-type": "application/json"},
    )  # fmt: skip
    assert answer.status_code == 422


def test_a_key_of_somebody_else_is_ones_own_act(board: Dashboard) -> None:
    """Whoever sends the key of another's form, or to another address, does something of his own."""
    path = f"/pilots/{PILOT}/feedback"
    first = board.api(path, key="the-same-key", kind="wrong", words="Mine").json()["id"]
    again = board.api(path, key="the-same-key", kind="wrong", words="Mine").json()["id"]
    other = board.as_(PROJECT).api(path, key="the-same-key", kind="wrong", words="Mine")
    assert first == again != other.json()["id"]
