"""A language model behind the OpenAI-compatible chat protocol: POST /chat/completions."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from proveout.charter.schema import ChatSystem
from proveout.charter.schema.base import Task
from proveout.errors import InputError
from proveout.systems.answering import NotAnswersError, RawAnswers, document_in, one
from proveout.systems.dialects.addresses import below
from proveout.systems.dialects.agreement import agree
from proveout.systems.dialects.chat_replies import Completion, holds_content, read_completion
from proveout.systems.dialects.refusals import is_refusal
from proveout.systems.dialects.replies import error_code
from proveout.systems.dialects.templates import fill
from proveout.systems.exchange import Decoded, Reply, Request, Tokens
from proveout.systems.port import AnswerStatus

_OURS = {"messages": "system.chat.user", "stream": "system.chat.stream", "n": "system.chat.samples"}
"""Keys of the request that have a place of their own in the charter."""

_BYTES_PER_TOKEN = 4
"""A rule of thumb that vendors publish for English, there said of characters; bytes come nearer
where letters have marks or are no Latin ones."""

_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAIChat:
    """Writes the messages for a row and reads the answer, its confidence and its tokens.

    Raises InputError for options that have a key of their own.
    """

    charter: ChatSystem
    headers: Mapping[str, str] = field(repr=False)
    task: Task | None = None

    def __post_init__(self) -> None:
        for name, key in _OURS.items():
            if name in self.charter.options:
                raise InputError(
                    f"system.chat.options: '{name}' is not set here.", hint=f"Use {key} instead."
                )

    @property
    def rows_per_request(self) -> int:
        """One: a conversation is about one row."""
        return 1

    @property
    def samples(self) -> int:
        """How many requests make one answer."""
        return self.charter.samples if self.charter.confidence == "agreement" else 1

    def encode(self, rows: Sequence[Mapping[str, Any]]) -> Request:
        """Write a request for one row. Raises InputError for a column that it does not have."""
        return self.encode_sample(rows, 0)

    def encode_sample(self, rows: Sequence[Mapping[str, Any]], sample: int) -> Request:
        """Write one of the requests that make an answer; each has a seed of its own, if any."""
        charter = self.charter
        (row,) = rows
        messages = [{"role": "user", "content": fill(charter.user, row, key="system.chat.user")}]
        if charter.system is not None:
            content = fill(charter.system, row, key="system.chat.system")
            messages.insert(0, {"role": "system", "content": content})
        body: dict[str, Any] = {"model": charter.model, "messages": messages}
        if charter.temperature is not None:
            body["temperature"] = charter.temperature
        if charter.max_tokens is not None:
            body["max_tokens"] = charter.max_tokens
        if charter.response_schema is not None:
            body["response_format"] = _response_format(charter.response_schema)
        if charter.confidence == "logprobs":
            body["logprobs"] = True
        if charter.stream:
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        # An option without a value takes out what a service does not know, as stream_options.
        body = {
            name: value for name, value in (body | charter.options).items() if value is not None
        }
        if isinstance(body.get("seed"), int):
            body["seed"] += sample
        return Request(
            method="POST",
            url=below(charter.url, "chat/completions"),
            headers=self.headers,
            body=json.dumps(body).encode(),
            rows=1,
            is_stream=charter.stream,
        )

    def decode(self, reply: Reply, rows: int, *, asked: Request | None = None) -> Decoded:  # noqa: ARG002
        """Read a completion. Raises NotAnswersError for what is none."""
        completion = read_completion(reply)
        tokens = _tokens(completion, asked)
        if completion.fault is not None:
            answers = one(None, status=AnswerStatus.MALFORMED, faults=(completion.fault,))
            return Decoded(answers=answers, tokens=tokens)
        if (
            completion.refusal
            or completion.finish_reason == "content_filter"
            or is_refusal(completion.content, self.charter.refusals)
        ):
            answers = one(None, status=AnswerStatus.REFUSED)
            return Decoded(answers=answers, tokens=tokens, refused=True)
        try:
            answers = self._read(completion)
        except NotAnswersError as reason:
            answers = one(None, status=AnswerStatus.MALFORMED, faults=(str(reason),))
        return Decoded(answers=answers, tokens=tokens)

    def declined(self, reply: Reply, asked: Request) -> Decoded | None:
        """Read an error that is a refusal: a filter of the service that stopped the question."""
        if (error_code(reply) or "").partition(":")[0] != "content_filter":
            return None
        tokens = replace(_asked_tokens(asked), output=0, counted=True)
        answers = one(None, status=AnswerStatus.REFUSED)
        return Decoded(answers=answers, tokens=tokens, refused=True)

    def agree(self, samples: Sequence[Decoded]) -> Decoded:
        """Put the answers to one question together; their tokens are added up."""
        answers = agree([sample.answers for sample in samples], asked=self.samples, task=self.task)
        every = [sample.tokens for sample in samples]
        return Decoded(
            answers=answers,
            tokens=Tokens(
                input=_sum([tokens.input for tokens in every]),
                output=_sum([tokens.output for tokens in every]),
                cached_input=_sum([tokens.cached_input for tokens in every]),
                counted=any(tokens.counted for tokens in every),
            ),
            refused=bool(answers.status[0] == AnswerStatus.REFUSED),
        )

    def holds_token(self, received: bytes) -> bool:
        """Tell whether an event with text of the answer has come whole."""
        return holds_content(received)

    def _read(self, completion: Completion) -> RawAnswers:
        if completion.finish_reason == "length":
            raise NotAnswersError("the answer was cut off at the limit of tokens (length)")
        content = completion.content.strip()
        if not content:
            raise NotAnswersError("the answer is empty")
        kind = self.charter.confidence
        if kind == "stated":
            return self._stated(content)
        answer = self._answer(content)
        if kind != "logprobs":
            return answer
        if not completion.logprobs:
            return replace(answer, faults=("the service sent no log probabilities",))
        mean = math.fsum(completion.logprobs) / len(completion.logprobs)
        return _sure(answer, min(1.0, math.exp(mean)))

    def _answer(self, content: str) -> RawAnswers:
        if self.charter.response_schema is not None and self.task not in ("extraction", "text"):
            fields = document_in(content)
            if fields is not None:
                return one(self._single(fields))
        return one(self._fitting(content))

    def _stated(self, content: str) -> RawAnswers:
        name = self.charter.confidence_field
        fields = document_in(content)
        if fields is None:
            raise NotAnswersError(f"the answer is no JSON object with its confidence in '{name}'")
        fields = dict(fields)
        told = fields.pop(name, None)
        answer = one(fields if self.task == "extraction" else self._single(fields))
        if told is None:
            return replace(answer, faults=(f"the answer states no confidence in '{name}'",))
        if isinstance(told, str) and _NUMBER.fullmatch(told):
            told = float(told)
        if isinstance(told, bool) or not isinstance(told, int | float) or not 0 <= told <= 1:
            raise NotAnswersError("a confidence was not a number from 0 to 1")
        return _sure(answer, float(told))

    def _single(self, fields: Mapping[str, Any]) -> Any:
        """Take the answer out of an object: its field 'answer', or the only one."""
        if "answer" in fields:
            return self._fitting(fields["answer"])
        if len(fields) == 1:
            return self._fitting(next(iter(fields.values())))
        names = ", ".join(f"'{name}'" for name in list(fields)[:8])
        raise NotAnswersError(f"the answer is an object without 'answer' (it has: {names})")

    def _fitting(self, value: Any) -> Any:
        is_number = isinstance(value, str) and _NUMBER.fullmatch(value)
        return float(value) if self.task == "regression" and is_number else value


def _sure(answer: RawAnswers, confidence: float) -> RawAnswers:
    return replace(answer, confidence=np.full(1, confidence))


def _response_format(schema: dict[str, Any]) -> dict[str, Any]:
    """Ask for the schema; strictly where it is of the kind that services can hold to strictly."""
    properties = schema.get("properties")
    is_strict = (
        schema.get("additionalProperties") is False
        and isinstance(properties, dict)
        and set(schema.get("required", ())) == set(properties)
    )
    named = {"name": "answer", "schema": schema, "strict": is_strict}
    return {"type": "json_schema", "json_schema": named}


def _tokens(completion: Completion, asked: Request | None) -> Tokens:
    """Take what the service reports; what it does not is counted, or estimated from its length."""
    usage = completion.usage
    if usage.input is not None and usage.output is not None:
        return usage
    output = usage.output
    if output is None:
        said = (completion.content or completion.refusal).encode("utf-8", "replace")
        # A part of a stream holds one token or several.
        output = max(completion.chunks or 0, _estimate(len(said) + completion.thoughts))
    given = usage.input
    if given is None and asked is not None:
        given = _asked_tokens(asked).input
    return replace(usage, input=given, output=output, counted=True)


def _asked_tokens(asked: Request) -> Tokens:
    messages = json.loads(asked.body)["messages"]
    n_bytes = sum(len(message["content"].encode("utf-8", "replace")) for message in messages)
    return Tokens(input=_estimate(n_bytes), counted=True)


def _estimate(n_bytes: int) -> int:
    return -(-n_bytes // _BYTES_PER_TOKEN)


def _sum(figures: Sequence[int | None]) -> int | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None
