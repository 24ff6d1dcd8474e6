"""The AI system under test, and how it is reached."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    Field,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    model_validator,
)

from proveout.charter.schema.base import Level, Part, Share, Task, Text
from proveout.charter.schema.scoring import Scoring


def _reachable(url: str) -> str:
    try:
        parts = urlsplit(url)
        has_host, port = bool(parts.hostname), parts.port
    except ValueError:  # a port that is none, half a pair of brackets
        has_host, port = False, None
    if not has_host or port == 0 or any(letter.isspace() for letter in url.strip()):
        msg = "no address of a service; write it as 'https://host:port/path'"
        raise ValueError(msg)
    return url.strip()


Address = Annotated[str, Field(pattern=r"^https?://"), AfterValidator(_reachable)]


class PythonSystem(Part):
    """A Python callable: takes a pandas DataFrame, returns answers; run in a process of its own."""

    kind: Literal["python"] = "python"
    callable: Annotated[str, Field(pattern=r"^[^:]+:[A-Za-z_][A-Za-z0-9_.]*$")]
    """'path/to/file.py:function' or 'package.module:function', relative to the charter's folder."""
    batch_rows: PositiveInt = 20_000
    timeout_s: PositiveFloat = 120.0
    """Longest time for one batch."""
    start_timeout_s: PositiveFloat = 120.0
    """Longest time for loading."""
    memory_mb: PositiveInt | None = None
    """Address space limit of the process, in MiB."""


class CommandSystem(Part):
    """A command-line program: rows in on standard input, one answer a line out."""

    kind: Literal["command"] = "command"
    run: Annotated[tuple[Text, ...], Field(min_length=1)]
    """The program and its arguments; no shell is involved. Relative to the charter's folder."""
    rows_as: Literal["jsonl", "csv"] = "jsonl"
    """How it reads rows. It writes one JSON value or object a line: answer, confidence."""
    batch_rows: PositiveInt = 1_000
    """Rows per start of the program."""
    timeout_s: PositiveFloat = 120.0
    """Longest time for one batch."""
    environment: dict[str, str] = Field(default_factory=dict)
    """Values may name an environment variable: '${API_TOKEN}'."""


class WebSystem(Part):
    """What all systems have in common that are reached by HTTP."""

    url: Address
    headers: dict[str, str] = Field(default_factory=dict)
    """Values may name an environment variable: '${API_TOKEN}'."""
    timeout_s: PositiveFloat = 30.0
    concurrency: PositiveInt = 4
    retries: NonNegativeInt = 0
    """Retries are counted and shown; they are never hidden in the figures."""


class HttpSystem(WebSystem):
    """A service that answers JSON over HTTP."""

    kind: Literal["http"] = "http"
    method: Literal["POST", "PUT"] = "POST"
    batch_rows: PositiveInt = 100
    request_template: Any | None = None
    """JSON body; the text '$rows' stands for the list of records, and where batch_rows is 1,
    '{column}' for one value. {'rows': […]} when unset."""
    answer_path: Text = "answers"
    """Where the list of answers is in the response, as dotted keys."""
    confidence_path: Text | None = None


class ChatSystem(WebSystem):
    """A language model behind the OpenAI-compatible chat protocol."""

    kind: Literal["chat"] = "chat"
    url: Address
    """Base URL, to which '/chat/completions' is added: 'https://api.example.com/v1'."""
    model: Text
    api_key: Text | None = None
    """Names an environment variable: '${OPENAI_API_KEY}'; sent as 'Authorization: Bearer'."""
    system: Text | None = None
    """The system message; '{column}' stands for a value of the row."""
    user: Text
    """The user's message; '{column}' stands for a value of the row."""
    temperature: float | None = Field(default=None, ge=0, le=2)
    max_tokens: PositiveInt | None = None
    response_schema: dict[str, Any] | None = None
    """JSON Schema that the answer is asked to follow (response_format)."""
    options: dict[str, Any] = Field(default_factory=dict)
    """Further keys of the request body: seed, top_p …"""
    stream: bool = False
    """Read token by token, which tells the time to the first one."""
    confidence: Literal["none", "logprobs", "agreement", "stated"] = "none"
    """Where a confidence comes from: token probabilities, agreement of several answers to the
    same question, or a field of the answer (confidence_field)."""
    samples: PositiveInt = 5
    """How often each question is asked for confidence: agreement."""
    confidence_field: Text = "confidence"
    refusals: tuple[Text, ...] = ()
    """Further beginnings of an answer that count as a refusal, besides the common ones."""
    timeout_s: PositiveFloat = 60.0


