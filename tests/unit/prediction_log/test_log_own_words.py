"""Notes of a log that keeps no payload."""

from __future__ import annotations

import json

import pytest

from proveout.charter.schema.gateway import Payload
from proveout.runtime.log.policy import policy_of
from proveout.runtime.record import Record

WORDS = ["system", "answer", "object", "task", "text", "confidence", "0.41", "rows", "Jane"]


@pytest.mark.parametrize(
    ("note", "kept"),
    [
        ("the system declined to answer", "the system declined to answer"),
        ("only 0 answers came for 1 rows", "only 0 answers came for 1 rows"),
        ("confidence 0.41 is below 0.8 (asked of Jane)",
         "confidence 0.41 is below 0.8 (asked of [redacted])"),
        ("1 of 1 answers do not fit the task 'text': there was an object with 'Jane'",
         "1 of 1 answers do not fit the task 'text': there was an object with '[redacted]'"),
        ("the system declined to answer Jane", "the [redacted] declined to [redacted] [redacted]"),
        ("no JSON for Jane", "no JSON for [redacted]"),
    ],
)  # fmt: skip
def test_our_own_sentences_stay_readable_and_what_is_quoted_goes(note: str, kept: str) -> None:
    """Even where the words of them are values of the request: 'system' is a role of a chat."""
    policy = policy_of(Payload(keep="hashes"))
    assert policy is not None
    record = Record(
        id="1", pilot="p", protocol="chat", at=0.0, seconds=1.0, outcome="failed", status=502,
        request=json.dumps(WORDS), notes=(note,),
    )  # fmt: skip

    policy(record)

    assert record.notes == (kept,)
