"""A service over HTTP, tried against a real one on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fixtures.scoring_service import Service
from proveout.charter import schema
from proveout.errors import InputError, UnreachableError
from proveout.systems import Answers, AnswerStatus, System, open_system

SECRET = "s3cret-token"
_FOLDER = Path("/")


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    yield service
    service.close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def system(url: str, task: Any = "classification", **settings: Any) -> System:
    http = schema.HttpSystem(url=url, **settings)
    return open_system(schema.System(http=http, task=task), folder=_FOLDER)


def answers(service: Service, n: int = 4, **settings: Any) -> Answers:
    batch = pd.DataFrame({"delay": np.arange(n) * 10, "origin": [None, "JFK"] * (n // 2)})
    with system(service.url, **settings) as opened:
        return opened.answer(batch)


def names(found: Answers) -> list[str]:
    return [AnswerStatus(status).name for status in found.status]


def test_sends_rows_and_reads_answers(service: Service) -> None:
    """Records go out as JSON, missing values as null; answers come back in order."""
    found = answers(service, 4, batch_rows=4)

    assert found.value.tolist() == ["False", "False", "True", "True"]
    assert names(found) == ["OK"] * 4
    assert found.faults == ()
    assert service.bodies == [
        {
            "rows": [
                {"delay": 0, "origin": None},
                {"delay": 10, "origin": "JFK"},
                {"delay": 20, "origin": None},
                {"delay": 30, "origin": "JFK"},
            ]
        }
    ]


def test_reads_an_object_for_each_row(service: Service) -> None:
    """As many services answer; an object without an answer is a refusal."""
    service.reply = lambda body: (
        200,
        {
            "results": [
                {"label": "late", "p": 0.9} if row["delay"] > 15 else {"p": 0.5}
                for row in body["rows"]
            ]
        },
    )

    found = answers(service, 4, answer_path="results.label", confidence_path="results.p")

    assert found.value.tolist()[2:] == ["late", "late"]
    assert names(found) == ["REFUSED", "REFUSED", "OK", "OK"]
    assert found.confidence.tolist()[2:] == [0.9, 0.9]


def test_keeps_the_order_over_many_requests(service: Service) -> None:
    """Requests run side by side; the answers stand in the order of the rows."""
    service.reply = lambda body: (200, {"answers": [row["delay"] for row in body["rows"]]})

    found = answers(service, 100, batch_rows=3, concurrency=4, task="regression")

    assert found.value.tolist() == [10.0 * n for n in range(100)]
    assert len(service.bodies) == 34


def test_speaks_the_services_own_json(service: Service) -> None:
    """A template shapes the request; dotted paths find answers and confidences."""
    service.reply = lambda body: (
        200,
        {"out": [{"label": ["a"] * len(body["data"]), "p": [0.75] * len(body["data"])}]},
    )

    found = answers(
        service,
        2,
        request_template={"model": "m1", "data": "$rows"},
        answer_path="out.0.label",
        confidence_path="out.0.p",
    )

    assert service.bodies[0]["model"] == "m1"
    assert found.value.tolist() == ["a", "a"]
    assert found.confidence.tolist() == [0.75, 0.75]


@pytest.mark.parametrize(
    ("reply", "status", "fault"),
    [
        ((503, {}), "FAILED", "HTTP 503 Service Unavailable"),
        ((418, {}), "FAILED", "HTTP 418 I'm a Teapot"),
        ((299 + 300, {}), "FAILED", "HTTP 599"),
        ((200, b"<html>"), "MALFORMED", "the response is not JSON"),
        ((200, b"\xff\xfe"), "MALFORMED", "the response is not JSON"),
        ((200, {"result": []}), "MALFORMED", "the response has nothing at 'answers'"),
        ((200, {"answers": "late"}), "MALFORMED", "what the response has at 'answers' is no list"),
        ((200, {"answers": []}), "MISSING", "only 0 answers came for 4 rows"),
    ],
)
def test_a_bad_response_is_a_status_and_a_fault(
    service: Service, reply: tuple[int, Any], status: str, fault: str
) -> None:
    """Errors of the service are evidence, never an exception."""
    service.reply = lambda body: reply

    found = answers(service)

    assert names(found) == [status] * 4
    assert found.faults == (fault,)


def test_no_response_in_time_is_timed_out(service: Service) -> None:
    """A service that keeps one waiting has timed out."""
    service.is_holding = True

    found = answers(service, timeout_s=0.3)

    assert names(found) == ["TIMED_OUT"] * 4
    assert found.faults == ("no response within 0.3 s",)


def test_a_service_that_only_hangs_is_asked_ten_times(service: Service) -> None:
    """The rows that were not asked count as failed, and a fault says so; retries count too."""
    service.is_holding = True

    found = answers(service, 8, batch_rows=1, concurrency=1, retries=1, timeout_s=0.1)
    service.hold.set()

    assert names(found) == ["TIMED_OUT"] * 5 + ["FAILED"] * 3
    assert found.faults == (
        "no response within 0.1 s",
        "not asked, after 10 requests in a row had timed out",
        "5 retries after: no response within 0.1 s",
    )


def test_retries_are_counted_and_shown(service: Service) -> None:
    """A retry that helps still stands in the faults."""
    codes = iter([503, 503, 200])
    service.reply = lambda body: (next(codes), {"answers": ["a"] * len(body["rows"])})

    found = answers(service, retries=2)

    assert names(found) == ["OK"] * 4
    assert found.faults == ("2 retries after: HTTP 503 Service Unavailable",)


def test_one_bad_row_does_not_spoil_its_batch(service: Service) -> None:
    """A batch refused as invalid is taken apart, as one-record requests would have been."""

    def reply(body: Any) -> tuple[int, Any]:
        rows = body["rows"]
        bad = any(row["delay"] == 130 for row in rows)
        return (422, {}) if bad else (200, {"answers": ["a"] * len(rows)})

    service.reply = reply

    found = answers(service, 40, batch_rows=40)

    assert np.flatnonzero(found.status != AnswerStatus.OK).tolist() == [13]


def test_secrets_reach_the_service_and_nothing_else(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A header's variable is sent; label, faults and fingerprint do not know it."""
    monkeypatch.setenv("API_TOKEN", SECRET)
    headers = {"Authorization": "Bearer ${API_TOKEN}"}
    service.reply = lambda body: (500, {"error": "no"})
    with system(service.url + "?key=" + SECRET, headers=headers) as opened:
        found = opened.answer(pd.DataFrame({"a": [1]}))
        first = opened.fingerprint

    monkeypatch.setenv("API_TOKEN", "another")
    second = system(service.url + "?key=" + SECRET, headers=headers).fingerprint

    assert service.headers[-1]["Authorization"] == f"Bearer {SECRET}"
    assert SECRET not in " ".join(found.faults) + opened.label
    assert first == second


def test_a_variable_that_is_not_set_is_wrong_input() -> None:
    """The message names the variable, and how to set it."""
    with pytest.raises(InputError) as raised:
        system("http://127.0.0.1:9/", headers={"Authorization": "Bearer ${NO_SUCH_TOKEN}"})

    assert raised.value.message == (
        "system.http.headers: the environment variable NO_SUCH_TOKEN is not set."
    )
    assert raised.value.hint == "Set it before the call: export NO_SUCH_TOKEN=…"


def test_a_service_that_is_not_there_is_unreachable(service: Service) -> None:
    """Nothing listens: exit code 3, with the URL but not its secrets."""
    service.close()

    with pytest.raises(UnreachableError) as raised:
        answers(service)

    assert raised.value.message == (
        f"The system at {service.url} could not be reached: connection refused."
    )
    assert raised.value.hint == "See that the service runs and that system.http.url is right."
