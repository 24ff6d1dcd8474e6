"""What is gathered from the little that counts is what is gathered from everything."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.gate_makers import NOW, charter, fact, outcome, seal
from proveout.charter.schema import Stage
from proveout.evidence.ledger import MemoryLedger, NewEntry
from proveout.evidence.model import WHOLE, CheckRef, Subject
from proveout.gate import gather
from proveout.portfolio.following import Follower
from proveout.portfolio.gathering import Gatherer

CHECKS = ("quality", "stress", "attest")
STAGES: tuple[Stage | None, ...] = (None, "production", "scale", "continue")


def run(name: str, at: int, *, is_monitored: bool, pilot: str) -> NewEntry:
    body = {
        "run": name,
        "at": (NOW + timedelta(seconds=at)).isoformat(),
        "checks": ["quality", "stress"],
        **({"window": "a/b"} if is_monitored else {}),
    }
    return NewEntry(pilot=pilot, kind="run", body=body)


@st.composite
def ledgers(draw: st.DrawFn) -> list[list[NewEntry]]:
    """Draw appends of two pilots: runs that overlap, break off, and are never opened."""
    opened: list[str] = []
    appends: list[list[NewEntry]] = []
    for step in range(draw(st.integers(1, 25))):
        pilot = draw(st.sampled_from(["p", "p", "p", "other"]))
        what = draw(st.sampled_from(["run", "evidence", "evidence", "outcome", "attest", "seal"]))
        name = draw(st.sampled_from([*opened, "never-opened"]))
        check = draw(st.sampled_from(CHECKS[:2]))
        match what:
            case "run":
                name = f'run-{step}-"\\é'
                opened.append(name)
                entry = run(name, step, is_monitored=draw(st.booleans()), pilot=pilot)
            case "evidence":
                basis = draw(st.sampled_from(["measured", "simulated", "attested"]))
                found = fact(
                    f"{check}.accuracy", run=name, check=check, basis=basis, pilot=pilot,
                    subject=draw(st.sampled_from([WHOLE, Subject.of(site="Linz")])),
                    details={"run": "run", "check": {"name": "attest"}},
                )  # fmt: skip
                entry = NewEntry(pilot=pilot, kind="evidence", body=found.as_dict())
            case "attest":
                found = fact(
                    "governance.signoff", float(step), basis="attested", pilot=pilot, run="attest",
                    unit="flag", subject=Subject.of(role=draw(st.sampled_from("ab"))),
                ).evolve(check=CheckRef(name="attest", version="1"))  # fmt: skip
                entry = NewEntry(pilot=pilot, kind="evidence", body=found.as_dict())
            case "outcome":
                started = NOW + timedelta(seconds=draw(st.integers(0, step)))
                ended = outcome(check, run=name, started_at=started)
                entry = NewEntry(pilot=pilot, kind="outcome", body=ended.as_dict())
            case _:
                made = seal(charter())
                entry = NewEntry(pilot=pilot, kind="seal", body={**made.body, "pilot": pilot})
        appends.append([entry])
    return appends


@settings(max_examples=150, deadline=None)
@given(appends=ledgers(), asked_at=st.sets(st.integers(0, 25)))
def test_reading_little_gathers_what_reading_all_gathers(
    appends: list[list[NewEntry]], asked_at: set[int]
) -> None:
    """Whenever it is asked, and whatever was read before, at every gate."""
    ledger = MemoryLedger(clock=lambda: NOW)
    follower = Follower(ledger)
    gatherer = Gatherer(follower=follower, pilot="p")
    for number, entries in enumerate(appends):
        ledger.append(entries)
        if number not in asked_at and number != len(appends) - 1:
            continue
        shelf = follower.follow()
        for stage in STAGES:
            mine = [e for e in ledger.entries() if e.pilot == "p" or e.kind == "seal"]
            assert gatherer.dossier(shelf, stage) == gather(mine, "p", stage)
