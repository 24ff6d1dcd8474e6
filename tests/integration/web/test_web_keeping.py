"""What goes on beside the pages: one keeper, each job for itself, each message once."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from sqlalchemy import insert

from fixtures.dashboard import ADMINISTRATOR, OWNER, PILOT, REVIEWER, Dashboard, dashboard
from proveout.desk import keeping, outbox
from proveout.desk.tables.accounts import ACCOUNTS
from proveout.errors import InputError
from proveout.notices.letter import Item
from proveout.runtime.exceptions.entry import Entry, handling_of
from proveout.runtime.exceptions.queue import ExceptionQueue
from proveout.runtime.store import open_store
from proveout.web.keeping import Job, Keeper, Turn, background
from proveout.web.keeping.composing import Composing
from proveout.web.keeping.escalating import EscalatingExceptions
from proveout.web.keeping.monitoring import Monitors
from proveout.web.keeping.sending import Sending


@dataclass
class Channel:
    """A channel that notes what it was given, and takes it or not."""

    takes: bool = True
    letters: list[tuple[str, str, str]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return True

    def deliver(self, title: str, text: str, *, kind: str = "info") -> list[str]:
        self.letters.append((title, text, kind))
        return [] if self.takes else ["channel 1 (json)"]

    def open(self, names: Sequence[str], email: str, variables: Mapping[str, str]) -> Channel:
        del variables
        self.opened = (tuple(names), email)
        return self


@dataclass
class Failing:
    """A job that fails."""

    error: Exception
    runs: int = 0

    def run(self, turn: Turn) -> str | None:
        self.runs += 1
        raise self.error

    def close(self) -> None:
        pass


def with_account(board: Dashboard, viewer=REVIEWER) -> None:
    values = {
        "id": viewer.account, "email": f"{viewer.account}@example.com", "name": viewer.name,
        "person": viewer.person, "is_administrator": False, "is_auditor": False,
        "is_active": True, "made_at": 0.0, "wrong_passwords": 0,
    }  # fmt: skip
    with board.parts.desk.writing() as writing:
        writing.execute(insert(ACCOUNTS).values(values))


def keeper(board: Dashboard, holder: str = "one", **jobs: Job) -> Keeper:
    return Keeper(board.parts.desk, jobs, clock=board.clock, holder=holder)


NEVER = threading.Event()


def choose(board: Dashboard, **fields: object) -> None:
    answer = board.send(
        "/me/notices", **{"channels": ["mail"], "kinds": ["assignment", "due"], **fields}
    )
    assert answer.status_code == 303, answer.text


@pytest.fixture(autouse=True)
def _channels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVEOUT_NOTIFY_TEMPLATE", "json://example.com/{email}")


def test_a_person_is_told_once_of_what_is_to_be_done(tmp_path: Path) -> None:
    """One letter for all of it, by the chosen channel; the next round sends nothing."""
    with dashboard(tmp_path, viewer=REVIEWER) as board:
        with_account(board)
        choose(board, digest="daily", digest_hour=8, time_zone="UTC")
        channel = Channel()
        keep = keeper(board, tell=Composing(board.parts), send=Sending(board.parts, channel.open))
        assert keep.round(NEVER)
        assert channel.opened == (("mail",), "a-josef@example.com")
        ((title, text, kind),) = channel.letters
        assert "Sign off as reviewer (Read suppliers' invoices into the books)" in text
        assert "http://127.0.0.1/tasks" in text
        assert kind == "info"
        board.clock.move(minutes=1)
        assert keep.round(NEVER)
        assert len(channel.letters) == 1
        board.clock.move(days=1)
        keep.round(NEVER)
        assert len(channel.letters) == 2
        page = board.get("/me/notices").text
        assert "sent" in page
        assert title.startswith("Proveout: ")


def test_nothing_is_sent_to_who_has_chosen_nothing(tmp_path: Path) -> None:
    """Off until configured."""
    with dashboard(tmp_path, viewer=REVIEWER) as board:
        with_account(board)
        channel = Channel()
        keep = keeper(board, tell=Composing(board.parts), send=Sending(board.parts, channel.open))
        keep.round(NEVER)
        choose(board, channels=[], digest="daily")
        keep.round(NEVER)
        assert channel.letters == []
        assert outbox.counts(board.parts.desk) == (0, 0)


def test_in_quiet_hours_it_waits(tmp_path: Path) -> None:
    """The fixture's clock stands at 09:00 UTC, which is 10:00 in Vienna."""
    with dashboard(tmp_path, viewer=REVIEWER) as board:
        with_account(board)
        choose(
            board, digest="daily", digest_hour=8, quiet_from="09:30", quiet_to="11:00",
            time_zone="Europe/Vienna",
        )  # fmt: skip
        channel = Channel()
        keep = keeper(board, tell=Composing(board.parts), send=Sending(board.parts, channel.open))
        keep.round(NEVER)
        assert (channel.letters, outbox.counts(board.parts.desk)[0]) == ([], 1)
        board.clock.move(hours=1, minutes=1)
        keep.round(NEVER)
        assert len(channel.letters) == 1


