"""A service over HTTP as a system under test, whatever protocol it speaks."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from proveout.charter.schema import WebSystem
from proveout.charter.schema.base import Task
from proveout.errors import UnreachableError
from proveout.systems import answering, fingerprint
from proveout.systems.dialects.addresses import without_secrets
from proveout.systems.dialects.opening import kind_of
from proveout.systems.dialects.records import records
from proveout.systems.exchange import Dialect
from proveout.systems.port import Answers
from proveout.systems.secrets import secrets_of, without
from proveout.systems.web.asking import Asker
from proveout.systems.web.courier import Courier
from proveout.systems.web.hearing import Sampling

if TYPE_CHECKING:
    import pandas as pd


class WebService:
    """Answers by asking a service, several requests at a time."""

    def __init__(
        self,
        charter: WebSystem,
        dialect: Dialect,
        *,
        task: Task | None,
        known: dict[str, str | None],
    ) -> None:
        self._charter = charter
        self._dialect = dialect
        self._task = task
        # The charter's own text, '${API_TOKEN}' and all: a secret never gets into a fingerprint.
        self._fingerprint = fingerprint.of_settings({**known, **charter.model_dump(mode="json")})
        self._secrets = secrets_of(charter, url=charter.url)
        self._courier: Courier | None = None
        self._asker: Asker | None = None
        self._has_written = False

    @property
    def fingerprint(self) -> str:
        """'sha256:…' over URL, prompts, version; what runs behind the URL cannot be seen."""
        return self._fingerprint

    @property
    def label(self) -> str:
        """The URL, without what may be secret in it."""
        return without_secrets(self._charter.url)

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._courier is not None:
            self._courier.close()
        self._courier = self._asker = None

    def answer(self, batch: pd.DataFrame) -> Answers:
        """Answer every row.

        Raises UnreachableError when the service cannot be reached at the start, or turns down
        every request from the first on by its address or key, and InputError when the first rows
        of all lack a column that the request is to hold.
        """
        asker = self._start()
        rows = records(batch)
        if rows and not self._has_written:
            self._dialect.encode(rows[:1])
            self._has_written = True
        began = time.monotonic()
        with ThreadPoolExecutor(self._charter.concurrency) as pool:
            try:
                parts = self._parts(asker, pool, rows)
            except BaseException:  # Ctrl-C: what is under way is not waited for
                asker.leave()
                self.__exit__(None, None, None)
                raise
        if asker.turned_down is not None:
            status, fault = asker.turned_down
            raise self._turned_away(status, *without(self._secrets, (fault,)))
        answers = answering.join(parts, elapsed_s=time.monotonic() - began)
        if self._task is not None:  # all at once, so that a fault counts the rows of all requests
            answers = answering.fit_to_task(answers, self._task)
        faults = (*answers.faults, *asker.retries_told())
        return replace(answers, faults=without(self._secrets, faults))

    def _parts(
        self, asker: Asker, pool: ThreadPoolExecutor, rows: list[dict[str, Any]]
    ) -> list[Answers]:
        size = self._dialect.rows_per_request
        batches = [rows[first : first + size] for first in range(0, len(rows), size)]
        n = self._dialect.samples if isinstance(self._dialect, Sampling) else 1
        if n == 1:
            return list(pool.map(asker.answers, batches))
        heard = list(
            pool.map(
                asker.hear,
                [batch for batch in batches for _ in range(n)],
                [sample for _ in batches for sample in range(n)],
            )
        )
        return [asker.agreed(heard[first : first + n]) for first in range(0, len(heard), n)]

    def _turned_away(self, status: int, fault: str) -> UnreachableError:
        kind = kind_of(self._charter)
        if status in (401, 403, 407):
            key = f"system.{kind}.api_key and " if hasattr(self._charter, "api_key") else ""
            hint = f"See that {key}system.{kind}.headers hold a key that is valid for this service."
        elif status < 400:
            hint = f"No redirect is followed: write where it leads under system.{kind}.url."
        else:
            model = f", and system.{kind}.model" if hasattr(self._charter, "model") else ""
            ends = " (most end in /v1)" if kind == "chat" else ""
            hint = f"See that system.{kind}.url{ends}{model} are right."
            hint = hint if model else hint.replace(" are right", " is right")
        return UnreachableError(
            f"The system at {self.label} turns every request down: {fault}.", hint=hint
        )

    def _start(self) -> Asker:
        if self._asker is None:
            self._courier = self._connected()
            self._asker = Asker(self._courier, self._dialect, self._charter)
        return self._asker

    def _connected(self) -> Courier:
        courier = Courier(
            connections=self._charter.concurrency, wanted_for=f"The system at {self.label}"
        )
        # Any response shows that somebody is there; rows are not sent.
        why = courier.knock(self._charter.url, self._dialect.headers, self._charter.timeout_s)
        if why is None:
            return courier
        courier.close()
        raise UnreachableError(
            f"The system at {self.label} could not be reached: {why}.",
            hint="See that the service runs and that "
            f"system.{kind_of(self._charter)}.url is right.",
        )
