"""Two versions of a charter are compared: what changed, and did that make it easier?"""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proveout.charter.sealing import Change, DefaultLine, compare, diff_text, in_context
from proveout.charter.sealing.effects import AGREED_LIMITS
from proveout.checks.stress import budget
from proveout.evidence.catalogue import Catalogue
from proveout.gate import default_lines

BASE: dict[str, Any] = {
    "pilot": "claims",
    "title": "Claims",
    "kpis": [
        {"name": "time", "unit": "minutes", "direction": "lower", "threshold": 10},
        {"name": "share", "unit": "fraction", "direction": "higher", "threshold": 0.7},
    ],
    "people": {"production_owner": {"name": "Ada Byron"}},
    "assumptions": [
        {
            "name": "full", "statement": "filled in", "metric": "readiness.completeness",
            "holds_from": 0.9, "holds_to": 1,
        }
    ],
    "data": {
        "production": [
            {"name": "north", "path": "n.csv"},
            {"name": "south", "path": "s.csv", "site": "south", "null_values": ["-", "?"]},
        ],
        "site_column": "plant",
        "required": ["amount", "plate"],
        "fields": {"amount": {"min": 0, "max": 100, "values": ["a", "b"]}},
        "freshness_hours": 24,
        "slices": ["site"],
    },
    "system": {"python": {"callable": "m.py:f"}, "confident_at": 0.8, "tolerance": 2},
    "acceptance": [
        {
            "metric": "quality.accuracy", "comparison": ">=", "threshold": 0.85, "limit": True,
            "confidence": 0.9, "max_age_days": 30,
        },
        {"metric": "readiness.duplicate_rows", "comparison": "<=", "threshold": 0.01},
    ],
    "standard": {"production.completeness": {"threshold": 0.9, "why": "agreed"}},
    "stress": {
        "operators": ["missing", "case"], "severities": [0.1, 0.3], "columns": ["amount"],
        "max_quality_drop": 0.1, "max_silent_failure": 0.05,
    },
    "load": {"users": 1000, "give_up_after_s": 10, "p95_latency_s": 2, "max_error_rate": 0.01},
    "budget": {
        "currency": "EUR", "per_month": 2000, "per_transaction": 0.1, "on_exceeded": "block",
    },
    "governance": {
        "exceptions": {"goes_to": "Ada", "due_hours": 24},
        "refresh": {"every_days": 30, "done_by": "data team"},
        "output_audit": {"how": "sample", "share": 0.05},
    },
    "legal": [{"question": "May we keep answers?"}],
}  # fmt: skip

GONE = object()