def test_what_a_channel_does_not_take_is_told_to_the_administrator_and_sent_later(
    tmp_path: Path,
) -> None:
    with dashboard(tmp_path, viewer=REVIEWER) as board:
        with_account(board)
        choose(board, digest="daily")
        channel = Channel(takes=False)
        keep = keeper(board, tell=Composing(board.parts), send=Sending(board.parts, channel.open))
        keep.round(NEVER)
        jobs = board.as_(ADMINISTRATOR).get("/api/admin/background").json()["jobs"]
        assert {each["job"]: each["failure"] for each in jobs} == {
            "send": "Josef Lang: Not taken by 'mail'.",
            "tell": None,
        }
        assert "Not taken by &#39;mail&#39;" in board.get("/admin/background").text
        channel.takes = True
        board.clock.move(seconds=61)
        keep.round(NEVER)
        assert len(channel.letters) == 2
        assert outbox.counts(board.parts.desk) == (0, 0)


def test_a_try_comes_and_only_where_a_channel_is_chosen(tmp_path: Path) -> None:
    with dashboard(tmp_path, viewer=REVIEWER) as board:
        with_account(board)
        refused = board.send("/me/notices/try")
        assert refused.status_code == 400
        assert "You have chosen no channel." in refused.text
        choose(board, kinds=[])
        for _ in range(2):
            assert board.send("/me/notices/try", act="t" * 16).status_code == 303
        channel = Channel()
        keeper(board, send=Sending(board.parts, channel.open)).round(NEVER)
        ((_, text, _),) = channel.letters
        assert text.startswith("Due now:\n- This is a try: you are told in this way\n")


def test_a_job_that_fails_stops_no_other_and_tells_no_secret(tmp_path: Path) -> None:
    """What an unknown error says may hold an address: its name and place are enough."""
    with dashboard(tmp_path, viewer=OWNER) as board:
        first = Failing(RuntimeError("postgresql://me:hunter2@db"))
        second = Failing(InputError("The store is away.", hint="Look at it."))
        assert keeper(board, first=first, second=second).round(NEVER)
        assert (first.runs, second.runs) == (1, 1)
        found = {each.job: each.failure or "" for each in keeping.standings(board.parts.desk)}
        assert found["first"].startswith("RuntimeError in test_web_keeping.py, line ")
        assert found["second"] == "The store is away. Look at it."
        assert "hunter2" not in board.as_(ADMINISTRATOR).get("/admin/background").text


def test_of_two_processes_one_keeps(tmp_path: Path) -> None:
    with dashboard(tmp_path, viewer=OWNER) as board:
        job = Failing(InputError("x"))
        one, two = keeper(board, "one", job=job), keeper(board, "two", job=job)
        assert one.round(NEVER)
        assert not two.round(NEVER)
        assert job.runs == 1
        board.clock.move(minutes=10)
        assert two.round(NEVER)
        assert not one.round(NEVER)


