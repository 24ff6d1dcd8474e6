"""A service that answers JSON over HTTP, as a system under test."""

from __future__ import annotations

import json
import os
import re
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from proveout.charter.schema import HttpSystem
from proveout.charter.schema.base import Task
from proveout.errors import InputError, MissingExtraError, UnreachableError
from proveout.systems import answering, fingerprint
from proveout.systems.answering import NotAnswersError
from proveout.systems.isolation import isolate
from proveout.systems.port import Answers, AnswerStatus

if TYPE_CHECKING:
    import httpx
    import pandas as pd

ROWS = "$rows"
"""In a request template, what stands for the list of records."""

BLAMES_ROWS = frozenset({400, 413, 422, 500})
"""A batch answered with one of these may hold single bad rows: bad request, too large, invalid,
and the server error into which frameworks turn an exception."""

MOST_TIME_OUTS = 10
"""After so many requests in a row that timed out nothing more is asked; each takes its limit."""

MOST_BYTES = 1 << 28
"""A longer response is cut off."""

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class HttpJson:
    """Answers by asking a service, several batches at a time."""

    def __init__(
        self, charter: HttpSystem, *, task: Task | None, known: dict[str, str | None]
    ) -> None:
        self._charter = charter
        self._task = task
        self._headers = _with_variables(charter.headers, os.environ)
        # The charter's own text, '${API_TOKEN}' and all: a secret never gets into a fingerprint.
        self._fingerprint = fingerprint.of_settings({**known, **charter.model_dump(mode="json")})
        self._client: httpx.Client | None = None
        # Of all threads together; that one may count a little late does no harm.
        self._time_outs_in_a_row = 0

    @property
    def fingerprint(self) -> str:
        """'sha256:…' over URL, template, version; what runs behind the URL cannot be seen."""
        return self._fingerprint

    @property
    def label(self) -> str:
        """The URL, without what may be secret in it."""
        return _without_secrets(self._charter.url)

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
        self._time_outs_in_a_row = 0

    def answer(self, batch: pd.DataFrame) -> Answers:
        """Answer every row, in requests of at most `batch_rows`.

        Raises UnreachableError when the service cannot be reached at the start.
        """
        client = self._start()
        began = time.monotonic()
        size = self._charter.batch_rows
        batches = [batch.iloc[first : first + size] for first in range(0, len(batch), size)]
        retried: Counter[str] = Counter()
        with ThreadPoolExecutor(self._charter.concurrency) as pool:
            parts = list(pool.map(lambda rows: self._ask(client, rows, retried), batches))
        answers = answering.join(parts, elapsed_s=time.monotonic() - began)
        again = tuple(f"{count:,} retries after: {fault}" for fault, count in retried.items())
        return replace(answers, faults=(*answers.faults, *again))

    @property
    def _has_given_up(self) -> bool:
        return self._time_outs_in_a_row >= MOST_TIME_OUTS

    def _start(self) -> httpx.Client:
        if self._client is None:
            self._client = _connected(self._charter, self._headers, self.label)
        return self._client

    def _ask(self, client: httpx.Client, rows: pd.DataFrame, retried: Counter[str]) -> Answers:
        """Ask for a batch; take it apart where the service says that it is the rows' fault."""
        answers, code = self._ask_patiently(client, rows, retried)
        if len(rows) < 2 or code not in BLAMES_ROWS:
            return answers
        return isolate(
            lambda some: self._ask_patiently(client, some, retried)[0],
            rows,
            answers,
            crashed=False,
            may_go_on=lambda: True,
        )

    def _ask_patiently(
        self, client: httpx.Client, rows: pd.DataFrame, retried: Counter[str]
    ) -> tuple[Answers, int | None]:
        body = _body(self._charter.request_template, rows)
        for left in range(self._charter.retries, -1, -1):
            answers, code = self._ask_once(client, body, len(rows))
            could_help = code is None or code >= 500 or code == HTTPStatus.TOO_MANY_REQUESTS
            if not could_help or left == 0 or self._has_given_up:
                break
            retried[answers.faults[0]] += 1
        return answers, code

    def _ask_once(self, client: httpx.Client, body: bytes, n: int) -> tuple[Answers, int | None]:
        """Return the answers, and the HTTP status where there was a response."""
        import httpx

        began = time.monotonic()

        def failed(status: AnswerStatus, fault: str) -> Answers:
            return answering.failed(n, status, fault, time.monotonic() - began)

        if self._has_given_up:
            fault = f"not asked, after {MOST_TIME_OUTS} requests in a row had timed out"
            return failed(AnswerStatus.FAILED, fault), None
        try:
            response = self._response(client, body, deadline=began + self._charter.timeout_s)
        except (httpx.TimeoutException, TimeoutError):
            self._time_outs_in_a_row += 1
            limit = f"{self._charter.timeout_s:g} s"
            return failed(AnswerStatus.TIMED_OUT, f"no response within {limit}"), None
        except httpx.HTTPError as error:
            # The kind alone: the text of such an error may hold the URL with its secrets.
            return failed(AnswerStatus.FAILED, f"no response: {type(error).__name__}"), None
        self._time_outs_in_a_row = 0
        code = response.code
        if not 200 <= code < 300:
            return failed(AnswerStatus.FAILED, f"HTTP {code}{_phrase(code)}"), code
        try:
            raw = self._read(response.text)
        except NotAnswersError as error:
            return failed(AnswerStatus.MALFORMED, str(error)), code
        latency_s = time.monotonic() - began
        return answering.settle(raw, rows=n, latency_s=latency_s, task=self._task), code

    def _response(self, client: httpx.Client, body: bytes, *, deadline: float) -> _Response:
        """Read a whole response. Raises TimeoutError for one that drips in past its time."""
        with client.stream(self._charter.method, self._charter.url, content=body) as response:
            received = bytearray()
            for part in response.iter_bytes():
                received += part
                if time.monotonic() > deadline:
                    raise TimeoutError
                if len(received) > MOST_BYTES:
                    break  # cut off, it is no JSON any more
            return _Response(
                code=response.status_code,
                text=received.decode("utf-8", "replace"),
            )

    def _read(self, content: str) -> answering.RawAnswers:
        try:
            decoded = json.loads(content)
        except (ValueError, RecursionError):
            raise NotAnswersError("the response is not JSON") from None
        raw = answering.read_list(_list_at(decoded, self._charter.answer_path))
        if self._charter.confidence_path is None:
            return raw
        return answering.with_confidence(raw, _list_at(decoded, self._charter.confidence_path))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Response:
    """A response that was read to its end."""

    code: int
    text: str


