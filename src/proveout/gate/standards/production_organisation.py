"""The organisational half of `production`: who owns, watches, decides, was trained and agreed."""

from __future__ import annotations

from proveout.gate.model import Criterion
from proveout.gate.standards.lived import PREPARED, SIGNED
from proveout.gate.standards.terms import declared

ORGANISATION: tuple[Criterion, ...] = (
    declared(
        "production", "production-owner", "A production owner is named",
        "Name in people.production_owner who owns the result in the business.",
        role="executive sponsor", sources=("R501", "R103"),
    ),
    declared(
        "production", "distinct-owner", "The production owner is not the project owner",
        "Name a production owner who does not run the project.",
        role="executive sponsor", sources=("R103",),
    ),
    declared(
        "production", "reviewer", "A reviewer is named",
        "Name in people.reviewer who looks at exceptions and monitors.",
        role="production owner", sources=("R501",),
    ),
    declared(
        "production", "exception-protocol", "The exception protocol is agreed",
        "Say in governance.exceptions to whom an uncertain or wrong answer goes, and by when.",
        role="production owner", sources=("R501", "R504"),
    ),
    declared(
        "production", "refresh-cadence", "The refresh cadence is agreed",
        "Say in governance.refresh how often data and logic are updated, and by whom.",
        role="production owner", sources=("R501", "R506"),
    ),
    Criterion(
        id="production.refresh-practised",
        stage="production",
        title="The internal team has done the retraining run itself",
        metric="governance.refresh_practised",
        comparison=">=",
        threshold=1,
        bases=("attested",),
        family="organisational",
        fix="Have the internal team retrain once without help; note it on the page Reviews, or "
        "date it in governance.refresh.last_practised.",
        role="engineer",
        sources=("R506", "R907", "a run that was never done is a plan"),
    ),
    declared(
        "production", "reviews", "Regular performance reviews are agreed",
        "Say in governance.reviews how often, and who attends.",
        role="production owner", sources=("R504",),
    ),
    declared(
        "production", "output-audit", "It is agreed how outputs are audited",
        "Say in governance.output_audit how answers are checked before decisions rely on them.",
        role="reviewer", sources=("R503",),
    ),
    declared(
        "production", "inventory", "Each AI tool in use has an owner",
        "List each tool and who owns it and its outputs under governance.inventory.",
        role="production owner", sources=("R502",),
    ),
    declared(
        "production", "rollback", "The way back is written down",
        "Write in rollback.procedure how it is switched off, and what takes over.",
        role="production owner", sources=("R107", "R905"),
    ),
    declared(
        "production", "data-owners", "Every production source has an owner",
        "Name who answers for each source, in data.production[].owner or people.data_owners.",
        role="production owner", sources=("R208",),
    ),
    declared(
        "production", "handoff", "It is said which team takes over",
        "Name in governance.handoff.to who receives the system when the build team leaves.",
        role="project owner", sources=("R505",),
    ),
    Criterion(
        id="production.handoff-accepted",
        stage="production",
        title="The receiving team has accepted ownership",
        metric="governance.handoff_accepted",
        comparison=">=",
        threshold=1,
        bases=("attested",),
        family="organisational",
        fix="Have the receiving team accept on the page Sign-offs; or in the charter: "
        "governance.handoff.accepted with who and on.",
        role="project owner",
        sources=("R505", "accepted or not: there is no half"),
    ),
    Criterion(
        id="production.legal-signed",
        stage="production",
        title="Every question of legal and compliance is answered and signed",
        metric="governance.legal_signed",
        comparison=">=",
        threshold=1,
        bases=("attested",),
        family="organisational",
        fix="Get an answer and a signature for every question: on the page Sign-offs, or under "
        "legal in the charter.",
        role="legal",
        sources=("R112", "one open question is enough to be stopped in the launch week"),
    ),
    declared(
        "production", "roles-affected", "It is written for each role what changes for it, and why",
        "Describe each role under change.roles: what changes, why, who represents it.",
        role="production owner", sources=("R601",),
    ),
    declared(
        "production", "training", "Training on real scenarios is set up",
        "Plan under change.training who is trained, on which cases of their own work.",
        role="production owner", sources=("R602",),
    ),
    Criterion(
        id="production.trained",
        stage="production",
        title="{} of those invited have completed the training",
        metric="people.trained",
        comparison=">=",
        threshold=0.90,
        bases=("attested",),
        family="organisational",
        fix="Finish the training before the launch; give invited and completed per training.",
        role="production owner",
        sources=("R602", "one in ten may be on leave; more is a group left behind"),
    ),
    declared(
        "production", "will-and-will-not", "Users are told what it will and will not do",
        "Write change.will_do and change.will_not_do as users are told them.",
        role="project owner", sources=("R604",),
    ),
    declared(
        "production", "contact", "Users know whom to ask",
        "Name in change.contact whom to ask when one disagrees with an answer.",
        role="production owner", sources=("R604",),
    ),
    declared(
        "production", "feedback", "Users can give feedback, and get an answer",
        "Say in change.feedback how feedback is given and answered.",
        role="production owner", sources=("R603",),
    ),
    declared(
        "production", "incentives", "It is agreed who changes each rule that rewards the old way",
        "List under change.incentives which rules reward the old way, and who changes each.",
        role="executive sponsor", sources=("R606",),
    ),
    declared(
        "production", "leadership", "Leadership is engaged beyond the announcement",
        "Write under change.leadership what leaders commit to, and who equips the managers.",
        role="executive sponsor", sources=("R607",),
    ),
    *PREPARED,
    *SIGNED,
)  # fmt: skip
