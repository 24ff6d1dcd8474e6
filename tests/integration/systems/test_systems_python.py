"""A Python callable in a process of its own: whatever it does, there are answers with a status."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from proveout.charter import schema
from proveout.errors import InputError, UnreachableError
from proveout.systems import Answers, AnswerStatus, System, fit_to_task, open_system

CODE = """
import os, signal, sys, time
import numpy as np
import pandas as pd

def whichever(batch):
    return globals()[batch["do"].iloc[0]](batch.drop(columns="do"))

def fine(batch):
    return ["late" if delay > 15 else "on time" for delay in batch["delay"]]

def segfault(batch):
    os.kill(os.getpid(), signal.SIGSEGV)

def leave(batch):
    print("bye", file=sys.stderr)
    os._exit(7)

def sys_exit(batch):
    sys.exit("enough")

def hang(batch):
    while True:
        time.sleep(60)

def deaf(batch):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        time.sleep(60)

def raises(batch):
    raise ValueError("no such airport:\\n 'XYZ'")

def patience(batch):
    return [os.environ["OMP_WAIT_POLICY"]] * len(batch)

def too_few(batch):
    return fine(batch)[:-2]

def too_many(batch):
    return fine(batch) + ["late"]

def nothing(batch):
    return None

def generator(batch):
    return (each for each in fine(batch))

def matrix(batch):
    return np.zeros((len(batch), 2))

def mixed(batch):
    return [1.5, float("nan"), float("inf"), None, "late", [1], True, pd.NA, np.float32(2), 10**20]

def confident(batch):
    return fine(batch), [0.5, 1.5, float("nan"), "sure", None, True, 0, 1, 0.25, 0.75]

def frame(batch):
    return pd.DataFrame({"answer": fine(batch), "confidence": 0.5})

def mapping(batch):
    return {"answer": fine(batch), "confidence": np.full(len(batch), 0.5)}

def documents(batch):
    from decimal import Decimal
    read = [{"delay": int(delay), "fare": Decimal("1.50")} for delay in batch["delay"]]
    return {"answer": read, "input_tokens": [10] * len(batch), "output_tokens": batch["delay"]}

def nameless(batch):
    return {"prediction": fine(batch)}

def triple(batch):
    return fine(batch), [0.5], []

def unlike(batch):
    return fine(batch), [0.5]

def chatty(batch):
    for stream in (sys.stdout, sys.stderr):
        for _ in range(20_000):
            print("noise " * 10, file=stream)
    os.write(1, b"A" * 1000)
    return fine(batch)

def endless(batch):
    while True:
        sys.stderr.write("x" * 65536)

def hog(batch):
    return [bytes(10**11)]

def one_bad_row(batch):
    if (batch["delay"] == 99).any():
        raise ValueError("99 is no delay")
    return fine(batch)

def one_deadly_row(batch):
    if (batch["delay"] == 99).any():
        os.kill(os.getpid(), signal.SIGKILL)
    return fine(batch)

def seen(batch):
    return [repr((name, str(batch[name].dtype), batch[name].tolist())) for name in batch]

def where(batch):
    return [os.getcwd()] * len(batch)

def with_child(batch):
    import subprocess
    process = subprocess.Popen(["sleep", "600"])
    return [process.pid] * len(batch)
