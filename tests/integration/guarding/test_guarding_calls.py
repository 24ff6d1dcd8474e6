"""A callable behind the guard, with the real store, log and budget."""

from __future__ import annotations

import json
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import proveout
from proveout.errors import InputError
from proveout.runtime.call import Call
from proveout.runtime.exceptions.queue import ExceptionQueue
from proveout.runtime.guarding import (
    AnswerBlockedError,
    AnswerLateError,
    BudgetExceededError,
    Guard,
    Guarded,
    NotAnsweredError,
    RecordNotKeptError,
    SwitchedOffError,
    TurnedAwayError,
)
from proveout.runtime.log import read_records
from proveout.runtime.monitors.rows import ANSWER, CONFIDENCE, NEEDED, TEAM, Reader
from proveout.runtime.ports import Log, LogFullError
from proveout.runtime.record import Record
from proveout.runtime.rollout.keeping import insist
from proveout.runtime.rollout.state import State
from proveout.runtime.rollout.transitions import By, kill, promote, restore, start
from proveout.runtime.store.opening import open_store
from proveout.runtime.telemetry import Telemetry, TelemetrySettings

BATCH = pd.DataFrame({"x": [1, 2, 3]})


def _double(batch: pd.DataFrame) -> list[int]:
    return [int(x) * 2 for x in batch["x"]]


def _fails(batch: pd.DataFrame) -> list[int]:
    raise ZeroDivisionError("no such thing")


def _zero(batch: pd.DataFrame) -> list[int]:
    return [0] * len(batch)


@pytest.fixture(name="make")
def _make(tmp_path: Path) -> Callable[..., Guard]:
    def make(system: Any = _double, charter: Any = None, **how: Any) -> Guard:
        how = {"pilot": "p", "store": tmp_path / "s.db", "log": tmp_path / "log"} | how
        return proveout.guard(system, charter, **how)

    return make


def _records(tmp_path: Path, pilot: str = "p") -> list[Record]:
    return list(read_records(tmp_path / "log", pilot))


def test_returns_what_the_callable_returns_and_has_it_on_record(
    make: Callable[..., Guard], tmp_path: Path
) -> None:
    """Called as before, it answers as before; one record per call tells of its rows."""
    with make(_double, team="claims") as guarded:
        assert guarded(BATCH, user="ann") == [2, 4, 6]

        (record,) = _records(tmp_path)
    assert (record.protocol, record.outcome, record.status) == ("python", "answered", 200)
    assert (record.rows, record.attempts, record.version) == (3, 1, "current")
    assert (record.team, record.user) == ("claims", "ann")
    assert json.loads(record.request or "") == [{"x": 1}, {"x": 2}, {"x": 3}]
    assert json.loads(record.answer or "") == [2, 4, 6]


def test_the_budget_is_never_overshot_by_many_threads(
    make: Callable[..., Guard], tmp_path: Path
) -> None:
    """Of 40 calls at once against a budget of 25, 25 are answered."""
    fates: Counter[str] = Counter()

    def call(_: int) -> None:
        try:
            guarded(BATCH)
            fates["answered"] += 1
        except BudgetExceededError as error:
            fates[error.message.partition(": ")[2]] += 1  # used up, or held by calls under way

    with make(budget="25 requests") as guarded, ThreadPoolExecutor(8) as pool:
        list(pool.map(call, range(40)))

    assert fates == {
        "answered": 25,
        "the pilot, 25 requests in all.": 15,
    }
    assert Counter(each.outcome for each in _records(tmp_path)) == {
        "answered": 25,
        "over-budget": 15,
    }


def test_the_budget_is_kept_from_one_guard_to_the_next(make: Callable[..., Guard]) -> None:
    """What was booked stays booked when the guard is opened again."""
    with make(budget="1 request") as guarded:
        guarded(BATCH)
    with make(budget="1 request") as guarded, pytest.raises(BudgetExceededError) as over:
        guarded(BATCH)

    assert (over.value.exit_code, over.value.kind) == (1, "budget")


