"""The simulated service on a real socket, asked by the real client library."""

import json
import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proveout.errors import InputError
from proveout.simulation.app import SIMULATED_HEADER
from proveout.simulation.behaviour import Behaviour, ServiceTime, Tokens
from proveout.simulation.chat import ChatRequest, Said
from proveout.simulation.floor import Counts
from proveout.simulation.responder import Answered, Filler
from proveout.simulation.running import Simulator, running
from proveout.systems import exchange

AT_ONCE = ServiceTime(mean_s=0)
QUESTION = [{"role": "user", "content": "When does the late shift begin?"}]


@contextmanager
def client(simulator: Simulator, timeout_s: float = 10) -> Iterator[openai.OpenAI]:
    """The real client, without its hidden retries."""
    with openai.OpenAI(
        base_url=f"{simulator.url}/v1", api_key="any", max_retries=0, timeout=timeout_s
    ) as asking:
        yield asking


@contextmanager
def asking(behaviour: Behaviour, timeout_s: float = 10) -> Iterator[openai.OpenAI]:
    with running(behaviour) as simulator, client(simulator, timeout_s) as opened:
        yield opened


def ask(opened: openai.OpenAI, **more: Any) -> Any:
    return opened.chat.completions.create(
        model="m", messages=QUESTION, **{"temperature": 0, **more}
    )


def until(is_so: Callable[[], bool]) -> None:
    """Wait for what another thread is about to do."""
    end = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_mark_of_simulation_is_the_one_that_systems_look_for() -> None:
    """Two rooms that may not know each other say the same word."""
    assert SIMULATED_HEADER == exchange.SIMULATED_HEADER


def test_every_reply_says_that_it_is_simulated() -> None:
    """Success or failure, whatever the path."""
    with running(Behaviour(service=AT_ONCE)) as simulator, httpx.Client() as http:
        url = simulator.url
        replies = [
            http.get(f"{url}/v1/models"),
            http.get(f"{url}/nowhere"),
            http.post(f"{url}/v1/chat/completions", content=b"{"),
            http.post(f"{url}/v1/chat/completions", json={"model": "m", "messages": QUESTION}),
            http.post(url, json={"rows": [{"a": 1}]}),
            http.put(url, json={}),
        ]

    assert [reply.status_code for reply in replies] == [200, 404, 400, 200, 200, 405]
    assert {reply.headers["proveout-simulated"] for reply in replies} == {"1"}


def test_openai_client_reads_an_answer_with_its_usage() -> None:
    """Tokens of question and answer, and probabilities where asked for."""
    with asking(Behaviour(service=AT_ONCE)) as opened:
        completion = ask(opened, logprobs=True, top_logprobs=2, n=2)
        models = [model.id for model in opened.models.list()]

    first, second = completion.choices
    assert first.message.content == second.message.content
    assert "".join(each.token for each in first.logprobs.content) == first.message.content
    assert {len(each.top_logprobs) for each in first.logprobs.content} == {2}
    assert completion.usage.completion_tokens == 2 * len(first.logprobs.content)
    assert completion.usage.prompt_tokens == 7
    assert models == ["simulated"]


@pytest.mark.parametrize("mean_s", [0.0, 0.05])
def test_openai_client_reads_a_stream(mean_s: float) -> None:
    """Put together, its parts are the answer that comes as a whole; usage comes last if asked."""
    service = ServiceTime(mean_s=mean_s, shape="constant")
    with asking(Behaviour(service=service)) as opened:
        whole = ask(opened)
        events = list(ask(opened, stream=True, stream_options={"include_usage": True}))

    text = "".join(event.choices[0].delta.content or "" for event in events if event.choices)
    assert text == whole.choices[0].message.content
    assert events[-2].choices[0].finish_reason == "stop"
    assert events[-1].usage == whole.usage


def test_answer_is_cut_at_the_limit_of_tokens() -> None:
    """And says so."""
    with asking(Behaviour(service=AT_ONCE)) as opened:
        completion = ask(opened, max_tokens=5)

    assert completion.choices[0].finish_reason == "length"
    assert completion.usage.completion_tokens == 5


