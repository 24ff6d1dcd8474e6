"""Bad data and bad systems, as installed: an answer, an exit code, and a ledger that is whole."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import duckdb
import pytest

PROVEOUT = Path(sys.executable).with_name("proveout")
N = 10
"""Records. The quality check asks in ten calls, so that each call gets one."""
CHARTER = """\
pilot: late-answers
data:
  production: [{name: tickets, path: tickets.csv}]
  label: LABEL
system:
  SYSTEM
acceptance: [METRIC]
"""
PYTHON = "python: {callable: 'model.py:predict'}"
IMPATIENT = "python: {callable: 'model.py:predict', timeout_s: 0.5}"
Prepare = Callable[..., Path]


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(PROVEOUT), *arguments],
        cwd=folder,
        # Wide, so that no sentence is wrapped.
        env={**os.environ, "COLUMNS": "500"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Give a folder with a sealed charter and sound data, made once for each charter."""
    made: dict[str, Path] = {}

    def folder_for(charter: str) -> Path:
        if charter not in made:
            folder = tmp_path_factory.mktemp("sealed")
            rows = [f"{n},{n % 7 + 1},{'yes' if n % 3 else 'no'},yes" for n in range(N)]
            text = "\n".join(["id,length,late,guess", *rows, ""])
            (folder / "tickets.csv").write_text(text, encoding="utf-8")
            (folder / "pilot.yaml").write_text(charter, encoding="utf-8")
            done = run(folder, "seal", "--who", "Maria Alvarez")
            assert done.returncode == 0, done.stderr
            made[charter] = folder
        return made[charter]

    return folder_for


@pytest.fixture
def prepare(sealed: Callable[[str], Path], tmp_path: Path) -> Prepare:
    """Lay out a copy of a sealed project of its own."""

    def prepared(
        system: str, *, label: str = "late", metric: str = "quality.accuracy >= 0.5"
    ) -> Path:
        charter = CHARTER.replace("SYSTEM", system).replace("LABEL", label)
        folder = tmp_path / "project"
        shutil.copytree(sealed(charter.replace("METRIC", metric)), folder)
        return folder

    return prepared


def assess(folder: Path, *checks: str) -> tuple[int, list[str]]:
    """Return exit code and what was said; by then the ledger has been found whole."""
    only = [word for check in checks for word in ("--only", check)]
    done = run(folder, "assess", *only)
    verified = run(folder, "ledger", "verify")
    assert "Traceback" not in done.stderr
    assert verified.returncode == 0, verified.stderr
    assert verified.stdout.startswith("The ledger is whole: ")
    return done.returncode, done.stderr.splitlines()


NO_ANSWERS = f"No usable answer for {N} of {N} rows of production; the first fault of each kind:"
GAVE_UP = "  not asked, after 3 batches in a row ended in crashes or hangs"
BY_HAND = """  Try it by hand in the charter's folder: python -c "from model import predict\""""


@pytest.mark.parametrize(
    ("predict", "faults"),
    [
        ("import os; os._exit(7)", ["  the process ended with exit code 7", GAVE_UP]),
        ("import ctypes; ctypes.string_at(0)", ["  the process was killed by SIGSEGV", GAVE_UP]),
        ("raise ValueError('unknown length')", ["  ValueError: unknown length (model.py:2)"]),
        ("return []", ["  only 0 answers came for 1 rows"]),
        (
            "return ['yes'] * (len(rows) + 1)",
            ["  2 answers came for 1 rows; it is unknown which belongs to which"],
        ),
        ("return [None] * len(rows)", ["  10 were refused"]),
        ("return [float('nan')] * len(rows)", ["  1 answers were NaN"]),
        (
            "return ['yes'] * len(rows), [2.0] * len(rows)",
            ["  1 confidences were not a number from 0 to 1"],
        ),
        (
            "return ['yes'] * len(rows), [float('nan')] * len(rows)",
            ["  1 confidences were not a number from 0 to 1"],
        ),
    ],
)  # fmt: skip
def test_a_system_that_answers_nothing_usable_is_evidence(
    prepare: Prepare, predict: str, faults: list[str]
) -> None:
    """A crash, an error and nonsense are counted as exceptions, with their reason: exit code 1."""
    folder = prepare(PYTHON)
    (folder / "model.py").write_text(f"def predict(rows):\n    {predict}\n", encoding="utf-8")

    code, said = assess(folder, "quality")

    at = said.index(NO_ANSWERS)
    assert (code, said[at + 1 : at + 1 + len(faults)]) == (1, faults)


