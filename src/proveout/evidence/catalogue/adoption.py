"""Metrics of the adoption family: who uses it, and whether they follow it."""

from __future__ import annotations

from proveout.evidence.catalogue.metric import Declaring, Metric

_adoption = Declaring(check="adoption", family="business", source="R603, R605, R906")

METRICS: tuple[Metric, ...] = (
    _adoption(
        "active_share", "fraction", "higher",
        "The share of the people it was made for who use it.",
        "People with a request in the window over those named in monitoring.teams; with "
        "group=TEAM those of one team. Where users are not told apart it is not measured.",
        dimensions=("group",),
    ),
    _adoption(
        "override_rate", "fraction", "lower",
        "The share of answers that people overrule or work around.",
        "Answers of the window that were called wrong, corrected, or followed by another "
        "decision, over all answers whose fate is known; where no fate is reported, over all "
        "answers. Wilson interval.",
        dimensions=("group",),
    ),
    _adoption(
        "requests_per_user", "count", "neither",
        "How often one of its users asks in a week.",
        "Requests over active users and weeks of the window; with group=TEAM those of one team.",
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
