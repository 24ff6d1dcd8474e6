"""One line of the prediction log: a request, what became of it, and what it took."""

from __future__ import annotations

import msgspec

from proveout.runtime.call import Outcome, Protocol_, Reason


class Record(msgspec.Struct, kw_only=True, omit_defaults=True, gc=False):
    """Written once, when the request has ended and before its answer is released."""

    id: str
    """Of the call; unique over all gateways."""
    pilot: str
    protocol: Protocol_
    at: float
    """When the request came; seconds since 1970, UTC."""
    seconds: float
    """From there to the end of the answer."""
    outcome: Outcome
    status: int
    """HTTP status that the client got; 0 where it was gone."""
    version: str | None = None
    """Which version of the system was asked; None where none was."""
    system_status: int | None = None
    """HTTP status of the system."""
    fallback: bool = False
    """The fallback answered."""
    shadow_of: str | None = None
    """Id of the call beside which a version in the shadow answered; nobody saw it."""
    client: str | None = None
    key: str | None = None
    team: str | None = None
    user: str | None = None
    model: str | None = None
    rows: int = 1
    """Answers that were asked for; 0 where the request only looks, or tidies up (GET, DELETE)."""
    attempts: int = 0
    """Requests that were sent to the system."""
    queued_s: float = 0.0
    system_s: float | None = None
    """Seconds that the system took."""
    first_token_s: float | None = None
    input_tokens: int | None = None
    cached_input_tokens: int | None = None
    output_tokens: int | None = None
    tokens_counted: bool = False
    """Counted here, since the system did not say."""
    cost: int = 0
    """In billionths of the currency."""
    currency: str | None = None
    confidence: float | None = None
    """The lowest of its answers."""
    reasons: tuple[Reason, ...] = ()
    """Why it goes to a person; none where it does not."""
    notes: tuple[str, ...] = ()
    """In words: which rule, what failed. Free of secrets."""
    simulated: bool = False
    """The system says of itself that it is a simulation."""
    request_hash: str | None = None
    """'sha256:…' over the bytes of the body."""
    answer_hash: str | None = None
    request: str | None = None
    """The body, as the payload policy lets it be kept; base64 after 'base64:' where no text."""
    answer: str | None = None
    trace: str | None = None
    """W3C trace id."""
