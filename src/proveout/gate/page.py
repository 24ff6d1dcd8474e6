"""The reference page of the default standards, generated from them."""

from __future__ import annotations

import re

from proveout.charter.schema import Stage
from proveout.evidence.catalogue import Catalogue
from proveout.gate.demand import demand
from proveout.gate.model import Criterion
from proveout.gate.standards import DEFAULTS

_QUESTIONS: dict[Stage, str] = {
    "design": "May the pilot begin?",
    "production": "May it go live?",
    "scale": "May it widen?",
    "continue": "May it stay?",
}
_REQUIREMENT = re.compile(r"R\d+")

_HEAD = """\
# The gates and their default standards

<!-- Generated from src/proveout/gate/standards; tests/unit/gate/test_gate_page.py says how. -->

A pilot meets four gates.
Each has a default standard, which the charter tightens or, visibly, loosens.

## How a criterion is judged

| state | when |
| --- | --- |
| `passed` | the bound of the interval clears the threshold; a full count is its own bound |
| `failed` | the point estimate does not clear it, however old it is |
| `missing` | nothing acceptable was found: not measured, on other data, on another \
basis, or on no record at all |
| `inconclusive` | the point clears and the bound does not; or the interval is of a lower \
level than asked; or the check that found it did not come to its end |
| `stale` | it clears, and is too old, past its own date, or of another charter: \
attested when it said something else, or measured when it said something else of data, system or \
stress; or of another system than the one that was measured last |
| `waived` | it is one of the above, and a named person lets it pass until a date |

The verdict is `go` when every criterion is passed or waived, `stop` when a criterion marked as a \
limit is broken for sure (even the favourable end of the interval misses), and `hold` otherwise.
No default is a limit: only the charter can say what ends a pilot.
A limit can be waived by name, and every verdict then says so first.
The seal can be neither waived nor taken out.
With `*` every subject that was found must pass, and the worst decides.

## What is fixed first

The list is ordered by weight = rank + share ÷ place.
Rank: 5 a broken limit, 4 failed, 3 missing, 2 inconclusive, 1 stale.
Share: (proof + shortfall) ÷ 3; full for the seal.
Proof: 2 what the system did on real input, 1 what it did on damaged input, 0 a condition for it \
(data, people, agreements).
Shortfall: r ÷ (1 + r), where r is how far the bound misses in units of what is allowed (1 where \
nothing is); full where nothing was measured.
Place: the criterion's place among those of its rank and family, so that the head of the list \
shows each family's worst.

## How the charter changes a standard

- `acceptance:` adds lines: `quality.accuracy >= 0.85`. What was measured for them may be 31 days \
old unless they say otherwise. Quality is agreed when one of them holds all answers on production \
data to something.
- `standard:` adjusts a line below by its id: `production.rejects: {threshold: 0.02, why: …}`; \
`apply: false` takes it out. What is looser, or taken out, stands in every verdict with its reason.
- `stress`, `load`, `rollback.within_minutes` and `data.freshness_hours` set the thresholds of \
their lines; `kpis` and `assumptions` become one line each.
- Lines on sites, ranges, references and freshness apply where the charter declares such things.
- Each verdict says what the charter makes milder: fewer kinds, columns, records, pairs or shares \
of damage, fewer requests, a higher `system.confident_at`, a wider `system.let_through`, every \
line that asks for less than when it was sealed, every place that made a trial milder since, and \
what else was changed when results were known.
"""


def gates_page(catalogue: Catalogue) -> str:
    """Return the page as Markdown."""
    parts = [_HEAD]
    for stage, criteria in DEFAULTS.items():
        parts += [f"## `{stage}`: {_QUESTIONS[stage]}\n", _table(criteria, catalogue)]
    return "\n".join(parts)


def _table(criteria: tuple[Criterion, ...], catalogue: Catalogue) -> str:
    rows = [
        "| id | what | threshold | why that threshold | requirements |",
        "| --- | --- | --- | --- | --- |",
    ]
    rows += [_row(criterion, catalogue) for criterion in criteria]
    return "\n".join(rows) + "\n"


def _row(line: Criterion, catalogue: Catalogue) -> str:
    unit = catalogue[line.metric].unit
    goal = demand(line.comparison, line.threshold, unit)
    title = line.title.replace("{}", goal)
    subject = f"[{line.subject}]" if line.subject.parts else ""
    threshold = f"`{line.metric}{subject}` {line.comparison} {line.threshold:g}"
    if line.max_age is not None:
        threshold += f", at most {line.max_age.days} days old"
    requirements = [source for source in line.sources if _REQUIREMENT.fullmatch(source)]
    reasons = [source for source in line.sources if source not in requirements]
    cells = [
        f"`{line.id}`",
        title[0].upper() + title[1:],
        threshold,
        "; ".join(reasons),
        ", ".join(requirements),
    ]
    return f"| {' | '.join(cells)} |"
