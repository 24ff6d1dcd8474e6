"""What an audit is compared with, and what it hands on: `--since` and `--todo`."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proveout.errors import InputError

if TYPE_CHECKING:
    from proveout.charter.schema import Charter
    from proveout.checks.contract import CheckContext
    from proveout.checks.readiness.remediation import RemediationItem
    from proveout.checks.readiness.remediation.register import Entry
    from proveout.cli.adhoc import Collected
    from proveout.evidence.model import Evidence

TODO_FIELDS = (
    "id", "source", "column", "kind", "severity", "owner", "records", "of_records", "status",
    "first_seen", "last_seen", "sentence", "instruction", "verification", "examples", "trend",
)  # fmt: skip
_NEAR = 60


def earlier_audit(file: Path, charter: Charter) -> tuple[list[Evidence], list[str]]:
    """Read what an earlier audit found, under the names that its sources have now.

    Returns the evidence, and a sentence for each source that was renamed. Raises InputError where
    the file is no audit.
    """
    from proveout.evidence.model import Evidence
    from proveout.intake.charter_data import unique_names

    try:
        plain = json.loads(file.read_text("utf-8"))
        found = [Evidence.from_dict(each) for each in plain["evidence"]]
        _ = plain["fix_first"]
    except OSError as error:
        raise InputError(
            f"{file} cannot be read: {error.strerror or error}.",
            hint="Name the JSON of an earlier audit: proveout audit SOURCE --json > last.json",
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{file} is not the JSON of an audit.",
            hint="Make one: proveout audit SOURCE --json > last.json",
        ) from error
    now = list(unique_names(charter.data).values())
    before = list(dict.fromkeys(str(e.subject.get("source")) for e in found if _is_rows(e)))
    renamed = _counterparts(before, now)
    said = [f"{new} is compared with {old} of the earlier audit." for old, new in renamed.items()]
    return [_under(each, renamed) for each in found], said


def followed_again(context: CheckContext, collected: Collected) -> Collected:
    """Take what further looks have found into the register too."""
    from proveout.checks.readiness.remediation.following import followed
    from proveout.checks.readiness.remediation.register import METRIC

    found = [each for each in collected.evidence if each.metric != METRIC]
    return replace(collected, evidence=(*found, *followed(context, found)))


def write_todo(
    file: Path, items: Sequence[RemediationItem], entries: Sequence[Entry], *, day: str
) -> int:
    """Write the list of things to fix, with what is gone; return how many lines it has."""
    from proveout.intake.standard.writing import harmless, replacing

    known = {entry.id: entry for entry in entries}
    rows = [_open_row(item, known.get(item.id), day) for item in items]
    rows += [_left_row(entry) for entry in entries if not entry.is_open]
    try:
        with replacing(file) as partial, partial.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, TODO_FIELDS)
            writer.writeheader()
            writer.writerows({key: harmless(value) for key, value in row.items()} for row in rows)
    except OSError as error:
        raise InputError(
            f"{file} cannot be written: {error.strerror or error}.",
            hint="Name a file in a folder that is there: --todo todo.csv",
        ) from error
    return len(rows)


def _open_row(item: RemediationItem, entry: Entry | None, day: str) -> dict[str, Any]:
    return {
        "id": item.id,
        "source": item.source,
        "column": item.column,
        "kind": item.kind,
        "severity": item.severity,
        "owner": item.owner,
        "records": item.n_records,
        "of_records": item.n_of,
        "status": item.status or "new",
        "first_seen": day if entry is None else entry.first_seen[:10],
        "last_seen": day,
        "sentence": item.sentence,
        "instruction": item.instruction,
        "verification": item.verification,
        "examples": "; ".join(item.examples),
        "trend": item.trend,
    }


def _left_row(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "source": entry.source,
        "column": entry.column,
        "kind": entry.kind,
        "severity": entry.severity,
        "owner": entry.owner,
        "records": entry.n_records,
        "of_records": entry.n_of,
        "status": entry.status,
        "first_seen": entry.first_seen[:10],
        "last_seen": entry.last_seen[:10],
        "sentence": entry.sentence,
        "instruction": "",
        "verification": "",
        "examples": "",
        "trend": entry.why,
    }


def _is_rows(evidence: Evidence) -> bool:
    return evidence.metric == "readiness.rows" and evidence.scope == "production"


def _counterparts(before: Sequence[str], now: Sequence[str]) -> dict[str, str]:
    """Match sources that are called otherwise now: last month's file, and this month's."""
    gone = [name for name in before if name not in now]
    new = [name for name in now if name not in before]
    found: dict[str, str] = {}
    for old in gone:
        alike = [name for name in new if name not in found.values() and _are_alike(old, name)]
        if len(alike) == 1:
            found[old] = alike[0]
    return found


def _are_alike(old: str, new: str) -> bool:
    """Tell whether names differ in the period alone, or in hardly anything."""
    from rapidfuzz.fuzz import ratio

    from proveout.checks.readiness.series.periods import dated

    periods = dated([old, new])
    if periods is not None:
        return periods[0].stem == periods[1].stem
    return ratio(old, new) >= _NEAR


def _under(evidence: Evidence, renamed: dict[str, str]) -> Evidence:
    from proveout.evidence.model import DATA_INPUT, Subject

    old = evidence.subject.get("source") or ""
    if old not in renamed:
        return evidence
    new = renamed[old]
    details = dict(evidence.details)
    if "findings" in details:
        details["findings"] = [
            {**each, "source": new, "id": new + str(each["id"]).removeprefix(old)}
            for each in details["findings"]
        ]
    inputs = {
        DATA_INPUT + new if name == DATA_INPUT + old else name: value
        for name, value in evidence.inputs.items()
    }
    return evidence.evolve(
        subject=Subject.of(**{**evidence.subject.as_dict(), "source": new}),
        details=details,
        inputs=inputs,
    )