def test_all_jobs_of_the_dashboard_go_well_on_a_fresh_one(tmp_path: Path) -> None:
    """And end when they are told to, leaving the lease to others."""
    with dashboard(tmp_path, viewer=OWNER) as board:
        (keep,) = background(board.parts)
        is_over = threading.Event()
        assert keep.round(is_over)
        failures = {
            each.job: each.failure
            for each in keeping.standings(board.parts.desk)
            if each.failure is not None
        }
        assert failures == {}
        is_over.set()
        keep(is_over)
        assert keeper(board, "another").round(NEVER)


def test_production_is_looked_at_when_it_is_due_in_a_process_of_its_own(tmp_path: Path) -> None:
    """How it ended is told; after a failure it is left alone for an hour."""
    said = "import sys; print('The log is damaged.', file=sys.stderr); sys.exit(2)"
    with dashboard(tmp_path, viewer=OWNER) as board:
        monitors = Monitors(board.parts, lambda path: [sys.executable, "-c", said])
        keep = keeper(board, monitors=monitors)
        keep.round(NEVER)
        assert monitors._look is None, "there is no log yet"
        (tmp_path / "pilot" / "prediction-log").mkdir()
        keep.round(NEVER)
        assert monitors._look is not None
        monitors._look.process.wait()
        keep.round(NEVER)
        (told,) = [each for each in keeping.standings(board.parts.desk) if each.job == "monitors"]
        assert told.failure == "invoice-reader: The log is damaged."
        keep.round(NEVER)
        assert monitors._look is None
        board.clock.move(hours=1, minutes=1)
        keep.round(NEVER)
        assert monitors._look is not None
        monitors.close()


def test_exceptions_are_counted_for_whoever_has_them(tmp_path: Path) -> None:
    """In the runtime's store, beside the dashboard: late ones are escalated first."""
    with dashboard(tmp_path, viewer=OWNER) as board:
        with open_store(str(tmp_path / "pilot" / "runtime.db")) as store:
            handling = handling_of(board.book.charter)
            now = board.clock().timestamp()
            entries = [
                Entry(
                    id=f"ex-{number}", call=f"c{number}", pilot=PILOT, reasons=("wrong",), notes=(),
                    at=now - hours * 3600, due_at=now - (hours - 4) * 3600, owner="Josef Lang",
                )
                for number, hours in enumerate((1, 1, 30))
            ]  # fmt: skip
            ExceptionQueue(store, PILOT, handling).put(entries)
        keeper(board, exceptions=EscalatingExceptions(board.parts)).round(NEVER)
        told = {each.job: (each.failure, each.says) for each in keeping.standings(board.parts.desk)}
        assert told["exceptions"] == (None, "1 exception escalated.")
        mine = board.get("/api/tasks").json()["mine"]
        assert [each["what"] for each in mine if each["kind"] == "exception"] == [
            "Resolve 1 exception"
        ]
        theirs = board.as_(REVIEWER).get("/api/tasks").json()["mine"]
        assert "Resolve 2 exceptions" in [each["what"] for each in theirs]


def test_what_one_may_choose_is_checked(tmp_path: Path) -> None:
    with dashboard(tmp_path, viewer=REVIEWER) as board:
        with_account(board)
        for fields, message in (
            ({"channels": ["json://evil/"]}, "There is no channel 'json://evil/'."),
            ({"quiet_from": "25:00"}, "'25:00' is no time of day."),
            ({"quiet_from": "22:00"}, "Quiet hours need a beginning and an end."),
            ({"time_zone": "../etc/passwd"}, "'../etc/passwd' is no time zone."),
        ):
            answer = board.api("/me/notices", **fields)
            assert (answer.status_code, answer.json()["message"]) == (400, message)
        half = board.client.post(
            "/api/me/notices",
            content=b'{"channels": ["\\ud800"]}',
            headers={"x-csrf-token": REVIEWER.csrf, "content-type": "application/json"},
        )
        assert half.status_code == 422, "half a letter is no text"
        shown = board.get("/api/me/notices").json()
        assert [each["name"] for each in shown["channels"]] == ["mail"]