def test_answers_have_the_wanted_number_of_tokens() -> None:
    """Mean and spread, within 10 % for 300 answers."""
    wanted = Tokens(output_mean=40, output_cv=0.5)
    numbers = random.Random(1)
    filler = Filler(Behaviour(service=AT_ONCE, tokens=wanted))
    said = [filler.chat(ChatRequest(model="m", text=str(n)), numbers) for n in range(600)]

    lengths = [len(each.text.split()) for each in said]
    mean = sum(lengths) / len(lengths)
    assert mean == pytest.approx(40, rel=0.1)
    spread = (sum((n - mean) ** 2 for n in lengths) / len(lengths)) ** 0.5
    assert spread / mean == pytest.approx(0.5, rel=0.15)


def test_counts_tell_what_became_of_every_request() -> None:
    """Refusals in words and answers out of form are answers, and counted among them."""
    behaviour = Behaviour(service=AT_ONCE, refusal_rate=1)
    with running(behaviour) as simulator, client(simulator) as opened:
        refusals = [ask(opened), ask(opened)]
        until(lambda: simulator.app.counts.answered == 2)

    assert {each.choices[0].message.content.split()[0] for each in refusals} <= {"I'm", "I"}
    assert simulator.app.counts == Counts(requests=2, answered=2, refused=2)


def test_rate_limit_raises_the_clients_own_error() -> None:
    """With the seconds after which to try again."""
    with asking(Behaviour(service=AT_ONCE, requests_per_minute=6)) as opened:
        ask(opened)
        with pytest.raises(openai.RateLimitError) as refused:
            ask(opened)

    assert refused.value.code == "rate_limit_exceeded"
    assert 1 <= int(refused.value.response.headers["retry-after"]) <= 10


def test_full_queue_raises_the_clients_own_error() -> None:
    """503, in the form of the protocol."""
    with running(Behaviour(slots=1, queue=0, service=ServiceTime(mean_s=60))) as simulator:
        at_work = _sent(simulator)
        until(lambda: simulator.app.floor.station.busy == 1)
        with client(simulator) as opened, pytest.raises(openai.InternalServerError) as full:
            ask(opened)
        at_work.close()

    assert (full.value.status_code, full.value.code) == (503, "overloaded")


def test_failure_raises_the_clients_own_error() -> None:
    """500, in the form of the protocol."""
    with (
        asking(Behaviour(service=AT_ONCE, error_rate=1)) as opened,
        pytest.raises(openai.InternalServerError) as failed,
    ):
        ask(opened)

    assert (failed.value.status_code, failed.value.code) == (500, "internal_error")


def test_request_that_makes_no_sense_is_refused_with_its_key() -> None:
    """As the service itself does."""
    with (
        asking(Behaviour(service=AT_ONCE)) as opened,
        pytest.raises(openai.BadRequestError) as refused,
    ):
        ask(opened, temperature=7)

    assert refused.value.param == "temperature"
    assert refused.value.body == {
        "message": "'temperature' is no number from 0 to 2.",
        "type": "invalid_request_error",
        "param": "temperature",
        "code": None,
    }


def test_client_that_gives_up_frees_its_place_in_the_queue() -> None:
    """It is counted as gone, and nobody waits behind it."""
    service = ServiceTime(mean_s=60, shape="constant")
    with running(Behaviour(slots=1, service=service)) as simulator:
        station, counts = simulator.app.floor.station, simulator.app.counts
        sockets = [_sent(simulator) for _ in range(2)]
        until(lambda: (station.busy, station.waiting) == (1, 1))
        sockets[1].close()
        until(lambda: station.waiting == 0)
        with client(simulator, timeout_s=0.1) as hasty, pytest.raises(openai.APITimeoutError):
            ask(hasty)
        until(lambda: counts.abandoned == 2)
        sockets[0].close()

    assert station.busy == 1  # what was begun is finished


def _sent(simulator: Simulator) -> socket.socket:
    """Send a question and leave the answer unread."""
    port = int(simulator.url.rsplit(":", 1)[1])
    opened = socket.create_connection(("127.0.0.1", port))
    body = json.dumps({"model": "m", "messages": QUESTION}).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n"
    opened.sendall(head.encode() + body)
    return opened


class Knows(Filler):
    """Answers rows by one of their cells."""

    def row(self, row: Any) -> Answered:
        return Answered(value=row.get("a", row.get("x.0")), confidence=0.75)


