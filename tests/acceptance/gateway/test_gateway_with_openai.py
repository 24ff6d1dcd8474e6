"""The real openai client, a real gateway and a system: three processes, and nothing changes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from fixtures.gateways import RawSystem, chunked, system, whole
from proveout.runtime.log import read_records

PROVEOUT = Path(sys.executable).with_name("proveout")
QUESTION = [{"role": "user", "content": "Where is my parcel?"}]


class Started:
    """A command that runs until it is stopped, and says on a line of JSON when it is ready."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [PROVEOUT, *arguments, "--json"],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1]
        self.ready: dict[str, Any] = json.loads(line)

    @property
    def url(self) -> str:
        found: str = self.ready["url"]
        return found

    def stop(self) -> tuple[int, str, str]:
        """Interrupt it as Ctrl-C does; return exit code, stdout and stderr."""
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[Started]:
    """Run a command beside the test."""
    made = Started(folder, *arguments)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
            made.process.communicate()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found: Path = tmp_path_factory.mktemp("gateway")
    return found


@pytest.fixture
def two(folder: Path) -> Iterator[tuple[str, str]]:
    """A system, and the same one behind a gateway: equal seeds, equal answers in their order."""
    simulate = ("simulate", "--port", "0", "--service", "0.01", "--tokens", "12", "--seed", "7")
    with ExitStack() as stack:
        direct = stack.enter_context(started(folder, *simulate))
        behind = stack.enter_context(started(folder, *simulate))
        options = ("--upstream", behind.url, "--port", "0", "--log", "two")
        gateway = stack.enter_context(started(folder, "gateway", *options))
        yield direct.url, gateway.url


def client(url: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0)


def plain(answer: Any) -> dict[str, Any]:
    """Return an answer without the second in which its system was started."""
    found: dict[str, Any] = answer.model_dump()
    found.pop("created")
    return found


def test_answers_equal_those_of_the_system_itself(two: tuple[str, str]) -> None:
    """Plain, streamed, with usage and without, errors and lists: object by object."""

    def seen(url: str) -> list[Any]:
        ask = client(url).chat.completions.create
        found: list[Any] = [plain(ask(model="simulated", messages=QUESTION)) for _ in range(2)]
        for options in ({}, {"stream_options": {"include_usage": True}}):
            stream = ask(model="simulated", messages=QUESTION, stream=True, **options)
            found.append([plain(chunk) for chunk in stream])
        with pytest.raises(openai.BadRequestError) as refused:
            ask(model="simulated", messages="none")  # type: ignore[call-overload]
        found += [refused.value.status_code, refused.value.body]
        found += [each.id for each in client(url).models.list()]
        return found

    direct, through = map(seen, two)

    assert through == direct
    assert "".join(chunk["choices"][0]["delta"]["content"] or "" for chunk in through[2][:-1])


def test_plain_http_equals_that_of_the_system_itself(two: tuple[str, str]) -> None:
    """Open Inference, MLflow and generic JSON: status, headers and body."""
    tensor = {"name": "q", "datatype": "BYTES", "shape": [2], "data": ["one", "two"]}
    asked = [
        ("POST", "/v2/models/simulated/infer", {"inputs": [tensor]}),
        ("POST", "/invocations", {"dataframe_records": [{"q": "one"}, {"q": "two"}]}),
        ("POST", "/", {"rows": [{"q": "one"}]}),
        ("POST", "/", {"rows": "none"}),
        ("GET", "/v2/health/ready", None),
        ("GET", "/health", None),
        ("DELETE", "/v1/models", None),
    ]

    def seen(url: str) -> list[Any]:
        replies = [httpx.request(how, url + path, json=body) for how, path, body in asked]
        return [
            (
                each.status_code,
                [h for h in each.headers.items() if h[0] != "proveout-id"],
                each.text,
            )
            for each in replies
        ]

    direct, through = map(seen, two)

    assert through == direct


def test_every_answer_stands_in_the_log(two: tuple[str, str], folder: Path) -> None:
    """By the id that its reply carries, with what it took, marked as simulated."""
    reply = client(two[1]).chat.completions.with_raw_response.create(
        model="simulated", messages=QUESTION, user="ann"
    )
    answer = reply.parse()

    [record] = [
        record
        for record in read_records(folder / "two", "gateway")
        if record.id == reply.headers["proveout-id"]
    ]
    assert answer.usage is not None
    assert (record.input_tokens, record.output_tokens, record.user, record.simulated) == (
        answer.usage.prompt_tokens,
        answer.usage.completion_tokens,
        "ann",
        True,
    )


