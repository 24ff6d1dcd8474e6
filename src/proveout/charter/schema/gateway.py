"""In production: what stands in front of the system, and what it promises (R902–R905)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from proveout.charter.schema.base import Name, Part, Share, Text
from proveout.charter.schema.system import System

MANUAL = "manual"
"""Name of the version that is the manual process: it answers with what to do."""


class Client(Part):
    """One who may call: known by a key, and belonging to a team."""

    name: Name
    key: Text
    """Names an environment variable: '${CLAIMS_DESK_KEY}'. Sent as 'Authorization: Bearer'."""
    team: Name | None = None
    groups: tuple[Name, ...] = ()
    """Such as 'volunteers': a rollout may begin with them."""
    priority: int = Field(default=5, ge=0, le=9)
    """Under pressure the lowest is turned away first."""


class Payload(Part):
    """How much of requests and answers is kept. A plain string is the policy."""

    keep: Literal["all", "redacted", "hashes"] = "all"
    redact: tuple[Text, ...] = ()
    """Fields whose values are replaced, wherever they stand: 'email', 'messages.content'."""

    @model_validator(mode="before")
    @classmethod
    def _from_policy(cls, value: Any) -> Any:
        return {"keep": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _redacts_something(self) -> Payload:
        if self.keep == "redacted" and not self.redact:
            msg = "'redacted' needs the fields to replace; name them, for example: redact: [email]"
            raise ValueError(msg)
        if self.redact and self.keep != "redacted":
            msg = (
                f"fields to redact are named, and the policy is '{self.keep}'; write keep: redacted"
            )
            raise ValueError(msg)
        return self


class PredictionLog(Part):
    """Where every request and answer is kept. A plain string is the folder."""

    folder: Text = "prediction-log"
    archive: Text | None = None
    """Folder or URL ('s3://bucket/path') of the Parquet files; below the folder when unset."""
    payload: Payload = Field(default_factory=Payload)
    retention_days: PositiveInt | None = None
    """After so many days records are deleted; never when unset."""
    durability: Literal["process", "fsync"] = "process"
    """An answer is returned once its record survives the end of the process, or a power loss."""

    @model_validator(mode="before")
    @classmethod
    def _from_folder(cls, value: Any) -> Any:
        return {"folder": value} if isinstance(value, str) else value


class Breaker(Part):
    """When a failing system is left alone for a while."""

    failures: Share = 0.5
    """Share of the latest requests that failed, from which on it opens."""
    of: PositiveInt = 20
    """How many latest requests are looked at, at least."""
    open_s: PositiveFloat = 10.0
    """How long before one request tries again."""


class Rule(Part):
    """A rule of your own that every answer must keep; one that is broken is an exception."""

    name: Name
    python: Annotated[str, Field(pattern=r"^[^:]+:[A-Za-z_][A-Za-z0-9_.]*$")] | None = None
    """'path/to/file.py:function'; given request and answer, it returns None or what is wrong."""
    json_schema: dict[str, Any] | Text | None = None
    """JSON Schema of the answer, or the path of a file that holds one."""
    block: bool = False
    """The answer is held back, and the fallback answers in its place."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Rule:
        if (self.python is None) == (self.json_schema is None):
            msg = (
                "a rule is one thing, python or json_schema; give one, for example: "
                "python: rules.py:positive"
            )
            raise ValueError(msg)
        return self


