"""Whether the audit found what was planted."""

from __future__ import annotations

from typing import Any

from benchmarks.audit.table import Planted


def check(answer: dict[str, Any], planted: Planted) -> None:
    """Compare the counts of an audit (its JSON) with what was planted. Raises AssertionError."""
    by_subject = {
        (e["metric"].removeprefix("readiness."), e["subject"].get("column")): e
        for e in _evidence(answer)
        if "kind" not in e["subject"]
    }

    def count(metric: str, column: str | None = None) -> int:
        return int(by_subject[metric, column]["details"]["count"])

    def missing(column: str) -> int:
        return int(by_subject["completeness", column]["details"]["missing"])

    seen = {
        "missing scores": (missing("score"), planted.null_scores),
        "blank statuses": (missing("status"), planted.blanks),
        "repeated records": (count("duplicate_rows"), planted.again),
        "words among readings": (
            int(by_subject["type_conformance", "reading"]["details"]["misfits"]), planted.words,
        ),
        "misspelled regions": (count("category_variants", "region"), planted.slips),
        "constant columns": (int(by_subject["constant_columns", None]["value"]), 1),
    }  # fmt: skip
    for what, (n, wanted) in seen.items():
        assert n == wanted, f"{what}: {n:,} found, {wanted:,} planted"
    high = count("outliers", "amount")
    assert planted.high <= high <= planted.high + 0.002 * planted.n_rows, f"outliers: {high:,}"
    usual = by_subject["format_consistency", "email"]
    share = 1 - planted.upper / planted.n_rows
    low, top = usual["interval"]["low"], usual["interval"]["high"]
    assert low - 0.01 <= share <= top + 0.01, f"emails: {low:.4f} - {top:.4f}, planted {share:.4f}"
    print(f"Found as planted: {', '.join(f'{n:,} {what}' for what, (n, _) in seen.items())}, "
          f"{planted.high:,} amounts too large, {1 - share:.1%} of emails in capitals.")  # fmt: skip


def _evidence(answer: Any) -> list[dict[str, Any]]:
    """Find the evidence in the answer, wherever the command puts it."""
    if isinstance(answer, list):
        return [e for part in answer for e in _evidence(part)]
    if isinstance(answer, dict):
        if "metric" in answer and "value" in answer:
            return [answer]
        return [e for part in answer.values() for e in _evidence(part)]
    return []
