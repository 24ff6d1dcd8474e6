"""`python -m benchmarks.load`: reported figures beside the truth, and beside those of peers."""

from __future__ import annotations

import argparse
import os

import numpy as np

from benchmarks.load import peers, servers
from benchmarks.load.ours import BODY, Measured, measure
from benchmarks.load.truth import latencies, long_run
from proveout.checks.load.schedule import poisson_moments
from proveout.checks.load.spec import LevelPlan

SLOTS, SERVICE_S = 8, 0.05
PATIENCE_S = 30.0


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load")
    parser.add_argument("parts", nargs="*", default=["known", "crowd", "rate"])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=None, help="another one each time by default")
    parser.add_argument("--no-peers", action="store_true")
    given = parser.parse_args()
    seed = int.from_bytes(os.urandom(4), "big") if given.seed is None else given.seed
    print(f"seed {seed}")
    has_kept = []
    for part in given.parts:
        run = {"known": known, "crowd": crowd, "rate": rate}[part]
        has_kept += run(given.seconds, seed, with_peers=not given.no_peers)
    print(f"\n{sum(has_kept)} of {len(has_kept)} limits kept")


def known(seconds: float, seed: int, *, with_peers: bool) -> list[bool]:
    """Report percentiles of a service whose latency can be computed."""
    print(f"\n{SLOTS} slots of {SERVICE_S * 1e3:.0f} ms, Poisson arrivals, {seconds:g} s each")
    has_kept = []
    for utilisation in (0.5, 0.8, 0.95):
        per_s = SLOTS / SERVICE_S * utilisation
        plan = _plan(1, "open", per_s, 1.0, seconds, warm_up_s=5.0)
        with servers.slots(SLOTS, SERVICE_S) as url:
            found = measure(f"{url}/", plan, seed=seed)
        requests = found.run.level.requests
        reported = peers.in_ms(requests.done_s - requests.due_s)
        truth = peers.in_ms(_truth_of(plan, per_s, seed))
        long = long_run(per_s, slots=SLOTS, service_s=SERVICE_S, seed=seed)
        print(f"  {utilisation:.0%} utilisation")
        _line("M/D/8, long run", peers.in_ms(long))
        _line("truth of these arrivals", truth)
        _line("reported", reported, f"{len(requests.due_s):,} requests")
        off = [abs(a - b) for a, b in zip(reported, truth, strict=True)]
        kept = [d <= max(1.0, 0.02 * b) for d, b in zip(off, truth, strict=True)]
        told = ", ".join(f"{d:.2f} ms ({d / b:.1%})" for d, b in zip(off, truth, strict=True))
        late = f"generator late, 99 %: {found.run.late_p99_s * 1e3:.2f} ms"
        print(f"    off by {told}; limit 2 % or 1 ms: {_kept(all(kept))}; {late}")
        has_kept += kept
    if with_peers:
        with servers.slots(SLOTS, SERVICE_S) as url:
            wait = f"throughput:{SLOTS / SERVICE_S * 0.95 / 20}"
            peer = peers.locust(url, users=20, seconds=seconds, wait=wait, body=BODY)
        _line("plain Locust, 20 closed users", peer.ms, f"{peer.rate_per_s:.0f} requests/s")
    return has_kept


def crowd(seconds: float, seed: int, *, with_peers: bool) -> list[bool]:
    """Hold ten thousand users who think for ten seconds, against a server that answers at once."""
    with servers.at_once() as (url, name):
        print(f"\n10,000 users, 10 s of thought, against {name}, {seconds:g} s")
        plan = _plan(10_000, "closed", 1000.0, 10.0, seconds, warm_up_s=5.0)
        found = measure(url, plan, seed=seed)
        latency_s = found.run.level.requests.done_s - found.run.level.requests.due_s
        _line("reported", peers.in_ms(latency_s), _took(found, len(latency_s) / seconds))
        if with_peers:
            peer = peers.locust(url, users=10_000, seconds=seconds, wait="think:10", body=BODY)
            _line("plain Locust", peer.ms, f"{peer.memory_mb:.0f} MB, {peer.cores:.2f} cores")
    kept = [float(np.median(latency_s)) < 5e-3, float(np.quantile(latency_s, 0.95)) < 5e-3,
            found.memory_mb < 1024]  # fmt: skip
    print(f"    limits 5 ms (50 % and 95 %), 1 GB: {_kept(all(kept))}")
    return kept


def rate(seconds: float, seed: int, *, with_peers: bool) -> list[bool]:
    """Send as much as goes from one process."""
    seconds = min(seconds, 10.0)
    with servers.at_once() as (url, name):
        print(f"\n50 users without thought, against {name}, {seconds:g} s, one process")
        plan = _plan(50, "closed", None, 0.0, seconds, warm_up_s=1.0)
        found = measure(url, plan, seed=seed)
        per_s = len(found.run.level.requests.due_s) / seconds
        print(f"    ours: {per_s:,.0f} requests/s")
        if with_peers:
            peer = peers.locust(url, users=50, seconds=seconds, wait="none", body=BODY)
            print(f"    plain Locust, fast client: {peer.rate_per_s:,.0f} requests/s")
            most = peers.wrk(url, connections=50, seconds=round(seconds))
            if most is not None:
                print(f"    wrk, one thread: {most:,.0f} requests/s")
    kept = per_s >= 10_000
    print(f"    limit 10,000 a second: {_kept(kept)}")
    return [kept]


def _plan(
    users: int,
    arrivals: str,
    rate_per_s: float | None,
    think_s: float,
    seconds: float,
    *,
    warm_up_s: float,
) -> LevelPlan:
    assert arrivals in ("open", "closed")
    return LevelPlan(
        users=users,
        arrivals="open" if arrivals == "open" else "closed",
        rate_per_s=rate_per_s,
        think_s=think_s,
        seconds=seconds,
        warm_up_s=warm_up_s,
        give_up_after_s=PATIENCE_S,
    )


def _truth_of(plan: LevelPlan, rate_per_s: float, seed: int) -> np.ndarray:
    """Compute what the very arrivals of a level must meet, those of the warm-up included."""
    rng = np.random.default_rng([seed, 0, 0])
    whole_s = plan.warm_up_s + plan.seconds + plan.give_up_after_s
    due = poisson_moments(rate_per_s, 0.0, whole_s, rng) - plan.warm_up_s
    found = latencies(due, slots=SLOTS, service_s=SERVICE_S)
    return found[(due >= 0) & (due < plan.seconds)]


def _line(name: str, ms: tuple[float, float, float], more: str = "") -> None:
    p50, p95, p99 = ms
    print(f"    {name:30} {p50:8.2f} {p95:8.2f} {p99:8.2f} ms   {more}")


def _took(found: Measured, rate_per_s: float) -> str:
    return f"{found.memory_mb:.0f} MB, {found.cores:.2f} cores, {rate_per_s:.0f} requests/s"


def _kept(kept: bool) -> str:
    return "kept" if kept else "MISSED"


if __name__ == "__main__":
    main()
