"""The chat protocol: what is sent, and what a reply means."""

from __future__ import annotations

import json
import math
import pickle
from typing import Any

import numpy as np
import pytest

from proveout.charter import schema
from proveout.errors import InputError
from proveout.systems.answering import NotAnswersError
from proveout.systems.dialects import open_dialect
from proveout.systems.dialects.openai_chat import OpenAIChat
from proveout.systems.exchange import Decoded, Reply, Tokens
from proveout.systems.port import AnswerStatus

URL = "https://api.example.com/v1"


def chat(task: Any = "text", **settings: Any) -> OpenAIChat:
    settings = {"url": URL, "model": "m1", "user": "Read: {text}", **settings}
    charter = schema.System(chat=schema.ChatSystem(**settings), task=task)
    dialect = open_dialect(charter, variables={"KEY": "s3cret"})
    assert isinstance(dialect, OpenAIChat)
    return dialect


def reply(content: Any, *, finish_reason: str = "stop", **more: Any) -> Reply:
    message = {"role": "assistant", "content": content, **more.pop("message", {})}
    choice = {"index": 0, "message": message, "finish_reason": finish_reason}
    choice |= more.pop("choice", {})
    body = json.dumps({"choices": [choice], **more}).encode()
    return Reply(status=200, headers={}, body=body)


def read(dialect: OpenAIChat, said: Reply) -> Decoded:
    return dialect.decode(said, 1, asked=dialect.encode([{"text": "x" * 34}]))


def test_writes_the_request_that_the_charter_describes() -> None:
    """Messages with the row's values, and every setting where the protocol has it."""
    answer = {"type": "object", "properties": {"a": {}}, "required": ["a"]}
    dialect = chat(
        url=URL + "/",
        api_key="${KEY}",
        system="Be brief.",
        temperature=0.0,
        max_tokens=50,
        response_schema={**answer, "additionalProperties": False},
        options={"top_p": 0.9},
        stream=True,
        confidence="logprobs",
    )

    request = dialect.encode([{"text": "Total 12"}])

    assert (request.method, request.url) == ("POST", f"{URL}/chat/completions")
    assert request.headers["authorization"] == "Bearer s3cret"
    assert request.is_stream
    assert json.loads(request.body) == {
        "model": "m1",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Read: Total 12"},
        ],
        "temperature": 0.0,
        "max_tokens": 50,
        "response_format": {
            "type": "json_schema",
            "json_schema": {
                "name": "answer",
                "schema": {**answer, "additionalProperties": False},
                "strict": True,
            },
        },
        "logprobs": True,
        "stream": True,
        "stream_options": {"include_usage": True},
        "top_p": 0.9,
    }


def test_a_secret_is_not_in_what_a_dialect_says_of_itself() -> None:
    """It travels to other processes, but is not shown."""
    dialect = chat(api_key="${KEY}")

    assert "s3cret" not in repr(dialect)
    assert pickle.loads(pickle.dumps(dialect)) == dialect  # noqa: S301  # our own


def test_a_key_that_is_not_set_names_its_place() -> None:
    """The message names the charter's key and the variable."""
    with pytest.raises(InputError) as raised:
        chat(api_key="${NO_KEY}")

    assert raised.value.message == (
        "system.chat.api_key: the environment variable NO_KEY is not set."
    )


def test_options_that_have_a_key_of_their_own_are_refused() -> None:
    """Otherwise two places would say different things."""
    with pytest.raises(InputError) as raised:
        chat(options={"stream": True})

    assert raised.value.message == "system.chat.options: 'stream' is not set here."
    assert raised.value.hint == "Use system.chat.stream instead."


@pytest.mark.parametrize(
    ("said", "task", "value"),
    [
        (reply(" late \n"), "classification", "late"),
        (reply("12.5"), "regression", 12.5),
        (reply("12.5"), "text", "12.5"),
        (reply([{"type": "text", "text": "in parts"}]), "text", "in parts"),
        (reply("I'm sorry to hear that. Restart the printer."), "text",
         "I'm sorry to hear that. Restart the printer."),
    ],
)  # fmt: skip
def test_reads_an_answer(said: Reply, task: Any, value: object) -> None:
    """A number only where numbers are wanted; sympathy is no refusal."""
    answers = read(chat(task), said).answers

    number = answers.number[0]
    assert (answers.text[0] if math.isnan(number) else number) == value