LOOSER: list[tuple[str, tuple[str | int, ...], Any]] = [
    # path as shown, where to change it, the easier value
    ("acceptance[quality.accuracy].threshold", ("acceptance", 0, "threshold"), 0.8),
    ("acceptance[quality.accuracy].confidence", ("acceptance", 0, "confidence"), 0.8),
    ("acceptance[quality.accuracy].limit", ("acceptance", 0, "limit"), False),
    ("acceptance[quality.accuracy].max_age_days", ("acceptance", 0, "max_age_days"), 60),
    ("acceptance[quality.accuracy].max_age_days", ("acceptance", 0, "max_age_days"), GONE),
    ("acceptance[quality.accuracy].scope", ("acceptance", 0, "scope"), "pilot"),
    ("acceptance[quality.accuracy].stage", ("acceptance", 0, "stage"), "scale"),
    ("acceptance[quality.accuracy]", ("acceptance", 0), GONE),
    ("acceptance[readiness.duplicate_rows].threshold", ("acceptance", 1, "threshold"), 0.02),
    ("kpis[time].threshold", ("kpis", 0, "threshold"), 12),
    ("kpis[time].threshold", ("kpis", 0, "threshold"), GONE),
    ("kpis[share].threshold", ("kpis", 1, "threshold"), 0.6),
    ("kpis[share].confidence", ("kpis", 1, "confidence"), 0.8),
    ("kpis[time]", ("kpis", 0), GONE),
    ("assumptions[full].holds_from", ("assumptions", 0, "holds_from"), 0.8),
    ("assumptions[full].holds_to", ("assumptions", 0, "holds_to"), GONE),
    ("assumptions[full]", ("assumptions", 0), GONE),
    ("data.production[south]", ("data", "production", 1), GONE),
    # A reference list is not audited, and nobody asks after each site any more.
    ("data.production[south].role", ("data", "production", 1, "role"), "reference"),
    ("data.production[south].site", ("data", "production", 1, "site"), GONE),
    ("data.production[south].null_values", ("data", "production", 1, "null_values"), ["-"]),
    ("data.site_column", ("data", "site_column"), GONE),
    ("data.required", ("data", "required"), ["amount"]),
    ("data.fields[amount].min", ("data", "fields", "amount", "min"), -5),
    ("data.fields[amount].max", ("data", "fields", "amount", "max"), GONE),
    ("data.fields[amount].values", ("data", "fields", "amount", "values"), ["a", "b", "c"]),
    ("data.fields[amount].values", ("data", "fields", "amount", "values"), GONE),
    ("data.freshness_hours", ("data", "freshness_hours"), 48),
    ("data.slices", ("data", "slices"), GONE),
    ("system.confident_at", ("system", "confident_at"), 0.95),
    ("system.tolerance", ("system", "tolerance"), 3),
    ("standard[production.completeness].threshold", ("standard", "production.completeness",
                                                     "threshold"), 0.8),
    ("standard[production.completeness].apply", ("standard", "production.completeness", "apply"),
     False),
    ("standard[production.completeness].limit", ("standard", "production.completeness", "limit"),
     False),
    ("stress.operators", ("stress", "operators"), ["case"]),
    ("stress.severities", ("stress", "severities"), [0.1]),
    ("stress.severities", ("stress", "severities"), [0.1, 0.2]),
    ("stress.max_quality_drop", ("stress", "max_quality_drop"), 0.2),
    ("stress.max_silent_failure", ("stress", "max_silent_failure"), GONE),
    ("load.users", ("load", "users"), 500),
    ("load.give_up_after_s", ("load", "give_up_after_s"), 20),
    ("load.p95_latency_s", ("load", "p95_latency_s"), GONE),
    ("load.max_error_rate", ("load", "max_error_rate"), 0.02),
    ("budget.per_month", ("budget", "per_month"), 3000),
    ("budget.on_exceeded", ("budget", "on_exceeded"), "notify"),
    ("governance.exceptions.due_hours", ("governance", "exceptions", "due_hours"), 48),
    ("governance.refresh.every_days", ("governance", "refresh", "every_days"), 90),
    ("governance.output_audit.share", ("governance", "output_audit", "share"), 0.01),
    ("legal[May we keep answers?]", ("legal", 0), GONE),
]  # fmt: skip

PLAIN = {
    key: value for key, value in BASE.items() if key not in ("system", "stress", "load", "budget")
}
INVOICES: dict[str, Any] = {
    **PLAIN,
    "system": {
        "chat": {"url": "http://localhost/v1", "model": "m", "user": "{text}", "timeout_s": 20},
        "scoring": {
            "scorer": {"by": "number", "right_from": 0.9},
            "fields": {
                "total": {"by": "number", "tolerance": 0.01},
                "supplier": {"by": "exact", "required": True},
                "note": {"required": False},
            },
        },
        "let_through": {"max_error": 0.04, "probability": 0.95},
    },
    "stress": {
        "rows": 200, "combine": 2, "max_requests": 3000, "severities": [0.5],
        "files": [{"path": "a.csv"}, {"path": "b.csv"}],
    },
    "load": {"users": 1000, "arrivals": "open", "levels": [10, 100], "measure_up_to": 200,
             "seconds": 60},
    "budget": {
        "currency": "EUR", "per_month": 2000, "working_days_per_month": 22, "rows": 300,
        "growth_per_month": 0.02,
        "price": {
            "per_request": 0.01, "per_million_output_tokens": 2.5, "fixed_per_month": 50,
            "own_cache_share": 0.1, "usd_rate": 0.9,
        },
    },
    "drill": {"minutes": 40, "users": 30, "participants": [{"name": "Ada"}, {"name": "Bob"}]},
}  # fmt: skip
"""A language model that reads documents, with everything said that a trial can be made of."""

