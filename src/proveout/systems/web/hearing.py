"""From what came back to answers, and from several answers to one. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from proveout.systems import answering
from proveout.systems.exchange import Decoded, Reply, Request, Tokens
from proveout.systems.port import Answers, AnswerStatus, Usage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


@runtime_checkable
class Sampling(Protocol):
    """A dialect in which several requests make one answer."""

    @property
    def samples(self) -> int:
        """How many."""
        ...

    def encode_sample(self, rows: Sequence[Mapping[str, Any]], sample: int) -> Request:
        """Write one of them."""
        ...

    def agree(self, samples: Sequence[Decoded]) -> Decoded:
        """Make one answer of those that came."""
        ...


@runtime_checkable
class Declining(Protocol):
    """A dialect in which a refusal may come as an error."""

    def declined(self, reply: Reply, asked: Request) -> Decoded | None:
        """Read such an error; None for every other."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came of asking for some rows, retries included."""

    rows: int
    decoded: Decoded | None
    """None where there is no answer that can be read."""
    status: AnswerStatus
    """Why not; OK where there is."""
    fault: str | None
    code: int | None
    """The last HTTP status; None without a response."""
    latency_s: float
    """From the first attempt to the last reply."""
    first_token_s: float
    attempts: int
    is_simulated: bool
    was_hung_up: bool = False
    """The service had closed the connection before it took the request."""
    samples: int = 1
    """Requests that the answer is made of, without a retry."""

    def after(self, earlier: Heard) -> Heard:
        """Return this as a user hears it who had asked and been answered `earlier` before."""
        return replace(
            self,
            latency_s=earlier.latency_s + self.latency_s,
            first_token_s=earlier.latency_s + self.first_token_s,
            attempts=earlier.attempts + self.attempts,
            is_simulated=earlier.is_simulated or self.is_simulated,
        )


def to_answers(heard: Heard) -> Answers:
    """Make answers of it, not yet fitted to a task; tokens are shared out among the rows."""
    n = heard.rows
    if heard.decoded is None:
        fault = heard.fault or ""
        answers = answering.failed(n, heard.status, fault, heard.latency_s)
    else:
        told = heard.decoded.answers
        answers = answering.settle(told, rows=n, latency_s=heard.latency_s, task=None)
    tokens = Tokens() if heard.decoded is None else heard.decoded.tokens
    return replace(answers, usage=_usage(heard, tokens), simulated=heard.is_simulated)


def agreed(dialect: Sampling, samples: Sequence[Heard]) -> Heard:
    """Make one answer of several to the same question.

    All are asked at the same time, so that the slowest decides how long a user waits, and nothing
    can be shown before. A sample without an answer agrees with none.
    """
    came = [_as_vote(sample) for sample in samples]
    votes = [vote for vote in came if vote is not None]
    slowest = max(samples, key=lambda sample: sample.latency_s)
    decoded = dialect.agree(votes) if votes else None
    # A sample that did not come has most likely been worked on, and is paid for, like the others.
    decoded = decoded and _with_tokens_of_all(decoded, votes, samples)
    gone = tuple(
        f"one of several answers to a question did not come: {sample.fault}"
        for sample, vote in zip(samples, came, strict=True)
        if vote is None
    )
    if decoded is not None and gone:
        faults = (*decoded.answers.faults, *dict.fromkeys(gone))
        decoded = replace(decoded, answers=replace(decoded.answers, faults=faults))
    return replace(
        slowest,
        decoded=decoded,
        status=slowest.status if decoded is None else AnswerStatus.OK,
        fault=slowest.fault if decoded is None else None,
        first_token_s=np.nan,
        attempts=sum(sample.attempts for sample in samples),
        is_simulated=any(sample.is_simulated for sample in samples),
        samples=len(samples),
    )


def _with_tokens_of_all(
    decoded: Decoded, votes: Sequence[Decoded], samples: Sequence[Heard]
) -> Decoded:
    sent = sum(sample.attempts > 0 for sample in samples)
    known = sum(vote.tokens.input is not None for vote in votes)
    if not known or known >= sent:
        return decoded

    def of_all(count: int | None) -> int | None:
        return None if count is None else round(count * sent / known)

    tokens = decoded.tokens
    return replace(
        decoded,
        tokens=replace(
            tokens,
            input=of_all(tokens.input),
            output=of_all(tokens.output),
            cached_input=of_all(tokens.cached_input),
            counted=True,
        ),
    )


def _as_vote(sample: Heard) -> Decoded | None:
    if sample.decoded is not None or sample.status != AnswerStatus.MALFORMED:
        return sample.decoded
    faults = (sample.fault,) if sample.fault else ()
    return Decoded(answers=answering.one(None, status=AnswerStatus.MALFORMED, faults=faults))


def _usage(heard: Heard, tokens: Tokens) -> Usage:
    n = heard.rows

    def each(count: float | None) -> Any:
        return np.full(n, np.nan if count is None else count / n)

    is_known = tokens.input is not None or tokens.output is not None
    source = "counted" if tokens.counted else "usage" if is_known else "none"
    return Usage(
        input_tokens=each(tokens.input),
        output_tokens=each(tokens.output),
        first_token_s=np.full(n, heard.first_token_s),
        attempts=np.full(n, float(heard.attempts)),
        samples=heard.samples,
        tokens_from=source,  # type: ignore[arg-type]
        cached_input_tokens=None if tokens.cached_input is None else each(tokens.cached_input),
    )