@pytest.mark.parametrize(
    "said",
    [
        reply(None, message={"refusal": "No."}),
        reply("", finish_reason="content_filter"),
        reply("I’m sorry, but I can’t help with that."),
        reply("I cannot assist with this request."),
        reply("As an AI language model, I am unable to read invoices."),
        reply("UNKNOWN: no total"),
    ],
)
def test_a_refusal_is_known_as_one(said: Reply) -> None:
    """Said by the service, by its filter, in words, or in the charter's own words."""
    decoded = read(chat(refusals=("Unknown:",)), said)

    assert decoded.refused
    assert decoded.answers.status.tolist() == [AnswerStatus.REFUSED]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (reply('{"a": 1', finish_reason="length"),
         "the answer was cut off at the limit of tokens (length)"),
        (reply("  "), "the answer is empty"),
        (reply(None), "the answer is empty"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_malformed_and_still_has_its_tokens(said: Reply, reason: str) -> None:
    """It costs what an answer costs."""
    decoded = read(chat(), said)

    assert decoded.answers.status.tolist() == [AnswerStatus.MALFORMED]
    assert decoded.answers.faults == (reason,)
    assert decoded.tokens.input is not None


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"error": {"message": "no"}}', "the response holds an error instead of an answer"),
        (b'{"choices": []}', "the response has no 'choices'"),
        (b"<html>", "the response is neither JSON nor a stream of events"),
        (b"data: {\n\n", "the stream holds what is no JSON, or broke off"),
        (b'data: {"error": {}}\n\n', "the stream ended with an error of the service"),
        (
            b'data: {"object": "error", "message": "no"}\n\n',
            "the stream ended with an error of the service",
        ),
        (
            b'data: {"choices": [{"delta": {"role": "assistant"}}]}\n\n',
            "the stream broke off before its end",
        ),
    ],
)
def test_what_is_no_completion_says_why(body: bytes, reason: str) -> None:
    """Never an answer by accident: a stream that broke off is none."""
    with pytest.raises(NotAnswersError, match=reason.replace("(", r"\(")):
        chat().decode(Reply(status=200, headers={}, body=body), 1)


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        (b"", "the stream broke off before its end"),
        (b'data: {"choices": [{"del', "the stream holds what is no JSON, or broke off"),
        (b'data: {"error": {"code": 500}}\n\n', "the stream ended with an error of the service"),
    ],
)
def test_a_stream_that_was_cut_off_is_no_answer_and_is_paid_for(last: bytes, reason: str) -> None:
    """What the model wrote until then, and thought before, has been produced."""
    deltas = [{"reasoning_content": "Well, let me see"}, {"content": "Tot"}, {"content": "al"}]
    events = [json.dumps({"choices": [{"delta": delta}]}) for delta in deltas]
    body = "".join(f"data: {event}\n\n" for event in events).encode() + last

    decoded = read(chat(stream=True), Reply(status=200, headers={}, body=body))

    assert decoded.answers.status.tolist() == [AnswerStatus.MALFORMED]
    assert decoded.answers.faults == (reason,)
    assert decoded.tokens == Tokens(input=10, output=6, counted=True)


def test_a_call_of_a_tool_is_no_answer() -> None:
    """It stands where the answer would, with no content beside it."""
    call = {"tool_calls": [{"id": "a", "type": "function", "function": {"name": "f"}}]}

    decoded = read(chat(), reply(None, finish_reason="tool_calls", message=call))

    assert decoded.answers.status.tolist() == [AnswerStatus.MALFORMED]
    assert decoded.answers.faults == ("a call of a tool came instead of an answer",)


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        # What was thought is billed as output, and left out of the completion by some.
        ({"prompt_tokens": 32, "completion_tokens": 9, "total_tokens": 135},
         Tokens(input=32, output=103)),
        # Included in it by most: nothing is counted twice.
        ({"prompt_tokens": 32, "completion_tokens": 103, "total_tokens": 135,
          "completion_tokens_details": {"reasoning_tokens": 94}}, Tokens(input=32, output=103)),
        # Cached tokens that do not fit into the prompt were counted beside it.
        ({"prompt_tokens": 10, "completion_tokens": 2,
          "prompt_tokens_details": {"cached_tokens": 90}},
         Tokens(input=100, output=2, cached_input=90)),
        ({"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": None,
          "prompt_tokens_details": None}, Tokens(input=10, output=2)),
    ],
)  # fmt: skip
def test_no_token_that_is_billed_is_left_out(usage: dict[str, Any], tokens: Tokens) -> None:
    """However a service sorts them."""
    assert read(chat(), reply("yes", usage=usage)).tokens == tokens


