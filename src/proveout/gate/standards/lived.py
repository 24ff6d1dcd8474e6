"""What people did, as they attest it: signatures, reviews, preparation, engagement.

Before launch it is asked whether they were prepared and have agreed; in use, whether it goes on.
"""

from __future__ import annotations

from datetime import timedelta

from proveout.charter.schema import Comparison, Stage
from proveout.evidence.model import WHOLE, Basis, Subject
from proveout.gate.model import Criterion, Role
from proveout.gate.standards.terms import days

_QUARTER = days(90)


def attested(
    stage: Stage,
    name: str,
    metric: str,
    threshold: float,
    *,
    title: str,
    fix: str,
    role: Role,
    sources: tuple[str, ...],
    comparison: Comparison = ">=",
    subject: Subject = WHOLE,
    bases: tuple[Basis, ...] = ("attested",),
    max_age: timedelta | None = None,
) -> Criterion:
    """Return a line on what people did; it grows old by its own date, not by its age."""
    return Criterion(
        id=f"{stage}.{name}",
        stage=stage,
        title=title,
        metric=metric,
        subject=subject,
        comparison=comparison,
        threshold=threshold,
        bases=bases,
        max_age=max_age,
        family="organisational",
        fix=fix,
        role=role,
        sources=sources,
    )


def signed(name: str, subject: str, who: str, role: Role, *, sources: tuple[str, ...]) -> Criterion:
    """Return the line that the holder of a role has signed what is his."""
    return attested(
        "production", name, "governance.signoff", 1,
        title=f"{who} has signed off",
        fix=f"Sign on the page Sign-offs, or: proveout attest governance.signoff 1 "
        f"--subject role={subject} --who NAME --note WHY.",
        role=role, sources=sources, subject=Subject.of(role=subject), max_age=_QUARTER,
    )  # fmt: skip


_SIGNED_ANEW = "90 days: one quarter, after which people and data have moved on"

SIGNED: tuple[Criterion, ...] = (
    signed(
        "owner-signoff", "production-owner", "The production owner", "production owner",
        sources=("R103", "R501", _SIGNED_ANEW),
    ),
    signed(
        "sponsor-signoff", "executive-sponsor", "The executive sponsor", "executive sponsor",
        sources=("R103", "R607", f"who removes obstacles answers for it, too; {_SIGNED_ANEW}"),
    ),
    signed(
        "reviewer-signoff", "reviewer", "The reviewer", "reviewer",
        sources=("R501", f"signs exceptions, audit and monitoring, no more; {_SIGNED_ANEW}"),
    ),
    signed(
        "data-owner-signoff", "data-owner", "Every owner of data", "data owner",
        sources=("R208", "R501", f"signs the data, no more; {_SIGNED_ANEW}"),
    ),
    signed(
        "legal-signoff", "legal", "Legal", "legal",
        sources=("R112", f"signs purpose, data and promises, no more; {_SIGNED_ANEW}"),
    ),
)  # fmt: skip


def reviewed(stage: Stage) -> tuple[Criterion, ...]:
    """Return the lines on the calendar of reviews; nothing due yet is nothing missed."""
    return (
        attested(
            stage, "reviews-kept", "governance.reviews_kept", 0.80,
            title="{} of the reviews that fell due were held in time",
            fix="Hold the first review, and what is overdue, and note it on the page Reviews; or: "
            "proveout attest governance.reviews_kept SHARE --who NAME --note WHY.",
            role="production owner",
            sources=("R113", "R504", "one in five may slip by a week; more is no calendar"),
        ),
        attested(
            stage, "owner-attendance", "governance.owner_attendance", 0.80,
            title="The production owner attended {} of the reviews",
            fix="Move reviews to when the owner can come, and note who was there on the page "
            "Reviews; or: proveout attest governance.owner_attendance SHARE --who NAME --note WHY.",
            role="production owner",
            sources=("R113", "R607", "one in five for leave and illness; more is delegated"),
        ),
    )  # fmt: skip


