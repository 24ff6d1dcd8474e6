"""The bytes of a reply, read as answers by the protocol that was spoken. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from proveout.asked import NotRowsError
from proveout.charter import schema
from proveout.runtime.call import Call, Protocol_
from proveout.systems.answering import NotAnswersError, document_in, read_returned
from proveout.systems.asked import rows_asked
from proveout.systems.dialects import open_dialect
from proveout.systems.dialects.chat_replies import CALLS_TOOL, read_completion
from proveout.systems.dialects.sse import events
from proveout.systems.exchange import Decoded, Dialect, Reply
from proveout.systems.port import AnswerStatus
from proveout.systems.reading import RawAnswers

_KINDS: dict[Protocol_, str] = {
    "chat": "chat",
    "open_inference": "open_inference",
    "mlflow": "mlflow",
    "json": "http",
    "python": "python",
}
_PLAIN: dict[str, dict[str, Any]] = {
    "chat": {"url": "http://unused", "model": "any", "user": "{text}"},
    "open_inference": {"url": "http://unused", "model": "any"},
    "mlflow": {"url": "http://unused"},
}
"""How a protocol is read where the charter says nothing of it."""


@dataclass(frozen=True, slots=True)
class Read:
    """The answers of one reply."""

    values: list[Any]
    """Text, number or the fields of a document; None where there is no usable one."""
    confidences: list[float | None]
    faults: list[str]
    """Why it is malformed, once each; nothing of what it says."""
    refused: int = 0
    """Answers that the system declined to give."""
    expects_confidence: bool = False
    """Each answer should state one."""
    written: tuple[str, ...] = ()
    """Texts of usable answers of a chat as the system wrote them, its confidence among them."""


_FIELD = re.compile(r"[A-Za-z_][\w.-]{0,39}")
"""A name of a field, as programs write it; others may be something that somebody said."""
_MOST_FIELDS = 5
_STEP = Read([], [], [])


class Reader:
    """Reads replies of one version of the system."""

    def __init__(self, system: schema.System | None) -> None:
        self._system = system
        self._task = None if system is None else system.task
        http = None if system is None else system.http
        self._has_template = http is not None and http.request_template is not None
        chat = None if system is None else system.chat
        self._has_schema = chat is not None and chat.response_schema is not None
        self._dialects: dict[Protocol_, Dialect | None] = {
            protocol: _dialect(protocol, system) for protocol in _KINDS
        }

    def read(self, call: Call, answer: bytes, *, is_stream: bool) -> Read | None:
        """Read a reply; None where nothing is known of its form.

        A call of a tool that was offered is no answer yet, and is read as no answers at all.

        Raises NotAnswersError for a reply that is none as a whole.
        """
        if call.protocol == "python":
            returned = _json(answer)
            raw = read_returned(returned if isinstance(returned, list | dict) else [returned])
            return self._fit(raw, self._rows(call, len(raw)), expects=False, protocol="python")
        dialect = self._dialects[call.protocol]
        if dialect is None:
            return None
        if call.protocol != "chat":
            raw = dialect.decode(_reply(answer), call.rows).answers
            rows = self._rows(call, len(raw))
            return self._fit(
                raw, rows, expects=self._states_confidence(call), protocol=call.protocol
            )
        replies = [_reply(each) for each in _choices(answer, call.rows, is_stream=is_stream)]
        choices = [dialect.decode(reply, 1) for reply in replies]
        if b'"tools"' in call.body and all(_calls_tool(choice) for choice in choices):
            return _STEP
        read = self._fit_choices(choices, expects=self._states_confidence(call))
        return replace(read, written=_written(read, replies)) if self._has_schema else read

    def _rows(self, call: Call, n: int) -> int:
        """Return how many answers were asked for.

        The gateway counts rows where most clients put them. Where a template has them elsewhere, or
        the count differs from what came, the charter tells; where it does not, nobody can tell
        that some are missing.
        """
        if self._system is None or (n == call.rows and not self._has_template):
            return call.rows
        try:
            return len(rows_asked(self._system, call.body.decode("utf-8", "replace")))
        except NotRowsError:
            return n

    def _fit_choices(self, choices: list[Decoded], *, expects: bool) -> Read:
        if len(choices) == 1:
            return self._fit(choices[0].answers, 1, expects=expects, protocol="chat")
        each = [
            self._fit(choice.answers, 1, expects=expects, protocol="chat") for choice in choices
        ]
        return Read(
            values=[read.values[0] for read in each],
            confidences=[read.confidences[0] for read in each],
            faults=list(dict.fromkeys(fault for read in each for fault in read.faults)),
            refused=sum(read.refused for read in each),
            expects_confidence=expects,
        )

    def _fit(self, raw: RawAnswers, rows: int, *, expects: bool, protocol: Protocol_) -> Read:
        """Take the answers one by one; what does not fit the charter's task is malformed."""
        n = len(raw)
        if n > rows:
            # As before launch: nobody knows which answer belongs to which row.
            fault = f"{n:,} answers came for {rows:,} rows"
            return Read([None] * rows, [None] * rows, [fault])
        values: list[Any] = []
        misfits: list[Any] = []
        refused = n_malformed = 0
        for status, number, text in zip(
            raw.status.tolist(), raw.number.tolist(), raw.text.tolist(), strict=True
        ):
            value = number if text is None else text
            if status == AnswerStatus.REFUSED:
                refused, value = refused + 1, None
            elif status != AnswerStatus.OK:
                n_malformed, value = n_malformed + 1, None
            elif self._misfits(value):
                misfits.append(value)
                value = None
            values.append(value)
        # A sound answer may have its faults too, such as want of a confidence, told elsewhere.
        faults = list(raw.faults) or ["no usable answer"] if n_malformed else []
        if misfits:
            what = f"{len(misfits):,} of {n:,} answers do not fit the task '{self._task}'"
            faults.append(what + self._instead(misfits[0], protocol))
        if n < rows:
            faults.append(f"only {n:,} answers came for {rows:,} rows")
        confidences = [None if np.isnan(sure) else sure for sure in raw.confidence.tolist()]
        lacking = [None] * (rows - n)
        return Read(values + lacking, confidences + lacking, faults, refused, expects)

    def _instead(self, value: Any, protocol: Protocol_) -> str:
        """Say what was there in the place of an answer; of what it says, the names of fields."""
        if isinstance(value, dict):
            names = [f"'{name}'" for name in value if _FIELD.fullmatch(str(name))][:_MOST_FIELDS]
            there = f"an object with {', '.join(names)}" if names else "an object"
        else:
            there = "a text" if isinstance(value, str) else "a number"
        if protocol == "json" and self._system is not None and self._system.http is not None:
            where = f"at system.http.answer_path '{self._system.http.answer_path}'"
            return f": {where} there was {there}"
        return f": there was {there}"

    def _misfits(self, value: Any) -> bool:
        match self._task:
            case "extraction":
                return document_in(value) is None
            case "regression":
                return isinstance(value, str | dict)
            case "classification" | "text":
                return isinstance(value, dict)
            case None:
                return False

    def _states_confidence(self, call: Call) -> bool:
        """Tell whether the charter says where a confidence is found, and this reply can hold it."""
        system = self._system
        if system is None:
            return False
        match call.protocol:
            case "chat" if system.chat is not None:
                kind = system.chat.confidence
                return kind == "stated" or (kind == "logprobs" and b'"logprobs"' in call.body)
            case "open_inference" if system.open_inference is not None:
                told = system.open_inference
                return told.confidence is not None or bool(told.classes)
            case "mlflow" if system.mlflow is not None:
                return system.mlflow.confidence_field is not None or bool(system.mlflow.classes)
            case "json" if system.http is not None:
                return system.http.confidence_path is not None
            case _:
                return False


