"""What Proveout has to show, named once."""

from __future__ import annotations

from proveout.evidence.model import Subject
from proveout.portfolio.frameworks.model import LEDGER, SEAL, Proof


def _proof(metric: str, what: str, page: str, **subject: str) -> Proof:
    return Proof(metric=metric, what=what, page=page, subject=Subject.of(**subject))


def _declared(part: str, what: str, page: str = "/charter") -> Proof:
    return _proof("governance.declared", what, page, part=part)


def _signed(role: str, what: str) -> Proof:
    return _proof("governance.signoff", what, "/signoffs", role=role)


TRAIL = _proof(LEDGER, "Audit trail that cannot be changed unnoticed", "/audit")
SEALED = _proof(SEAL, "Charter fixed before results", "/charter")
OUTCOME = _declared("outcome", "Purpose stated before a tool was chosen")
PROCESS = _declared("process", "The process that changes, with its redesign")
ASSUMPTIONS = _declared("assumptions", "Assumptions, each with what would refute it")
OWNER = _declared("production-owner", "Owner of the result by name")
REVIEWER = _declared("reviewer", "Reviewer of exceptions by name")
DATA_OWNERS = _declared("data-owners", "Owner of each source of data")
INVENTORY = _declared("inventory", "Tools in use, each with its owner")
CONFIRMED = _proof(
    "governance.inventory_confirmed", "Owners confirm their tools each year", "/inventory"
)
PROTOCOL = _declared("exception-protocol", "Protocol for doubtful and wrong answers", "/protocol")
OUTPUT_AUDIT = _declared("output-audit", "How outputs are audited", "/protocol")
ROLLBACK = _declared("rollback", "How it is switched off, and what takes over", "/protocol")
PROMISES = _declared("will-and-will-not", "What users are told it does and does not do")
CONTACT = _declared("contact", "Whom to ask when one disagrees", "/protocol")
FEEDBACK = _declared("feedback", "How feedback is given and answered", "/feedback")
ROLES = _declared("roles-affected", "Whose work changes, how and why", "/people")
TRAINING = _declared("training", "Training on cases of one's own work", "/training")
LEGAL_ASKED = _declared("legal", "Questions of legal and compliance")
BUDGET = _proof("cost.monthly", "What a month costs at full size", "/evidence")
SIGN_OWNER = _signed("production-owner", "The owner's signature")
SIGN_SPONSOR = _signed("executive-sponsor", "The sponsor's signature")
SIGN_REVIEWER = _signed("reviewer", "The reviewer's signature on exceptions and audit")
SIGN_DATA = _signed("data-owner", "The data owners' signatures")
SIGN_LEGAL = _signed("legal", "Legal's signature on purpose, data and promises")
LEGAL_SIGNED = _proof("governance.legal_signed", "Legal's questions answered", "/signoffs")
HANDOFF = _proof("governance.handoff_accepted", "The receiving team accepts", "/signoffs")
REVIEWS = _proof("governance.reviews_kept", "Reviews held when due", "/reviews")
ATTENDANCE = _proof("governance.owner_attendance", "The owner attends reviews", "/reviews")
REFRESH = _proof("governance.refresh_practised", "Refresh practised by the team", "/reviews")
INFORMED = _proof("people.informed", "People confirm that they know", "/people")
REPRESENTED = _proof("people.represented", "Representatives were heard", "/people")
MANAGERS = _proof("people.managers_equipped", "Managers can lead the change", "/people")
TRAINED = _proof("people.trained", "Share of those invited who were trained", "/training")
ANSWERED = _proof("people.feedback_answered", "Feedback answered in time", "/feedback")
FAVOURABLE = _proof("people.favourable", "What users say in the pulse survey", "/feedback")
LEADERSHIP = _proof("people.leadership_acts", "What leadership did lately", "/leadership")
ROWS = _proof("readiness.rows", "Production data read and audited", "/evidence")
COMPLETE = _proof("readiness.required_completeness", "Required fields filled in", "/evidence")
CONFORM = _proof("readiness.type_conformance", "Values of the type declared", "/evidence")
GAP = _proof("readiness.sandbox_gap", "How far the pilot's data are from production", "/evidence")
ACCURACY = _proof("quality.accuracy", "How often answers are right", "/evidence")
SLICES = _proof("quality.worst_slice", "The worst group of records", "/evidence")
CALIBRATED = _proof("quality.calibration_error", "Whether it knows how sure it is", "/evidence")
SILENT = _proof("quality.silent_failure", "Wrong answers given with confidence", "/evidence")
STRESS = _proof("stress.worst_quality_drop", "What damaged input does to it", "/evidence")
STRESS_SILENT = _proof("stress.worst_silent_failure", "Silent failures under damage", "/evidence")
LOAD = _proof("load.error_rate", "Errors at full load", "/evidence")
DRILL = _proof("drill.passed", "Failure practised with the people", "/evidence")
RECOVERY = _proof("drill.time_to_recover", "How long recovery took", "/evidence")
SERVED = _proof("latency.served_rate", "Log of every answer in production", "/evidence")
DRIFT = _proof("drift.alarms", "Alarms on drift", "/evidence")
ESTIMATED = _proof("drift.estimated_quality", "Quality in use, estimated", "/evidence")
HOLDS = _proof("assumption.holds", "Whether assumptions still hold", "/evidence")
EXCEPTIONS = _proof("exceptions.rate", "Answers that people look at", "/exceptions")
OVERDUE = _proof("exceptions.overdue", "Exceptions past their time", "/exceptions")
OVERRIDES = _proof("adoption.override_rate", "Answers that people overrule", "/adoption")
ADOPTION = _proof("adoption.active_share", "Who uses it", "/adoption")
PREDECESSORS = _proof(
    "governance.predecessor_addressed", "Earlier failures shown to be addressed", "/charter"
)
VALUE = _proof("value.kpi", "What it brings, against the baseline", "/evidence")
