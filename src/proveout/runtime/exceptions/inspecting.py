"""Looks at every answer before it goes out: is it sure, well formed, and within the rules."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from proveout.charter.schema import Charter
from proveout.charter.schema.gateway import Rule
from proveout.charter.schema.system import System
from proveout.evidence.model import Evidence
from proveout.runtime.call import Call, Reason
from proveout.runtime.exceptions.answers import Read, Reader
from proveout.runtime.exceptions.plain import is_plainly_sound
from proveout.runtime.exceptions.rules import (
    LoadedRule,
    Objection,
    SchemaRule,
    compiled,
    load_rules,
)
from proveout.runtime.exceptions.threshold import Threshold, find_threshold
from proveout.runtime.ports import Found
from proveout.systems.answering import NotAnswersError

MOST_NOTES = 8
"""A hundred answers that break one rule are one note, and a hundred rules are no note."""
NOTHING = Found()
Item = TypeVar("Item")


class AnswerInspector:
    """Implements `runtime.ports.Inspector` for one version of the system."""

    def __init__(
        self,
        system: System | None,
        *,
        threshold: Threshold | None = None,
        rules: Sequence[LoadedRule] = (),
        response_schema: SchemaRule | None = None,
        needs_whole_answer: bool = False,
    ) -> None:
        self._reader = Reader(system)
        self._is_told = system is not None
        self.threshold = threshold
        """From which confidence on an answer needs no person; None where nothing says so."""
        self._rules = rules
        self._response_schema = response_schema
        self.needs_whole_answer = needs_whole_answer
        """A rule may hold answers back: a stream must then not pass before its end."""
        self._asks_soundness_alone = (
            system is None and threshold is None and not rules and response_schema is None
        )

    def inspect(self, call: Call, answer: bytes, *, is_stream: bool) -> Found:
        """Look at one whole answer. Never raises; a stream is given as the bytes that came."""
        is_one = call.protocol == "chat" and call.rows == 1 and not is_stream
        if is_one and self._asks_soundness_alone and is_plainly_sound(answer):
            return NOTHING
        try:
            read = self._reader.read(call, answer, is_stream=is_stream)
        except NotAnswersError as why:
            return Found(("malformed",), (str(why),), is_blocked=self.needs_whole_answer)
        except Exception as error:  # noqa: BLE001  # an answer may be anything
            what = f"the answer cannot be read: {type(error).__name__}"
            return Found(("malformed",), (what,), is_blocked=self.needs_whole_answer)
        if read is None:
            # Beside the protocol of its system a pilot has no answers: a list of models, a ping.
            return NOTHING if self._is_told else self._of_unknown_form(call, answer)
        return self._judged(call, read)

    def _judged(self, call: Call, read: Read) -> Found:
        reasons: list[Reason] = []
        notes: list[str] = []
        sure = [each for each in read.confidences if each is not None]
        lowest = min(sure) if sure else None
        if read.faults:
            reasons.append("malformed")
            notes += read.faults
        if read.refused:
            reasons.append("failure")
            notes.append("the system declined to answer")
        if (doubt := self._doubt(read, lowest)) is not None:
            reasons.append("low-confidence")
            notes.append(doubt)
        is_blocked = False
        if self._response_schema is not None:
            # It is of what the system writes; rules of one's own are of the answers in it.
            against = [self._response_schema.look(None, each) for each in read.written]
            reasons += [each.reason for each in against if each is not None]
            notes += [each.note for each in against if each is not None]
        if self._rules:
            # A rule that may hold back must not be passed by an answer that it never saw.
            is_blocked = self.needs_whole_answer and bool(read.faults)
            objections = self._objections(call, [each for each in read.values if each is not None])
            reasons += [each.reason for each in objections]
            notes += [each.note for each in objections]
            is_blocked = is_blocked or any(each.blocks for each in objections)
        if not reasons:
            return NOTHING if lowest is None else Found(confidence=lowest)
        return Found(_once(reasons), _once(notes)[:MOST_NOTES], lowest, is_blocked)

    def _doubt(self, read: Read, lowest: float | None) -> str | None:
        threshold = self.threshold
        if threshold is None:
            return None
        if lowest is not None and lowest < threshold.value:
            return f"confidence {lowest:.3g} is below {threshold.value:.3g} ({threshold.source})"
        pairs = zip(read.values, read.confidences, strict=True)
        if read.expects_confidence and any(v is not None and c is None for v, c in pairs):
            return "an answer came without a confidence"
        return None

    def _objections(self, call: Call, answers: Iterable[Any]) -> list[Objection]:
        request = _parsed(call.body)
        found = [rule.look(request, answer) for answer in answers for rule in self._rules]
        return [each for each in found if each is not None]

    def _of_unknown_form(self, call: Call, answer: bytes) -> Found:
        """Where no charter says what an answer is, rules are given the whole reply."""
        if not self._rules:
            return NOTHING
        objections = self._objections(call, [_parsed(answer)])
        return Found(
            reasons=_once([each.reason for each in objections]),
            notes=_once([each.note for each in objections])[:MOST_NOTES],
            is_blocked=any(each.blocks for each in objections),
        )


def open_inspector(
    charter: Charter,
    *,
    folder: Path,
    system: System | None = None,
    evidence: Iterable[Evidence] = (),
    clock: Callable[[], float] = time.monotonic,
) -> AnswerInspector:
    """Make the inspector of one version of the system: of `system`, or of the charter's own.

    `folder` is the charter's, from which rules are found; `evidence` is what the ledger knows.
    Raises InputError for a rule that cannot be loaded, MissingExtraError without `jsonschema`.
    """
    asked = charter.system if system is None else system
    rules: tuple[Rule, ...] = () if charter.gateway is None else charter.gateway.rules
    loaded = load_rules(rules, folder=folder, clock=clock)
    return AnswerInspector(
        asked,
        threshold=find_threshold(charter, evidence),
        rules=loaded,
        response_schema=_response_schema(asked),
        needs_whole_answer=any(rule.block for rule in rules),
    )


def _response_schema(system: System | None) -> SchemaRule | None:
    """Return the schema that the charter asks a language model to keep."""
    if system is None or system.chat is None or system.chat.response_schema is None:
        return None
    key = "system.chat.response_schema"
    return SchemaRule(compiled(system.chat.response_schema, key=key), called=key, blocks=False)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace")


def _once(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(dict.fromkeys(items))