def test_what_the_system_raises_is_raised_recorded_and_queued(
    make: Callable[..., Guard], tmp_path: Path
) -> None:
    """A failure is an exception that a person looks at, and stays the caller's own error."""
    with make(_fails) as guarded, pytest.raises(ZeroDivisionError, match="no such thing"):
        guarded(BATCH)

    (record,) = _records(tmp_path)
    assert (record.outcome, record.reasons) == ("failed", ("failure",))
    assert record.notes == ("ZeroDivisionError: no such thing",)
    with open_store(str(tmp_path / "s.db")) as store:
        (entry,) = ExceptionQueue(store, "p").entries(now=0.0)
    assert (entry.call, entry.reasons) == (record.id, ("failure",))


@pytest.mark.parametrize("raised", [SystemExit(3), KeyboardInterrupt(), StopIteration()])
def test_a_system_that_wants_to_end_the_process_ends_its_own_call(
    make: Callable[..., Guard], raised: BaseException
) -> None:
    """What would end the loop of the guard is a failure like any other."""

    def system(batch: pd.DataFrame) -> list[int]:
        if len(batch) == 1:
            raise raised
        return _double(batch)

    with make(system) as guarded:
        with pytest.raises(NotAnsweredError) as failed:
            guarded(BATCH.head(1))
        answer = guarded(BATCH)

    assert failed.value.message.startswith(type(raised).__name__)
    assert answer == [2, 4, 6]


def test_a_system_that_hangs_costs_the_deadline_and_keeps_its_slot(
    make: Callable[..., Guard], tmp_path: Path
) -> None:
    """A thread cannot be stopped: until it ends, nobody else is given its slot."""
    let_go = threading.Event()

    def hangs(batch: pd.DataFrame) -> list[int]:
        let_go.wait(30)
        return _double(batch)

    with make(hangs, deadline_s=0.2, concurrency=1) as guarded:
        with pytest.raises(AnswerLateError) as late:
            guarded(BATCH)
        with pytest.raises(AnswerLateError) as queued:
            guarded(BATCH)
        busy = guarded.health()["current"].busy
        let_go.set()

        assert guarded(BATCH, deadline_s=20.0) == [2, 4, 6]
    assert late.value.message == "No answer within 0.2 s."
    assert queued.value.message == "No turn came within 0.2 s."
    assert (late.value.exit_code, busy) == (3, 1)
    assert [each.attempts for each in _records(tmp_path)] == [1, 0, 1]


@pytest.mark.parametrize(
    ("system", "how", "outcome"),
    [
        pytest.param(_fails, {}, "failed", id="it failed"),
        pytest.param(lambda batch: threading.Event().wait(2), {}, "timed-out", id="it hangs"),
    ],
)
def test_the_fallback_answers_in_time(
    make: Callable[..., Guard], system: Any, how: dict[str, Any], outcome: str
) -> None:
    """Where the system does not answer, the fallback does, within the same deadline."""
    with make(system, fallback=_zero, deadline_s=1.0, **how) as guarded:
        answer = guarded.ask(BATCH)

    assert (answer.value, answer.fallback, answer.outcome) == ([0, 0, 0], True, outcome)


def test_where_the_fallback_fails_too_both_are_on_record(
    make: Callable[..., Guard], tmp_path: Path
) -> None:
    """The caller gets the system's error, the record tells of both."""
    with make(_fails, fallback=_fails) as guarded, pytest.raises(ZeroDivisionError):
        guarded(BATCH)

    (record,) = _records(tmp_path)
    assert record.notes[1:] == (
        "the fallback did not answer either: ZeroDivisionError: no such thing",
    )


def test_the_breaker_opens_and_closes(make: Callable[..., Guard], tmp_path: Path) -> None:
    """A system that keeps failing is left alone, and tried again by one call."""
    is_broken = True

    def system(batch: pd.DataFrame) -> list[int]:
        if is_broken:
            raise ValueError("out of order")
        return _double(batch)

    charter = tmp_path / "pilot.yaml"
    charter.write_text("pilot: p\ngateway: {breaker: {of: 2, open_s: 0.2}}\n")
    with make(system, charter) as guarded:
        for _ in range(2):
            with pytest.raises(ValueError, match="out of order"):
                guarded(BATCH)
        with pytest.raises(TurnedAwayError) as shed:
            guarded(BATCH)
        is_broken = False
        answers = [_patiently(guarded)]

    assert shed.value.message == "The system keeps failing and is left alone for a while."
    assert shed.value.retry_after_s is not None
    assert answers == [[2, 4, 6]]