PREPARED: tuple[Criterion, ...] = (
    attested(
        "production", "informed", "people.informed", 0.90,
        title="{} of those affected confirm that they know what changes for them",
        fix="Tell each role, and have people confirm on the page People.",
        role="production owner",
        sources=("R601", "R604", "one in ten may be on leave; more is a group left behind"),
    ),
    attested(
        "production", "represented", "people.represented", 1,
        title="Every role affected was spoken for",
        fix="Have each representative confirm on the page People; or: proveout attest "
        "people.represented 1 --who NAME --note WHY.",
        role="project owner",
        sources=("R601", "a role that nobody spoke for had its work designed by others"),
    ),
    attested(
        "production", "managers-equipped", "people.managers_equipped", 1,
        title="Every manager of those affected can lead the change",
        fix="Equip the managers, and have each confirm on the page People; or: proveout attest "
        "people.managers_equipped 1 --who NAME --note WHY.",
        role="executive sponsor",
        sources=("R607", "people ask their own manager first: one without an answer is a team"),
    ),
    attested(
        "production", "inventory-confirmed", "governance.inventory_confirmed", 1,
        title="Every AI tool in use is confirmed by its owner",
        fix="Have each owner confirm on the page Inventory; or: proveout attest "
        "governance.inventory_confirmed 1 --who NAME --note WHY.",
        role="production owner",
        sources=("R502", "an owner who does not know of it is none"),
    ),
    *reviewed("production"),
)  # fmt: skip


def engaged(stage: Stage, *, max_age: timedelta) -> tuple[Criterion, ...]:
    """Return the lines on leadership and on those who are heard, while it is in use."""
    return (
        attested(
            stage, "feedback-answered", "people.feedback_answered", 0.90,
            title="{} of what users said was answered in time",
            fix="Answer what is overdue on the page Feedback, then: proveout check feedback.",
            role="production owner", bases=("measured",), max_age=max_age,
            sources=("R603", "one in ten may be late; who waits longer stops speaking"),
        ),
        attested(
            stage, "favourable", "people.favourable", 0.50,
            title="{} of those asked are better off with it",
            fix="Ask on the page Feedback, read what speaks against it, and change that; then: "
            "proveout check feedback.",
            role="production owner", bases=("measured",), max_age=max_age,
            sources=("R605", "R906", "below half, most would rather have the old way"),
        ),
        attested(
            stage, "leadership", "people.leadership_acts", 1,
            title="Leadership did something visible for it in the last 30 days",
            fix="Attend, remove an obstacle or say why it matters, and note it on the page "
            "Leadership; or: proveout attest people.leadership_acts 1 --who NAME --note WHY.",
            role="executive sponsor",
            sources=("R607", "a month of silence reads as the end of it"),
        ),
        attested(
            stage, "obstacles-overdue", "people.obstacles_overdue", 0, comparison="<=",
            title="No obstacle stands past the day agreed for its removal",
            fix="Remove it, or agree on another day, and note it on the page Leadership; or: "
            "proveout attest people.obstacles_overdue 0 --who NAME --note WHY.",
            role="executive sponsor", sources=("R607", "what is due is due"),
        ),
        *reviewed(stage),
    )  # fmt: skip


INCENTIVES_CHANGED = attested(
    "scale", "incentives-changed", "people.incentives_changed", 1,
    title="No rule rewards the old way any more",
    fix="Change each rule, and note it on the page People; or: proveout attest "
    "people.incentives_changed 1 --who NAME --note WHY.",
    role="executive sponsor",
    sources=(
        "R606",
        "at launch it is enough that each change is planned, since pay changes with its year; "
        "widened against their bonus, nobody follows",
    ),
)  # fmt: skip

FEEDBACK_DAYS = attested(
    "scale", "feedback-days", "people.feedback_days", 5, comparison="<=",
    title="Half of what users said is answered within {}",
    fix="Give answering more hands, on the page Feedback; then: proveout check feedback.",
    role="production owner", bases=("measured",), max_age=days(92),
    sources=("R603", "5 days: one working week; more users say more"),
)  # fmt: skip