_FIELDS, _PRICE = ("system", "scoring", "fields"), ("budget", "price")
MILDER: list[tuple[str, tuple[str | int, ...], Any]] = [
    ("system.chat.timeout_s", ("system", "chat", "timeout_s"), 90),
    ("system.let_through.max_error", ("system", "let_through", "max_error"), 0.1),
    ("system.let_through.max_error", ("system", "let_through", "max_error"), GONE),
    ("system.let_through.probability", ("system", "let_through", "probability"), 0.8),
    ("system.scoring.scorer.right_from", ("system", "scoring", "scorer", "right_from"), 0.5),
    ("system.scoring.scorer.relative_tolerance", ("system", "scoring", "scorer",
                                                  "relative_tolerance"), 0.05),
    ("system.scoring.fields[total].tolerance", (*_FIELDS, "total", "tolerance"), 1),
    ("system.scoring.fields[supplier].by", (*_FIELDS, "supplier", "by"), "contains"),
    ("system.scoring.fields[supplier].required", (*_FIELDS, "supplier", "required"), False),
    ("system.scoring.fields[total]", (*_FIELDS, "total"), GONE),
    ("stress.rows", ("stress", "rows"), 50),
    ("stress.rows", ("stress", "rows"), GONE),  # 100 for a chat system
    ("stress.max_requests", ("stress", "max_requests"), 500),
    ("stress.max_requests", ("stress", "max_requests"), GONE),  # 2,000 for a chat system
    ("stress.combine", ("stress", "combine"), 0),
    ("stress.files", ("stress", "files"), [{"path": "a.csv"}]),
    ("stress.severities", ("stress", "severities"), GONE),
    ("load.arrivals", ("load", "arrivals"), "closed"),
    ("load.levels", ("load", "levels"), [10, 50]),
    ("load.measure_up_to", ("load", "measure_up_to"), 100),
    ("load.seconds", ("load", "seconds"), 5),
    ("budget.working_days_per_month", ("budget", "working_days_per_month"), 15),
    ("budget.growth_per_month", ("budget", "growth_per_month"), GONE),
    ("budget.rows", ("budget", "rows"), 30),
    ("budget.price.per_request", (*_PRICE, "per_request"), 0.001),
    ("budget.price.per_million_output_tokens", (*_PRICE, "per_million_output_tokens"), GONE),
    ("budget.price.fixed_per_month", (*_PRICE, "fixed_per_month"), 1),
    ("budget.price.own_cache_share", (*_PRICE, "own_cache_share"), 0.5),
    ("budget.price.usd_rate", (*_PRICE, "usd_rate"), 0.5),
    ("budget.price.retries_are_billed", (*_PRICE, "retries_are_billed"), False),
    ("budget.price.discounts", (*_PRICE, "discounts"), [{"above_requests": 9, "share": 0.5}]),
    ("drill.minutes", ("drill", "minutes"), 5),
    ("drill.users", ("drill", "users"), 2),
    ("drill.participants", ("drill", "participants"), [{"name": "Ada"}]),
    ("drill", ("drill",), GONE),
]  # fmt: skip