def _patiently(guarded: Guard) -> Any:
    """Ask until the breaker lets somebody through."""
    pause = threading.Event()
    for _ in range(100):
        try:
            return guarded(BATCH)
        except TurnedAwayError:
            pause.wait(0.05)
    raise AssertionError("the breaker never closed")


def test_an_unsure_answer_goes_to_a_person_and_a_forbidden_one_nowhere(
    make: Callable[..., Guard], tmp_path: Path
) -> None:
    """Confidence and rules are the charter's, as in the gateway."""
    (tmp_path / "rules.py").write_text(
        "def positive(request, answer):\n    return None if answer > 0 else 'not above 0'\n"
    )
    charter = tmp_path / "pilot.yaml"
    charter.write_text(
        "pilot: p\ngateway:\n  confident_from: 0.8\n"
        "  rules: [{name: positive, python: 'rules.py:positive', block: true}]\n"
    )
    with make(lambda batch: ([1], [0.5]), charter) as guarded:
        unsure = guarded.ask(BATCH.head(1))
    with make(_zero, charter) as guarded, pytest.raises(AnswerBlockedError):
        guarded(BATCH)

    assert (unsure.value, unsure.reasons) == (([1], [0.5]), ("low-confidence",))
    assert [each.reasons for each in _records(tmp_path)] == [("low-confidence",), ("rule",)]


def test_what_resolved_exceptions_held_goes_as_it_goes_from_the_log(
    make: Callable[..., Guard], tmp_path: Path
) -> None:
    """In process as behind the gateway: gateway.log.retention_days is for both."""
    charter = tmp_path / "pilot.yaml"
    charter.write_text("pilot: p\ngateway: {confident_from: 0.8, log: {retention_days: 30}}\n")
    with make(lambda batch: ([1], [0.5]), charter) as guarded:
        asked = guarded.ask(BATCH.head(1)).id
    with open_store(str(tmp_path / "s.db")) as store:
        queue = ExceptionQueue(store, "p")
        assert queue.get(asked).request is not None
        queue.resolve(asked, "rejected", who="Bo", why="w", now=time.time() - 31 * 86_400)
        with make(lambda batch: ([1], [0.9]), charter) as guarded:
            guarded(BATCH.head(1))
        assert queue.get(asked).request is None


def test_what_cannot_be_read_as_answers_is_returned_and_told(make: Callable[..., Guard]) -> None:
    """The caller gets what he got before; a person is told that it is malformed."""
    with make(lambda batch: "what?") as guarded:
        answer = guarded.ask(BATCH)

    assert answer == Guarded(
        value="what?",
        id=answer.id,
        outcome="answered",
        version="current",
        reasons=("malformed",),
        notes=("returned of type str instead of one answer per row",),
    )


def _switch(tmp_path: Path, *transitions: Callable[[State], State]) -> None:
    first = State(versions=("current", "v2"), current="current")
    with open_store(str(tmp_path / "s.db")) as store:
        for transition in transitions:
            insist(store, "p", first, transition)