def test_what_is_wrong_with_one_person_silences_nobody_else(tmp_path: Path) -> None:
    """A message that cannot be read is tried later and told; the next person still hears."""
    with dashboard(tmp_path, viewer=REVIEWER) as board:
        desk, now = board.parts.desk, board.clock().timestamp()
        with_account(board)
        choose(board)
        with_account(board, OWNER)
        board.as_(OWNER)
        choose(board)
        good = Item(kind="due", pilot="", what="Look").as_dict()
        rows = [
            outbox.Row(key="a", account="a-helen", kind="due", pilot="", says={"kind": "of later"}),
            outbox.Row(key="b", account="a-josef", kind="due", pilot="", says=good),
        ]
        outbox.put(desk, rows, now)
        channel = Channel()
        keeper(board, send=Sending(board.parts, channel.open)).round(NEVER)
        assert [title for title, _, _ in channel.letters] == ["Proveout: Look"]
        (standing,) = [each for each in keeping.standings(desk) if each.job == "send"]
        assert (standing.failure or "").startswith("Helen Marsh: KeyError in letter.py, line ")
        assert outbox.waiting(desk, now + 61) == ["a-helen"], "tried again, and in a week given up"


def test_a_channel_that_was_taken_away_does_not_silence_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of several channels of one person, one that took it is enough."""
    monkeypatch.setenv("PROVEOUT_NOTIFY_OPS", "json://example.com/ops")

    class OneGone(Channel):
        def open(self, names: Sequence[str], email: str, variables: Mapping[str, str]) -> Channel:
            if names == ["ops"]:
                raise InputError("There is no channel 'ops' any more.")
            return super().open(names, email, variables)

    with dashboard(tmp_path, viewer=REVIEWER) as board:
        with_account(board)
        choose(board, channels=["mail", "ops"])
        board.send("/me/notices/try")
        channel = OneGone()
        keeper(board, send=Sending(board.parts, channel.open)).round(NEVER)
        assert len(channel.letters) == 1
        (told,) = outbox.sendings(board.parts.desk, "a-josef")
        assert (told.sent_at is not None, told.failure) == (
            True, "There is no channel 'ops' any more.",
        )  # fmt: skip


def test_a_clock_that_was_set_back_locks_nobody_out(tmp_path: Path) -> None:
    """A lease of a day to come was taken under another clock."""
    with dashboard(tmp_path, viewer=OWNER) as board:
        board.clock.move(days=1)
        assert keeper(board, "ahead").round(NEVER)
        board.clock.move(days=-1)
        assert keeper(board, "after").round(NEVER)


def test_exceptions_of_a_store_that_is_gone_are_nobodys_task_any_more(tmp_path: Path) -> None:
    with dashboard(tmp_path, viewer=OWNER) as board:
        keeping.note_exceptions(board.parts.desk, PILOT, {"Helen Marsh": (3, 0.0)})
        assert "exception" in {each["kind"] for each in board.get("/api/tasks").json()["mine"]}
        keeper(board, exceptions=EscalatingExceptions(board.parts)).round(NEVER)
        assert "exception" not in {each["kind"] for each in board.get("/api/tasks").json()["mine"]}


def test_a_name_of_other_spaces_and_letters_is_the_same_person(tmp_path: Path) -> None:
    """Whoever has the rights of a role has its tasks, too."""
    spelled = replace(REVIEWER, person="JOSEF   Lang")
    with dashboard(tmp_path, viewer=spelled) as board:
        found = [each["what"] for each in board.get("/api/tasks").json()["mine"]]
        assert "Sign off as reviewer" in found


def test_who_is_told_of_nothing_though_late_is_named_to_the_administrator(tmp_path: Path) -> None:
    with dashboard(tmp_path, viewer=REVIEWER) as board:
        with_account(board)
        choose(board)
        keeping.note_exceptions(board.parts.desk, PILOT, {"Helen Marsh": (3, 0.0)})
        keeper(board, tell=Composing(board.parts)).round(NEVER)
        (standing,) = [each for each in keeping.standings(board.parts.desk) if each.job == "tell"]
        assert standing.says is not None
        assert "Told of nothing, though something of theirs is overdue: Helen Marsh" in (
            standing.says
        )