def test_a_system_that_hangs_is_stopped_at_its_time_limit(prepare: Prepare) -> None:
    """Three times; what was not asked after that counts as no answer."""
    folder = prepare(IMPATIENT)
    (folder / "model.py").write_text("def predict(rows):\n    while True: pass\n")

    code, said = assess(folder, "quality")

    at = said.index(NO_ANSWERS)
    assert (code, said[at + 1 : at + 3]) == (1, ["  no answer within 0.5 s for 1 rows", GAVE_UP])


def test_text_for_a_number_is_evidence(prepare: Prepare) -> None:
    """With an example of what came instead."""
    system = f"{PYTHON}\n  task: regression"
    folder = prepare(system, label="length", metric="quality.mae <= 10")
    (folder / "model.py").write_text("def predict(rows):\n    return ['long'] * len(rows)\n")

    code, said = assess(folder, "quality")

    at = said.index(NO_ANSWERS)
    wanted = "  1 answers were text where a number is wanted, such as 'long'"
    assert (code, said[at + 1]) == (1, wanted)


def test_numbers_for_a_class_are_not_measured(prepare: Prepare) -> None:
    """They are answers, but to another question: no accuracy of 0 %, a reason instead."""
    folder = prepare(PYTHON)
    (folder / "model.py").write_text("def predict(rows):\n    return [1.5] * len(rows)\n")

    code, said = assess(folder, "quality")

    assert code == 1
    assert (
        "  in production: the answers ('1.5') are never among the labels ('no', 'yes'). "
        "Let the system answer in the words of the label, or check data.label."
    ) in said


def test_what_a_system_prints_is_no_answer(prepare: Prepare) -> None:
    """It may say what it likes, and it is measured."""
    folder = prepare(PYTHON)
    code = "print('loading')\ndef predict(rows):\n    print(rows)\n    return ['yes'] * len(rows)\n"
    (folder / "model.py").write_text(code)

    done, said = assess(folder, "quality")

    assert done == 1
    assert NO_ANSWERS not in said
    assert said[0].startswith("quality: 7 facts, ")


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("raise RuntimeError('no model file')\n", "RuntimeError: no model file (model.py:1)"),
        (
            "def other(rows):\n    pass\n",
            "AttributeError: module 'model' has no attribute 'predict'",
        ),
        ("import os\nos._exit(3)\n", "the process ended with exit code 3"),
    ],
)
def test_a_system_that_cannot_be_loaded_is_not_measured(
    prepare: Prepare, model: str, said: str
) -> None:
    """Nothing is known of its answers: exit code 3, and how to try it by hand."""
    folder = prepare(PYTHON)
    (folder / "model.py").write_text(model, encoding="utf-8")

    code, lines = assess(folder, "quality")

    assert code == 3
    assert lines[:2] == [
        f"quality: failed: The system 'model.py:predict' could not be started: {said}.",
        BY_HAND,
    ]
    assert "Not measured, because it broke: quality" in lines