@pytest.mark.parametrize(
    ("url", "sent_to"),
    [
        (f"{URL}/", f"{URL}/chat/completions"),
        (f"{URL}/chat/completions", f"{URL}/chat/completions"),
        ("https://a.example/openai/deployments/m?api-version=2024-10-21",
         "https://a.example/openai/deployments/m/chat/completions?api-version=2024-10-21"),
    ],
)  # fmt: skip
def test_the_path_comes_before_the_query_and_only_once(url: str, sent_to: str) -> None:
    """As Azure's URLs need it, and as people copy them."""
    assert chat(url=url).encode([{"text": "x"}]).url == sent_to


def test_an_option_without_a_value_takes_a_key_out_of_the_request() -> None:
    """Some services answer 422 to what they do not know, such as stream_options."""
    sent = chat(stream=True, max_tokens=50, options={"stream_options": None, "max_tokens": None,
                                                     "max_completion_tokens": 50})  # fmt: skip

    body = json.loads(sent.encode([{"text": "x"}]).body)

    assert set(body) == {"model", "messages", "stream", "max_completion_tokens"}


def test_a_question_that_a_filter_stopped_is_refused_whatever_the_status() -> None:
    """Azure answers 400 then; its tokens have been read, and none were written."""
    error = {"error": {"code": "content_filter", "message": "no", "status": 400}}
    said = Reply(status=400, headers={}, body=json.dumps(error).encode())
    dialect = chat()

    decoded = dialect.declined(said, dialect.encode([{"text": "x" * 34}]))

    assert decoded is not None
    assert decoded.refused
    assert decoded.answers.status.tolist() == [AnswerStatus.REFUSED]
    assert decoded.tokens == Tokens(input=10, output=0, counted=True)


@pytest.mark.parametrize("secret", ["s3cret\r\n", "  s3cret"])
def test_a_line_end_behind_a_key_is_no_part_of_it(secret: str) -> None:
    """As files leave it that a key is read from."""
    charter = schema.System(
        chat=schema.ChatSystem(url=URL, model="m", user="x", api_key="${KEY}"), task="text"
    )

    dialect = open_dialect(charter, variables={"KEY": secret.lstrip()})

    assert dialect is not None
    assert dialect.headers["authorization"] == "Bearer s3cret"


def test_a_key_that_no_header_can_hold_is_said_without_it() -> None:
    """Before anything is sent."""
    charter = schema.System(
        chat=schema.ChatSystem(url=URL, model="m", user="x", api_key="${KEY}"), task="text"
    )

    with pytest.raises(InputError) as raised:
        open_dialect(charter, variables={"KEY": "s3c\nret"})

    assert raised.value.message == (
        "system.chat.api_key: 'authorization' cannot be sent: it holds a line break, or a letter "
        "that is not ASCII."
    )
    assert "s3c" not in str(raised.value.hint)


def test_user_and_password_of_a_url_go_into_a_header() -> None:
    """However the request is sent afterwards."""
    found = chat(url="https://ann:s%40fe@api.example.com/v1").headers

    assert found["authorization"] == "Basic YW5uOnNAZmU="


def test_tokens_are_reported_or_counted_and_said_to_be() -> None:
    """Cached ones too; without a report, four bytes are taken for one token."""
    told = {"prompt_tokens": 9, "completion_tokens": 2}
    told_cached = {**told, "prompt_tokens_details": {"cached_tokens": 4}}

    assert read(chat(), reply("yes", usage=told_cached)).tokens == Tokens(
        input=9, output=2, cached_input=4
    )
    assert read(chat(), reply("y" * 9)).tokens == Tokens(input=10, output=3, counted=True)


