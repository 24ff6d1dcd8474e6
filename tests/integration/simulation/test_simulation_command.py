"""`proveout simulate`, as installed."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx

PROVEOUT = Path(sys.executable).with_name("proveout")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(PROVEOUT), "simulate", *arguments], capture_output=True, text=True, check=False
    )


def test_says_when_it_is_ready_and_at_the_end_what_it_served(tmp_path: Path) -> None:
    """With --json one object a line; Ctrl-C ends it with the code of an interruption."""
    answers = tmp_path / "answers.csv"
    answers.write_text("question,answer\nWhen does the canteen close?,At two\n")
    options = ["--port", "0", "--service", "0", "--wrong-rate", "0", "--answers", str(answers)]
    with subprocess.Popen(
        [str(PROVEOUT), "simulate", *options, "--json"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        question = [{"role": "user", "content": "Hello! When does the canteen close? Thank you."}]
        body = {"model": "m", "temperature": 0, "messages": question}
        reply = httpx.post(f"{ready['chat']}/chat/completions", json=body).json()
        process.send_signal(signal.SIGINT)
        stopped = json.loads(process.stdout.read())

    assert reply["choices"][0]["message"]["content"] == "At two"
    assert {**ready, "url": "", "chat": ""} == {"ok": True, "event": "ready", "url": "", "chat": ""}
    assert stopped["counts"]["answered"] == 1
    assert process.returncode == 130


def test_settings_of_a_file_are_held_against_what_there_is(tmp_path: Path) -> None:
    """Everything that is wrong at once, with what may be meant; exit code 2."""
    file = tmp_path / "simulator.yaml"
    file.write_text("slot: 4\nerror_rate: 1.5\n")

    done = run("--config", str(file), "--json")

    error = json.loads(done.stdout)["error"]
    assert done.returncode == 2
    assert error == {
        "kind": "input",
        "message": f"{file}: these settings of the simulator cannot be used.\n"
        "  line 1: slot is not a setting; 'slots' is meant?\n"
        "  line 2: error_rate is 1.5: Input should be less than or equal to 1",
        "hint": "All settings: proveout simulate --help",
    }


def test_port_that_is_taken_is_a_mistake_of_the_call() -> None:
    """Exit code 2, and no traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("--port", str(taken.getsockname()[1]))

    assert done.returncode == 2
    assert done.stderr.startswith("Error: Port ")
    assert "Traceback" not in done.stderr