@pytest.mark.parametrize(("path", "where", "milder"), MILDER)
def test_a_milder_trial_is_looser_and_its_reverse_is_tighter(
    path: str, where: tuple[str | int, ...], milder: Any, catalogue: Catalogue
) -> None:
    """A threshold is easier to meet where less is tried, more counts as right, or less is paid."""
    edited = changed(INVOICES, where, milder)

    there = compare(INVOICES, edited, catalogue, defaults=DEFAULTS)
    back = compare(edited, INVOICES, catalogue, defaults=DEFAULTS)

    assert [(change.path, change.effect) for change in there] == [(path, "looser")]
    assert [(change.path, change.effect) for change in back] == [(path, "tighter")]


def test_what_stress_takes_unsaid_is_the_figure_of_the_check() -> None:
    """The check may not be known here, so that its figures stand in two places."""
    assert (in_context.CHAT_ROWS, in_context.CHAT_REQUESTS) == (
        budget.CHAT_ROWS,
        budget.CHAT_REQUESTS,
    )


def test_an_optional_field_that_goes_makes_nothing_easier(catalogue: Catalogue) -> None:
    """A document is right when its required fields are."""
    edited = changed(INVOICES, (*_FIELDS, "note"), GONE)

    found = compare(INVOICES, edited, catalogue, defaults=DEFAULTS)

    assert [(change.path, change.effect) for change in found] == [
        ("system.scoring.fields[note]", "other")
    ]


DEFAULTS = {
    "production.completeness": DefaultLine(
        metric="readiness.required_completeness", comparison=">=", threshold=0.98, is_limit=True
    )
}


@pytest.mark.parametrize(("path", "where", "easier"), LOOSER)
def test_what_is_easier_to_meet_is_looser_and_its_reverse_is_tighter(
    path: str, where: tuple[str | int, ...], easier: Any, catalogue: Catalogue
) -> None:
    """The effect is told by what the change does to the standard."""
    edited = changed(BASE, where, easier)

    there = compare(BASE, edited, catalogue, defaults=DEFAULTS)
    back = compare(edited, BASE, catalogue, defaults=DEFAULTS)

    assert [(change.path, change.effect) for change in there] == [(path, "looser")]
    assert [(change.path, change.effect) for change in back] == [(path, "tighter")]


@pytest.mark.parametrize(
    ("path", "where", "value"),
    [
        # A name is no demand.
        ("title", ("title",), "Claims of the north"),
        # The other way round is another standard, not a looser one.
        ("acceptance[quality.accuracy].comparison", ("acceptance", 0, "comparison"), "<="),
        # One required column in exchange for another.
        ("data.required", ("data", "required"), ["amount", "site"]),
        # Other people.
        ("people.production_owner.name", ("people", "production_owner", "name"), "Bob"),
        # Another seed.
        ("stress.seed", ("stress", "seed"), 7),
        # A reason in better words.
        (
            "standard[production.completeness].why",
            ("standard", "production.completeness", "why"),
            "agreed with the COO",
        ),
    ],
)
def test_what_makes_nothing_easier_or_harder_is_other(
    path: str, where: tuple[str | int, ...], value: Any, catalogue: Catalogue
) -> None:
    """It is still a change, and still told."""
    found = compare(BASE, changed(BASE, where, value), catalogue, defaults=DEFAULTS)

    assert [(change.path, change.effect) for change in found] == [(path, "other")]


def test_an_adjustment_is_measured_against_the_default_that_it_replaces(
    catalogue: Catalogue,
) -> None:
    """0.95 is looser than the default of 0.98, and to take it out again is tighter."""
    without = changed(BASE, ("standard",), {})
    adjusted = changed(BASE, ("standard", "production.completeness", "threshold"), 0.95)

    added = compare(without, adjusted, catalogue, defaults=DEFAULTS)
    removed = compare(adjusted, without, catalogue, defaults=DEFAULTS)

    path = "standard[production.completeness]"
    assert [(change.path, change.effect) for change in added] == [
        (f"{path}.threshold", "looser"),
        (f"{path}.why", "other"),
    ]
    assert [change.effect for change in removed] == ["tighter", "other"]
    assert added[0].concerns == ("readiness.required_completeness",)


