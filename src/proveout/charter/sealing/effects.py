"""Whether a difference makes the standard easier to meet: which rule holds for which place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from proveout.charter.schema import Comparison
from proveout.charter.schema.returns import COSTS as RETURN_COSTS
from proveout.charter.schema.standard import Price
from proveout.charter.schema.system import KINDS
from proveout.charter.sealing.differences import ANY, Difference, Pattern
from proveout.charter.sealing.in_context import BY_CONTEXT, of_worst_slice
from proveout.charter.sealing.model import Effect
from proveout.charter.sealing.rules import (
    Rule,
    allowance,
    allowed,
    appointment,
    ceiling,
    concessions,
    cost,
    demand,
    demands,
    floor,
    hardest,
    neither,
    presence,
    ranked,
    reach,
    slack,
    tried,
    where_given,
)
from proveout.evidence.catalogue import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultLine:
    """What a line of the default standard demands where the charter says nothing."""

    metric: str
    comparison: Comparison
    threshold: float
    confidence: float = 0.95
    is_limit: bool = False
    max_age_days: float | None = None


Defaults = Mapping[str, DefaultLine]
"""Lines of the default standard by id. The gate's room knows them; this one may not look there."""


def effect_of(
    difference: Difference,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    catalogue: Catalogue | None,
    defaults: Defaults,
) -> Effect:
    """Judge one difference between two whole charters."""
    pattern = difference.pattern
    if pattern[:1] == ("standard",):
        if difference.name == WORST_SLICE and pattern[-1] == "threshold":
            return of_worst_slice(difference, before, after)
        return _of_adjustment(difference, catalogue, defaults)
    if pattern in BY_CONTEXT:
        return BY_CONTEXT[pattern](difference, before, after)
    if pattern in AGREED_LIMITS:
        return _of_limit(difference, defaults.get(AGREED_LIMITS[pattern]))
    return _RULES.get(pattern, neither)(difference.before, difference.after)


def _of_limit(difference: Difference, line: DefaultLine | None) -> Effect:
    """Judge an upper limit in whose place the default standard has one of its own."""
    fallback = None if line is None else line.threshold
    if fallback is not None and difference.pattern[-1] == "within_minutes":
        fallback /= 60  # the line counts in seconds
    return ceiling(
        fallback if difference.before is None else difference.before,
        fallback if difference.after is None else difference.after,
    )


def _of_adjustment(
    difference: Difference, catalogue: Catalogue | None, defaults: Defaults
) -> Effect:
    key = difference.pattern[-1]
    line = defaults.get(difference.name or "")
    was, now = difference.before, difference.after
    if key == "apply":
        return demand(was, now)
    if line is not None:
        fallback = {
            "threshold": line.threshold,
            "confidence": line.confidence,
            "limit": line.is_limit,
            "max_age_days": line.max_age_days,
        }.get(key)
        was, now = (fallback if value is None else value for value in (was, now))
    elif None in (was, now):
        return "other"
    rules: dict[str, Rule] = {
        "threshold": _threshold_rule(difference.name or "", line, catalogue),
        "confidence": floor,
        "limit": demand,
        "max_age_days": ceiling,
    }
    return rules.get(key, neither)(was, now)


def _threshold_rule(criterion: str, line: DefaultLine | None, catalogue: Catalogue | None) -> Rule:
    if line is not None:
        return floor if line.comparison == ">=" else ceiling
    if catalogue is not None and criterion in catalogue:
        better: dict[str, Rule] = {"higher": floor, "lower": ceiling}
        return better.get(catalogue[criterion].direction, neither)
    return neither


WORST_SLICE = "production.worst-slice"
"""A line of the default standard whose threshold follows from acceptance."""

AGREED_LIMITS: dict[Pattern, str] = {
    ("stress", "max_quality_drop"): "production.stress-quality-drop",
    ("stress", "max_silent_failure"): "production.stress-silent-failure",
    ("load", "max_error_rate"): "production.load-errors",
    ("load", "max_abandonment"): "production.load-abandonment",
    ("rollback", "within_minutes"): "production.drill-recovery",
}
"""Limits of the charter, and the line of the default standard that holds where they are unset."""

