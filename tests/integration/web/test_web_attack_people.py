"""What somebody tries who is let in, but not there, or not as whom he pretends to be."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from fixtures.dashboard import EXAMPLE, OWNER, PILOT, Dashboard, dashboard
from fixtures.doors import Door, open_door
from fixtures.sound import sound
from proveout.errors import InputError
from proveout.web.app import create_app
from proveout.web.asked import Viewer
from proveout.web.permissions import Role
from proveout.web.security import accounts
from proveout.web.site import DEEDS, DOWNLOADS, PAGES

OTHER = "other-pilot"
EVERY_ROLE = frozenset(Role) - {Role.administrator, Role.auditor}
OF_HERE = replace(OWNER, grants={PILOT: EVERY_ROLE}, person=None)
OF_OTHER = Viewer(account="a-eve", name="Eve Other", csrf="c" * 32, grants={OTHER: EVERY_ROLE})


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with open_door(tmp_path) as opened:
        yield opened


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Dashboard]:
    """Two pilots in one ledger and one database."""
    charters = []
    for name in (PILOT, OTHER):
        folder = tmp_path / name
        folder.mkdir()
        text = (EXAMPLE / "pilot.yaml").read_text()
        (folder / "pilot.yaml").write_text(re.sub(r"(?m)^pilot: .*$", f"pilot: {name}", text))
        charters.append(folder / "pilot.yaml")
    with dashboard(tmp_path, viewer=OF_HERE, charters=charters) as opened:
        yield opened


def test_what_belongs_to_one_pilot_is_not_found_in_another(both: Dashboard) -> None:
    """Whoever has every role in one pilot reaches nothing of another by its id."""
    base = f"/pilots/{PILOT}"
    said = both.api(f"{base}/feedback", kind="wrong", words="Only for us")
    asked = both.api(f"{base}/pulse", ends_on="2025-03-20", asked=9)
    training = both.get(f"/api{base}/training").json()["trainings"][0]["name"]
    cases = both.api(f"{base}/training/own-sets", training=training)
    assert [each.status_code for each in (said, asked, cases)] == [200, 200, 200]
    evidence = next(e for e in both.book.ledger.entries(kinds=("act", "seal")))
    ids = {
        "item": said.json()["id"], "survey": asked.json()["id"], "set": cases.json()["id"],
        "id": f"ev-{evidence.hash[:12]}", "entry": "x", "account": "x", "token": "x",
        "condition": "framing-outcome",
    }  # fmt: skip
    both.as_(OF_OTHER)
    reached = []
    for each in (*PAGES, *DOWNLOADS):
        parts = set(re.findall(r"{(\w+)}", each.path))
        if "pilot" not in parts:
            continue
        for pilot in (PILOT, OTHER):
            path = each.path.format(pilot=pilot, **ids)
            answer = both.get(path)
            if (pilot == PILOT or len(parts) > 1) and answer.status_code < 400:
                reached.append(path)
            if "Only for us" in answer.text:
                reached.append(f"words in {path}")
    for deed in DEEDS:
        parts = set(re.findall(r"{(\w+)}", deed.path))
        if "pilot" in parts and deed.is_in_api:
            paths = [deed.path.format(pilot=PILOT, **ids)]
            paths += [deed.path.format(pilot=OTHER, **ids)] if len(parts) > 1 else []
            fits = sound(deed.takes)
            reached.extend(path for path in paths if both.api(path, **fits).status_code < 400)
    assert reached == []


def test_a_name_is_not_enough_to_sign_as_somebody(both: Dashboard) -> None:
    """Whoever bears a name of the charter, unlinked, stands in the ledger by the address."""
    namesake = replace(OF_HERE, account="a-eve", name="helen marsh", email="eve@example.com")
    path = f"/pilots/{PILOT}/signoffs"
    roles = both.get(f"/api{path}").json()["roles"]
    part = next(each["part"] for each in roles if each["role"] == "production-owner")
    told = {"role": "production-owner", "why": "It is ready", "part": part}

    assert both.as_(namesake).api(f"{path}/sign", **told).status_code == 200
    (act,) = both.book.ledger.entries(pilot=PILOT, kinds=("act",))
    assert act.body["who"] == "helen marsh (eve@example.com)"


def test_two_accounts_are_not_one_person_however_it_is_written(door: Door) -> None:
    """Roles come by name in any case, so links are compared in any case."""
    door.account("helen@example.com", person="Helen Marsh")
    by = accounts.By(who="The test", now=door.clock())
    other = door.account("eve@example.com")
    with door.parts.desk.writing() as connection, pytest.raises(InputError):
        accounts.link_person(connection, other, " HELEN MARSH", by)


def test_a_token_makes_nobody_a_new_password(door: Door) -> None:
    """Else a token that is limited and ends could open a session of its holder, or another's."""
    ada = door.account("ada@example.com", company=(Role.administrator,))
    helen = door.account("helen@example.com")
    client, write = door.browser().client, door.token(ada, "write")
    for account in (ada, helen):
        answer = client.post(f"/api/admin/accounts/{account}/invite", headers=write)
        assert answer.status_code == 403
    told = {"email": "new@example.com", "name": "New"}
    made = client.post("/api/admin/accounts", json=told, headers=write).json()["account"]
    assert client.post(f"/api/admin/accounts/{made}/invite", headers=write).status_code == 200


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/me%0aerror 00000000 at GET /forged", "/me%0Aerror%2000000000%20at%20GET%20/forged"),
        ("/invitation/secret-of-the-link", "/invitation/…"),
        ("/api/set-up/secret-of-the-link", "/set-up/…"),
    ],
)
def test_the_log_holds_neither_forged_lines_nor_secrets(
    both: Dashboard, caplog: pytest.LogCaptureFixture, path: str, written: str
) -> None:
    """What stands in an address is written in one line, and links that open something are cut."""

    def broken(_: object) -> Viewer:
        raise RuntimeError("out of order")

    client = TestClient(create_app(both.parts, broken), base_url="http://127.0.0.1")
    with caplog.at_level(logging.ERROR, logger="proveout.web"):
        client.get(path)
    assert [each.getMessage().split(" at ")[1] for each in caplog.records] == [f"GET {written}"]