def _dialect(protocol: Protocol_, system: schema.System | None) -> Dialect | None:
    kind = _KINDS[protocol]
    if system is not None and getattr(system, kind) is not None:
        # Only what is read matters here: no secret is needed, and none is asked for.
        return open_dialect(_without_secrets(system, kind), variables={})
    if kind not in _PLAIN:
        return None
    task = None if system is None else system.task
    return open_dialect(schema.System.model_validate({kind: _PLAIN[kind], "task": task}))


def _without_secrets(system: schema.System, kind: str) -> schema.System:
    web = getattr(system, kind)
    changes: dict[str, Any] = {"headers": {}}
    if kind == "chat":
        changes["api_key"] = None
    return system.model_copy(update={kind: web.model_copy(update=changes)})


def _choices(answer: bytes, rows: int, *, is_stream: bool) -> Iterator[bytes]:
    """Yield a reply per choice that was asked for (n), so that each is read as one answer."""
    if rows <= 1:
        yield answer
        return
    places: list[list[Any]] = [[] for _ in range(rows)]
    if is_stream:
        for event in events(answer + b"\n\n"):
            for place, part in _parts(event):
                if 0 <= place < rows:
                    places[place].append(part)
        for parts in places:
            yield b"".join(b"data: " + json.dumps(part).encode() + b"\n\n" for part in parts)
        return
    whole = _json(answer)
    told = whole.get("choices") if isinstance(whole, dict) else None
    for choice in told[:rows] if isinstance(told, list) else [{}]:
        yield json.dumps({"choices": [choice]}).encode()


def _parts(event: str) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        told = json.loads(event)
    except (ValueError, RecursionError):
        return
    choices = told.get("choices") if isinstance(told, dict) else None
    for choice in choices if isinstance(choices, list) else ():
        if isinstance(choice, dict) and isinstance(choice.get("index"), int):
            yield choice["index"], {"choices": [choice]}


def _written(read: Read, replies: list[Reply]) -> tuple[str, ...]:
    """Return the texts of usable answers, before anything was taken out of them."""
    pairs = zip(read.values, replies, strict=True)
    return tuple(read_completion(reply).content for value, reply in pairs if value is not None)


def _calls_tool(choice: Decoded) -> bool:
    return CALLS_TOOL in choice.answers.faults


def _reply(answer: bytes) -> Reply:
    return Reply(status=200, headers={}, body=answer)


def _json(answer: bytes) -> Any:
    try:
        return json.loads(answer)
    except (ValueError, RecursionError):
        raise NotAnswersError("the response is not JSON") from None