def test_versions_are_switched_from_outside_for_the_next_call(
    make: Callable[..., Guard], tmp_path: Path
) -> None:
    """Promotion, kill switch and its end hold for the very next call."""
    by = By(who="Ann", why="test", now=1.0)
    with make(versions={"v2": _zero}, fallback=None) as guarded:
        before = guarded.ask(BATCH)
        _switch(
            tmp_path,
            lambda state: start(state, "v2", (), by, shadow=True),
            lambda state: promote(state, by),
        )
        after = guarded.ask(BATCH)
        _switch(tmp_path, lambda state: kill(state, by))
        with pytest.raises(SwitchedOffError) as off:
            guarded(BATCH)
        _switch(tmp_path, lambda state: restore(state, by))
        again = guarded.ask(BATCH)

    told = [(each.version, each.value) for each in (before, after, again)]
    assert told == [("current", [2, 4, 6]), ("v2", [0, 0, 0]), ("v2", [0, 0, 0])]
    assert off.value.message == "'p' is switched off: people do it by hand now."


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"price": float("nan")}, "price is nan, and must be 0 or above."),
        ({"price": -1.0}, "price is -1.0, and must be 0 or above."),
        ({"price": float("inf")}, "price is inf, and must be 0 or above."),
        (
            {"tokens_per_row": (-5, 5)},
            "tokens_per_row is (-5, 5), and no row takes fewer tokens than none.",
        ),
    ],
)
def test_a_price_that_is_none_is_refused(
    make: Callable[..., Guard], how: dict[str, Any], message: str
) -> None:
    """Before anything is asked: no budget could be held by it."""
    with pytest.raises(InputError) as refused, make(**how):
        pass

    assert refused.value.message == message


@pytest.mark.parametrize("tokens", [float("inf"), -50.0, 1e300])
def test_tokens_that_nobody_believes_are_not_booked(
    make: Callable[..., Guard], tmp_path: Path, tokens: float
) -> None:
    """What was held for them is; the log can be read, and the next call goes on."""

    def says(batch: pd.DataFrame) -> pd.DataFrame:
        said = {"input_tokens": tokens, "output_tokens": tokens}
        return batch.assign(answer=1, **said).drop(columns="x")

    with make(says, tokens_per_row=(5, 5), budget="100 tokens") as guarded:
        guarded(BATCH, user="\ud800")
        guarded(BATCH)

    assert [each.user for each in _records(tmp_path)] == ["?", None]
    with sqlite3.connect(tmp_path / "s.db") as connection:
        query = "SELECT used_tokens FROM budget_accounts WHERE account='pilot' AND period='life'"
        assert connection.execute(query).fetchall() == [(60,)]
    connection.close()


def test_the_kill_switch_holds_back_what_is_under_way(
    make: Callable[..., Guard], tmp_path: Path
) -> None:
    """A thread cannot be stopped; its answer is not heard, and is charged in full."""
    by = By(who="Ann", why="test", now=1.0)
    began, go_on = threading.Event(), threading.Event()

    def slow(batch: pd.DataFrame) -> list[int]:
        began.set()
        go_on.wait(20)
        return _zero(batch)

    def asks() -> NotAnsweredError | None:
        try:
            guarded(BATCH)
        except NotAnsweredError as error:
            return error
        return None

    with make(slow, budget="9EUR", price=0.5) as guarded, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(asks)
        assert began.wait(20)
        _switch(tmp_path, lambda state: kill(state, by))
        told = asked.result(20)
        go_on.set()

    (record,) = _records(tmp_path)
    assert isinstance(told, SwitchedOffError)
    assert told.message == "'current' was taken back while it answered."
    assert (record.outcome, record.version, record.cost) == (
        "switched-off", "current", 500_000_000,
    )  # fmt: skip


def test_a_version_in_the_shadow_is_recorded_and_not_heard(
    make: Callable[..., Guard], tmp_path: Path
) -> None:
    """It answers beside the current one, on a batch of its own."""
    by = By(who="Ann", why="test", now=1.0)
    with make(versions={"v2": _zero}):
        _switch(tmp_path, lambda state: start(state, "v2", (), by, shadow=True))
    with make(versions={"v2": _zero}) as guarded:
        seen = guarded.ask(BATCH)

    heard, unheard = sorted(_records(tmp_path), key=lambda each: each.shadow_of is not None)
    assert (seen.value, heard.version) == ([2, 4, 6], "current")
    assert (unheard.version, unheard.shadow_of, unheard.answer) == ("v2", seen.id, "[0.0,0.0,0.0]")