@pytest.mark.parametrize(
    ("limit", "effect"),
    [
        # The default standard allows 0.1 where the charter says nothing.
        (0.3, "looser"),
        (0.05, "tighter"),
        (0.1, "other"),
    ],
)
def test_a_limit_that_replaces_one_of_the_default_standard_is_measured_against_it(
    limit: float, effect: str, catalogue: Catalogue
) -> None:
    """To write a limit down can be to loosen it."""
    unset = changed(BASE, ("stress", "max_quality_drop"), GONE)
    line = DefaultLine(metric="stress.worst_quality_drop", comparison="<=", threshold=0.1)
    defaults = {"production.stress-quality-drop": line}

    found = compare(
        unset, changed(BASE, ("stress", "max_quality_drop"), limit), catalogue, defaults=defaults
    )

    assert [(change.path, change.effect) for change in found] == [
        ("stress.max_quality_drop", effect)
    ]


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        # Without a deadline the default standard gives an hour.
        ({"procedure": "switch off"}, {"procedure": "switch off", "within_minutes": 600}, "looser"),
        ({"procedure": "switch off"}, {"procedure": "switch off", "within_minutes": 10}, "tighter"),
        ({"procedure": "switch off", "within_minutes": 10}, {"procedure": "switch off"}, "looser"),
        ({"procedure": "switch off", "within_minutes": 60}, {"procedure": "switch off"}, "other"),
        # A rollback that comes with a longer one.
        (None, {"procedure": "switch off", "within_minutes": 600}, "looser"),
    ],
)
def test_a_deadline_of_the_rollback_is_measured_against_the_default(
    before: Any, after: Any, effect: str
) -> None:
    """To write a deadline down can be to loosen it."""
    found = compare(
        {"pilot": "p", "rollback": before}, {"pilot": "p", "rollback": after},
        defaults=default_lines(),
    )  # fmt: skip

    (change,) = [change for change in found if change.path == "rollback.within_minutes"]
    assert change.effect == effect


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        # Without an agreed latency, users are held to wait as long as they bear to.
        ({"p95_latency_s": 10, "give_up_after_s": 60}, {"give_up_after_s": 60}, "looser"),
        ({"p95_latency_s": 10, "give_up_after_s": 5}, {"give_up_after_s": 5}, "tighter"),
        ({"p95_latency_s": 2}, {"p95_latency_s": 3}, "looser"),
    ],
)
def test_an_agreed_latency_replaces_the_wait_that_users_bear(
    before: dict[str, Any], after: dict[str, Any], effect: str
) -> None:
    """So to take it out is measured against that wait."""
    was, now = ({"pilot": "p", "load": {"users": 9, **load}} for load in (before, after))

    found = compare(was, now, defaults=default_lines())

    assert [(change.path, change.effect) for change in found] == [("load.p95_latency_s", effect)]


@pytest.mark.parametrize(
    ("metric", "before", "after", "effect"),
    [
        # What was measured grows old after 31 days unless the line says otherwise.
        ("quality.accuracy", None, 60, "looser"),
        ("quality.accuracy", None, 7, "tighter"),
        ("quality.accuracy", 60, None, "tighter"),
        # What a person attested does not.
        ("governance.signoff", None, 60, "tighter"),
        ("governance.signoff", 60, None, "looser"),
    ],
)
def test_an_age_is_measured_against_the_one_that_holds_unsaid(
    metric: str, before: int | None, after: int | None, effect: str
) -> None:
    """To write an age down can be to loosen it."""
    line = {"metric": metric, "comparison": ">=", "threshold": 1}
    was, now = (
        {"pilot": "p", "acceptance": [{**line, "max_age_days": days}]} for days in (before, after)
    )

    assert [change.effect for change in compare(was, now)] == [effect]


