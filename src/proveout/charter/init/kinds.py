"""What stands for the system under test: an example of each kind there is.

Only one of them may stand in a charter, so all but the first are shown as explanation.
"""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import dedent

from proveout.charter.init.blocks import Block

_HEADING = "Or instead of the line above one of these; take away both '#':"

_OTHERS = (
    ("A program: a row a line on its standard input, an answer a line on its output", """
        command: {run: [./answer.sh], rows_as: jsonl}
        """),
    ("A service that takes JSON: {rows: [...]}, unless request_template says otherwise", """
        http: {url: 'https://scores.example.com/v1/predict', answer_path: answers}
        """),
    ("A language model behind an OpenAI-compatible service; {text} is a column of the data", """
        chat:
          url: https://api.example.com/v1
          model: some-model
          api_key: ${MODEL_KEY}
          system: 'Answer with one word: pay or refuse.'
          user: '{text}'
          confidence: logprobs
        """),
    ("A model behind Open Inference Protocol v2 (KServe, Triton, Seldon, MLServer)", """
        open_inference: {url: 'https://models.example.com', model: claims, answer: label}
        """),
    ("A model behind an MLflow scoring server", """
        mlflow: {url: 'https://models.example.com/claims'}
        """),
    ("Answers that stand in columns of the data already", """
        recorded: {answer: predicted, confidence: probability}
        """),
)  # fmt: skip

_SCORING = (
    ("Answers in words, and how they are compared with the truth", """
        scoring: contains
        """),
    ("Fields read out of documents, and how each is compared with the truth", """
        scoring: {fields: {supplier: normalised, total: {by: number, tolerance: 0.01}, due: date}}
        """),
)  # fmt: skip


def other_kinds() -> tuple[Block, ...]:
    """Return the kinds that may stand where 'python' does."""
    return tuple(_explained(_OTHERS))


def scoring() -> tuple[Block, ...]:
    """Return what may stand where 'task' does."""
    return tuple(_explained(_SCORING))


def _explained(examples: tuple[tuple[str, str], ...]) -> Iterator[Block]:
    yield Block(_HEADING, "")
    for why, yaml in examples:
        yield Block(f"- {why}", "")
        yield from (Block(f"  {line}", "") for line in dedent(yaml).strip().splitlines())