def test_the_python_system_of_a_charter_is_asked_in_a_process_of_its_own(tmp_path: Path) -> None:
    """A path is enough; a crash is an error of one call, and the next one is asked all the same."""
    (tmp_path / "model.py").write_text(
        "import os\n"
        "def predict(rows):\n"
        "    if (rows['x'] < 0).any():\n        os._exit(3)\n"
        "    return rows['x'] * 2, [0.9] * len(rows)\n"
    )
    charter = tmp_path / "pilot.yaml"
    charter.write_text("pilot: p\nsystem: {python: 'model.py:predict'}\ngateway: {log: log}\n")
    with proveout.guard(charter, concurrency=1) as guarded:
        answer = guarded(BATCH)
        for _ in range(3):  # before launch, three batches in vain would be the last
            with pytest.raises(NotAnsweredError) as crashed:
                guarded(pd.DataFrame({"x": [-1]}))
        again = guarded(BATCH)

    assert answer.to_dict("list") == {"answer": [2, 4, 6], "confidence": [0.9, 0.9, 0.9]}
    assert crashed.value.message == "The process ended with exit code 3."
    assert again.equals(answer)
    outcomes = [each.outcome for each in _records(tmp_path)]
    assert outcomes == ["answered", *["failed"] * 3, "answered"]


@pytest.mark.parametrize(
    ("how", "message"),
    [
        pytest.param(
            {"budget": "5EUR/day"},
            "A budget in money holds, and what a call costs is not known.\n"
            "Say it: budget.price in the charter, or proveout.guard(…, price=0.002)",
            id="no price",
        ),
        pytest.param(
            {"budget": "500 tokens/day"},
            "Tokens are paid for or limited, and how many a row may take is not known.\n"
            "Give the most, input and output: proveout.guard(…, tokens_per_row=(2000, 500))",
            id="no tokens",
        ),
        pytest.param(
            {"deadline_s": 0},
            "deadline_s is 0, and must be above 0.\nFor example: deadline_s=10",
            id="no time",
        ),
        pytest.param(
            {"versions": {"manual": _zero}},
            "A version cannot be called 'manual': that is the manual process.\n"
            "Give it another name, for example: versions={'v2': predict}",
            id="a reserved name",
        ),
    ],
)
def test_what_cannot_be_held_to_is_refused(
    make: Callable[..., Guard], how: dict[str, Any], message: str
) -> None:
    """A limit that could not be kept is no limit."""
    with pytest.raises(InputError) as refused:
        make(**how).__enter__()

    assert str(refused.value) == message


def test_two_charters_are_one_too_many() -> None:
    """Nothing that is given is passed over in silence."""
    with pytest.raises(InputError) as refused:
        proveout.guard("one.yaml", "two.yaml")

    assert str(refused.value) == (
        "Two charters are given, 'one.yaml' and 'two.yaml'.\n"
        "Give one of them, or a callable first: proveout.guard(predict, 'pilot.yaml')"
    )


def test_one_record_is_no_batch(make: Callable[..., Guard]) -> None:
    """Somebody who passes a dict is told what to write."""
    with make() as guarded, pytest.raises(InputError) as refused:
        guarded({"x": 1})

    assert str(refused.value) == (
        "A guarded system takes a pandas DataFrame, and this is a dict.\n"
        "For one record: guarded(pandas.DataFrame([record]))"
    )


