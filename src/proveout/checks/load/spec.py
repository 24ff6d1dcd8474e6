"""What the engine is told, as plain JSON, because it is a process of its own or on another host."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Arrivals = Literal["closed", "open"]

COLUMNS = ("due_s", "begun_s", "sent_s", "done_s", "first_token_s", "outcome", "input_tokens",
           "output_tokens")  # fmt: skip
"""What the engine tells of every request: as in `Requests`, and begun_s, when it took the request
up. What lies between due and begun is its own delay, and no fault of the service."""

MOMENTS = 5
"""So many of the columns, the first ones, are moments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelPlan:
    """One stretch with a constant number of users."""

    users: int
    arrivals: Arrivals
    rate_per_s: float | None
    """Requests that are to fall due per second, of all users together; None where that depends on
    how quickly they are answered."""
    think_s: float
    """Mean pause of a user between an answer and the next question; of no matter to open ones."""
    seconds: float
    """Measured, after the warm-up."""
    warm_up_s: float
    give_up_after_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTarget:
    """One body that is sent again and again as it is; every reply with a status of success counts
    as an answer."""

    url: str
    method: str
    headers: Mapping[str, str]
    """Values may name an environment variable: '${API_TOKEN}'."""
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSpec:
    """What is the same for all levels. No secret is in it: the engine reads those from its own
    environment."""

    seed: int
    system: Mapping[str, Any] | None = None
    """The charter's part `system`."""
    raw: RawTarget | None = None
    """Instead of a system."""
    rows: tuple[Mapping[str, Any], ...] = ()
    """What is asked, one row per request, in turn."""
    think_shape: Literal["exponential", "lognormal"] = "exponential"
    think_cv: float = 1.0
    asked_s: float = 0.0
    """Latency that is asked for at the most (p95), against which the generator's own is held."""
    stops_when_broken: bool = True
    workers: int = 0
    """Processes that share the load; 0 is none but the engine itself."""
    listen: tuple[str, int] | None = None
    """Where workers of other hosts report; None starts the workers here."""

    def as_json(self) -> str:
        """Write it."""
        return json.dumps(asdict(self), allow_nan=False, default=str)

    @classmethod
    def from_json(cls, text: str) -> LoadSpec:
        """Read it."""
        plain = json.loads(text)
        listen = plain.pop("listen")
        raw = plain.pop("raw")
        return cls(
            **{
                **plain,
                "rows": tuple(plain["rows"]),
                "raw": None if raw is None else RawTarget(**raw),
                "listen": None if listen is None else (listen[0], listen[1]),
            }
        )
