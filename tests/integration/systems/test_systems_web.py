"""The client that asks every kind of service, against a real one on this machine."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pandas as pd
import pytest

from fixtures.scoring_service import Service
from proveout.charter import schema
from proveout.errors import InputError, UnreachableError
from proveout.systems import AnswerStatus, System, open_system

QUESTIONS = pd.DataFrame({"q": ["capital of France", None]})


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    yield service
    service.close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def system(task: Any = "text", **kind: Any) -> System:
    return open_system(schema.System.model_validate({**kind, "task": task}), folder=Path("/"))


def chat(service: Service, **settings: Any) -> System:
    given = {"url": f"{service.root}/v1", "model": "m", "user": "{q}?", **settings}
    return system(chat=given)


def said(content: str, **more: Any) -> dict[str, Any]:
    return {"choices": [{"message": {"content": content}, "finish_reason": "stop"}], **more}


def test_asks_a_language_model_row_by_row(service: Service) -> None:
    """Each row is a conversation; what it took is known for each."""
    usage = {"prompt_tokens": 7, "completion_tokens": 2}
    service.reply = lambda body: (200, said(body["messages"][0]["content"], usage=usage))

    with chat(service) as opened:
        found = opened.answer(QUESTIONS)

    assert found.value.tolist() == ["capital of France?", "?"]
    assert service.paths == ["/v1/chat/completions"] * 2
    assert found.usage is not None
    assert found.usage.input_tokens.tolist() == [7, 7]
    assert found.usage.output_tokens.tolist() == [2, 2]
    assert found.usage.attempts.tolist() == [1, 1]
    assert found.usage.tokens_from == "usage"
    assert not found.simulated


def test_a_stream_tells_when_its_first_token_came(service: Service) -> None:
    """Before the whole answer; without reported tokens, its parts are counted."""
    parts = ["Pa", "ris"]
    events = [{"choices": [{"delta": {"role": "assistant"}}]}]
    events += [{"choices": [{"delta": {"content": part}}]} for part in parts]
    events += [{"choices": [{"delta": {}, "finish_reason": "stop"}]}]
    stream = [f"data: {json.dumps(event)}\n\n".encode() for event in events]
    service.reply = lambda _: (200, [*stream, b"data: [DONE]\n\n"])

    with chat(service, stream=True) as opened:
        found = opened.answer(QUESTIONS)

    assert found.value.tolist() == ["Paris", "Paris"]
    assert found.usage is not None
    assert (found.usage.first_token_s > 0).all()
    assert (found.usage.first_token_s <= found.latency_s).all()
    assert found.usage.output_tokens.tolist() == [2, 2]
    assert found.usage.tokens_from == "counted"


def test_latency_counts_from_the_first_attempt(service: Service) -> None:
    """As long as a user waits: two replies of 429, the pauses that they ask for, and the answer."""
    replies = iter([429, 429, 200])
    busy = {"retry-after": "0.2"}
    service.reply = lambda _: (next(replies), said("yes"), busy)

    with chat(service, retries=3) as opened:
        found = opened.answer(QUESTIONS.iloc[:1])

    assert found.value.tolist() == ["yes"]
    assert found.latency_s[0] >= 0.4
    assert found.usage is not None
    assert found.usage.attempts.tolist() == [3]
    assert found.faults == ("2 retries after: HTTP 429 Too Many Requests",)


def test_the_slowest_of_several_answers_decides(service: Service) -> None:
    """All samples count: their attempts, and those that never came."""
    texts = iter(["Paris", "paris.", "Lyon", None])
    usage = {"prompt_tokens": 10, "completion_tokens": 1}

    def reply(_: Any) -> tuple[int, Any]:
        text = next(texts)
        return (503, {}) if text is None else (200, said(text, usage=usage))

    service.reply = reply

    with chat(service, confidence="agreement", samples=4, concurrency=1) as opened:
        found = opened.answer(QUESTIONS.iloc[:1])

    assert found.value.tolist() == ["Paris"]
    assert found.confidence.tolist() == [0.5]
    assert found.faults == (
        "one of several answers to a question did not come: HTTP 503 Service Unavailable",
    )
    assert found.usage is not None
    assert found.usage.attempts.tolist() == [4]


def test_a_simulation_says_so(service: Service) -> None:
    """One reply with the header is enough: what is found is then no measurement."""
    service.reply = lambda _: (200, said("yes"), {"Proveout-Simulated": "1"})

    with chat(service) as opened:
        assert opened.answer(QUESTIONS).simulated


def test_a_column_that_was_never_there_is_wrong_input_and_one_that_is_gone_a_fault(
    service: Service,
) -> None:
    """The charter is wrong before the first row; later it is the input that is broken."""
    service.reply = lambda _: (200, said("yes"))
    renamed = QUESTIONS.rename(columns={"q": "Q"})

    with chat(service) as opened:
        with pytest.raises(InputError):
            opened.answer(renamed)
        opened.answer(QUESTIONS)
        found = opened.answer(renamed)

    assert found.status.tolist() == [AnswerStatus.FAILED] * 2
    assert found.faults == (
        "system.chat.user: '{q}' stands for a column that the data do not have.",
    )


def test_a_fault_that_passes_is_told_from_bad_rows_by_asking_once_more(service: Service) -> None:
    """A batch is not taken apart for it; the second request is counted, and its time too."""
    numbers = count(1)

    def reply(body: Any) -> tuple[int, Any]:
        is_hiccup = next(numbers) % 3 == 0
        return (500, {}) if is_hiccup else (200, {"answers": ["a"] * len(body["rows"])})

    service.reply = reply
    batch = pd.DataFrame({"x": range(600)})

    with system("classification", http={"url": service.url, "concurrency": 1}) as opened:
        found = opened.answer(batch)

    assert len(service.bodies) == 8
    assert (found.status == AnswerStatus.OK).all()
    assert found.usage is not None
    assert np.unique(found.usage.attempts, return_counts=True)[1].tolist() == [400, 200]
    assert found.faults == (
        "2 retries after: HTTP 500 Internal Server Error, "
        "to tell a fault that passes from bad rows",
    )


def test_a_row_that_is_set_apart_has_all_requests_that_it_was_in(service: Service) -> None:
    """Taking a batch apart costs requests, which are counted row by row."""

    def reply(body: Any) -> tuple[int, Any]:
        rows = body["rows"]
        return (422, {}) if {"x": 5} in rows else (200, {"answers": ["a"] * len(rows)})

    service.reply = reply

    with system("classification", http={"url": service.url}) as opened:
        found = opened.answer(pd.DataFrame({"x": range(10)}))

    assert np.flatnonzero(found.status).tolist() == [5]
    assert found.usage is not None
    assert found.usage.attempts.tolist() == [2] * 10


def test_headers_that_drip_in_are_cut_off_in_time() -> None:
    """The limit is for the whole request, whatever keeps it from its end."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            first, _ = server.accept()  # the question whether anybody is there
            first.recv(1 << 16)
            first.sendall(b"HTTP/1.1 405 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            first.close()
            second, _ = server.accept()
            with second:
                second.sendall(b"HTTP/1.1 200 OK\r\n")
                while second.recv(1 << 16):  # until the caller has gone
                    second.sendall(b"x-more: 1\r\n")

        thread = threading.Thread(target=drip)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"

        with system("classification", http={"url": url, "timeout_s": 0.3}) as opened:
            found = opened.answer(pd.DataFrame({"x": [1]}))
        thread.join()

    assert found.faults == ("no response within 0.3 s",)
    assert found.status.tolist() == [AnswerStatus.TIMED_OUT]


@pytest.mark.parametrize(
    ("kind", "path", "body"),
    [
        ({"open_inference": {"model": "m"}}, "/v2/models/m/infer",
         {"outputs": [{"name": "y", "shape": [2], "datatype": "BYTES", "data": ["a", "b"]}]}),
        ({"mlflow": {}}, "/invocations", {"predictions": ["a", "b"]}),
    ],
)  # fmt: skip
def test_asks_model_servers(service: Service, kind: Any, path: str, body: Any) -> None:
    """Rows in, answers out, whatever the protocol."""
    service.reply = lambda _: (200, body)
    ((name, settings),) = kind.items()

    with system("classification", **{name: {"url": service.root, **settings}}) as opened:
        found = opened.answer(pd.DataFrame({"x": [1, 2]}))

    assert found.value.tolist() == ["a", "b"]
    assert service.paths == [path]
    assert opened.fingerprint.startswith("sha256:")


@pytest.mark.parametrize(
    "kind",
    [
        {"chat": {"model": "m", "user": "x"}},
        {"open_inference": {"model": "m"}},
        {"mlflow": {}},
        {"http": {}},
    ],
)
def test_a_service_that_is_not_there_names_its_key(service: Service, kind: Any) -> None:
    """The hint says which line of the charter to look at; secrets in the URL stay out."""
    service.close()
    ((name, settings),) = kind.items()

    with pytest.raises(UnreachableError) as raised:
        system(**{name: {"url": f"{service.root}?key=s3cret", **settings}}).__enter__()

    assert raised.value.message == (
        f"The system at {service.root} could not be reached: connection refused."
    )
    assert raised.value.hint == (f"See that the service runs and that system.{name}.url is right.")


def test_a_secret_that_a_service_repeats_is_in_no_fault(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor in the label, nor in what is said when nobody answers."""
    monkeypatch.setenv("KEY", "s3cret-key")
    url = service.root.replace("://", "://ann:passw0rd@") + "/v1?code=qu3ry"
    echoed = {"Bearer s3cret-key": 1, "passw0rd": 2, "qu3ry": 3}
    service.reply = lambda _: (200, said(json.dumps(echoed)))

    with chat(service, url=url, api_key="${KEY}", confidence="stated") as opened:
        found = opened.answer(QUESTIONS)
    service.close()
    with pytest.raises(UnreachableError) as raised, opened:
        pass

    assert found.faults == (
        "the answer is an object without 'answer' (it has: 'Bearer …', '…', '…')",
    )
    assert opened.label == f"{service.root}/v1"
    assert not any(word in str(raised.value) for word in ("s3cret", "passw0rd", "qu3ry"))


def test_credentials_follow_no_redirect(service: Service) -> None:
    """Another host has no business with them: a redirect is an error of the service."""
    other = Service()
    service.reply = lambda _: (307, {}, {"location": f"{other.root}/v1/chat/completions"})

    with (
        chat(service, headers={"Authorization": "Bearer s3cret"}) as opened,
        pytest.raises(UnreachableError),
    ):
        opened.answer(QUESTIONS)
    other.close()

    assert other.headers == []


@pytest.mark.parametrize(
    ("code", "what", "hint"),
    [
        (
            401,
            "HTTP 401 Unauthorized (invalid_api_key)",
            "See that system.chat.api_key and system.chat.headers hold a key that is valid for "
            "this service.",
        ),
        (
            404,
            "HTTP 404 Not Found (invalid_api_key)",
            "See that system.chat.url (most end in /v1), and system.chat.model are right.",
        ),
        (
            301,
            "HTTP 301 Moved Permanently (invalid_api_key)",
            "No redirect is followed: write where it leads under system.chat.url.",
        ),
    ],
)
def test_a_wrong_key_or_address_is_no_bad_system(
    service: Service, code: int, what: str, hint: str
) -> None:
    """Where every request is turned down by it, nothing was measured, and it is said what to do."""
    service.reply = lambda _: (code, {"error": {"code": "invalid_api_key"}})

    with chat(service) as opened, pytest.raises(UnreachableError) as raised:
        opened.answer(QUESTIONS)

    assert (
        raised.value.message == f"The system at {service.root}/v1 turns every request down: {what}."
    )
    assert raised.value.hint == hint


def test_a_service_that_has_answered_once_may_fail_by_its_keys(service: Service) -> None:
    """A key that expires in between is something that users meet."""
    asked = count()
    service.reply = lambda _: (200, said("yes")) if next(asked) == 0 else (401, {})

    with chat(service, concurrency=1) as opened:
        found = opened.answer(QUESTIONS)

    assert found.faults == ("HTTP 401 Unauthorized",)


def test_a_service_without_tls_is_told_from_one_that_is_away(service: Service) -> None:
    """'https' for 'http' is said to be that."""
    address = service.root.replace("http:", "https:")

    with pytest.raises(UnreachableError) as raised:
        chat(service, url=address).__enter__()

    assert raised.value.message == (
        f"The system at {address} could not be reached: it speaks no TLS there; without TLS the "
        "address begins with http://."
    )


def test_what_one_answer_sets_is_not_known_when_the_next_is_asked_for(service: Service) -> None:
    """Each row is another user's: no cookie is kept."""
    service.reply = lambda _: (200, said("yes"), {"set-cookie": "session=1; path=/"})

    with chat(service, concurrency=1) as opened:
        opened.answer(QUESTIONS)

    assert not any("cookie" in {name.lower() for name in sent} for sent in service.headers)


def test_an_error_is_named_by_its_code_and_never_by_its_message(service: Service) -> None:
    """The message may hold anything, a key among it; the code says what to change."""
    error = {
        "message": "Incorrect key s3cret",
        "code": "unsupported_parameter",
        "param": "max_tokens",
    }
    service.reply = lambda _: (400, {"error": error})

    with chat(service) as opened:
        found = opened.answer(QUESTIONS)

    assert found.faults == ("HTTP 400 Bad Request (unsupported_parameter: max_tokens)",)


def test_a_question_that_a_filter_stopped_counts_as_refused(service: Service) -> None:
    """Not as a failure of the service, although it answers 400."""
    service.reply = lambda _: (400, {"error": {"code": "content_filter"}})

    with chat(service) as opened:
        found = opened.answer(QUESTIONS)

    assert found.status.tolist() == [AnswerStatus.REFUSED] * 2
    assert found.usage is not None
    assert not np.isnan(found.usage.input_tokens).any()


def test_a_sample_that_never_came_is_taken_to_have_cost_what_the_others_did(
    service: Service,
) -> None:
    """It has been worked on, whatever became of its answer; no retry is made of it."""
    replies = iter([(200, "yes"), (200, "yes"), (200, "no"), (503, "")])
    usage = {"prompt_tokens": 10, "completion_tokens": 2}

    def reply(_: Any) -> tuple[int, Any]:
        code, text = next(replies)
        return code, said(text, usage=usage)

    service.reply = reply

    with chat(service, confidence="agreement", samples=4, concurrency=1) as opened:
        found = opened.answer(QUESTIONS.iloc[:1])

    assert found.usage is not None
    assert found.usage.input_tokens.tolist() == [40]
    assert found.usage.output_tokens.tolist() == [8]
    assert (found.usage.samples, found.usage.tokens_from) == (4, "counted")


@pytest.mark.parametrize(
    ("response", "fault"),
    [
        (b"\x00\xffgarbage\r\n\r\n", "no response: it is no HTTP, or ended too early"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{",
         "the response broke off: it is no HTTP, or ended too early"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n{\r\n",
         "no response: it is no HTTP, or ended too early"),
        (b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n{}",
         "no response: its compression is damaged"),
        (b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n" + gzip.compress(bytes(65 << 20), 1),
         "the response is longer than 64 MB"),
        (b"HTTP/1.0 200 OK\r\n\r\n" + b"[" * 100_000, "the response is not JSON"),
    ],
)  # fmt: skip
def test_what_is_no_proper_response_is_told_in_words(response: bytes, fault: str) -> None:
    """Whatever comes over the line, there is an answer with a status, and memory holds it."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for said in (b"", response):  # nothing at all to the question whether it is there
                caller, _ = server.accept()
                with caller, contextlib.suppress(ConnectionError):
                    caller.recv(1 << 16)
                    caller.sendall(said)
                    caller.shutdown(socket.SHUT_WR)
                    while caller.recv(1 << 16):
                        pass

        thread = threading.Thread(target=serve)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"

        with system("classification", http={"url": url}) as opened:
            found = opened.answer(pd.DataFrame({"x": [1]}))
        thread.join()

    assert found.faults == (fault,)
    assert found.status[0] != AnswerStatus.OK


def test_a_connection_that_was_closed_in_between_is_no_failure_of_the_service() -> None:
    """Nobody had taken the request: it is sent again on another connection, and told."""
    body = json.dumps({"answers": ["a"]}).encode()
    fine = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)

    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for _ in range(3):  # whether it is there, the first batch, and the second
                caller, _ = server.accept()
                with caller, caller.makefile("rb") as lines:
                    take(lines)
                    caller.sendall(fine)
                    take(lines)  # one more, and closes the connection

        def take(lines: BinaryIO) -> None:
            head = b""
            while (line := lines.readline()) not in (b"\r\n", b""):
                head += line.lower()
            _, _, length = head.partition(b"content-length: ")
            lines.read(int(length.split()[0]) if length else 0)

        thread = threading.Thread(target=serve)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        batch = pd.DataFrame({"x": [1]})

        with system("classification", http={"url": url, "concurrency": 1}) as opened:
            first, second = opened.answer(batch), opened.answer(batch)
        thread.join()

    assert (first.value.tolist(), second.value.tolist()) == (["a"], ["a"])
    assert second.faults == ("1 retries after: the service had closed the connection in between",)
    assert second.usage is not None
    assert second.usage.attempts.tolist() == [2]
