"""Metrics of the governance family: what people declared, agreed, signed and practised."""

from __future__ import annotations

from proveout.evidence.catalogue.metric import Metric

PARTS: dict[str, str] = {
    "outcome": "the business outcome, stated before any tool was chosen (R101)",
    "kpis": "at least one KPI that will decide (R102)",
    "kpi-baselines": "a baseline with its source for every KPI (R102)",
    "kpi-thresholds": "a threshold for every KPI (R102, R104)",
    "production-owner": "who owns the result in the business (R103)",
    "executive-sponsor": "who sponsors it in the executive team (R103)",
    "distinct-owner": "a production owner who is not the project owner (R103)",
    "project-owner": "who runs the project",
    "reviewer": "who looks at exceptions and monitors (R501)",
    "process": "the process that changes, and how it is redesigned (R105)",
    "integration": "how it connects to what people use every day (R106)",
    "rollback": "what happens when it answers wrong live (R107)",
    "production-design": "who maintains, monitors, updates the data and answers for it (R108)",
    "assumptions": "assumptions, each with what would refute it (R109)",
    "exception-protocol": "where an uncertain or wrong answer goes, and by when (R501, R504)",
    "refresh-cadence": "when and by whom data and logic are updated (R501, R506)",
    "reviews": "regular performance reviews and who attends them (R504)",
    "output-audit": "how outputs are audited (R503)",
    "handoff": "the team that takes over (R505)",
    "inventory": "each AI tool in use, with its owner (R502)",
    "legal": "the questions of legal and compliance (R112)",
    "milestones": "milestone reviews which the production owner attends (R113)",
    "predecessors": "earlier pilots of the same kind, or that there were none (R1002)",
    "data-owners": "an owner for every production source (R208)",
    "roles-affected": "the roles most affected, what changes and why (R601)",
    "training": "hands-on training on real scenarios (R602)",
    "contact": "whom to ask when one disagrees (R604)",
    "feedback": "how feedback is given and answered (R603)",
    "incentives": "which rules still reward the old behaviour, and who changes them (R606)",
    "participants": "who takes part in the pilot, and how they were chosen (R111)",
    "leadership": "visible, continuing engagement of leadership (R607)",
    "will-and-will-not": "what the system will and will not do, as told to its users (R604)",
}
"""What a charter can declare: the values of the subject `part`, in the charter's order."""

_COUNTED = "Counted from the charter; a full count, so there is no interval."


def _declared(name: str, unit: str, meaning: str, computed: str, source: str) -> Metric:
    return Metric(
        name=name,
        unit=unit,
        direction="higher",
        family="organisational",
        meaning=meaning,
        computed=computed,
        source=source,
    )


METRICS: tuple[Metric, ...] = (
    Metric(
        name="governance.declared",
        unit="flag",
        direction="higher",
        family="organisational",
        meaning="Whether one part of what must be agreed is in the charter, complete.",
        computed="1 when every figure and name that the part needs is in the charter, else 0.",
        source="R101–R113, R501–R506, R601–R607",
        dimensions=("part",),
    ),
    _declared(
        "governance.sealed", "flag",
        "Whether the charter was fixed, by a named person, before the decision.",
        "1 when the ledger holds a seal of this pilot whose hash, amendments included, is that of "
        "the charter; found by the gate itself, never by a check.",
        "R104, R802",
    ),
    _declared(
        "governance.quality_agreed", "flag",
        "Whether anybody agreed how good the system's answers must be.",
        "1 when the charter's acceptance has a line on a quality.* metric for the production gate; "
        "found by the gate itself, never by a check.",
        "R102, R301",
    ),
    _declared(
        "governance.handoff_accepted", "flag",
        "Whether the receiving team has accepted ownership explicitly.",
        "As the receiving team says in the dashboard; else 1 when governance.handoff.accepted "
        "names who and when, and that day has come.",
        "R505",
    ),
    _declared(
        "governance.legal_signed", "fraction",
        "How many of the questions of legal and compliance are answered and signed.",
        "Questions with an answer and a signature, in the charter or the dashboard, ÷ all "
        "questions. " + _COUNTED,
        "R112",
    ),
    _declared(
        "governance.refresh_practised", "flag",
        "Whether the internal team has done the retraining run itself.",
        "1 when the last run, of the dashboard or of governance.refresh.last_practised, is at most "
        "one refresh cadence ago.",
        "R506, R907",
    ),
    _declared(
        "governance.predecessor_addressed", "fraction",
        "How many failures of earlier pilots have been shown to be addressed.",
        "Failed or stalled predecessors with 'addressed' ÷ all failed or stalled ones; 1 when "
        "there were none. " + _COUNTED,
        "R1002",
    ),
    _declared(
        "people.trained", "fraction",
        "How many of those invited to training have completed it.",
        "Sum of completed ÷ sum of invited over all trainings that say how many were invited. "
        + _COUNTED,
        "R602",
    ),
    Metric(
        name="people.volunteers",
        unit="flag",
        direction="neither",
        family="organisational",
        meaning="Whether the pilot's participants are volunteers, who flatter every figure.",
        computed="1 when change.participants.chosen is 'volunteers', else 0.",
        source="R111, R605",
    ),
    _declared(
        "governance.reviews_kept", "fraction",
        "How many of the reviews and milestones that fell due were held.",
        "Held within a week of their day ÷ all that fell due in the last 180 days, from the "
        "register; valid until the next one is a week late. " + _COUNTED,
        "R113, R504, R607",
    ),
    _declared(
        "governance.owner_attendance", "fraction",
        "How many of the reviews that were held the production owner attended.",
        "Held reviews and milestones with the production owner among those present ÷ all held in "
        "the last 180 days, from the register. " + _COUNTED,
        "R113, R607",
    ),
    _declared(
        "governance.inventory_confirmed", "fraction",
        "How many of the AI systems in use have an owner who confirms it within a year.",
        "Tools of the inventory confirmed by their owner in the last 365 days ÷ all. " + _COUNTED,
        "R502",
    ),
    Metric(
        name="governance.signoff",
        unit="flag",
        direction="higher",
        family="organisational",
        meaning="Whether the holder of a role has signed off, by name.",
        computed="As signed in the dashboard, or with `proveout attest governance.signoff 1 "
        "--subject role=…`; to be signed anew when what was signed changes.",
        source="R501, R802",
        dimensions=("role",),
    ),
)  # fmt: skip