class Service:
    """A scoring service that answers as a test wants."""

    def __init__(self) -> None:
        self.status, self.content = 200, b""
        self.hold = threading.Event()
        self.is_holding = False
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_OPTIONS(self) -> None:
                self._send(204, b"")

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                if service.is_holding:
                    service.hold.wait(30)
                self._send(service.status, service.content)

            def _send(self, status: int, content: bytes) -> None:
                try:
                    self.send_response(status)
                    self.send_header("content-length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
                except OSError:
                    return  # the other side did not wait

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/score"


@pytest.fixture(scope="module")
def running() -> Iterator[Service]:
    service = Service()
    thread = threading.Thread(target=service.server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield service
    service.server.shutdown()
    service.server.server_close()
    thread.join()


@pytest.fixture
def service(running: Service) -> Iterator[Service]:
    """The one service, as at the beginning."""
    running.status, running.content, running.is_holding = 200, b"", False
    running.hold.clear()
    yield running
    running.hold.set()


@pytest.mark.parametrize(
    ("status", "content", "fault"),
    [
        (500, b"", "HTTP 500 Internal Server Error"),
        (200, b"<html>busy</html>", "the response is not JSON"),
        (200, b'{"answers": []}', "only 0 answers came for 1 rows"),
    ],
)
def test_a_service_that_answers_nothing_usable_is_evidence(
    prepare: Prepare, service: Service, status: int, content: bytes, fault: str
) -> None:
    """An error status, another language, too few answers: exceptions, with their reason."""
    folder = prepare(f"http: {{url: '{service.url}', timeout_s: 30}}")
    service.status, service.content = status, content

    code, said = assess(folder, "quality")

    at = said.index(NO_ANSWERS)
    assert (code, said[at + 1]) == (1, f"  {fault}")


def test_a_service_that_hangs_is_not_waited_for(prepare: Prepare, service: Service) -> None:
    """Longer than its time limit."""
    folder = prepare(f"http: {{url: '{service.url}', timeout_s: 1}}")
    service.is_holding = True

    code, said = assess(folder, "quality")

    at = said.index(NO_ANSWERS)
    assert (code, said[at + 1]) == (1, "  no response within 1 s")


def test_a_service_that_is_not_there_is_not_measured(prepare: Prepare) -> None:
    """Nobody listens: exit code 3."""
    folder = prepare("http: {url: 'http://127.0.0.1:1/score'}")

    code, said = assess(folder, "quality")

    assert code == 3
    assert said[:2] == [
        "quality: failed: The system at http://127.0.0.1:1/score could not be reached: "
        "connection refused.",
        "  See that the service runs and that system.http.url is right.",
    ]


def test_recorded_answers_that_are_not_there_are_not_measured(prepare: Prepare) -> None:
    """The column is named, and those that there are."""
    folder = prepare("recorded: verdict")

    code, said = assess(folder, "quality")

    assert code == 3
    assert said[:2] == [
        "quality: failed: The recorded answers are to stand in column 'verdict', which the data "
        "do not have.",
        "  Columns found: id, length, guess.",
    ]


EMPTY = "tickets.csv is empty (0 bytes)."
EXPORT = "Export it again, or take it out of the source's path."
NOT_TEXT = "tickets.csv is not text in any encoding that is known."
ENCODING = "If it is text, write its encoding (encoding: utf-16-le); if not, its format."
UNREADABLE = bytes(range(1, 32)) * 100


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        (b"", EMPTY, EXPORT),
        (UNREADABLE, NOT_TEXT, ENCODING),
        (
            b"PAR1" + b"x" * 100,
            "tickets.csv is no Parquet file that can be read: it is damaged or cut short.",
            "Fetch or export it again.",
        ),
    ],
)
def test_data_that_cannot_be_read_are_not_measured(
    prepare: Prepare, content: bytes, message: str, hint: str
) -> None:
    """`assess` says it for each check that wanted them, exit code 3; `audit` ends with 2."""
    folder = prepare("recorded: guess")
    (folder / "tickets.csv").write_bytes(content)

    code, said = assess(folder, "readiness", "quality")
    audited = run(folder, "audit", "tickets.csv")

    assert code == 3
    assert said[:4] == [
        f"readiness: failed: {message}", f"  {hint}",
        f"quality: failed: {message}", f"  {hint}",
    ]  # fmt: skip
    assert "Not measured, because it broke: quality, readiness" in said
    assert (audited.returncode, audited.stdout) == (2, "")
    assert audited.stderr == f"Error: {message}\n{hint}\n"