"""


def a_batch(n: int = 10) -> pd.DataFrame:
    return pd.DataFrame({"delay": np.arange(n) * 5, "origin": ["EWR"] * n})


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """One process for all the tests that do not end it."""
    folder = tmp_path_factory.mktemp("running")
    (folder / "model.py").write_text(CODE)
    with system(folder, "whichever", task=None) as opened:
        yield opened


def answered(running: System, function: str, batch: pd.DataFrame | None = None) -> Answers:
    batch = a_batch() if batch is None else batch
    return running.answer(batch.assign(do=function))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "model.py").write_text(CODE)
    return tmp_path


def system(folder: Path, function: str, task: Any = "classification", **limits: Any) -> System:
    python = schema.PythonSystem(callable=f"model.py:{function}", **limits)
    return open_system(schema.System(python=python, task=task), folder=folder)


def answers(
    folder: Path, function: str, batch: pd.DataFrame | None = None, **given: Any
) -> Answers:
    with system(folder, function, **given) as opened:
        return opened.answer(a_batch() if batch is None else batch)


def without_place(fault: str) -> str:
    """Leave out file and line: ' (model.py:12)'."""
    return re.sub(r" \([a-z_]+\.py:\d+\)", "", fault)


def names(found: Answers) -> list[str]:
    return [AnswerStatus(status).name for status in found.status]


def test_answers_row_by_row(running: System) -> None:
    """A well-behaved callable gives one answer per row, without confidence or faults."""
    found = answered(running, "fine")

    assert found.value.tolist() == ["on time"] * 4 + ["late"] * 6
    assert names(found) == ["OK"] * 10
    assert np.isnan(found.confidence).all()
    assert found.faults == ()
    assert (found.latency_s > 0).all()


@pytest.mark.parametrize(("given", "seen"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_waiting_threads_sleep_unless_told_otherwise(
    folder: Path, monkeypatch: pytest.MonkeyPatch, given: str | None, seen: str
) -> None:
    """A model shares its cores with Proveout, and with whatever else runs there."""
    if given is None:
        monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    else:
        monkeypatch.setenv("OMP_WAIT_POLICY", given)

    assert set(answers(folder, "patience").value) == {seen}


def test_documents_and_tokens_come_through(folder: Path) -> None:
    """Fields as JSON has them, whatever Python made of them; tokens as they were told."""
    found = answers(folder, "documents", a_batch(2), task="extraction")

    delays = a_batch(2)["delay"].tolist()
    assert found.value.tolist() == [{"delay": delay, "fare": "1.50"} for delay in delays]
    assert found.usage is not None
    assert found.usage.input_tokens.tolist() == [10, 10]
    assert found.usage.output_tokens.tolist() == delays


def test_answers_an_empty_batch(running: System) -> None:
    """No rows, no answers, no faults."""
    found = answered(running, "fine", a_batch(0))

    assert (len(found.value), found.faults) == (0, ())


@pytest.mark.parametrize(
    ("function", "status", "fault"),
    [
        ("sys_exit", "FAILED", "SystemExit: enough"),
        ("raises", "FAILED", "ValueError: no such airport: 'XYZ'"),
        ("nothing", "MALFORMED", "returned None instead of one answer per row"),
        ("generator", "MALFORMED", "returned of type generator instead of one answer per row"),
        ("matrix", "MALFORMED", "answers of shape 10 × 2 instead of one per row"),
        (
            "nameless",
            "MALFORMED",
            "no column 'answer' in what was returned (it has: prediction)",
        ),
        ("triple", "MALFORMED", "a returned tuple must be (answers, confidences)"),
        ("unlike", "MALFORMED", "10 answers came with 1 confidences"),
        (
            "too_many",
            "MALFORMED",
            "11 answers came for 10 rows; it is unknown which belongs to which",
        ),
    ],
)
def test_what_goes_wrong_is_a_status_and_a_fault(
    running: System, function: str, status: str, fault: str
) -> None:
    """An exception or nonsense is told in one sentence; it never reaches the caller."""
    found = answered(running, function)

    assert names(found) == [status] * 10
    assert without_place(found.faults[0]) == fault
    assert found.value.tolist() == [None] * 10


@pytest.mark.parametrize(
    ("function", "fault"),
    [
        ("segfault", "the process was killed by SIGSEGV"),
        ("leave", "the process ended with exit code 7; its last words: bye"),
    ],
)
def test_a_crash_is_a_failed_answer(folder: Path, function: str, fault: str) -> None:
    """The process of the system may end in any way; Proveout's goes on."""
    found = answers(folder, function, a_batch(1))

    assert names(found) == ["FAILED"]
    assert found.faults == (fault,)


@pytest.mark.parametrize("function", ["hang", "deaf", "endless"])
def test_a_hang_is_timed_out(folder: Path, function: str) -> None:
    """A system that does not answer in time is ended, deaf to signals or not."""
    found = answers(folder, function, timeout_s=0.3)

    assert names(found) == ["TIMED_OUT"] * 10
    assert found.faults == ("no answer within 0.3 s for 10 rows",)


