"""The AI system under test, and how it is reached."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt, model_validator

from proveout.charter.schema.base import Part, Share, Text


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


class HttpSystem(Part):
    """A service that answers JSON over HTTP."""

    kind: Literal["http"] = "http"
    url: Annotated[str, Field(pattern=r"^https?://")]
    method: Literal["POST", "PUT"] = "POST"
    headers: dict[str, str] = Field(default_factory=dict)
    """Values may name an environment variable: '${API_TOKEN}'."""
    batch_rows: PositiveInt = 100
    request_template: Any | None = None
    """JSON body; the text '$rows' stands for the list of records. {'rows': […]} when unset."""
    answer_path: Text = "answers"
    """Where the list of answers is in the response, as dotted keys."""
    confidence_path: Text | None = None
    timeout_s: PositiveFloat = 30.0
    concurrency: PositiveInt = 4
    retries: NonNegativeInt = 0
    """Retries are counted and shown; they are never hidden in the figures."""


class RecordedSystem(Part):
    """Answers that were recorded earlier, as columns of the data."""

    kind: Literal["recorded"] = "recorded"
    answer: Text
    """Column with the answers."""
    confidence: Text | None = None
    """Column with the confidence, 0 to 1."""


class System(Part):
    """The system, what its answers are, and when it counts as confident."""

    python: PythonSystem | None = None
    http: HttpSystem | None = None
    recorded: RecordedSystem | None = None
    task: Literal["classification", "regression"] | None = None
    """Found from the label when not given."""
    positive: Text | None = None
    """The class that matters, for precision, recall, F1 and ROC AUC of two classes."""
    confident_at: Share = 0.9
    """From this confidence on, an answer counts as confident (R402)."""
    tolerance: float | None = Field(default=None, gt=0)
    """Regression: an answer further off than this, in the unit of the label, is wrong."""
    version: Text | None = None
    owner: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_callable(cls, value: Any) -> Any:
        if isinstance(value, str):
            value = (
                {"http": value} if value.startswith(("http://", "https://")) else {"python": value}
            )
        if isinstance(value, dict):
            value = dict(value)
            for key, name in (("python", "callable"), ("http", "url"), ("recorded", "answer")):
                if isinstance(value.get(key), str):
                    value[key] = {name: value[key]}
        return value

    @model_validator(mode="after")
    def _exactly_one(self) -> System:
        given = [name for name in ("python", "http", "recorded") if getattr(self, name) is not None]
        if len(given) != 1:
            found = "none" if not given else " and ".join(given)
            msg = (
                f"exactly one of python, http and recorded says how the system is reached, and "
                f"here is {found}; give one, for example: python: 'model.py:predict'"
            )
            raise ValueError(msg)
        return self
