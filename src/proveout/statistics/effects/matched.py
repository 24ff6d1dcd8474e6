"""The effect of a system that people chose to use, or not.

People who chose it are compared with people who did not, in the same weeks and teams, with what is
known of their cases and of themselves taken out (`overlap`). Where their own figures from before
are known, each is compared by how far they moved from there: a volunteer who was quicker all along
is no effect. Where nothing is known from before, the interval is widened (`hidden_choice`), and
where those with the system are volunteers and nobody else had it, there is no figure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from proveout.statistics.effects.cases import Cases, Floats, Statistic
from proveout.statistics.effects.choosers import Choosers, choosers_of
from proveout.statistics.effects.estimate import Estimate, Figure, Refusal
from proveout.statistics.effects.followed import followed, refused
from proveout.statistics.effects.hidden_choice import (
    Allowance,
    allowance_for,
    e_value,
    for_picked,
    widened,
)
from proveout.statistics.effects.matched_assumptions import (
    Looked,
    assumptions_of,
    look_before,
    overlap_of,
    picked_by_case,
)
from proveout.statistics.effects.matched_quantiles import as_means
from proveout.statistics.effects.overlap import (
    Balanced,
    Compared,
    balanced,
    compare,
    difference,
)
from proveout.statistics.effects.spells import (
    Kept,
    holding_both,
    kept_from_before,
    no_spell,
    with_chance,
)
from proveout.statistics.effects.volunteers import Came, came, for_everybody, others

LEAST_OVERLAP = 0.2
"""The part of the cases with the system that must have likes without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    choosers: Choosers
    groups: Balanced
    compared: Compared
    allowance: Allowance | None
    looked: Looked
    is_known: bool
    """Each is compared by how far they moved from their own figure from before."""
    alike: Compared | None = None
    """The same, compared with people of the same past."""
    kept: Kept | None = None


def estimate(
    cases: Cases,
    statistic: Statistic,
    *,
    confidence: float = 0.95,
    seed: int = 0,  # noqa: ARG001  every design takes one
) -> Estimate | Refusal:
    """Return the effect among cases that were done either way, as far as choices can be seen.

    Uses `person`, `team`, `traits`, `before`, `volunteer` and the cases from before the rollout, as
    far as they are there. Baseline: those whom the comparison is about, without the system.
    """
    ready = followed(cases, statistic, "matched")
    if isinstance(ready, Refusal):
        return ready
    who = came(ready)
    whole = _compared(ready, statistic)
    if isinstance(whole, Refusal):
        return whole
    known_before = whole.is_known
    apart: _Found | Refusal | None = None
    if who is not None:
        if who.only_volunteers and whole.choosers.before is not None and not known_before:
            return refused(
                "matched",
                f"{who.share:.0%} of the cases with the system were done by volunteers, and a "
                "quantile of theirs is not compared with their own past, so their being quicker "
                "or better anyway cannot be told from the system",
                "Take the mean instead (statistic: mean), which is; or give the system to some who "
                "did not come forward.",
            )
        if who.only_volunteers and not known_before:
            return refused(
                "matched",
                f"{who.share:.0%} of the cases with the system were done by volunteers, and "
                "nothing is known of them from before, so their being quicker or better anyway "
                "cannot be told from the system",
                "Add the records from before the rollout with the person of each case, or give "
                "the system to some who did not come forward.",
            )
        if not who.only_volunteers:
            apart = _compared(ready.where(others(ready)), statistic)
            if who.all_volunteers and not known_before:
                # Volunteers have nobody to be compared with; the others have each other.
                if isinstance(apart, Refusal):
                    return apart
                whole = apart
    return _told(whole, statistic, confidence, who, apart)


def _compared(cases: Cases, statistic: Statistic) -> _Found | Refusal:
    choosers = choosers_of(cases, statistic)
    if isinstance(choosers, tuple):
        return refused("matched", *choosers)
    columns, names, before = choosers.columns, choosers.names, choosers.before
    of_quantile = statistic.kind == "quantile"
    moved = before is not None and not of_quantile
    if before is not None and of_quantile:
        columns = np.column_stack([columns, (before - before.mean()) / before.std()])
        names = (*names, "before")
    groups = balanced(choosers.group, columns, choosers.size)
    shared = overlap_of(choosers.group, groups)
    if shared.comparable < LEAST_OVERLAP:
        return refused(
            "matched",
            f"only {shared.comparable:.0%} of the cases with the system have likes without it",
            "Let it be drawn who has the system, or widen who has it.",
        )
    values = choosers.cases.value
    at: tuple[float, float] | None = None
    if of_quantile:
        values, at = as_means(values, choosers.group, groups, statistic.quantile or 0.5)
    elif moved and before is not None:
        values = values - before
    compared = compare(values, choosers.group, columns, groups, choosers.cluster)
    usual = choosers.adds if before is None or not moved else choosers.adds + before
    # Of the same people on either side: how they differ from each other is no error.
    shift = float(usual @ groups.shared / groups.shared.sum())
    at = (shift, shift) if at is None else at
    compared = _shifted(compared, at[0], at[1])
    alike, kept = None, None
    if moved and before is not None:
        alike, kept = _alike(choosers, before, columns, groups)
    allowance = None
    picked = picked_by_case(choosers) if moved else 1.0
    if picked > 0:
        allowance = allowance_for(
            values, choosers.group, columns, names, groups, choosers.cluster, choosers.size,
            compared.without.value,
            persons=not moved and choosers.clustered_by == "persons",
        )  # fmt: skip
    if moved and allowance is not None:
        allowance = for_picked(allowance, picked)
    looked = look_before(choosers, statistic)
    return _Found(
        choosers=choosers, groups=groups, compared=compared, allowance=allowance, looked=looked,
        is_known=moved, alike=alike, kept=kept,
    )  # fmt: skip