@pytest.mark.parametrize(
    ("metric", "comparison", "effect"),
    [
        # the more accurate the better: 5 % in the worst slice is easier than 70 %
        ("quality.accuracy", ">=", "looser"),
        ("quality.mae", "<=", "tighter"),
        # nothing says which way is better
        ("quality.f1", ">=", "other"),
    ],
)
def test_which_way_the_worst_slice_is_better_is_said_by_acceptance(
    metric: str, comparison: str, effect: str
) -> None:
    """Its threshold is in the unit of the agreed metric."""

    def with_worst_slice(threshold: float) -> dict[str, Any]:
        return {
            "pilot": "p",
            "acceptance": [{"metric": metric, "comparison": comparison, "threshold": 0.8}],
            "standard": {"production.worst-slice": {"threshold": threshold, "why": "x"}},
        }

    found = compare(with_worst_slice(0.7), with_worst_slice(0.05), defaults=default_lines())

    assert [change.effect for change in found] == [effect]


def test_items_in_another_order_are_a_change() -> None:
    """The seal is of another content; nothing that differs is told as nothing."""
    owners = [{"source": "a", "name": "Ada"}, {"source": "b", "name": "Bob"}]
    was = {"pilot": "p", "people": {"data_owners": owners}}
    now = {"pilot": "p", "people": {"data_owners": owners[::-1]}}

    assert diff_text(compare(was, now)) == "people.data_owners: [a, b] → [b, a]"


def test_a_line_that_follows_from_a_default_one_concerns_its_metric() -> None:
    """To take a KPI's line out concerns the KPI, whatever it is called."""
    now = {"pilot": "p", "standard": {"scale.kpi-wait": {"apply": False, "why": "x"}}}

    found = compare({"pilot": "p"}, now, defaults=default_lines())

    assert {change.concerns for change in found} == {("value.kpi",)}


def test_the_lines_that_limits_replace_are_in_the_default_standard() -> None:
    """The gate's room names them."""
    assert set(AGREED_LIMITS.values()) <= default_lines().keys()


def test_a_load_that_comes_or_goes_is_told_value_by_value(catalogue: Catalogue) -> None:
    """Each of its limits may be looser or tighter than the default."""
    without = changed(BASE, ("load",), GONE)

    gone = compare(BASE, without, catalogue)

    assert [(change.path, change.effect) for change in gone] == [
        ("load.users", "looser"),
        ("load.p95_latency_s", "looser"),
        ("load.max_error_rate", "looser"),
    ]


def test_an_adjustment_of_an_unknown_line_is_neither_looser_nor_tighter(
    catalogue: Catalogue,
) -> None:
    """Better not judged than judged wrongly."""
    easier = changed(BASE, ("standard", "production.completeness", "threshold"), 0.8)

    assert [change.effect for change in compare(BASE, easier, catalogue)] == ["other"]


def test_a_required_column_may_move_from_one_place_to_the_other(catalogue: Catalogue) -> None:
    """Required is required, wherever it is declared."""
    moved = changed(BASE, ("data", "required"), ["plate"])
    moved = changed(moved, ("data", "fields", "amount", "required"), True)

    assert {change.effect for change in compare(BASE, moved, catalogue)} == {"other"}


def test_items_are_matched_by_what_they_are_and_not_by_where_they_stand(
    catalogue: Catalogue,
) -> None:
    """A new first criterion is one change, not three."""
    first = {"metric": "quality.f1", "comparison": ">=", "threshold": 0.8}
    edited = changed(BASE, ("acceptance",), [first, *reversed(BASE["acceptance"])])

    assert compare(BASE, edited, catalogue) == (
        Change(
            path="acceptance[quality.f1]",
            before=None,
            after={
                "metric": "quality.f1", "comparison": ">=", "threshold": 0.8, "confidence": 0.95,
                "scope": "production", "stage": "production", "limit": False,
            },
            effect="tighter",
            concerns=("quality.f1",),
        ),
    )  # fmt: skip