_SCORERS: tuple[Pattern, ...] = (
    ("system", "scoring", "scorer"),
    ("system", "scoring", "fields", ANY),
)

_RETURNS: Pattern = ("value", "returns")
_ENDS = ("low", "likely", "high")

_RULES: dict[Pattern, Rule] = {
    # One criterion that comes or goes, and what it demands.
    ("acceptance", ANY): presence,
    ("acceptance", ANY, "confidence"): floor,
    ("acceptance", ANY, "limit"): demand,
    ("acceptance", ANY, "max_age_days"): ceiling,
    # Figures on production data count for more than figures on the curated sample.
    ("acceptance", ANY, "scope"): ranked("production", "pilot", None),
    ("acceptance", ANY, "stage"): ranked("design", "production", "scale", "continue"),
    ("kpis", ANY): presence,
    ("kpis", ANY, "confidence"): floor,
    ("assumptions", ANY): presence,
    ("assumptions", ANY, "metric"): presence,
    ("assumptions", ANY, "holds_from"): floor,
    ("assumptions", ANY, "holds_to"): ceiling,
    # What the data is held to.
    ("data", "production", ANY): presence,
    ("data", "production", ANY, "role"): ranked("records", "reference"),
    ("data", "production", ANY, "null_values"): demands,
    # Where sites are told apart, each is asked by itself.
    ("data", "production", ANY, "site"): presence,
    ("data", "site_column"): presence,
    ("data", "fields", ANY, "type"): presence,
    ("data", "fields", ANY, "min"): floor,
    ("data", "fields", ANY, "max"): ceiling,
    ("data", "fields", ANY, "values"): allowed,
    ("data", "fields", ANY, "pattern"): presence,
    ("data", "references", ANY): presence,
    ("data", "order", ANY): presence,
    ("data", "slices"): demands,
    ("data", "freshness_hours"): ceiling,
    # An answer counts as a silent failure from `confident_at` on, and as wrong beyond `tolerance`.
    ("system", "confident_at"): ceiling,
    ("system", "tolerance"): where_given(ceiling),
    # What is promised of answers that go out alone.
    ("system", "let_through", "max_error"): ceiling,
    ("system", "let_through", "probability"): floor,
    # An answer that comes late is no answer; the longer it is waited for, the fewer are late.
    **{("system", kind, "timeout_s"): ceiling for kind in KINDS},
    # How near an answer in words must come to the truth.
    **{(*place, "by"): ranked("exact", "normalised", "contains") for place in _SCORERS},
    **{(*place, "tolerance"): slack for place in _SCORERS},
    **{(*place, "relative_tolerance"): slack for place in _SCORERS},
    **{(*place, "right_from"): floor for place in _SCORERS},
    ("stress", "operators"): tried,
    ("stress", "columns"): tried,
    ("stress", "severities"): hardest,
    ("stress", "combine"): floor,
    ("stress", "files"): demands,
    ("load", "users"): floor,
    ("load", "requests_per_user_per_day"): floor,
    ("load", "peak_share_of_day"): where_given(floor),
    ("load", "give_up_after_s"): ceiling,
    # Users who wait for an answer spare a slow system; requests that come whatever happens do not.
    ("load", "arrivals"): ranked("open", "closed"),
    ("load", "levels"): reach,
    ("load", "measure_up_to"): reach,
    ("load", "seconds"): floor,
    ("budget",): presence,
    ("budget", "per_month"): ceiling,
    ("budget", "per_day"): ceiling,
    ("budget", "per_transaction"): ceiling,
    ("budget", "on_exceeded"): ranked("block", "fallback", "notify"),
    ("budget", "limits", ANY): presence,
    ("budget", "limits", ANY, "money"): ceiling,
    ("budget", "limits", ANY, "tokens"): ceiling,
    ("budget", "limits", ANY, "requests"): ceiling,
    ("budget", "notify_at"): ceiling,
    ("budget", "unfinished"): ranked("charge", "release"),
    ("budget", "when_unreachable"): ranked("refuse", "allow"),
    # What the bill is reckoned from.
    ("budget", "working_days_per_month"): floor,
    ("budget", "growth_per_month"): floor,
    ("budget", "rows"): floor,
    **{("budget", "price", key): cost for key in Price.model_fields if key.startswith("per_")},
    # Where no price is named for cached tokens, they are paid as the others.
    ("budget", "price", "per_million_cached_input_tokens"): where_given(cost),
    ("budget", "price", "fixed_per_month"): cost,
    ("budget", "price", "usd_rate"): where_given(cost),
    ("budget", "price", "retries_are_billed"): demand,
    ("budget", "price", "own_cache_share"): slack,
    ("budget", "price", "discounts"): concessions,
    ("drill",): presence,
    ("drill", "minutes"): floor,
    ("drill", "users"): floor,
    ("drill", "participants"): demands,
    # What production promises, and how it is watched.
    ("gateway", "deadline_s"): ceiling,
    ("gateway", "confident_from"): where_given(floor),
    ("gateway", "rules", ANY): presence,
    ("gateway", "rules", ANY, "block"): demand,
    ("gateway", "log", "durability"): ranked("fsync", "process"),
    ("gateway", "log", "retention_days"): where_given(floor),
    ("rollout", "promote"): ranked("by-gate", "by-hand"),
    ("rollout", "shadow"): demand,
    ("rollout", "rollback_when"): demands,
    ("monitoring",): presence,
    ("monitoring", "every_hours"): ceiling,
    ("monitoring", "checks"): demands,
    ("monitoring", "false_alarms", "probability"): floor,
    ("monitoring", "false_alarms", "life_days"): ceiling,
    ("monitoring", "harm"): ceiling,
    ("monitoring", "consequences", "hold"): ranked("roll-back", "stop-widening", "notify"),
    ("monitoring", "consequences", "stop"): ranked("roll-back", "stop-widening", "notify"),
    # Who counts as somebody who uses it.
    ("adoption",): presence,
    ("adoption", "people"): presence,
    ("adoption", "old_way"): presence,
    ("adoption", "window_days"): ceiling,
    ("adoption", "active_at_least"): floor,
    # By what the effect on the business is told.
    ("value",): presence,
    ("value", "records"): presence,
    ("value", "design"): ranked("randomised", "alternating", "staggered", "matched"),
    ("value", "control_teams"): demands,
    # What it returns: a higher worth, a longer view and lower costs promise more.
    ("value", "cases_per_month"): where_given(ceiling),
    (*_RETURNS, "worth", ANY): allowance,
    **{(*_RETURNS, "worth", ANY, "per_unit", end): where_given(ceiling) for end in _ENDS},
    (*_RETURNS, "worth", ANY, "realised"): ceiling,
    (*_RETURNS, "worth", ANY, "cases_per_month"): where_given(ceiling),
    (*_RETURNS, "months"): ceiling,
    (*_RETURNS, "discount_rate"): floor,
    (*_RETURNS, "ramp_months"): floor,
    (*_RETURNS, "people"): where_given(floor),
    (*_RETURNS, "exception_minutes"): presence,
    **{(*_RETURNS, key, end): where_given(floor) for key in RETURN_COSTS for end in _ENDS},
    # With one planned day of decision the interval need not hold on every other; whoever moves it
    # may choose by what is seen.
    ("value", "decides_on"): appointment,
    ("kpis", ANY, "measured"): presence,
    # What only must not become worse may be worse than today.
    ("kpis", ANY, "guardrail"): allowance,
    # How much people promised to watch.
    ("governance", "exceptions", "due_hours"): ceiling,
    ("governance", "exceptions", "escalates_after_hours"): ceiling,
    ("governance", "refresh", "every_days"): ceiling,
    ("governance", "reviews", "every_days"): ceiling,
    ("governance", "output_audit", "share"): floor,
    ("change", "training", ANY): presence,
    ("change", "training", ANY, "invited"): where_given(floor),
    ("legal", ANY): presence,
    ("milestones", ANY): presence,
    ("predecessors", ANY): presence,
}
