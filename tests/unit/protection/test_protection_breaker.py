"""When a failing system is left alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from proveout.runtime.protection import Breaker


def _breaker(of: int = 4) -> Breaker:
    return Breaker(failures=0.5, of=of, open_s=10.0)


def _open(breaker: Breaker, at: float) -> None:
    while breaker.state(at) == "closed":
        permit = breaker.permit(at)
        assert permit is not None
        breaker.failed(permit, at)


def test_opens_when_the_share_of_failures_is_reached_and_not_before_enough_were_seen() -> None:
    """Four are looked at: three failures alone open nothing, the fourth outcome decides."""
    breaker = _breaker()

    assert [breaker.failed(0, 1.0) for _ in range(4)] == [False, False, False, True]
    assert (breaker.state(1.0), breaker.permit(1.0)) == ("open", None)
    assert breaker.retry_after_s(4.0) == 7.0


def test_stays_closed_below_the_share() -> None:
    """Two failures in six never are a half."""
    breaker = _breaker(of=6)
    for _ in range(50):
        breaker.succeeded(0)
        breaker.succeeded(0)
        assert not breaker.failed(0, 1.0)

    assert breaker.state(1.0) == "closed"


def test_lets_one_probe_through_and_closes_when_it_is_answered() -> None:
    """After `open_s` one goes, and nobody else until it is known what came of it."""
    breaker = _breaker()
    _open(breaker, 0.0)
    probe = breaker.permit(10.0)

    assert probe is not None
    assert (breaker.state(10.0), breaker.permit(10.0)) == ("half-open", None)
    breaker.succeeded(probe)
    assert breaker.state(10.0) == "closed"


def test_opens_anew_when_the_probe_fails() -> None:
    """A failed probe costs another `open_s`."""
    breaker = _breaker()
    _open(breaker, 0.0)
    probe = breaker.permit(12.0)

    assert probe is not None
    assert breaker.failed(probe, 13.0)
    assert breaker.permit(22.9) is None
    assert breaker.permit(23.0) is not None


def test_a_probe_that_says_nothing_makes_room_for_another() -> None:
    """A client that goes away does not keep the breaker open for ever."""
    breaker = _breaker()
    _open(breaker, 0.0)
    probe = breaker.permit(10.0)

    assert probe is not None
    breaker.abandoned(probe)
    assert breaker.permit(10.0) == probe


def test_what_was_sent_before_the_breaker_opened_decides_nothing_afterwards() -> None:
    """Late news of the time before neither close nor reopen it."""
    breaker = _breaker()
    before = breaker.permit(0.0)
    assert before is not None
    _open(breaker, 0.0)
    probe = breaker.permit(10.0)
    breaker.succeeded(before)

    assert breaker.state(10.0) == "half-open"
    assert not breaker.failed(before, 10.0)
    assert probe is not None
    assert breaker.is_probe(probe)


@given(
    st.floats(0.01, 1.0),
    st.integers(1, 12),
    st.lists(st.tuples(st.booleans(), st.floats(0.0, 3.0)), max_size=80),
)
def test_agrees_with_a_plain_count(
    share: float, of: int, outcomes: list[tuple[bool, float]]
) -> None:
    """Open if and only if enough were seen since it last closed, and the share is reached."""
    breaker = Breaker(failures=share, of=of, open_s=2.0)
    seen: list[bool] = []
    opened_at: float | None = None
    now = 0.0
    for failed, pause in outcomes:
        now += pause
        may = opened_at is None or now >= opened_at + 2.0
        permit = breaker.permit(now)
        assert (permit is not None) == may
        if permit is None:
            continue
        if failed:
            breaker.failed(permit, now)
        else:
            breaker.succeeded(permit)
        if opened_at is not None:
            seen, opened_at = [], (now if failed else None)
            continue
        seen = [*seen, failed][-of:]
        if failed and len(seen) == of and sum(seen) / of >= share - 1e-9:
            seen, opened_at = [], now

        assert (breaker.state(now) == "closed") == (opened_at is None)
