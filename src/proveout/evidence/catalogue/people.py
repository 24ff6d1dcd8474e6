"""Metrics of the people family: who was told, trained, heard and supported."""

from __future__ import annotations

from proveout.evidence.catalogue.metric import Declaring, Metric

_people = Declaring(check="people", family="organisational", source="R601, R604")

METRICS: tuple[Metric, ...] = (
    _people(
        "informed", "fraction", "higher",
        "The share of the people affected who confirm that they know what changes for them.",
        "Confirmations, each by a person for a role, ÷ headcount of the roles under change.roles "
        "that give one; with role=ROLE of one.",
        dimensions=("role",),
    ),
    _people(
        "represented", "fraction", "higher",
        "The share of roles whose representative confirms having spoken for them.",
        "Roles under change.roles whose representative has confirmed ÷ all roles.",
        source="R601",
    ),
    _people(
        "managers_equipped", "fraction", "higher",
        "The share of the managers of those affected who confirm that they can lead the change.",
        "Managers who confirmed ÷ managers named in the register.",
        source="R607",
    ),
    _people(
        "incentives_changed", "fraction", "higher",
        "The share of rules that reward the old way which have been changed.",
        "Rules with rewards 'old' that are done ÷ all such rules, charter and register together; "
        "1 where none rewards the old way.",
        source="R606",
    ),
    _people(
        "leadership_acts", "count", "higher",
        "How often leadership did something visible for it in the last 30 days.",
        "Messages given, reviews attended, obstacles removed and managers equipped, each with its "
        "day and name, in the 30 days up to the latest; valid for 30 days.",
        source="R607",
    ),
    _people(
        "obstacles_overdue", "count", "lower",
        "How many obstacles that were raised stand open past the day agreed for their removal.",
        "Obstacles of the register not removed by their day, or within 14 days where none was "
        "agreed; valid until the next one falls due.",
        source="R607",
    ),
    _people(
        "feedback_answered", "fraction", "higher",
        "The share of what users said that was answered in time.",
        "Items answered by their due time ÷ items that fell due, in the last 90 days. A full "
        "count.",
        source="R603",
    ),
    _people(
        "feedback_days", "days", "lower",
        "How long half of what users said waits for its answer.",
        "Kaplan-Meier median over the items of the last 90 days, those open counting as not yet; "
        "interval by Brookmeyer and Crowley.",
        source="R603; Kaplan and Meier 1958; Brookmeyer and Crowley 1982",
    ),
    _people(
        "favourable", "fraction", "higher",
        "The share of those asked in the latest pulse survey who are better off with it.",
        "Answers 4 or 5 of 5 ÷ answers of the latest survey; Wilson interval, with the finite "
        "number of those asked; with group=TEAM of one team of at least 5 answers.",
        source="R605, R906",
        dimensions=("group",),
    ),
)  # fmt: skip
