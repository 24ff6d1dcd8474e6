"""Each ledger is read again as a whole once a day; a broken one is told to who answers for it."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from fixtures.dashboard import ADMINISTRATOR, OWNER, REVIEWER, Dashboard, Viewer, dashboard
from proveout.desk import keeping, outbox
from proveout.desk.tables.accounts import ACCOUNTS
from proveout.desk.walks import last_walk, name_of
from proveout.web.keeping import Keeper
from proveout.web.keeping.verifying import Verifying

NEVER = threading.Event()


def with_channel(board: Dashboard, viewer: Viewer) -> None:
    values = {
        "id": viewer.account, "email": f"{viewer.account}@example.com", "name": viewer.name,
        "person": viewer.person, "is_administrator": viewer is ADMINISTRATOR, "is_auditor": False,
        "is_active": True, "made_at": 0.0, "wrong_passwords": 0,
    }  # fmt: skip
    with board.parts.desk.writing() as writing:
        writing.execute(ACCOUNTS.insert().values(values))
    board.as_(viewer).send("/me/notices", channels=["mail"], kinds=["alarm"])


def walked(board: Dashboard, verifying: Verifying) -> str | None:
    """Let it begin, end, and be noted; return how the job ended."""
    keep = Keeper(board.parts.desk, {"ledgers": verifying}, clock=board.clock, holder="one")
    keep.round(NEVER)
    if verifying._walk is None:
        return "nothing is due"
    verifying._walk.process.wait()
    keep.round(NEVER)
    (found,) = [each for each in keeping.standings(board.parts.desk) if each.job == "ledgers"]
    return found.failure or found.says


def changed(place: Path) -> None:
    """Change an old entry behind the ledger's back, and leave its hash."""
    with sqlite3.connect(place) as raw:
        for (trigger,) in raw.execute("SELECT name FROM sqlite_master WHERE type='trigger'"):
            raw.execute(f'DROP TRIGGER "{trigger}"')
        raw.execute("UPDATE ledger_entries SET body = replace(body, 'Helen Marsh', 'Mallory')")


def test_a_ledger_is_verified_once_a_day(tmp_path: Path) -> None:
    """In a process of its own; the audit page and the administrator's page say when."""
    with dashboard(tmp_path) as board:
        assert "and has not yet" in board.get("/pilots/invoice-reader/audit").text
        verifying = Verifying(board.parts)
        assert walked(board, verifying) == "The ledger of invoice-reader is whole: 1 entries."
        assert walked(board, verifying) == "nothing is due"
        chain = board.get("/api/pilots/invoice-reader/audit").json()["chain"]
        assert (chain["walked_entries"], chain["broken"]) == (1, None)
        assert "last on 2025-03-03 09:00 UTC, whole, 1 entries" in (
            board.get("/pilots/invoice-reader/audit").text
        )
        page = board.as_(ADMINISTRATOR).get("/admin/background").text
        assert "invoice-reader: whole, verified on 2025-03-03 09:00 UTC: 1 entries" in page
        board.clock.move(days=1)
        assert walked(board, verifying) == "The ledger of invoice-reader is whole: 1 entries."


def test_an_old_entry_that_was_changed_is_an_alarm_to_administrators_and_owner_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROVEOUT_NOTIFY_TEMPLATE", "json://example.com/{email}")
    with dashboard(tmp_path) as board:
        for viewer in (OWNER, REVIEWER, ADMINISTRATOR):
            with_channel(board, viewer)
        verifying = Verifying(board.parts)
        walked(board, verifying)
        changed(tmp_path / "ledger.db")
        for _ in range(2):
            board.clock.move(days=1)
            said = walked(board, verifying)
            assert said is not None
            assert said.startswith("invoice-reader: the ledger is broken: entry 1 was changed: ")
        desk = board.parts.desk
        told = {who: outbox.sendings(desk, who) for who in ("a-helen", "a-josef", "a-admin")}
        assert {who: len(rows) for who, rows in told.items()} == {
            "a-helen": 1, "a-josef": 0, "a-admin": 1,
        }  # fmt: skip
        assert (
            told["a-helen"][0]
            .says["what"]
            .startswith("The ledger of invoice-reader is broken: entry 1 was changed: ")
        )
        page = board.as_(ADMINISTRATOR).get("/admin/background").text
        assert '<strong class="late">broken:</strong> entry 1 was changed' in page


def test_a_ledger_that_was_rewritten_as_a_whole_is_found_by_the_hash_kept_elsewhere(
    tmp_path: Path,
) -> None:
    """Its own chain holds; an administrator may say that it was restored on purpose."""
    with dashboard(tmp_path) as board:
        place = str(tmp_path / "ledger.db")
        verifying, desk = Verifying(board.parts), board.parts.desk
        keeping.note(
            desk, name_of(place), began=0.0, ended=0.0,
            says='{"entries": 7, "head": "' + "a" * 64 + '"}',
        )  # fmt: skip
        said = walked(board, verifying) or ""
        assert said.startswith("invoice-reader: the ledger is broken: no entry has the expected")
        refused = board.send("/admin/background/restored", name=name_of(place), why="backup")
        assert refused.status_code == 403
        board.as_(ADMINISTRATOR)
        done = board.send("/admin/background/restored", name=name_of(place), why="backup")
        assert done.status_code == 303
        assert "took a ledger as restored" in board.get("/admin/log").text
        assert walked(board, verifying) == "The ledger of invoice-reader is whole: 1 entries."
        walk = last_walk(desk, place)
        assert walk is not None
        assert (walk.broken, walk.n_entries) == (None, 1)
