"""Requests and answers as rows with columns: what the pilot was measured on, as production asks it.

Reading is by the charter's dialect, request by request, since a body is whatever a client wrote;
all that follows is done by the engine.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from proveout.asked import NotRowsError, Row, plain_rows
from proveout.charter import schema
from proveout.runtime.log.payload import bytes_of
from proveout.systems.answering import NotAnswersError, RawAnswers, read_returned
from proveout.systems.asked import rows_asked
from proveout.systems.dialects import open_dialect
from proveout.systems.exchange import Dialect, Reply

if TYPE_CHECKING:
    import pyarrow as pa

ID = "proveout_id"
ROW = "proveout_row"
AT = "proveout_at"
VERSION = "proveout_version"
TEAM = "proveout_team"
USER = "proveout_user"
ANSWER = "proveout_answer"
CONFIDENCE = "proveout_confidence"
LABEL = "proveout_label"
OURS = (ID, ROW, AT, VERSION, TEAM, USER, ANSWER, CONFIDENCE)
"""Columns that the log adds to those of the request."""

NEEDED = ("id", "at", "protocol", "version", "team", "user", "request", "answer", "system_status")
"""Columns of the log that reading takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A request whose rows could not be read, kept with its reason."""

    id: str
    why: str


@dataclass(slots=True)
class Reader:
    """Reads requests of one pilot, each by the version that answered it."""

    system: schema.System | None
    versions: Mapping[str, schema.System] = field(default_factory=dict)
    inputs: Sequence[str] = ()
    unread: list[Unread] = field(default_factory=list)
    _dialects: dict[str | None, Dialect | None] = field(default_factory=dict)

    def table(self, requests: Sequence[Mapping[str, Any]]) -> pa.Table:
        """Return the rows of some requests as columns; what could not be read is in `unread`."""
        rows: list[Row] = []
        for request in requests:
            try:
                rows += self._rows(request)
            except (NotRowsError, NotAnswersError) as error:
                self.unread.append(Unread(id=request["id"], why=str(error)))
        return _columns(rows)

    def _rows(self, request: Mapping[str, Any]) -> list[Row]:
        body = request["request"]
        if body is None:
            raise NotRowsError("The log keeps no payload of it.")
        asked = self._asked(request, bytes_of(body).decode("utf-8", "replace"))
        answers = self._answers(request, len(asked))
        common = {
            ID: request["id"],
            AT: request["at"],
            VERSION: request["version"],
            TEAM: request["team"],
            USER: request["user"],
        }
        return [
            {**row, **common, ROW: at, ANSWER: value, CONFIDENCE: sure}
            for at, (row, (value, sure)) in enumerate(zip(asked, answers, strict=True))
        ]

    def _asked(self, request: Mapping[str, Any], body: str) -> list[Row]:
        system = self._system(request)
        if system is None or request["protocol"] == "python":
            return plain_rows(_decoded(body))
        return rows_asked(system, body, inputs=self.inputs)

    def _answers(self, request: Mapping[str, Any], rows: int) -> list[tuple[Any, float | None]]:
        none: list[tuple[Any, float | None]] = [(None, None)] * rows
        body, status = request["answer"], request["system_status"]
        if body is None or (status is not None and not 200 <= status < 300):
            return none
        try:
            raw = self._read(request, bytes_of(body), rows)
        except NotAnswersError:
            return none  # that an answer was malformed stands in the record itself
        return list(_values(raw))[:rows] + none[len(raw) :]

    def _read(self, request: Mapping[str, Any], body: bytes, rows: int) -> RawAnswers:
        dialect = self._dialect(request)
        if dialect is None or request["protocol"] == "python":
            told = _decoded(body.decode("utf-8", "replace"))
            if isinstance(told, dict) and "answers" in told:
                told = {"answer": told["answers"], "confidence": told.get("confidence")}
            return read_returned(told)
        return dialect.decode(Reply(status=200, headers={}, body=body), rows).answers

    def _system(self, request: Mapping[str, Any]) -> schema.System | None:
        return self.versions.get(request["version"], self.system)

    def _dialect(self, request: Mapping[str, Any]) -> Dialect | None:
        version = request["version"]
        if version not in self._dialects:
            system = self._system(request)
            without = None if system is None else without_secrets(system)
            self._dialects[version] = None if without is None else open_dialect(without)
        return self._dialects[version]


def without_secrets(system: schema.System) -> schema.System:
    """Return the system as one reads its replies: no key is needed for that."""
    web = system.web
    if web is None:
        return system
    changes: dict[str, Any] = {"headers": {}}
    if isinstance(web, schema.ChatSystem):
        changes["api_key"] = None
    return system.model_copy(update={web.model_dump()["kind"]: web.model_copy(update=changes)})


def _values(raw: RawAnswers) -> Iterator[tuple[Any, float | None]]:
    for number, text, sure in zip(raw.number, raw.text, raw.confidence, strict=True):
        yield (
            text if math.isnan(number) else float(number),
            None if math.isnan(sure) else float(sure),
        )


def _decoded(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise NotRowsError("The body is not JSON.") from None


def _columns(rows: Sequence[Row]) -> pa.Table:
    """Put rows into columns; one whose values are of several kinds becomes text."""
    import pyarrow as pa

    names = list(dict.fromkeys([*(name for row in rows for name in row), *OURS]))
    return pa.table({name: _column([row.get(name) for row in rows], name) for name in names})


def _column(values: list[Any], name: str) -> pa.Array:
    import pyarrow as pa

    from proveout.systems.dialects.templates import as_text

    ours = {
        **dict.fromkeys((ID, VERSION, TEAM, USER), pa.string()),
        CONFIDENCE: pa.float64(),
        ROW: pa.int64(),
    }
    if not values:  # a window of which no payload is kept
        ours[AT] = pa.timestamp("us", tz="UTC")
    if name in ours:
        return pa.array(values, ours[name])
    kinds = {type(value) for value in values} - {type(None)}
    if not kinds:
        return pa.array(values, pa.string())
    if kinds <= {int, float} or (len(kinds) == 1 and not kinds & {dict, list}):
        try:
            return pa.array(values, pa.float64() if float in kinds else None)
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
            pass  # a whole number beyond 64 bits
    return pa.array([None if value is None else as_text(value) for value in values], pa.string())