def test_log_probabilities_become_a_confidence() -> None:
    """The geometric mean of the tokens' probabilities."""
    tokens = [{"token": "ye", "logprob": math.log(0.5)}, {"token": "s", "logprob": 0.0}]
    said = reply("yes", choice={"logprobs": {"content": tokens}})

    sure = read(chat(confidence="logprobs"), said).answers
    silent = read(chat(confidence="logprobs"), reply("yes")).answers

    assert sure.confidence.tolist() == pytest.approx([math.sqrt(0.5)])
    assert np.isnan(silent.confidence[0])
    assert silent.faults == ("the service sent no log probabilities",)


@pytest.mark.parametrize(
    ("content", "task", "value", "confidence"),
    [
        ('{"answer": "late", "confidence": 0.75}', "classification", "late", 0.75),
        ('{"label": "late", "confidence": "0.75"}', "classification", "late", 0.75),
        ('```json\n{"total": 12, "confidence": 1}\n```', "extraction", {"total": 12}, 1.0),
    ],
)
def test_a_stated_confidence_is_taken_out_of_the_answer(
    content: str, task: Any, value: object, confidence: float
) -> None:
    """What is left is the answer: its one field, or the fields of a document."""
    answers = read(chat(task, confidence="stated"), reply(content)).answers

    assert answers.text.tolist() == [value]
    assert answers.confidence.tolist() == [confidence]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("late", "the answer is no JSON object with its confidence in 'confidence'"),
        ('{"answer": "late", "confidence": 90}', "a confidence was not a number from 0 to 1"),
        ('{"a": 1, "b": 2}', "the answer is an object without 'answer' (it has: 'a', 'b')"),
    ],
)
def test_a_stated_confidence_that_is_none_makes_the_answer_malformed(
    content: str, reason: str
) -> None:
    """As with every other system."""
    answers = read(chat("classification", confidence="stated"), reply(content)).answers

    assert answers.status.tolist() == [AnswerStatus.MALFORMED]
    assert answers.faults == (reason,)


@pytest.mark.parametrize(
    ("task", "said", "value", "share"),
    [
        ("classification", ["late", "Late.", "on time"], "late", 2 / 3),
        ("classification", ["late", "on time", "early"], "late", 1 / 3),
        ("extraction", ['{"a": 1, "b": "X"}', '{"b": " x", "a": 1.0}', "{}"],
         '{"a": 1, "b": "X"}', 2 / 3),
        ("text", ["Paris", "paris!", "I cannot answer this."], "Paris", 2 / 3),
    ],
)  # fmt: skip
def test_the_answer_that_most_samples_agree_on_is_given(
    task: Any, said: list[str], value: str, share: float
) -> None:
    """Case, spaces, marks at the ends and the order of fields do not make another answer."""
    dialect = chat(task, confidence="agreement", samples=3)

    agreed = dialect.agree([read(dialect, reply(text)) for text in said])

    assert agreed.answers.text.tolist() == [value]
    assert agreed.answers.confidence.tolist() == pytest.approx([share])
    assert agreed.tokens.output == sum(-(-len(text) // 4) for text in said)


def test_samples_have_seeds_of_their_own_and_one_that_never_came_agrees_with_none() -> None:
    """Otherwise all would be the same answer; the share is of all that were asked."""
    dialect = chat(confidence="agreement", samples=4, options={"seed": 10})
    requests = [dialect.encode_sample([{"text": "a"}], sample) for sample in range(4)]

    agreed = dialect.agree([read(dialect, reply("yes")), read(dialect, reply("yes"))])

    assert [json.loads(request.body)["seed"] for request in requests] == [10, 11, 12, 13]
    assert agreed.answers.confidence.tolist() == [0.5]


def test_most_samples_that_refuse_are_a_refusal() -> None:
    """A refusal is a vote like another."""
    dialect = chat(confidence="agreement", samples=3)
    no = reply("", finish_reason="content_filter")

    agreed = dialect.agree([read(dialect, said) for said in (no, reply("yes"), no)])

    assert agreed.refused
    assert agreed.answers.status.tolist() == [AnswerStatus.REFUSED]
