"""Every way over HTTP, against the simulator that users rehearse with."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from proveout.charter import schema
from proveout.simulation.behaviour import Behaviour, ServiceTime
from proveout.simulation.chat import ChatRequest, Said
from proveout.simulation.responder import REFUSALS, Answered, Filler
from proveout.simulation.running import Simulator, running
from proveout.systems import AnswerStatus, open_system

WORDS = pd.DataFrame({"q": ["alpha beta gamma", "delta", "epsilon zeta"]})


class Repeats(Filler):
    """Answers with the question, and is sure of it."""

    def chat(self, asked: ChatRequest, variation: random.Random) -> Said:
        return Said(text=asked.text, confidence=0.75)

    def row(self, row: Any) -> Answered:
        return Answered(value=row.get("q", row.get("input-0")), confidence=0.75)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    behaviour = Behaviour(service=ServiceTime(mean_s=0.005, shape="constant"))
    with running(behaviour, Repeats(behaviour)) as simulator:
        yield simulator


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


CHAT = {"url": "/v1", "model": "m", "user": "{q}", "max_tokens": 50}


@pytest.mark.parametrize(
    ("kind", "confidence"),
    [
        ({"chat": CHAT}, None),
        ({"chat": {**CHAT, "stream": True}}, None),
        ({"chat": {**CHAT, "stream": True, "confidence": "logprobs"}}, 0.75),
        ({"chat": {**CHAT, "confidence": "agreement", "samples": 3}}, 1.0),
        ({"open_inference": {"url": "", "model": "m", "confidence": "confidence"}}, 0.75),
        ({"open_inference": {"url": "", "model": "m", "layout": "matrix"}}, None),
        ({"mlflow": {"url": ""}}, None),
        ({"mlflow": {"url": "", "layout": "dataframe_records"}}, None),
        ({"mlflow": {"url": "/objects", "layout": "inputs", "confidence_field": "confidence"}},
         0.75),
        ({"http": {"url": "/", "confidence_path": "confidence"}}, 0.75),
        ({"http": {"url": "/", "batch_rows": 1, "request_template": {"q": "{q}"}}}, None),
    ],
)  # fmt: skip
def test_answers_come_back_and_are_known_as_simulated(
    simulator: Simulator, kind: Any, confidence: float | None
) -> None:
    """The same answers by every protocol; tokens where the protocol has them."""
    ((name, settings),) = kind.items()
    charter = {name: {**settings, "url": simulator.url + settings["url"]}, "task": "text"}

    with open_system(schema.System.model_validate(charter), folder=Path("/")) as opened:
        found = opened.answer(WORDS)

    assert found.faults == ()
    assert found.value.tolist() == WORDS["q"].tolist()
    assert found.simulated
    expected = np.nan if confidence is None else confidence
    np.testing.assert_allclose(found.confidence, expected, atol=0.01)
    assert found.usage is not None
    assert found.usage.tokens_from == ("usage" if name == "chat" else "none")
    is_streamed = settings.get("stream", False)
    assert (~np.isnan(found.usage.first_token_s) == is_streamed).all()


def test_what_it_declines_in_words_is_refused() -> None:
    """All the ways in which it does."""

    class Declines(Filler):
        def chat(self, asked: ChatRequest, variation: random.Random) -> Said:
            return Said(text=REFUSALS[int(asked.text)])

    behaviour = Behaviour(service=ServiceTime(mean_s=0))
    rows = pd.DataFrame({"q": range(len(REFUSALS))})
    with running(behaviour, Declines(behaviour)) as simulator:
        chat = {**CHAT, "url": f"{simulator.url}/v1"}
        charter = schema.System.model_validate({"chat": chat, "task": "text"})
        with open_system(charter, folder=Path("/")) as opened:
            found = opened.answer(rows)

    assert found.status.tolist() == [AnswerStatus.REFUSED] * len(REFUSALS)