class OpenInferenceSystem(WebSystem):
    """A server of the Open Inference Protocol v2 (KServe, Triton, Seldon, MLServer)."""

    kind: Literal["open_inference"] = "open_inference"
    url: Address
    """Root of the server; '/v2/models/NAME/infer' is added."""
    model: Text
    model_version: Text | None = None
    layout: Literal["columns", "matrix"] = "columns"
    """One tensor per column, or one two-dimensional tensor called input_name."""
    input_name: Text = "input-0"
    answer: Text | None = None
    """Name of the output with the answers; the first one when unset."""
    confidence: Text | None = None
    """Name of the output with the confidence, or with one probability per class."""
    classes: tuple[Text, ...] = ()
    """The classes, in the order of the probabilities."""
    batch_rows: PositiveInt = 100


class MlflowSystem(WebSystem):
    """An MLflow scoring server ('/invocations' is added to the URL)."""

    kind: Literal["mlflow"] = "mlflow"
    layout: Literal["dataframe_split", "dataframe_records", "inputs"] = "dataframe_split"
    answer_field: Text | None = None
    """Key of the answer where predictions are objects."""
    confidence_field: Text | None = None
    classes: tuple[Text, ...] = ()
    """The classes, where predictions are one probability per class."""
    batch_rows: PositiveInt = 100


class RecordedSystem(Part):
    """Answers that were recorded earlier, as columns of the data."""

    kind: Literal["recorded"] = "recorded"
    answer: Text
    """Column with the answers."""
    confidence: Text | None = None
    """Column with the confidence, 0 to 1."""


class LetThrough(Part):
    """What is promised of the answers that go out alone, past no person's eyes."""

    max_error: float = Field(default=0.05, gt=0, lt=1)
    """Largest accepted share of wrong answers among those that go out alone."""
    probability: Level = 0.9
    """How likely the promise is to hold with the recommended threshold."""


KINDS = ("python", "command", "http", "chat", "open_inference", "mlflow", "recorded")
"""The ways in which a system is reached; a charter gives exactly one."""


class System(Part):
    """The system, what its answers are, and when it counts as confident."""

    python: PythonSystem | None = None
    command: CommandSystem | None = None
    http: HttpSystem | None = None
    chat: ChatSystem | None = None
    open_inference: OpenInferenceSystem | None = None
    mlflow: MlflowSystem | None = None
    recorded: RecordedSystem | None = None
    task: Task | None = None
    """Found from the label when not given."""
    scoring: Scoring | None = None
    """How answers in words, or fields of a document, are compared with the truth."""
    positive: Text | None = None
    """The class that matters, for precision, recall, F1 and ROC AUC of two classes."""
    confident_at: Share = 0.9
    """From this confidence on, an answer counts as confident (R402)."""
    tolerance: float | None = Field(default=None, gt=0)
    """Regression: an answer further off than this, in the unit of the label, is wrong."""
    let_through: LetThrough = Field(default_factory=LetThrough)
    """From which confidence on an answer may go out alone is chosen to keep this."""
    version: Text | None = None
    owner: Text | None = None

    @property
    def reached(self) -> Part:
        """The one way in which it is reached."""
        given: list[Part | None] = [getattr(self, name) for name in KINDS]
        return next(part for part in given if part is not None)

    @property
    def web(self) -> WebSystem | None:
        """The way in which it is reached, where that is by HTTP."""
        reached = self.reached
        return reached if isinstance(reached, WebSystem) else None

    @model_validator(mode="before")
    @classmethod
    def _from_callable(cls, value: Any) -> Any:
        if isinstance(value, str):
            value = (
                {"http": value} if value.startswith(("http://", "https://")) else {"python": value}
            )
        if isinstance(value, dict):
            value = dict(value)
            for key, name in (
                ("python", "callable"),
                ("http", "url"),
                ("mlflow", "url"),
                ("recorded", "answer"),
            ):
                if isinstance(value.get(key), str):
                    value[key] = {name: value[key]}
            if value.get("task") is None and value.get("scoring"):
                fields = isinstance(value["scoring"], dict) and value["scoring"].get("fields")
                value["task"] = "extraction" if fields else "text"
        return value

    @model_validator(mode="after")
    def _exactly_one(self) -> System:
        given = [name for name in KINDS if getattr(self, name) is not None]
        if len(given) != 1:
            found = "none" if not given else " and ".join(given)
            listed = f"{', '.join(KINDS[:-1])} and {KINDS[-1]}"
            msg = (
                f"exactly one of {listed} says how the system is reached, and "
                f"here is {found}; give one, for example: python: 'model.py:predict'"
            )
            raise ValueError(msg)
        return self