class Fallback(Part):
    """Who answers when the system cannot, in time. A plain string is a URL or 'manual'."""

    url: Text | None = None
    """Another service of the same protocol, asked with what is left of the deadline."""
    manual: Text | None = None
    """What people are told to do; sent as an answer of the protocol."""
    status: Literal[200, 503] = 503
    """HTTP status that goes with the text."""

    @model_validator(mode="before")
    @classmethod
    def _from_words(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return {"url": value} if value.startswith(("http://", "https://")) else {"manual": value}


class Version(Part):
    """One version of the system behind the one name."""

    name: Name
    system: System
    """How it is reached; only by HTTP, or as a Python callable where it is guarded in process."""


class Gateway(Part):
    """What stands in front of the system in production."""

    listen: Annotated[str, Field(pattern=r"^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d+$")] = "127.0.0.1:8800"
    store: Text = "proveout-runtime.db"
    """Budget, exceptions and switches: an SQLite file for one host, 'postgresql://…' for many."""
    log: PredictionLog = Field(default_factory=PredictionLog)
    clients: tuple[Client, ...] = ()
    """Who may call. Nobody is asked for a key where the list is empty."""
    forward_key: bool = True
    """Pass the client's own Authorization header on, where the system has no key of its own."""
    deadline_s: PositiveFloat = 30.0
    """After it the fallback answers, whatever the system does."""
    concurrency: PositiveInt = 64
    """Requests that the system is given at once."""
    queue: NonNegativeInt = 256
    """Requests that may wait for their turn; beyond it the lowest priority is turned away."""
    breaker: Breaker = Field(default_factory=Breaker)
    hedge_after_s: PositiveFloat | None = None
    """Ask a second time when the first has not answered by then; off when unset."""
    max_body_mb: PositiveFloat = 16.0
    fallback: Fallback | None = None
    confident_from: Share | None = None
    """An answer less sure than this is an exception; the threshold that the stress check
    recommends when unset, and system.confident_at where there is none."""
    rules: tuple[Rule, ...] = ()
    versions: tuple[Version, ...] = ()
    """Besides the system of the charter, whose name is its version, or 'current'."""

    @field_validator("rules", "versions", "clients", mode="after")
    @classmethod
    def _named_once(cls, value: tuple[Any, ...]) -> tuple[Any, ...]:
        names = [each.name for each in value]
        for name in names:
            if names.count(name) > 1:
                msg = f"the name '{name}' is given twice; each needs one of its own"
                raise ValueError(msg)
        return value


class RolloutStep(Part):
    """One step on the way to everybody."""

    share: Share | None = None
    """Share of the callers; the same ones at every request."""
    groups: tuple[Name, ...] = ()
    """Groups or teams of clients, whatever the share."""
    at_least_days: PositiveFloat | None = None
    at_least_requests: PositiveInt | None = None
    """A step lasts until both are reached and the gate says go."""

    @model_validator(mode="after")
    def _goes_to_somebody(self) -> RolloutStep:
        if self.share is None and not self.groups:
            msg = "a step goes to somebody; give share, groups or both, for example: share: 0.1"
            raise ValueError(msg)
        return self


_RuleText = Annotated[
    str,
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\s*[a-z][a-z0-9_.]*\s*(\[[^\]]*\])?\s*(>=|<=)\s*[-+0-9.eE_]+\s*$",
        }
    ),
]
"""A criterion in short, which the validator tells more of than a pattern could."""


class Rollout(Part):
    """How a version comes to everybody, and what takes it back (R905)."""

    version: Name | None = None
    """The one that is brought in."""
    shadow: bool = False
    """It first answers beside the current one, and nobody sees what it says."""
    steps: tuple[RolloutStep, ...] = ()
    promote: Literal["by-gate", "by-hand"] = "by-hand"
    """Who lets a step follow the other: the gate 'scale', or a named person."""
    rollback_when: tuple[_RuleText, ...] = ()
    """Rules, each as a criterion that is broken: 'quality.accuracy <= 0.8'."""
    in_flight: Literal["finish", "cut"] = "finish"
    """What becomes of streams that run when a switch is thrown."""

    @field_validator("rollback_when", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @field_validator("rollback_when", mode="after")
    @classmethod
    def _criteria(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        from proveout.charter.schema.standard import read_short

        for text in value:
            if read_short(text) is None:
                msg = (
                    f"'{text}' is not a rule; write 'metric <= number', for example: "
                    "quality.accuracy <= 0.8"
                )
                raise ValueError(msg)
        return value