def test_criteria_on_one_metric_are_told_apart_by_what_else_they_say(catalogue: Catalogue) -> None:
    """The same metric may be demanded on the sample and on production."""
    on_pilot = {**BASE["acceptance"][0], "scope": "pilot"}
    both = changed(BASE, ("acceptance",), [BASE["acceptance"][0], on_pilot])
    edited = changed(both, ("acceptance", 1, "threshold"), 0.8)

    assert [change.path for change in compare(both, edited, catalogue)] == [
        "acceptance[quality.accuracy >= pilot production].threshold"
    ]


@pytest.mark.parametrize(
    ("where", "value", "concerns"),
    [
        (("acceptance", 0, "threshold"), 0.8, ("quality.accuracy",)),
        (("assumptions", 0, "holds_from"), 0.8, ("assumption.holds", "readiness.completeness")),
        (("data", "required"), ["amount"], ("readiness.required_completeness",)),
        (("stress", "seed"), 7, ("stress.worst_quality_drop",)),
        (("title",), "x", ()),
    ],
)
def test_a_change_names_the_metrics_that_it_concerns(
    where: tuple[str | int, ...], value: Any, concerns: tuple[str, ...], catalogue: Catalogue
) -> None:
    """Whether their results were known is then a question to the ledger."""
    (change,) = compare(BASE, changed(BASE, where, value), catalogue)

    assert change.concerns == concerns


def test_changes_read_as_sentences(catalogue: Catalogue) -> None:
    """One line for each: what, from what, to what, and what that means."""
    edited = changed(BASE, ("acceptance", 0, "threshold"), 0.8)
    edited = changed(edited, ("kpis", 1), GONE)
    edited = changed(edited, ("data", "timestamp"), "day")

    assert diff_text(compare(BASE, edited, catalogue)) == (
        "kpis[share]: {name: share, unit: fraction, direction: higher, threshold: 0.7, "
        "confidence: 0.95, guardrail: false} taken out (looser)\n"
        "data.timestamp: added day\n"
        "acceptance[quality.accuracy].threshold: 0.85 → 0.8 (looser)"
    )


@given(
    edits=st.lists(st.sampled_from([item for item in LOOSER if item[2] is not GONE]), max_size=6)
)
@settings(max_examples=60, deadline=None)
def test_the_way_back_undoes_every_effect(edits: list[tuple[str, tuple[Any, ...], Any]]) -> None:
    """Looser one way is tighter the other way, for any set of edits."""
    edited = BASE
    for _, where, value in edits:
        edited = changed(edited, where, value)
    there = {c.path: c for c in compare(BASE, edited, defaults=DEFAULTS)}
    back = {c.path: c for c in compare(edited, BASE, defaults=DEFAULTS)}

    opposite = {"looser": "tighter", "tighter": "looser", "other": "other"}
    assert there.keys() == back.keys()
    for path, change in there.items():
        assert back[path].effect == opposite[change.effect]
        assert (back[path].before, back[path].after) == (change.after, change.before)


@given(edits=st.lists(st.sampled_from(LOOSER), max_size=1))
@settings(max_examples=len(LOOSER), deadline=None)
def test_nothing_differs_from_itself(edits: list[tuple[str, tuple[Any, ...], Any]]) -> None:
    """A charter compared with itself has no changes."""
    edited = BASE
    for _, where, value in edits:
        edited = changed(edited, where, value)

    assert compare(edited, deepcopy(edited)) == ()


def changed(content: dict[str, Any], where: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """Return a copy with one value replaced, or taken out where it is GONE."""
    copy = deepcopy(content)
    place: Any = copy
    for step in where[:-1]:
        place = place[step]
    if value is GONE:
        del place[where[-1]]
    else:
        place[where[-1]] = value
    return copy