def test_too_few_answers_leave_the_rest_missing(running: System) -> None:
    """Answers belong to the first rows; rows without one are missing."""
    found = answered(running, "too_few")

    assert names(found) == ["OK"] * 8 + ["MISSING"] * 2
    assert found.faults == ("only 8 answers came for 10 rows",)


def test_numbers_are_told_from_nonsense(running: System) -> None:
    """Regression: NaN, infinity, text and lists are malformed; None is a refusal."""
    found = fit_to_task(answered(running, "mixed"), "regression")

    assert names(found) == [
        "OK", "MALFORMED", "MALFORMED", "REFUSED", "MALFORMED",
        "MALFORMED", "MALFORMED", "REFUSED", "OK", "MALFORMED",
    ]  # fmt: skip
    assert found.value[0] == 1.5
    assert found.value[8] == 2.0
    assert found.faults == (
        "1 answers were NaN",
        "1 answers were infinite",
        "1 answers were of type list",
        "3 answers were text where a number is wanted, such as 'late'",
    )


def test_classes_are_text(running: System) -> None:
    """Classification: numbers and truth values name classes too."""
    found = fit_to_task(answered(running, "mixed"), "classification")

    assert found.value.tolist() == [
        "1.5", None, None, None, "late", None, "True", None, "2", "100000000000000000000",
    ]  # fmt: skip


def test_a_confidence_that_is_none_spoils_the_answer(running: System) -> None:
    """A confidence is a number from 0 to 1, or None where there is none."""
    found = answered(running, "confident")

    assert names(found) == [
        "OK", "MALFORMED", "MALFORMED", "MALFORMED", "OK", "MALFORMED", "OK", "OK", "OK", "OK",
    ]  # fmt: skip
    assert found.faults == ("4 confidences were not a number from 0 to 1",)
    np.testing.assert_array_equal(found.confidence, [0.5, *[np.nan] * 5, 0, 1, 0.25, 0.75])


@pytest.mark.parametrize("function", ["frame", "mapping"])
def test_answers_and_confidences_may_come_by_name(running: System, function: str) -> None:
    """A frame or a dict with 'answer' and 'confidence' is read by these names."""
    found = answered(running, function)

    assert names(found) == ["OK"] * 10
    assert found.confidence.tolist() == [0.5] * 10


def test_prints_are_not_answers(running: System) -> None:
    """Whatever the system prints, and however much, its answers arrive."""
    assert names(answered(running, "chatty")) == ["OK"] * 10


def test_a_memory_hog_fails_within_its_limit(folder: Path) -> None:
    """Above its memory limit the system gets a MemoryError, and the machine nothing."""
    found = answers(folder, "hog", a_batch(1), memory_mb=8_000)

    assert without_place(found.faults[0]) == "MemoryError"


def test_a_memory_limit_below_what_python_takes_is_told(folder: Path) -> None:
    """The limit is one of address space, of which libraries map a lot."""
    with pytest.raises(UnreachableError, match="memory_mb is 100, and Python with pandas alone"):
        answers(folder, "fine", memory_mb=100)


def test_one_bad_row_does_not_spoil_its_batch(running: System) -> None:
    """A failed batch is taken apart: only the row that fails alone counts as failed."""
    batch = a_batch(1000)
    batch.loc[317, "delay"] = 99

    found = answered(running, "one_bad_row", batch)

    assert np.flatnonzero(found.status != AnswerStatus.OK).tolist() == [317]
    assert tuple(map(without_place, found.faults)) == (
        "ValueError: 99 is no delay",
        "a batch of 1,000 rows failed; in smaller batches 1 of them failed",
    )


def test_one_deadly_row_does_not_spoil_its_batch(folder: Path) -> None:
    """A crash is taken apart as well; the system is started again each time."""
    batch = a_batch(16)
    batch.loc[5, "delay"] = 99

    found = answers(folder, "one_deadly_row", batch)

    assert np.flatnonzero(found.status != AnswerStatus.OK).tolist() == [5]
    assert found.faults == (
        "the process was killed by SIGKILL",
        "a batch of 16 rows failed; in smaller batches 1 of them failed",
    )


