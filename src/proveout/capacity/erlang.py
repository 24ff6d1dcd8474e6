"""Formulas for queues with Poisson arrivals and exponential work: Erlang B, C and A.

Sources: Erlang 1917; Garnett, Mandelbaum & Reiman 2002 (Erlang-A, M/M/n+M); Zeltyn & Mandelbaum
2005 (M/M/n+G, here for a patience that is the same for all).
"""

from __future__ import annotations

import math


def erlang_b(offered: float, slots: int) -> float:
    """Give the share of requests that find all slots taken when nobody may wait.

    `offered` is arrivals per second times seconds of work, in erlangs.

    >>> round(erlang_b(2.0, 2), 3)
    0.4
    """
    inverse = 1.0
    for n in range(1, slots + 1):
        inverse = 1.0 + inverse * n / offered
    return 1.0 / inverse


def erlang_c(offered: float, slots: int) -> float:
    """Give the share of requests that wait, nobody giving up; 1 from saturation on.

    >>> round(erlang_c(2.0, 3), 3)
    0.444
    """
    if offered >= slots:
        return 1.0
    blocked = erlang_b(offered, slots)
    return slots * blocked / (slots - offered * (1.0 - blocked))


def waits_longer(offered: float, slots: int, work_s: float, seconds: float) -> float:
    """Give the share of requests that wait longer than `seconds` in M/M/n, nobody giving up."""
    if offered >= slots:
        return 1.0
    return erlang_c(offered, slots) * math.exp(-(slots - offered) * seconds / work_s)


def abandonment_exponential(
    rate_per_s: float, work_s: float, slots: int, mean_patience_s: float
) -> float:
    """Give the share that leaves the queue in M/M/n+M (Erlang-A), patience exponential.

    By the stationary distribution of the number in the system, a birth-death chain.
    """
    done, leave = 1.0 / work_s, 1.0 / mean_patience_s
    weight = 1.0
    total, leaving = 1.0, 0.0
    n = 0
    while weight > total * 1e-16 or n < slots + rate_per_s * mean_patience_s:
        n += 1
        weight *= rate_per_s / (min(n, slots) * done + max(n - slots, 0) * leave)
        total += weight
        leaving += weight * max(n - slots, 0) * leave
        if total > 1e200:
            weight, total, leaving = weight / total, 1.0, leaving / total
    return leaving / total / rate_per_s


def abandonment_fixed(rate_per_s: float, work_s: float, slots: int, patience_s: float) -> float:
    """Give the share that leaves the queue in M/M/n+D: all wait `patience_s` and no longer.

    Zeltyn & Mandelbaum 2005, equation for P{Ab} with H(x) = min(x, patience): with
    J the integral of exp(lambda H(x) - n mu x), and E the sum over states in which none waits.
    """
    offered = rate_per_s * work_s
    everywhere = 1.0 / erlang_b(offered, slots - 1) if slots > 1 else 1.0
    done = slots / work_s
    surplus = (rate_per_s - done) * patience_s
    beyond = math.exp(surplus) / done
    within = patience_s if abs(surplus) < 1e-12 else math.expm1(surplus) / (rate_per_s - done)
    whole = within + beyond
    return (1.0 + (rate_per_s - done) * whole) / (everywhere + rate_per_s * whole)
