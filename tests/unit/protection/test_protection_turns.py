"""Whose turn it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from proveout.runtime.protection import Arrival, Turns


def _served(turns: Turns[str]) -> list[str]:
    return [who for who in (turns.finish() for _ in range(turns.busy + turns.waiting)) if who]


def test_the_higher_priority_goes_first_and_among_equals_who_came_first() -> None:
    """Turns go by priority, then by time of coming."""
    turns: Turns[str] = Turns(slots=1, queue=9)
    turns.take()
    for who, priority in [("low", 1), ("first", 5), ("second", 5)]:
        turns.arrive(who, priority)

    assert _served(turns) == ["first", "second", "low"]


def test_every_fourth_turn_goes_to_who_has_waited_longest() -> None:
    """Nobody starves while others of higher priority keep coming."""
    turns: Turns[str] = Turns(slots=1, queue=9)
    turns.take()
    turns.arrive("low", 0)
    for n in range(6):
        turns.arrive(f"high {n}", 9)

    assert _served(turns)[3] == "low"


def test_a_full_queue_turns_away_the_newest_of_the_lowest_priority() -> None:
    """Who is turned away is the lowest, and of those the newest."""
    turns: Turns[str] = Turns(slots=1, queue=3)
    turns.take()
    for who, priority in [("old low", 1), ("new low", 1), ("middle", 5)]:
        turns.arrive(who, priority)

    assert turns.arrive("high", 9) == Arrival("wait", displaced="new low")
    assert turns.arrive("another low", 1) == Arrival("full")
    assert _served(turns) == ["high", "middle", "old low"]


def test_without_a_queue_who_finds_no_slot_is_turned_away() -> None:
    """A queue of 0 means that nobody waits."""
    turns: Turns[str] = Turns(slots=1, queue=0)

    assert turns.arrive("one", 5) == Arrival("go")
    assert turns.arrive("two", 9) == Arrival("full")


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.data())
def test_the_nth_by_age_has_his_turn_within_four_n(
    priorities: list[int], data: st.DataObject
) -> None:
    """The bound on waiting holds for every place, whatever comes after."""
    turns: Turns[int] = Turns(slots=1, queue=1_000)
    turns.take()
    for who, priority in enumerate(priorities):
        turns.arrive(who, priority)
    place = data.draw(st.integers(0, len(priorities) - 1))
    served = []
    for newcomer in range(4 * (place + 1)):
        turns.arrive(1_000 + newcomer, 9)
        served.append(turns.finish())

    assert place in served


class _Laws(RuleBasedStateMachine):
    """Against a plain list of who waits."""

    def __init__(self) -> None:
        super().__init__()
        self.turns: Turns[int] = Turns(slots=3, queue=4)
        self.queue: list[tuple[int, int]] = []
        self.busy = 0
        self.count = 0

    @rule(priority=st.integers(0, 9))
    def comes(self, priority: int) -> None:
        self.count += 1
        arrival = self.turns.arrive(self.count, priority)
        if self.busy < 3:
            self.busy += 1
            assert arrival == Arrival("go")
            return
        everybody = [*self.queue, (self.count, priority)]
        if len(everybody) <= 4:
            assert arrival == Arrival("wait")
        else:
            worst = max(everybody, key=lambda each: (-each[1], each[0]))
            everybody.remove(worst)
            fits = worst[0] != self.count
            assert arrival == (Arrival("wait", displaced=worst[0]) if fits else Arrival("full"))
        self.queue = everybody

    @precondition(lambda self: self.queue)
    @rule(data=st.data())
    def gives_up(self, data: st.DataObject) -> None:
        who = data.draw(st.sampled_from(self.queue))
        self.queue.remove(who)
        assert self.turns.leave(who[0])
        assert not self.turns.leave(who[0])

    @precondition(lambda self: self.busy)
    @rule()
    def finishes(self) -> None:
        who = self.turns.finish()
        if who is None:
            assert not self.queue
            self.busy -= 1
        else:
            self.queue = [each for each in self.queue if each[0] != who]

    @invariant()
    def agrees(self) -> None:
        assert (self.turns.busy, self.turns.waiting) == (self.busy, len(self.queue))
        assert set(self.turns) == {who for who, _ in self.queue}


TestLaws = _Laws.TestCase