def test_a_system_that_always_fails_is_not_asked_for_every_row(running: System) -> None:
    """When every row tried alone fails too, the rest counts as failed, and that is said."""
    found = answered(running, "raises", a_batch(5000))

    assert found.faults[1] == (
        "a batch of 5,000 rows failed, and so did each of 16 rows sent alone; "
        "the others were not tried alone and count as failed"
    )


@pytest.mark.parametrize(
    ("function", "status", "fault"),
    [
        ("segfault", "FAILED", "the process was killed by SIGSEGV"),
        ("hang", "TIMED_OUT", "no answer within 0.2 s for 1 rows"),
    ],
)
def test_a_system_that_never_lives_to_reply_is_asked_three_times(
    folder: Path, function: str, status: str, fault: str
) -> None:
    """The rows that were not asked count as failed, and a fault says so."""
    found = answers(folder, function, a_batch(5), batch_rows=1, timeout_s=0.2)

    assert names(found) == [status] * 3 + ["FAILED"] * 2
    assert found.faults == (
        fault,
        "not asked, after 3 batches in a row ended in crashes or hangs",
    )


def test_a_system_that_sometimes_replies_is_asked_on(folder: Path) -> None:
    """Single hangs are no reason to give up."""
    (folder / "model.py").write_text(
        "import time\n"
        "def predict(batch):\n"
        "    if batch['delay'].iloc[0] % 3:\n"
        "        time.sleep(60)\n"
        "    return [1]\n"
    )
    batch = pd.DataFrame({"delay": [1, 2, 3, 4, 5, 6]})

    found = answers(folder, "predict", batch, batch_rows=1, timeout_s=1)

    assert names(found) == ["TIMED_OUT", "TIMED_OUT", "OK"] * 2


def test_rows_arrive_as_they_are(running: System) -> None:
    """Types survive the way to the system, and so do columns that hold several."""
    batch = pd.DataFrame(
        {
            "whole": [1, 2],
            "holes": [1.5, None],
            "mixed": [12, "1.234,5"],
            "moment": pd.to_datetime(["2013-01-01", None]),
            "empty": [None, None],
            7: ["a", "b"],
        },
        index=[10, 20],
    )

    found = answered(running, "seen", pd.concat([batch] * 3))

    moments = ", ".join(["Timestamp('2013-01-01 00:00:00'), NaT"] * 3)
    assert [re.sub(r"datetime64\[.s\]", "datetime64", text) for text in found.value] == [
        "('whole', 'int64', [1, 2, 1, 2, 1, 2])",
        "('holes', 'float64', [1.5, nan, 1.5, nan, 1.5, nan])",
        "('mixed', 'object', [12, '1.234,5', 12, '1.234,5', 12, '1.234,5'])",
        f"('moment', 'datetime64', [{moments}])",
        "('empty', 'object', [None, None, None, None, None, None])",
        f"(7, '{batch[7].dtype}', ['a', 'b', 'a', 'b', 'a', 'b'])",
    ]


def test_runs_in_the_charters_folder(folder: Path) -> None:
    """Relative paths in the system's code start where the charter stands."""
    assert answers(folder, "where").value[0] == str(folder)


@pytest.mark.parametrize(
    ("code", "reference", "message"),
    [
        (
            "import no_such_package",
            "bad.py:predict",
            "The system 'bad.py:predict' could not be started: ModuleNotFoundError: "
            "No module named 'no_such_package'.",
        ),
        (
            "predict = 3",
            "bad.py:predict",
            "The system 'bad.py:predict' could not be started: TypeError: "
            "bad.py:predict is no function but of type int.",
        ),
        (
            "import os; os._exit(3)",
            "bad.py:predict",
            "The system 'bad.py:predict' could not be started: the process ended with exit code 3.",
        ),
        (
            "import time; time.sleep(60)",
            "bad.py:predict",
            "The system 'bad.py:predict' could not be started: it was not ready within 2 s.",
        ),
    ],
)
def test_a_system_that_cannot_be_started_is_unreachable(
    tmp_path: Path, code: str, reference: str, message: str
) -> None:
    """No evidence comes of a system that never ran: the call ends with exit code 3."""
    (tmp_path / "bad.py").write_text(code)
    limit = 2 if "sleep" in code else 120
    python = schema.PythonSystem(callable=reference, start_timeout_s=limit)

    with (
        pytest.raises(UnreachableError) as raised,
        open_system(schema.System(python=python), folder=tmp_path),
    ):
        pass

    assert without_place(raised.value.message) == message
    assert raised.value.hint == (
        'Try it by hand in the charter\'s folder: python -c "from bad import predict"'
    )