def _alike(
    choosers: Choosers, before: Floats, columns: Floats, groups: Balanced
) -> tuple[Compared | None, Kept | None]:
    """Compare people with people of the same past (see `spells`)."""
    cases, group = choosers.cases, choosers.group
    unit = cases.team if cases.person is None else cases.person
    kept = kept_from_before(cases.value, before, group, choosers.cluster if unit is None else unit)
    if kept is None:
        return None, None
    past = kept.part * before
    found = compare(cases.value - past, group, columns, groups, choosers.cluster)
    shift = float((choosers.adds + past) @ groups.shared / groups.shared.sum())
    found = with_chance(found, kept, difference(before, group, columns, groups))
    return _shifted(found, shift, shift), kept


def _shifted(compared: Compared, level: float, without: float) -> Compared:
    return replace(
        compared,
        level=replace(compared.level, value=compared.level.value + level),
        without=replace(compared.without, value=compared.without.value + without),
        effect=replace(compared.effect, value=compared.effect.value + level - without),
    )


def _told(
    found: _Found,
    statistic: Statistic,
    confidence: float,
    who: Came | None,
    apart: _Found | Refusal | None,
) -> Estimate:
    compared, choosers = found.compared, found.choosers
    narrow = _figures(compared, confidence)
    wide = _allowed(_both(found, confidence), found.allowance)
    if statistic.kind == "share":
        wide = (wide[0].within_one, wide[1], wide[2].within_one)
    baseline, effect, level = wide
    share = None
    if baseline.low > 0:
        share = Figure(
            value=effect.value / baseline.value,
            low=effect.low / baseline.value,
            high=effect.high / baseline.value,
        )
    e = e_value(narrow[2], narrow[0].value)
    told: dict[str, Any] = {
        "if_nothing_hidden": {
            name: _as_json(each)
            for name, each in zip(("baseline", "effect", "level"), narrow, strict=True)
        },
        "allowance": None if found.allowance is None else found.allowance.width,
        "e_value": e,
        "left_out": list(choosers.left_out),
        "clustered_by": choosers.clustered_by,
    }
    own = assumptions_of(
        choosers,
        found.groups,
        found.looked,
        found.allowance,
        compared.effect,
        e,
        confidence,
        is_known=found.is_known,
    )
    if found.alike is not None and found.kept is not None:
        own = (*own, no_spell(compared.effect, found.alike.effect, found.kept))
    if found.looked.advantage is not None:
        low, high = found.looked.advantage.interval(confidence)
        told["ahead_before"] = {"value": found.looked.advantage.value, "low": low, "high": high}
    if who is not None:
        theirs = None
        if isinstance(apart, _Found):
            figures = _allowed(_both(apart, confidence), apart.allowance)
            told["others"] = {
                name: _as_json(each)
                for name, each in zip(("baseline", "effect", "level"), figures, strict=True)
            }
            theirs = figures[1]
        else:
            told["others"] = None
        why = apart.why if isinstance(apart, Refusal) else "next to nobody had it"
        own = (*own, for_everybody(who, theirs, why))
    n_with = int(choosers.group.sum())
    return Estimate(
        design="matched",
        baseline=baseline,
        effect=effect,
        level=level,
        share=share,
        confidence=confidence,
        n_with=n_with,
        n_without=len(choosers.group) - n_with,
        n_clusters=compared.n_clusters,
        method=f"overlap weights, jackknife by {choosers.clustered_by}, "
        f"t({compared.effect.df:.0f})"
        + ("" if found.allowance is None else ", allowance for hidden choice"),
        sentence=_sentence(found),
        assumptions=own,
        details=told,
    )


def _figures(compared: Compared, confidence: float) -> tuple[Figure, Figure, Figure]:
    baseline, effect, level = (
        each.figure(confidence) for each in (compared.without, compared.effect, compared.level)
    )
    return baseline, effect, level


def _both(found: _Found, confidence: float) -> tuple[Figure, Figure, Figure]:
    """Return figures whose intervals hold, however people's past bears on them (see `spells`)."""
    moved = _figures(found.compared, confidence)
    if found.alike is None:
        return moved
    baseline, effect, level = map(holding_both, moved, _figures(found.alike, confidence))
    return baseline, effect, level


def _allowed(
    figures: tuple[Figure, Figure, Figure], allowance: Allowance | None
) -> tuple[Figure, Figure, Figure]:
    if allowance is None:
        return figures
    baseline, effect, level = figures
    return baseline, widened(effect, allowance.width), widened(level, allowance.width)


def _as_json(figure: Figure) -> dict[str, float]:
    return {"value": figure.value, "low": figure.low, "high": figure.high}


def _sentence(found: _Found) -> str:
    ways = []
    if found.is_known:
        ways.append("each by how far they moved from their own figure before")
    if found.allowance is not None:
        ways.append("with an allowance for reasons that nobody recorded")
    how = ", ".join(ways)
    return (
        "People chose by themselves. Cases with the system were compared with cases without it "
        f"from the same weeks that were as likely to be done with it, {how}."
    )