@pytest.mark.parametrize(
    ("path", "body", "reply"),
    [
        (
            "/",
            {"deep": {"rows": [{"a": 1}, {"a": "b"}]}},
            {"answers": [1, "b"], "confidence": [0.75] * 2},
        ),
        ("/", {"a": 7}, {"answers": [7], "confidence": [0.75]}),
        (
            "/invocations",
            {"dataframe_split": {"columns": ["a"], "data": [[1], [2]]}},
            {"predictions": [1, 2]},
        ),
        ("/invocations", {"dataframe_records": [{"a": 3}]}, {"predictions": [3]}),
        ("/invocations", {"inputs": {"a": [4, 5]}}, {"predictions": [4, 5]}),
        (
            "/objects/invocations",
            {"instances": [{"a": 6}]},
            {"predictions": [{"answer": 6, "confidence": 0.75}]},
        ),
    ],
)
def test_rows_are_answered_in_the_form_they_came_in(path: str, body: Any, reply: Any) -> None:
    """Plain JSON and the layouts of a scoring server."""
    behaviour = Behaviour(service=AT_ONCE)
    with running(behaviour, Knows(behaviour)) as simulator:
        assert httpx.post(simulator.url + path, json=body).json() == reply


@pytest.mark.parametrize(
    "inputs",
    [
        [{"name": "a", "shape": [2, 1], "datatype": "INT64", "data": [1, 2]}],
        [{"name": "x", "shape": [2, 2], "datatype": "FP32", "data": [1, 8, 2, 9]}],
        [{"name": "x", "shape": [2, 2], "datatype": "FP32", "data": [[1, 8], [2, 9]]}],
    ],
)
def test_tensors_are_answered_with_tensors(inputs: Any) -> None:
    """One tensor a column, or a matrix, flat or nested."""
    behaviour = Behaviour(service=AT_ONCE)
    with running(behaviour, Knows(behaviour)) as simulator, httpx.Client() as http:
        ready = http.get(f"{simulator.url}/v2/health/ready")
        reply = http.post(f"{simulator.url}/v2/models/m/infer", json={"inputs": inputs})

    assert ready.status_code == 200
    assert reply.json()["outputs"] == [
        {"name": "answer", "shape": [2], "datatype": "FP64", "data": [1, 2]},
        {"name": "confidence", "shape": [2], "datatype": "FP64", "data": [0.75, 0.75]},
    ]


class Repeats(Filler):
    """Answers with the question."""

    def chat(self, asked: ChatRequest, variation: random.Random) -> Said:
        return Said(text=asked.text)


@pytest.fixture(scope="module")
def echo() -> Iterator[openai.OpenAI]:
    behaviour = Behaviour(service=AT_ONCE)
    with running(behaviour, Repeats(behaviour)) as simulator, client(simulator) as opened:
        yield opened


@given(text=st.text(st.characters(codec="utf-8"), min_size=1, max_size=80))
@settings(max_examples=40)
def test_parts_of_a_stream_are_the_whole_answer(echo: openai.OpenAI, text: str) -> None:
    """Whatever the text: signs, scripts, line breaks."""
    messages: Any = [{"role": "user", "content": text}]
    events = echo.chat.completions.create(model="m", messages=messages, stream=True)

    parts = [event.choices[0].delta.content or "" for event in events]
    assert "".join(parts) == text


def test_same_seed_serves_the_same() -> None:
    """Answers, failures and their order, from one start to the next."""

    def served(seed: int) -> list[object]:
        behaviour = Behaviour(service=AT_ONCE, error_rate=0.5, seed=seed)
        with running(behaviour) as simulator, httpx.Client() as http:
            url = f"{simulator.url}/v1/chat/completions"
            replies = [http.post(url, json={"model": "m", "messages": QUESTION}) for _ in range(12)]
        return [reply.json().get("choices", reply.status_code) for reply in replies]

    assert served(1) == served(1) != served(2)


def test_port_that_is_taken_is_refused_with_a_way_out() -> None:
    """The message names the port."""
    with running(Behaviour()) as simulator:
        port = int(simulator.url.rsplit(":", 1)[1])
        with pytest.raises(InputError) as refused:
            Simulator(Behaviour(), port=port)

    assert str(refused.value) == (
        f"Port {port} of 127.0.0.1 cannot be listened at: Address already in use.\n"
        "Name another port, or 0 for any that is free: --port 0"
    )