TOOL = (
    b'{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":'
    b'{"role":"assistant","content":null,"tool_calls":[{"id":"t1","type":"function","function":'
    b'{"name":"track","arguments":"{\\"parcel\\": 7}"}}]},"finish_reason":"tool_calls"}]}'
)
PART = (
    b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":'
    b'0,"delta":{"tool_calls":[{"index":0,"id":"t1","type":"function","function":{"name":"track",'
    b'"arguments":"%b"}}]},"finish_reason":null}]}\n\n'
)
TOOLS: Any = [{"type": "function", "function": {"name": "track", "parameters": {"type": "object"}}}]


def answers(head: bytes, body: bytes) -> Any:
    asked = json.loads(body)
    if asked.get("user") == "limit":
        error = b'{"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}}'
        return whole(error, status="429 Too Many Requests", headers="retry-after: 3\r\n")
    if asked.get("user") == "slow":
        return [*chunked(PART % b"{", PART % b"}")[:3], None]
    if asked.get("stream"):
        return chunked(PART % b"{", PART % b"}", b"data: [DONE]\n\n")
    return whole(TOOL)


@pytest.fixture
def tools(folder: Path) -> Iterator[tuple[RawSystem, Started]]:
    """A system that calls tools, behind a gateway with a budget of four requests."""
    with system(answers) as up:
        options = ("--upstream", f"{up.url}/v1", "--port", "0", "--log", "tools", "--store", "t.db")
        with started(folder, "gateway", *options, "--budget-requests", "4") as gateway:
            yield up, gateway


def test_tools_errors_budget_and_cancellation(
    tools: tuple[RawSystem, Started], folder: Path
) -> None:
    """What the client raises and returns is what it would be without the gateway, until the
    budget is reached; who closes a stream in its midst ends it for the system as well."""
    up, gateway = tools
    ask = client(gateway.url).chat.completions.create

    whole_call = ask(model="m", messages=QUESTION, tools=TOOLS).choices[0].message.tool_calls
    parts = [
        chunk.choices[0].delta.tool_calls
        for chunk in ask(model="m", messages=QUESTION, tools=TOOLS, stream=True)
    ]
    with pytest.raises(openai.RateLimitError, match="slow down") as limited:
        ask(model="m", messages=QUESTION, user="limit")
    stream = ask(model="m", messages=QUESTION, user="slow", stream=True)
    next(iter(stream))
    stream.close()
    assert up.gone.wait(20)
    patient = openai.OpenAI(base_url=gateway.url, api_key="any", max_retries=2)
    with pytest.raises(openai.RateLimitError, match="The budget is used up") as reached:
        patient.chat.completions.create(model="m", messages=QUESTION)
    code, out, err = gateway.stop()

    assert [call.function.arguments for call in whole_call or ()] == ['{"parcel": 7}']  # type: ignore[union-attr]
    assert [calls[0].function.arguments for calls in parts if calls] == ["{", "}"]
    assert limited.value.response.headers["retry-after"] == "3"
    assert reached.value.code == "budget_exceeded"
    assert len(up.requests) == 4
    assert (code, json.loads(out)) == (130, {"ok": True, "event": "stopped", "served": 5})
    outcomes = [record.outcome for record in read_records(folder / "tools", "gateway")]
    assert sorted(outcomes) == ["answered", "answered", "cancelled", "failed", "over-budget"]
    assert "any" not in err.replace("Company", "")


def test_what_cannot_be_said_together_is_told(tmp_path: Path) -> None:
    """Mistakes are told with what to do, before anything listens."""

    def said(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [PROVEOUT, "gateway", *arguments], cwd=tmp_path, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        return done.returncode, " ".join(done.stderr.split())

    (tmp_path / "pilot.yaml").write_text(
        "version: 1\npilot: tickets\nsystem:\n  python: model.py:predict\n"
    )

    assert said("--budget", "10USD/day") == (
        2,
        "Error: --budget goes with --upstream; with a charter, all is in the charter. "
        "Name the system: --upstream http://127.0.0.1:8000",
    )
    assert said("--upstream", "127.0.0.1:80") == (
        2,
        "Error: '127.0.0.1:80' is no address of a service. "
        "Write it as http://host:port or https://host/path.",
    )
    assert said("pilot.yaml") == (
        2,
        "Error: The system 'current' is reached by python, and a gateway stands in front of "
        "systems that are reached by HTTP. In Python use the same protection in process: "
        "proveout.guard(system).",
    )
