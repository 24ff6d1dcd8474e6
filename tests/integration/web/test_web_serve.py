"""`proveout serve`: one process or several, from the first start to Ctrl-C."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from fixtures.dashboard import EXAMPLE
from proveout.cli.app import build_app, run_app
from proveout.cli.commands import REGISTRARS
from proveout.desk import open_desk
from proveout.web.security.shared import signing_secret

COMMAND = [sys.executable, "-c", "from proveout.cli import main; main()", "serve"]


@contextmanager
def served(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], dict]]:
    """Run the command; give the process, and what it says when it is ready."""
    running = subprocess.Popen(
        [*COMMAND, "--port", "0", "--json", *options],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    watchdog = threading.Timer(90, running.kill)
    watchdog.start()
    try:
        assert running.stdout is not None
        line = running.stdout.readline()
        assert line, running.stderr.read() if running.stderr else ""
        yield running, json.loads(line)
    finally:
        watchdog.cancel()
        if running.poll() is None:
            running.kill()
        running.communicate()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLE, tmp_path / "invoices")
    return tmp_path


def test_it_serves_a_folder_shows_the_set_up_link_and_ends_in_order(folder: Path) -> None:
    """Ledger and database are made where they belong; Ctrl-C ends with exit code 130."""
    with served(folder, ".") as (running, told):
        assert told["set_up"].startswith(told["url"] + "/set-up/")
        assert httpx.get(told["url"] + "/health").text == "ok\n"
        assert httpx.get(told["set_up"]).status_code == 200
        assert (folder / "invoices" / ".proveout" / "ledger.db").exists()
        assert (folder / ".proveout" / "dashboard.db").exists()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)
    assert json.loads(out) == {"ok": True, "event": "stopped", "restarted": 0}
    assert err == "Stopped.\n"
    assert running.returncode == 130


def test_several_processes_share_sessions_and_outlive_each_other(folder: Path) -> None:
    """One is killed: the others answer, and another takes its place; all know the same sessions."""
    with served(folder, "invoices", "--workers", "2") as (running, told):
        url, link = told["url"], told["set_up"]
        with httpx.Client(base_url=url) as client:
            csrf = client.get(link).text.split('name="csrf" value="')[1].split('"')[0]
            fields = {"name": "Ada", "email": "ada@example.com"}
            done = client.post(
                link, data={**fields, "password": "kettle orbit lemon sand", "csrf": csrf}
            )
            assert done.status_code == 303
            cookies = dict(client.cookies)

        def asked(_: int) -> int:
            return httpx.get(f"{url}/me", cookies=cookies).status_code

        with ThreadPoolExecutor(4) as several:
            assert set(several.map(asked, range(12))) == {200}
            workers = _children(running.pid)
            os.kill(workers[0], signal.SIGKILL)
            assert set(several.map(asked, range(12))) <= {200}
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=30)
    assert running.returncode == 0
    assert not any(_lives(each) for each in workers)


def _children(parent: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(parent)],
        capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    return [int(line.split()[0]) for line in listed if "spawn_main" in line]


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_all_who_start_at_once_agree_on_one_secret(tmp_path: Path) -> None:
    """What one process signed, every other one knows."""
    place = str(tmp_path / "desk.db")

    def asked(_: int) -> str:
        with open_desk(place) as desk:
            return signing_secret(desk)

    with ThreadPoolExecutor(4) as several:
        assert len(set(several.map(asked, range(8)))) == 1


@pytest.mark.parametrize(
    "case",
    [
        (
            ("--host", "0.0.0.0"),  # noqa: S104 - what is refused
            "The dashboard is to listen at 0.0.0.0, and does not know how people reach it.",
            "Say so: --base-url https://pilots.example.com",
        ),
        (
            ("--base-url", "https://a.example.com/pilots"),
            "--base-url is not the address of a server: https://a.example.com/pilots",
            "Write it without a path: --base-url https://pilots.example.com",
        ),
        (
            ("--oidc-issuer", "https://login.example.com"),
            "To sign in by a provider, --oidc-client and $PROVEOUT_OIDC_SECRET must be given, too.",
            "Give all three, or none.",
        ),
        (
            ("nowhere",),
            "There is no pilot.yaml in {folder}/nowhere, nor in a folder of it.",
            "Name a charter or a folder, or write a first charter: proveout init",
        ),
    ],
)
def test_what_cannot_be_served_is_told_before_anything_is_made(
    case: tuple[tuple[str, ...], str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each mistake with what to write instead."""
    options, message, hint = case
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PROVEOUT_OIDC_SECRET", raising=False)
    shutil.copy(EXAMPLE / "pilot.yaml", tmp_path / "pilot.yaml")
    (tmp_path / "nowhere").mkdir()
    assert run_app(build_app(REGISTRARS), ["serve", "--json", *options]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["message"], error["hint"]) == (message.format(folder=tmp_path), hint)
    assert not (tmp_path / ".proveout").exists()
