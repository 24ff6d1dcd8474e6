"""Known vulnerabilities in what the lock file installs: `make audit`.

Ends with 1 where there is one with a fix: take the fix. One without a fix is shown and stops
nothing, for nothing can be done about it but to know. Where the database of vulnerabilities
cannot be asked, that is said, and is no pass. What does not concern us stands with its reason
in audit-ignored.toml, until a day.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

IGNORED = Path(__file__).with_name("audit-ignored.toml")
WITHIN_S = 300


@dataclass(slots=True)
class Judged:
    """What was found."""

    to_mend: list[str] = field(default_factory=list)
    without_fix: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    not_asked: list[str] = field(default_factory=list)
    """Packages of which nothing could be learned."""
    n_asked: int = 0


def judged(found: Mapping[str, Any], ignored: Sequence[Mapping[str, Any]], today: date) -> Judged:
    """Sort what pip-audit found. Pure."""
    reasons = {each["id"]: each["reason"] for each in ignored if today <= each["until"]}
    told = Judged()
    for package in found.get("dependencies", ()):
        if "skip_reason" in package:
            told.not_asked.append(package["name"])
            continue
        told.n_asked += 1
        for each in package["vulns"]:
            names = {each["id"], *each.get("aliases", ())}
            line = f"{package['name']} {package['version']}: {each['id']}"
            fixes = each.get("fix_versions") or []
            known = next((reasons[name] for name in sorted(names) if name in reasons), None)
            if known is not None:
                told.ignored.append(f"{line} ({known})")
            elif fixes:
                told.to_mend.append(f"{line}, mended in {', '.join(fixes)}")
            else:
                told.without_fix.append(line)
    return told


def said(told: Judged) -> list[str]:
    """Return it line by line."""
    if not told.n_asked:
        return ["NOT AUDITED: nothing is known of any package here (no way to the database?)."]
    lines = [f"Asked for known vulnerabilities of {told.n_asked} packages."]
    for title, found in (
        ("TO MEND", told.to_mend), ("without a fix", told.without_fix),
        ("ignored", told.ignored), ("NOT AUDITED", told.not_asked),
    ):  # fmt: skip
        lines.extend(f"{title}: {each}" for each in found)
    return lines


def main(requirements: str) -> int:
    """Ask, say what was found, and return the exit code."""
    command = [
        sys.executable, "-m", "pip_audit", "--requirement", requirements, "--require-hashes",
        "--disable-pip", "--progress-spinner", "off", "--format", "json", "--timeout", "15",
    ]  # fmt: skip
    try:
        asked = subprocess.run(  # noqa: S603 - our own command, no shell
            command, capture_output=True, text=True, timeout=WITHIN_S, check=False
        )
        found = json.loads(asked.stdout)
    except subprocess.TimeoutExpired:
        return _ended([f"NOT AUDITED: no answer within {WITHIN_S} seconds."])
    except ValueError:
        why = (asked.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return _ended([f"NOT AUDITED: {why}"])
    known = tomllib.loads(IGNORED.read_text("utf-8")).get("ignored", [])
    told = judged(found, known, datetime.now(UTC).date())
    return _ended(said(told), 1 if told.to_mend else 0)


def _ended(lines: list[str], code: int = 0) -> int:
    sys.stdout.write("\n".join([*lines, ""]))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
