"""What a drill shows: when each fault was noticed, and when users were served again. Pure.

Definitions (docs/drill.md tells them to people):
- A person of the company notices a fault by acknowledging. An acknowledgement counts for every
  fault that is on and not yet acknowledged; where none is on, for the last one that ended without.
- Users are served again at the end of the first answered request from which on at least 95 % of
  the usual share is answered, both of the next 20 requests and of all until the fault ends. Usual
  is the share that was answered before the first fault. Where another fault begins before 20
  requests have ended, those until then tell, if there are 5: nobody answers for the next fault.
- A fault under which that was so all the time needs no recovery: 0 s.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from proveout.checks.drill.record import Asked, FaultOn, HeldDrill, Said

NOTICE_WITHIN_S = 900.0
"""A quarter of an hour of wrong answers can be recalled."""

RECOVER_WITHIN_S = 3600.0
"""Where the charter's rollback.within_minutes says nothing else."""

RUN = 20
"""So many requests show that users are served; fewer at the end of a drill, but no fewer than 5."""

FEWEST = 5
SERVED = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultSeen:
    """What people and users made of one fault."""

    fault: FaultOn
    noticed: Said | None
    """By whom first; None: by nobody of the company."""
    recover_s: float | None
    """None: users were not seen to be served again."""
    was_felt: bool
    """Fewer requests were answered than recovery asks for, for a while at least."""
    n_served: int
    n_due: int
    """Requests that fell due while it was on."""
    n_fallback: int
    """Those of the served ones that the fallback answered."""

    @property
    def notice_s(self) -> float | None:
        """Seconds from its beginning until it was noticed."""
        return None if self.noticed is None else self.noticed.at_s - self.fault.began_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A drill as a whole."""

    faults: tuple[FaultSeen, ...]
    steps_done: tuple[int, ...]
    """Numbers of the steps that were marked as done by people of the company."""
    vendor_needed: tuple[Said, ...]
    """Whenever the vendor was needed, and whenever somebody of the vendor acted."""
    false_alarms: tuple[Said, ...]
    """Acknowledgements of nothing."""
    shortcomings: tuple[str, ...]
    """Why it was not passed, one sentence each; empty: passed."""


def judge(held: HeldDrill, *, recover_within_s: float) -> Judgement:
    """Judge a drill that was held to its end."""
    noticed, false_alarms = _noticed(held.faults, held.said)
    ended = sorted(held.asked, key=lambda each: each.done_s)
    wanted = SERVED * _usual(held.faults, ended)
    seen = tuple(
        _seen(fault, noticed.get(fault.name), ended, wanted, _next_began_s(fault, held.faults))
        for fault in held.faults
    )
    ours = [each for each in held.said if not each.is_vendor]
    vendor = tuple(each for each in held.said if each.is_vendor or each.deed == "vendor")
    return Judgement(
        faults=seen,
        steps_done=tuple(sorted({each.step for each in ours if each.step is not None})),
        vendor_needed=vendor,
        false_alarms=false_alarms,
        shortcomings=tuple(_shortcomings(seen, vendor, recover_within_s)),
    )


def _noticed(
    faults: Sequence[FaultOn], said: Sequence[Said]
) -> tuple[dict[str, Said], tuple[Said, ...]]:
    found: dict[str, Said] = {}
    false_alarms = []
    for each in sorted(said, key=lambda one: one.at_s):
        if each.deed != "ack" or each.is_vendor:
            continue
        begun = [fault for fault in faults if fault.began_s <= each.at_s]
        open_ones = [fault for fault in begun if fault.name not in found]
        is_any_on = any(each.at_s < fault.ended_s for fault in begun)
        meant = [fault for fault in open_ones if each.at_s < fault.ended_s]
        if not is_any_on:
            meant = sorted(open_ones, key=lambda fault: fault.ended_s)[-1:]
            false_alarms += [] if meant else [each]
        found.update({fault.name: each for fault in meant})
    return found, tuple(false_alarms)


def _usual(faults: Sequence[FaultOn], ended: Sequence[Asked]) -> float:
    """Return the share of requests that is answered without a fault; 1 where too few tell."""
    first = min((fault.began_s for fault in faults), default=0.0)
    before = [each.served_by is not None for each in ended if each.done_s < first]
    return sum(before) / len(before) if len(before) >= FEWEST else 1.0


def _next_began_s(fault: FaultOn, faults: Sequence[FaultOn]) -> float:
    """Return when the next fault began after this one had ended; infinite where none did."""
    later = (each.began_s for each in faults if each.began_s >= fault.ended_s)
    return min(later, default=math.inf)


def _seen(
    fault: FaultOn,
    noticed: Said | None,
    ended: Sequence[Asked],
    wanted: float,
    next_began_s: float,
) -> FaultSeen:
    due = [each for each in ended if fault.began_s <= each.due_s < fault.ended_s]
    recovered, was_felt = _recovered(fault, ended, wanted, next_began_s)
    return FaultSeen(
        fault=fault,
        noticed=noticed,
        recover_s=None if recovered is None else recovered - fault.began_s,
        was_felt=was_felt,
        n_served=sum(each.served_by is not None for each in due),
        n_due=len(due),
        n_fallback=sum(each.served_by == "fallback" for each in due),
    )


def _recovered(
    fault: FaultOn, ended: Sequence[Asked], wanted: float, next_began_s: float
) -> tuple[float | None, bool]:
    """Return when users were served again (None: never seen), and whether they felt it at all."""
    after = [each for each in ended if each.due_s >= fault.began_s]
    served = [each.served_by is not None for each in after]
    sums = [0, *accumulate(served)]
    done_s = [each.done_s for each in after]
    until_end = bisect_left(done_s, fault.ended_s)
    until_next = bisect_left(done_s, next_began_s)
    starts = [0, *(at + 1 for at in range(len(after)) if not served[at])]
    for start in starts:
        stop = min(start + RUN, until_next if until_next - start >= FEWEST else len(after))
        enough = stop - start >= FEWEST
        if not enough or not _is_served(sums, start, stop, wanted):
            continue
        if start < until_end and not _is_served(sums, start, until_end, wanted):
            continue
        if start == 0:
            return fault.began_s, False
        first = next(at for at in range(start, stop) if served[at])
        return after[first].done_s, True
    return None, True


def _is_served(sums: Sequence[int], start: int, stop: int, wanted: float) -> bool:
    return sums[stop] - sums[start] >= wanted * (stop - start)


def _shortcomings(
    seen: Sequence[FaultSeen], vendor: Sequence[Said], recover_within_s: float
) -> list[str]:
    told = []
    for each in seen:
        name = each.fault.name
        if each.notice_s is None:
            told.append(f"Nobody of the company noticed {name}.")
        elif each.notice_s > NOTICE_WITHIN_S:
            told.append(f"{name} was noticed after {words_of(each.notice_s)}.")
        if each.recover_s is None:
            told.append(f"Users were not seen to be served again after {name}.")
        elif each.recover_s > recover_within_s:
            told.append(f"After {name} users were served again after {words_of(each.recover_s)}.")
    told += [_needed(each) for each in vendor]
    return told


def _needed(said: Said) -> str:
    if said.deed == "vendor":
        return f"The vendor was needed: {said.text}" if said.text else "The vendor was needed."
    return f"{said.who} of the vendor took part."


def words_of(seconds: float) -> str:
    """Write a duration as it is said: '4 min 10 s'.

    >>> words_of(250)
    '4 min 10 s'
    """
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"
