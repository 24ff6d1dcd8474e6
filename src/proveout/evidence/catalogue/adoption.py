"""Metrics of the adoption family: who uses it, and whether they follow it."""

from __future__ import annotations

from proveout.evidence.catalogue.metric import Declaring, Metric

_adoption = Declaring(check="adoption", family="business", source="R603, R605, R906")

METRICS: tuple[Metric, ...] = (
    _adoption(
        "active_share", "fraction", "higher",
        "The share of the people it was made for who use it.",
        "People with adoption.active_at_least uses in the window over those eligible: on the "
        "roster of adoption.people, or counted in monitoring.teams; with group=TEAM, role=ROLE or "
        "volunteer=yes|no those alone. A full count, without interval. Where users are not told "
        "apart it is not measured.",
        dimensions=("group", "role", "volunteer"),
    ),
    _adoption(
        "activated_share", "fraction", "higher",
        "The share of the people it was made for who have got something out of it at least once.",
        "Eligible people with a first use that was not overruled or abandoned, ever, over those "
        "eligible.",
        dimensions=("group", "role", "volunteer"),
    ),
    _adoption(
        "retained_share", "fraction", "higher",
        "The share of those who used it in the window before who still use it.",
        "Eligible people who were active in the window and in the one before it, over those who "
        "were in the one before. Wilson interval.",
        dimensions=("group", "role", "volunteer"),
    ),
    _adoption(
        "abandoned_share", "fraction", "lower",
        "The share of uses that people broke off without an answer they took.",
        "Uses that ended as abandoned over all uses of the window; Wilson interval at the "
        "effective number, by the jackknife over persons, since the uses of one person are alike. "
        "Where no use is ever recorded as abandoned it is not measured, unless the charter names "
        "the word for it (adoption.usage.abandoned).",
        dimensions=("group", "role", "volunteer"),
    ),
    _adoption(
        "old_way_share", "fraction", "lower",
        "The share of cases that people do the old way, though it was made for them.",
        "Cases of the second source (adoption.old_way) by eligible people over those and their "
        "uses, in the window; interval as for abandoned_share.",
        dimensions=("group", "role", "volunteer"),
    ),
    _adoption(
        "first_value_days", "days", "lower",
        "How long it takes until half of the people have got something out of it.",
        "Kaplan-Meier median of the days from eligible to first use that was not overruled or "
        "abandoned; those without one count as not yet. Interval by Brookmeyer and Crowley; "
        "without an upper bound it is not measured.",
        source="R603; Kaplan and Meier 1958; Brookmeyer and Crowley 1982",
        dimensions=("group", "role", "volunteer"),
    ),
    _adoption(
        "predicted_reject_rate", "fraction", "lower",
        "The share of the people beyond the volunteers who can be expected not to take it up.",
        "Of those on the roster who did not come forward and had it for the whole window: the "
        "share who are not active in it, those who never began among them; carried to the others "
        "who have it ahead, by team where each has five who had it. The interval is for the "
        "share that will be seen, of teams that differ as far as those did that had it. Where "
        "nobody but volunteers had it, it is not predicted. "
        "The difference between volunteers and the others stands in the details, each with its "
        "interval.",
        source="R111, R605; Gelman et al. 2013, 5.3",
    ),
    _adoption(
        "override_rate", "fraction", "lower",
        "The share of answers that people overrule or work around.",
        "Answers of the window that were called wrong, corrected, or followed by another "
        "decision, over all answers whose fate is known; where no fate is reported, over all "
        "answers. Wilson interval. Of imported usage: overruled uses over those known to be kept "
        "or overruled, with an interval by person.",
        dimensions=("group",),
    ),
    _adoption(
        "requests_per_user", "count", "neither",
        "How often one of its users asks in a week.",
        "Requests, or imported uses, over users and weeks of the window; with group=TEAM those of "
        "one team.",
        dimensions=("group",),
    ),
    _adoption(
        "use_change", "fraction", "higher",
        "How much more, or less, it is used than in the window before.",
        "Change of requests per day against the window before, by weekday; interval from the day- "
        "to-day spread.",
        dimensions=("group",),
    ),
    _adoption(
        "silent_decay", "flag", "lower",
        "Whether people stop trusting it, while nothing else shows.",
        "1 where accuracy, overrides and use together have gone the wrong way for certain, under "
        "the shared false-alarm budget, though none of them may be past its own limit; the three "
        "stand in the details.",
    ),
)  # fmt: skip