@pytest.mark.parametrize("form", ["header only", "0 rows"])
def test_data_without_records_are_not_measured(prepare: Prepare, form: str) -> None:
    """Nothing is wrong with the file, and nothing can be said of the pilot: exit code 3."""
    folder = prepare("recorded: guess")
    if form == "header only":
        (folder / "tickets.csv").write_text("id,length,late,guess\n")
    else:
        (folder / "tickets.csv").unlink()
        query = "SELECT 1 AS id, 2 AS length, 'yes' AS late, 'no' AS guess WHERE false"
        duckdb.sql(query).write_parquet(str(folder / "tickets.csv"))

    code, said = assess(folder, "readiness", "quality")
    audited = run(folder, "audit", "tickets.csv")

    assert code == 3
    assert "  the source holds no records. Give data with records." in said
    assert "Not measured, because there was nothing to measure: quality" in said
    assert audited.returncode == 3
    assert audited.stdout.startswith("tickets  0 records · every row could be read\n")
    assert audited.stderr == "tickets was not judged: the source holds no records.\n"


def test_rows_that_cannot_be_read_are_counted(prepare: Prepare) -> None:
    """The others are read; the share of the lost ones is evidence."""
    folder = prepare("recorded: guess")
    rows = "1,3,yes,yes\n2,4,no\n3,,5,no,\n4,5,yes,no\n5,6,no,no\n"
    (folder / "tickets.csv").write_text(f"id,length,late,guess\n{rows}")

    code, _ = assess(folder, "readiness")
    audited = run(folder, "audit", "tickets.csv")

    assert code == 1
    assert audited.returncode == 0
    assert audited.stdout.startswith("tickets  3 records · 4 fields · 2 rows could not be read\n")
    assert "2 records of tickets cannot be read at all (40.0\N{NO-BREAK SPACE}%)" in audited.stdout


def test_a_tampered_ledger_gives_no_verdict(prepare: Prepare) -> None:
    """Be it that an entry was only filed under another pilot: exit code 2, and nothing is added."""
    folder = prepare("recorded: guess")
    assert assess(folder, "quality")[0] == 1
    ledger = folder / ".proveout" / "ledger.db"
    with closing(sqlite3.connect(ledger)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE ledger_entries SET pilot = 'another' WHERE seq = 3")
        connection.commit()
        before = connection.execute("SELECT count(*) FROM ledger_entries").fetchone()

    refused = [run(folder, "gate"), run(folder, "assess", "--only", "governance")]

    for done in refused:
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == (
            "Error: The ledger is broken, so there is no verdict: entry 3 was changed: its content "
            "does not match its hash.\nSee all that is wrong: proveout ledger verify\n"
        )
    with closing(sqlite3.connect(ledger)) as connection:
        assert connection.execute("SELECT count(*) FROM ledger_entries").fetchone() == before


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_ctrl_c_during_an_audit_is_130(tmp_path: Path) -> None:
    """Even in the midst of a query, where the engine gets the signal first: no traceback."""
    duckdb.sql(
        "SELECT i AS id, md5(i::VARCHAR) AS ref, random() AS x FROM range(3_000_000) AS t(i)"
    ).write_csv(str(tmp_path / "big.csv"))
    ours, theirs = os.openpty()
    with subprocess.Popen(
        [str(PROVEOUT), "audit", "big.csv"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=theirs
    ) as process:
        os.close(theirs)
        said = b""
        while b"reading" not in said:  # progress, because it is a terminal
            said += os.read(ours, 1000)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    os.set_blocking(ours, False)
    try:
        while part := os.read(ours, 10_000):
            said += part
    except OSError:
        os.close(ours)

    assert (process.returncode, out) == (130, b"")
    assert b"Traceback" not in said


def test_cell_with_an_error_is_no_row_that_could_not_be_read(tmp_path: Path) -> None:
    """The row of an error value is read; the heading tells of the cell."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["site", "quantity"], ["Oslo", 1], ["Bern", 2], ["Graz", "#N/A"], ["Linz", 4]):
        sheet.append(row)
    sheet["B4"].data_type = "e"
    book.save(tmp_path / "stock.xlsx")

    audited = run(tmp_path, "audit", "stock.xlsx")

    assert audited.stdout.startswith(
        "stock  4 records · 2 fields · every row could be read · 1 cell holds an error\n"
    )
