"""What can be made to go wrong between a client and a service. Each kind says its own figures."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    Discriminator,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    Tag,
)

from proveout.charter.schema.base import Part, Share, Text

BodyShape = Literal["openai", "plain", "empty"]
"""An error as OpenAI's service writes it, a line of text, or nothing."""


class Latency(Part):
    """The answer comes later."""

    kind: Literal["latency"] = "latency"
    seconds: PositiveFloat
    """How much later."""
    jitter_s: NonNegativeFloat = 0.0
    """How far the delay goes up and down (uniform), or the mean of what is added (exponential)."""
    shape: Literal["constant", "uniform", "exponential"] = "constant"


class Errors(Part):
    """An error is answered in place of the service."""

    kind: Literal["errors"] = "errors"
    status: Annotated[tuple[Annotated[int, Field(ge=400, le=599)], ...], Field(min_length=1)] = (
        500,
    )
    """One of these HTTP codes, drawn anew for each request."""
    body: BodyShape = "openai"


class Reset(Part):
    """The connection is torn down with a TCP reset."""

    kind: Literal["reset"] = "reset"
    after_bytes: NonNegativeInt = 0
    """After so many bytes of the response; 0: as soon as the request is there."""


class Refused(Part):
    """Nobody listens. For a share of requests below 1 the connection is reset at once."""

    kind: Literal["refused"] = "refused"


class Slow(Part):
    """The response drips in."""

    kind: Literal["slow"] = "slow"
    bytes_per_s: PositiveFloat


class Cut(Part):
    """The response breaks off in the middle of its body."""

    kind: Literal["cut"] = "cut"
    after_share: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """Of the body, where its length is known beforehand."""
    after_bytes: PositiveInt = 600
    """Of the body, where it comes as a stream; a shorter one breaks off before its end."""


class Garbage(Part):
    """Bytes of the body are replaced by random ones; head and length stay as they are."""

    kind: Literal["garbage"] = "garbage"
    of_bytes: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Which share of them."""


class ChangedSchema(Part):
    """A key of the JSON answer is renamed, left out, or holds another type."""

    kind: Literal["schema"] = "schema"
    change: Literal["rename", "drop", "retype"] = "rename"
    key: Text | None = None
    """Wherever it stands; unset: the key at the top that holds most of the answer."""
    to: Text | None = None
    """The new name; unset: the old one with '_v2'."""


class WrongContentType(Part):
    """The answer says that it is something else than it is."""

    kind: Literal["content_type"] = "content_type"
    to: Text = "text/html; charset=utf-8"


class Outage(Part):
    """Connections are taken and never answered, or refused."""

    kind: Literal["outage"] = "outage"
    how: Literal["silent", "refused"] = "silent"


class RateLimit(Part):
    """Beyond so many requests a minute: HTTP 429."""

    kind: Literal["rate_limit"] = "rate_limit"
    per_minute: PositiveFloat
    retry_after_s: PositiveInt = 20
    body: BodyShape = "openai"


class ExpiredCredentials(Part):
    """The key is no longer good: HTTP 401."""

    kind: Literal["expired_credentials"] = "expired_credentials"
    body: BodyShape = "openai"


def _kind(value: Any) -> str | None:
    """Tell the kind; a callable, because the parts' own validator sees every field first."""
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return kind if isinstance(kind, str) else None


Effect = Annotated[
    Annotated[Latency, Tag("latency")]
    | Annotated[Errors, Tag("errors")]
    | Annotated[Reset, Tag("reset")]
    | Annotated[Refused, Tag("refused")]
    | Annotated[Slow, Tag("slow")]
    | Annotated[Cut, Tag("cut")]
    | Annotated[Garbage, Tag("garbage")]
    | Annotated[ChangedSchema, Tag("schema")]
    | Annotated[WrongContentType, Tag("content_type")]
    | Annotated[Outage, Tag("outage")]
    | Annotated[RateLimit, Tag("rate_limit")]
    | Annotated[ExpiredCredentials, Tag("expired_credentials")],
    Discriminator(_kind),
]


KINDS = (
    "latency",
    "errors",
    "reset",
    "refused",
    "slow",
    "cut",
    "garbage",
    "schema",
    "content_type",
    "outage",
    "rate_limit",
    "expired_credentials",
)
"""What can be made to go wrong."""


class Fault(Part):
    """One thing that goes wrong, for a share of the requests."""

    name: Text
    effect: Effect
    share: Share = 1.0
    """Of the requests that come while it is on."""
    seed: NonNegativeInt = 0
    """Which of them: drawn in the order in which they come."""
