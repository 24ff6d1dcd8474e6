"""What becomes of a finding from audit to audit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from proveout.charter.schema import Charter
from proveout.checks.readiness.remediation import remediation
from proveout.checks.readiness.remediation.comparing import Size, moved
from proveout.checks.readiness.remediation.register import METRIC, Audit, Entry, follow
from proveout.evidence.model import CheckRef, Evidence, Subject

CHARTER = Charter.model_validate({"pilot": "orders", "data": {"production": ["orders.csv"]}})
START = datetime(2026, 5, 1, tzinfo=UTC)


def fact(metric: str, value: float, n: int, at: datetime, **rest: Any) -> Evidence:
    """Make one finding of the audit about orders."""
    details, inputs = rest.pop("details", {}), rest.pop("inputs", {})
    return Evidence(
        pilot="orders", metric=f"readiness.{metric}",
        subject=Subject.of(**{"source": "orders", **rest}),
        value=value, unit="fraction", n=n, basis="measured", scope="production", observed_at=at,
        check=CheckRef(name="readiness", version="1"), run="r", details=details, inputs=inputs,
    )  # fmt: skip


def audits(*found: list[tuple[str, float, int, dict[str, Any]]]) -> list[Entry]:
    """Run audits a month apart, each of which sees these figures; return the last register."""
    before: Audit | None = None
    entries: list[Entry] = []
    for month, facts in enumerate(found):
        at = START + timedelta(days=30 * month)
        evidence = [fact(metric, value, n, at, **rest) for metric, value, n, rest in facts]
        now = Audit(at=at, evidence=evidence, items=remediation(evidence, CHARTER))
        entries = follow(before, now)
        register = fact(
            "remediation", 0, 0, at,
            details={"since": "x", "findings": [entry.as_dict() for entry in entries]},
        )  # fmt: skip
        before = Audit(at=at, evidence=[*evidence, register], items=now.items)
    return entries


def duplicates(share: float, n: int = 10_000) -> tuple[str, float, int, dict[str, Any]]:
    """So many records are repeated."""
    return "duplicate_rows", share, n, {}


def empty(column: str, share: float, n: int = 10_000) -> tuple[str, float, int, dict[str, Any]]:
    """So many records have no value."""
    return "completeness", 1 - share, n, {"column": column}


@pytest.mark.parametrize(
    ("shares", "status"),
    [
        ((0.05,), "new"),
        ((0.0, 0.05), "new"),
        ((0.05, 0.01), "better"),
        ((0.05, 0.09), "worse"),
        # What chance explains is no change.
        ((0.05, 0.053), "same"),
        ((0.05, 0.0), "gone"),
        ((0.05, 0.0, 0.0), "gone"),
        ((0.05, 0.0, 0.04), "back"),
        ((0.05, 0.0, 0.04, 0.0), "gone"),
        ((0.05, 0.0, 0.04, 0.041), "same"),
    ],
)
def test_a_finding_is_new_better_worse_same_gone_or_back(
    shares: tuple[float, ...], status: str
) -> None:
    """As the audits before it tell, however long ago it was first seen."""
    (entry,) = audits(*[[duplicates(share)] for share in shares])

    assert (entry.id, entry.status) == ("orders:duplicate-row", status)


def test_a_finding_keeps_the_day_on_which_it_was_first_seen() -> None:
    """Gone and back again, it is still the old one."""
    (entry,) = audits([duplicates(0.05)], [duplicates(0)], [duplicates(0.05)])

    assert entry.first_seen == "2026-05-01T00:00:00+00:00"
    assert entry.why == "gone since 2026-05-31, now 500 of 10,000"


@pytest.mark.parametrize(
    ("now", "why"),
    [
        ([], "orders was not read"),
        ([empty("other", 0.0)], "orders has no column amount any more"),
        ([("rows", 10_000, 10_000, {}), ("outliers", 0.0, 10_000, {"column": "amount"})],
         "readiness.completeness was not measured"),
    ],
)  # fmt: skip
def test_what_was_not_looked_at_is_never_called_gone(now: list[Any], why: str) -> None:
    """A source that is not read, a column that is not there, a figure that was not taken."""
    entries = audits([empty("amount", 0.05)], now)

    assert [(e.id, e.status, e.why) for e in entries if e.column == "amount"] == [
        ("orders:missing:amount", "not looked at", why)
    ]


def test_none_among_few_records_is_no_proof() -> None:
    """Of 28 records, 1.4 would be expected: it may be chance that there are none."""
    (entry,) = audits([duplicates(0.05)], [duplicates(0, n=28)])

    assert entry.status == "gone"
    assert entry.why == (
        "500 of 10,000 before, none of 28 now; too few to be sure that it is not by chance"
    )


def test_corrections_of_the_same_records_are_counted_one_by_one() -> None:
    """Three of ten wrong records put right among a million are three."""
    sizes = Size(n_records=10, n_of=1_000_000), Size(n_records=7, n_of=1_000_000)

    assert moved(*sizes, same_records=True) == "better"
    assert moved(*sizes, same_records=False) == "same"


def test_a_million_records_do_not_make_a_wiggle_a_change() -> None:
    """2.50 % and 2.56 % differ beyond chance, and not so that it matters."""
    before, now = (Size(n_records=n, n_of=1_000_000) for n in (25_000, 25_600))

    assert moved(before, now, same_records=False) == "same"


def test_a_finding_of_another_name_for_the_same_trouble_goes_on() -> None:
    """First all values of another type are one text; then there are two."""

    def wrong(share: float, *examples: str) -> list[tuple[str, float, int, dict[str, Any]]]:
        return [
            ("type_conformance", 1 - share, 10_000,
             {"column": "qty", "details": {"found": "integer", "examples": list(examples)}})
        ]  # fmt: skip

    (entry,) = audits(wrong(0.02, "x"), wrong(0.08, "x", "y"))

    assert (entry.id, entry.status, entry.first_seen[:10]) == (
        "orders:wrong-type:qty", "worse", "2026-05-01",
    )  # fmt: skip


def test_forms_that_have_become_too_mixed_to_tell_are_not_gone() -> None:
    """A form that half the values have is no usual form any more: that is not fixed."""

    def forms(share: float) -> list[tuple[str, float, int, dict[str, Any]]]:
        patterns = [{"example": "A-1"}, {"example": "B 2"}]
        return [
            ("format_consistency", share, 10_000,
             {"column": "no", "details": {"dominant": "A-9", "patterns": patterns}})
        ]  # fmt: skip

    (entry,) = audits(forms(0.9), forms(0.6))

    assert (entry.status, entry.why) == (
        "not looked at",
        "4,000 of 10,000 are still so, but it is not told as a finding any more",
    )


def test_the_register_is_evidence_that_the_next_audit_can_read() -> None:
    """Nothing else is needed to go on."""
    (entry,) = audits([duplicates(0.05)])

    assert METRIC == "readiness.remediation"
    assert Entry.from_dict(entry.as_dict()) == entry