def _connected(charter: HttpSystem, headers: Mapping[str, str], label: str) -> httpx.Client:
    try:
        import httpx
    except ImportError:
        raise MissingExtraError(extra="http", wanted_for=f"The system at {label}") from None
    client = httpx.Client(
        headers={"content-type": "application/json", "accept": "application/json", **headers},
        timeout=charter.timeout_s,
        limits=httpx.Limits(max_connections=charter.concurrency),
    )
    try:
        # Any response at all, be it 404 or 405, shows that somebody is there; rows are not sent.
        client.request("OPTIONS", charter.url)
    except (httpx.TransportError, httpx.InvalidURL) as error:
        client.close()
        raise UnreachableError(
            f"The system at {label} could not be reached: {_why(error, charter.timeout_s)}.",
            hint="See that the service runs and that system.http.url is right.",
        ) from None
    return client


def _why(error: Exception, timeout_s: float) -> str:
    """Say in words why nobody answered; an address, which may hold secrets, is not repeated."""
    import httpx

    if isinstance(error, httpx.TimeoutException):
        return f"no response within {timeout_s:g} s"
    said = re.sub(r"^\[Errno -?\d+\] ", "", str(error)).rstrip(".")
    is_of_the_network = isinstance(error, httpx.NetworkError) and said
    return said[0].lower() + said[1:] if is_of_the_network else type(error).__name__


def _phrase(code: int) -> str:
    """Name a status in the standard's words; the server's own may hold anything."""
    try:
        return f" {HTTPStatus(code).phrase}"
    except ValueError:
        return ""


def _without_secrets(url: str) -> str:
    """Scheme, host and path: user, password and query may be secret."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}{parts.path}"


def _with_variables(headers: Mapping[str, str], variables: Mapping[str, str]) -> dict[str, str]:
    """Put in the environment's values. Raises InputError naming what is not set."""
    wanted = {name for value in headers.values() for name in _VARIABLE.findall(value)}
    missing = sorted(wanted - variables.keys())
    if missing:
        raise InputError(
            f"system.http.headers: the environment variable {missing[0]} is not set.",
            hint=f"Set it before the call: export {missing[0]}=…",
        )
    return {
        name: _VARIABLE.sub(lambda match: variables[match[1]], value)
        for name, value in headers.items()
    }


def _body(template: Any, rows: pd.DataFrame) -> bytes:
    # pandas writes missing values as null and moments in ISO 8601
    records = rows.to_json(orient="records", date_format="iso", date_unit="us", double_precision=15)
    if template is None:
        template = {"rows": ROWS}
    return json.dumps(template).replace(json.dumps(ROWS), records).encode()


def _of_each(items: list[Any], key: str) -> list[Any]:
    """Return what each item has under a key, None where it has nothing. Raises KeyError."""
    if not any(key in item for item in items):
        raise KeyError(key)
    return [item.get(key) for item in items]


def _list_at(decoded: Any, path: str) -> list[Any]:
    """Follow dotted keys (and list positions) to a list. Raises NotAnswersError.

    A key below a list is looked up in each of its items: 'answers.label' reads the labels of
    {"answers": [{"label": "yes"}, …]}.
    """
    found = decoded
    for part in path.split("."):
        try:
            if not isinstance(found, list):
                found = found[part]
            elif part.isdecimal():
                found = found[int(part)]
            else:
                found = _of_each(found, part)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            raise NotAnswersError(f"the response has nothing at '{path}'") from None
    if not isinstance(found, list):
        raise NotAnswersError(f"what the response has at '{path}' is no list")
    return found