def test_money_is_held_for_the_most_and_booked_for_what_it_took(
    make: Callable[..., Guard], tmp_path: Path
) -> None:
    """Tokens that the callable tells are booked, and the rest of what was held comes back."""

    def tells(batch: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({"answer": [1] * 3, "input_tokens": [10] * 3, "output_tokens": [1] * 3})

    with make(tells, budget="100 tokens/day", tokens_per_row=(20, 5)) as guarded:
        guarded(BATCH)  # 75 are held, 33 are used, and 67 are left
        with pytest.raises(BudgetExceededError):
            guarded(pd.concat([BATCH, BATCH]))

    assert [each.input_tokens for each in _records(tmp_path)] == [30, None]


def test_monitors_read_the_rows_and_telemetry_counts_the_calls(
    make: Callable[..., Guard], tmp_path: Path
) -> None:
    """What a guard keeps is what checks read in the place of production data."""
    telemetry = Telemetry(TelemetrySettings(), environment={})
    with make(lambda batch: (batch["x"], [0.5, 0.6, 0.7]), telemetry=telemetry) as guarded:
        guarded(BATCH, team="claims")
    reader = Reader(system=None)
    requests = [{name: getattr(each, name) for name in NEEDED} for each in _records(tmp_path)]
    rows = reader.table(requests).to_pandas()
    text = telemetry.exposition()[0].decode()
    telemetry.close()

    assert reader.unread == []
    assert rows["x"].tolist() == [1, 2, 3]
    assert rows[ANSWER].tolist() == [1, 2, 3]
    assert rows[CONFIDENCE].tolist() == [0.5, 0.6, 0.7]
    assert rows[TEAM].tolist() == ["claims"] * 3
    assert (
        'proveout_requests_total{outcome="answered",pilot="p",team="claims",version="current"} 1.0'
        in text
    )


def test_closing_waits_for_calls_that_are_under_way(make: Callable[..., Guard]) -> None:
    """Whoever asked has an answer; who asks afterwards opens it anew."""
    begun, let_go = threading.Event(), threading.Event()

    def slow(batch: pd.DataFrame) -> list[int]:
        begun.set()
        let_go.wait(20)
        return _double(batch)

    guarded = make(slow)
    with ThreadPoolExecutor(2) as pool:
        asking = pool.submit(guarded, BATCH)
        assert begun.wait(20)
        closing = pool.submit(guarded.close)
        let_go.set()
        closing.result(20)

        assert asking.done()
        assert asking.result() == [2, 4, 6]
    with guarded:
        assert guarded(BATCH) == [2, 4, 6]


def test_who_interrupts_a_call_leaves_a_record_of_it(
    make: Callable[..., Guard], tmp_path: Path
) -> None:
    """Ctrl-C is a client that goes away."""
    let_go = threading.Event()
    waiting = threading.main_thread().ident
    assert waiting is not None

    def interrupts(batch: pd.DataFrame) -> list[int]:
        signal.pthread_kill(waiting, signal.SIGINT)
        let_go.wait(20)
        return _double(batch)

    with make(interrupts) as guarded:
        with pytest.raises(KeyboardInterrupt):
            guarded(BATCH)
        let_go.set()

    assert [each.outcome for each in _records(tmp_path)] == ["cancelled"]


class _FullLog:
    """A log whose disk is full: from the beginning, or when an answer is there."""

    def __init__(self, log: Log, *, begins: bool) -> None:
        self._log = log
        self._begins = begins

    def begin(self, call: Call, version: str) -> None:
        if not self._begins:
            raise LogFullError("The disk is full.")

    async def append(self, record: Record) -> None:
        raise LogFullError("The disk is full.")

    async def close(self) -> None:
        await self._log.close()

    def seal_due(self) -> None:
        """Nothing is full of what was never written."""


@pytest.mark.parametrize(
    ("begins", "used", "message"),
    [
        pytest.param(True, 1, "The disk is full. The answer is not released.", id="at the end"),
        pytest.param(False, 0, "The disk is full. The answer is not released.", id="at once"),
    ],
)
def test_where_the_log_cannot_be_written_nothing_is_returned_and_nothing_stays_held(
    make: Callable[..., Guard], tmp_path: Path, begins: bool, used: int, message: str
) -> None:
    """An answer that is not on record is no answer; what it took is booked all the same."""
    asked: list[int] = []

    def counts(batch: pd.DataFrame) -> list[int]:
        asked.append(1)
        return _double(batch)

    with make(counts, budget="5 requests") as guarded:
        assert guarded._running is not None
        parts = guarded._running.parts
        parts.log = _FullLog(parts.log, begins=begins)  # type: ignore[assignment]
        with pytest.raises(RecordNotKeptError) as refused:
            guarded(BATCH)

    with sqlite3.connect(tmp_path / "s.db") as connection:
        query = "SELECT sum(held_requests), max(used_requests) FROM budget_accounts"
        booked = connection.execute(query).fetchone()
    connection.close()
    assert (refused.value.message, refused.value.exit_code) == (message, 3)
    assert (booked, len(asked)) == ((0, used), used)
