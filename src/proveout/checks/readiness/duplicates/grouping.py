"""Fields that say the same thing: agreement in one is no news after agreement in the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from proveout.checks.readiness.duplicates.model import NAMING, Field
from proveout.checks.readiness.duplicates.stacking import Stacked

_PARTNERS = 3.0
"""Chance agreements per record from which those outnumber the agreements of duplicates."""
_FOLLOWS = 0.5
"""Share of the pairs alike in one field that are alike in the other too, from which it follows."""
_MORE_THAN_CHANCE = 5.0
_CONTAINED = 0.8
_SAMPLE = 100_000
_FEWEST_EXCHANGED = 3
_OTHER_DOMAIN = 0.3
"""Share of records whose value is as usual in the other field, up to which exchanges are slips."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldGroup:
    """A field that is compared, and those that follow from it or are exchanged with it."""

    lead: Field
    followers: tuple[Field, ...] = ()
    """What is alike whenever the lead is: the town, where the lead is the postcode."""
    exchanged: Field | None = None
    """The field whose value sometimes stands in the lead's place, and the other way round."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields of the group."""
        other = () if self.exchanged is None else (self.exchanged,)
        return (self.lead, *other, *self.followers)


def group_fields(stack: Stacked, fields: Sequence[Field], n: int) -> list[FieldGroup]:
    """Put together what belongs together; the field that tells most leads."""
    share = min(1.0, _SAMPLE / max(n, 1))
    stack.engine.execute(
        "CREATE OR REPLACE TEMP TABLE looked_at AS SELECT * FROM compared "  # noqa: S608
        f"WHERE hash(unique_id) % 1000000 < {int(share * 1_000_000)}"
    )
    order = sorted(fields, key=_rank)
    led: dict[int, list[Field]] = {}
    taken: set[int] = set()
    for at, lead in enumerate(order):
        if lead.position in taken:
            continue
        for other in order[at + 1 :]:
            if other.position not in taken and _follows(stack, lead, other, n * share):
                led.setdefault(lead.position, []).append(other)
                taken.add(other.position)
    leads = [field for field in order if field.position not in taken]
    pairs = _exchanged(stack, [f for f in leads if f.role == "name"])
    second = {other.position for other in pairs.values()}
    return [
        FieldGroup(
            lead=lead,
            followers=(
                *led.get(lead.position, ()),
                *(led.get(pairs[lead.position].position, ()) if lead.position in pairs else ()),
            ),
            exchanged=pairs.get(lead.position),
        )
        for lead in leads
        if lead.position not in second
    ]


def _rank(field: Field) -> tuple[int, bool, float, int]:
    """Put what tells most first; of a name and its number, which tell the same, the name."""
    bits = round(-math.log2(max(field.chance, 1e-12)))
    return (-bits, field.role not in NAMING, field.chance, field.position)


def _follows(stack: Stacked, lead: Field, other: Field, n: float) -> bool:
    a, b = f"c{lead.position}", f"c{other.position}"
    texts = ("name", "text")
    if lead.role in texts and other.role in ("name", "text", "category"):
        (inside,) = stack.row(
            f"SELECT avg(contains({a}, {b})::INT) FROM looked_at "  # noqa: S608
            f"WHERE {a} IS NOT NULL AND length({b}) >= 3"
        )
        if inside is not None and inside >= _CONTAINED:
            return True
    if lead.chance * n < _PARTNERS:
        return False
    (alike,) = stack.row(
        "SELECT sum(alike) / nullif(sum(pairs), 0) FROM ("  # noqa: S608
        f"SELECT sum(k * (k - 1))::DOUBLE AS alike, (sum(k) * (sum(k) - 1))::DOUBLE AS pairs FROM "
        f"(SELECT {a} AS a, count(*)::DOUBLE AS k FROM looked_at "
        f"WHERE {a} IS NOT NULL AND {b} IS NOT NULL GROUP BY {a}, {b}) GROUP BY a)"
    )
    return alike is not None and alike >= max(_FOLLOWS, min(_MORE_THAN_CHANCE * other.chance, 0.95))


def _exchanged(stack: Stacked, names: Sequence[Field]) -> dict[int, Field]:
    found: dict[int, Field] = {}
    taken: set[int] = set()
    for at, one in enumerate(names):
        for other in names[at + 1 :]:
            if {one.position, other.position} & taken:
                continue
            a, b = f"c{one.position}", f"c{other.position}"
            (n_exchanged,) = stack.row(
                "SELECT count(*) FROM (SELECT DISTINCT a, b FROM "  # noqa: S608
                f"(SELECT {a} AS a, {b} AS b FROM compared)) AS l JOIN (SELECT DISTINCT {a} AS a, "
                f"{b} AS b FROM compared) AS r ON l.a = r.b AND l.b = r.a WHERE l.a < l.b"
            )
            if n_exchanged < _FEWEST_EXCHANGED:
                continue
            (usual,) = stack.row(
                "SELECT avg((coalesce(k2, 0) >= k1)::INT) FROM "  # noqa: S608
                f"(SELECT {a} AS v, count(*) OVER (PARTITION BY {a}) AS k1 FROM looked_at "
                f"WHERE {a} IS NOT NULL) LEFT JOIN (SELECT {b} AS v, count(*) AS k2 FROM looked_at "
                "GROUP BY 1) USING (v)"
            )
            if usual is not None and usual <= _OTHER_DOMAIN:
                found[one.position] = other
                taken |= {one.position, other.position}
    return found
