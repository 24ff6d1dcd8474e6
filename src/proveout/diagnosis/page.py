"""The tables of docs/diagnosis.md, from the weights that are in force.

Written anew with: python -m proveout.diagnosis.page < docs/diagnosis.md > new.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from proveout.diagnosis.conditions import CONDITIONS, MET
from proveout.diagnosis.failures import FAILURES, Failure
from proveout.diagnosis.questions import BY_ID
from proveout.diagnosis.read_from_evidence import RULES, Rule
from proveout.diagnosis.sameness import PARTS
from proveout.diagnosis.signals import SIGNALS, Signal


def tables() -> dict[str, str]:
    """Return what of the page follows from the code, by the name of its place."""
    return {
        "causes": _table(
            ("id", "cause", "what is the matter"),
            (
                (f"`{each.id}`", each.name + ("" if each.is_structural else " (else)"), each.means)
                for each in FAILURES
            ),
        ),
        "signals": "\n\n".join(_signal(each) for each in SIGNALS),
        "rules": _table(("metric", "signal", "options"), (_rule(each) for each in RULES)),
        "conditions": _table(
            ("condition", "what must be so", "what shows it"),
            ((f"`{each.id}`", each.text, _shown(each.id)) for each in CONDITIONS),
        ),
        "parts": _table(
            ("failure", "parts"),
            (
                (f"`{failure}`", ", ".join(f"`{part}`" for part in parts))
                for failure, parts in PARTS.items()
            ),
        ),
    }


def refreshed(page: str) -> str:
    """Return the page with everything between its marks as the code has it."""
    for name, table in tables().items():
        begin, end = f"<!-- {name} -->\n", f"\n<!-- end of {name} -->"
        before, _, rest = page.partition(begin)
        _, _, after = rest.partition(end)
        page = f"{before}{begin}{table}{end}{after}"
    return page


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _signal(signal: Signal) -> str:
    question = BY_ID.get(signal.id)
    title = "Who took part in the pilot? (from the charter alone)"
    asked = title if question is None else question.text
    causes: list[Failure] = [each.id for each in FAILURES if each.id in signal.weights]
    rows = (
        (
            f"`{option}`",
            says,
            *(_weight(signal.weight(cause, option)) for cause in causes),
        )
        for option, says in signal.says.items()
    )
    table = _table(("option", "what is then so", *(f"`{each}`" for each in causes)), rows)
    return f"### `{signal.id}`\n{asked}\n{signal.why}\n\n{table}"


def _weight(weight: float) -> str:
    return f"{weight:+g}" if weight else "0"


def _rule(rule: Rule) -> tuple[str, str, str]:
    sign = "≥" if rule.is_higher_better else "≤"
    bands = [
        f"{sign} {bound:g}: {f'`{option}`' if option else 'nothing'}"
        for bound, option in rule.bands
    ]
    return (
        f"`{rule.metric}`",
        f"`{rule.signal}`",
        ", ".join([*bands, f"else `{rule.otherwise}`"]),
    )


def _shown(condition: str) -> str:
    found = next(each for each in CONDITIONS if each.id == condition)
    if found.metric == MET:
        return "the charter, or a named person"
    about = f"[{found.subject}]" if found.subject.parts else ""
    sign = "≥" if found.comparison == ">=" else "≤"
    other = ", *measured*" if found.is_measured else ", *their own word*"
    or_person = ", or a named person" if found.takes_word else other
    return f"`{found.metric}{about}` {sign} {found.threshold:g}{or_person}"


if __name__ == "__main__":
    sys.stdout.write(refreshed(sys.stdin.read()))
