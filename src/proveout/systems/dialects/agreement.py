"""Self-consistency: the answer is the most frequent of several, its confidence their agreement.

Source: Wang et al., Self-Consistency Improves Chain of Thought Reasoning in Language Models,
ICLR 2023 (majority over sampled answers). The share that agree is used as the confidence.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from proveout.charter.schema.base import Task
from proveout.systems.answering import RawAnswers, document_in, one
from proveout.systems.port import AnswerStatus

_EDGES = " \t\r\n.,;:!?\"'`*"


def agree(samples: Sequence[RawAnswers], *, asked: int, task: Task | None) -> RawAnswers:
    """Put the answers to one question together; `asked` counts those that never came as well.

    Refusals and malformed answers vote too. Of answers named equally often, the first that came
    is taken.
    """
    votes: dict[tuple[int, str], list[RawAnswers]] = {}
    for sample in samples:
        votes.setdefault(_vote(sample, task), []).append(sample)
    most = max(votes.values(), key=len)
    confidence = np.full(1, len(most) / asked)
    faults = tuple(dict.fromkeys(fault for sample in samples for fault in sample.faults))
    first = most[0]
    if first.status[0] != AnswerStatus.OK:
        return replace(one(None, status=AnswerStatus(first.status[0])), faults=faults)
    return replace(first, confidence=confidence, faults=faults)


def _vote(sample: RawAnswers, task: Task | None) -> tuple[int, str]:
    status = int(sample.status[0])
    if status != AnswerStatus.OK:
        return status, ""
    number = float(sample.number[0])
    value: Any = sample.text[0] if np.isnan(number) else number
    if task == "extraction":
        fields = document_in(value)
        if fields is None:
            return int(AnswerStatus.MALFORMED), ""
        return status, json.dumps(_plain(fields), sort_keys=True)
    return status, json.dumps(_plain(value), sort_keys=True)


def _plain(value: Any) -> Any:
    """Write equal answers equally: no matter of case, spaces, marks at the ends, 12 or 12.0."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        return " ".join(value.casefold().split()).strip(_EDGES)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