def test_a_missing_function_is_named(folder: Path) -> None:
    """The message says which module lacks which function."""
    with pytest.raises(UnreachableError, match="has no attribute 'nowhere'"):
        answers(folder, "nowhere")


def test_a_missing_file_is_wrong_input(tmp_path: Path) -> None:
    """A code file that is not there is a mistake in the charter: exit code 2."""
    with pytest.raises(InputError) as raised:
        open_system(schema.System.model_validate("gone.py:predict"), folder=tmp_path)

    assert raised.value.message == (
        f"system.python.callable: there is no file 'gone.py' in {tmp_path}."
    )
    assert raised.value.hint == "Write it as 'path/to/file.py:function', from the charter's folder."


def test_a_package_of_the_folder_is_found(tmp_path: Path) -> None:
    """'package.module:function' is looked for in the charter's folder, too."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "model.py").write_text("def predict(batch): return [1] * len(batch)")

    with open_system(
        schema.System.model_validate({"python": "shop.model:predict"}), folder=tmp_path
    ) as opened:
        assert opened.answer(a_batch(2)).value.tolist() == [1.0, 1.0]


def test_no_process_is_left_behind(folder: Path) -> None:
    """What the system starts ends with it."""
    found = answers(folder, "with_child", task="regression")

    assert _ends(int(found.value[0]))  # a signal takes a moment to arrive


def test_the_system_ends_when_proveout_is_killed(folder: Path) -> None:
    """Even SIGKILL of the parent leaves no process behind."""
    program = f"""
import pandas as pd
from pathlib import Path
from proveout.charter import schema
from proveout.systems import open_system
opened = open_system(schema.System.model_validate("model.py:pid"), folder=Path({str(folder)!r}))
opened.__enter__()
print(int(opened.answer(pd.DataFrame({{"a": [1]}})).value[0]), flush=True)
import os, signal
os.kill(os.getpid(), signal.SIGKILL)
"""
    (folder / "model.py").write_text("import os\ndef pid(batch): return [os.getpid()]")

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert _ends(int(done.stdout))


def test_ctrl_c_ends_the_system_too(folder: Path) -> None:
    """An interrupted assessment leaves nothing running, whatever the system is at."""
    (folder / "model.py").write_text(
        "import os, time\n"
        "def hang(batch):\n"
        "    with open('pids', 'w') as pids:\n"
        "        pids.write(str(os.getpid()))\n"
        "    time.sleep(600)\n"
    )
    program = f"""
import pandas as pd
from pathlib import Path
from proveout.charter import schema
from proveout.systems import open_system
named = schema.System.model_validate("model.py:hang")
with open_system(named, folder=Path({str(folder)!r})) as opened:
    opened.answer(pd.DataFrame({{"a": [1]}}))
"""
    os.mkfifo(folder / "pids")  # opening it waits for the other side

    with subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.DEVNULL) as running:
        pid = int((folder / "pids").read_text())
        running.send_signal(signal.SIGINT)

    assert _ends(pid)


def _ends(pid: int) -> bool:
    """Wait for the process without polling: its descriptor becomes readable when it is gone."""
    import select

    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], 10)[0])
    finally:
        os.close(descriptor)


def test_the_fingerprint_changes_with_code_and_model(folder: Path) -> None:
    """Another model file or another line of code is another system; another date is not."""
    first = system(folder, "fine").fingerprint
    os.utime(folder / "model.py", (0, 0))
    touched = system(folder, "fine").fingerprint
    (folder / "weights.joblib").write_bytes(b"1")
    with_model = system(folder, "fine").fingerprint
    (folder / "weights.joblib").write_bytes(b"2")
    with_other = system(folder, "fine").fingerprint

    assert first == touched
    assert len({first, with_model, with_other}) == 3
    assert first.startswith("sha256:")
