"""What to say of each kind of finding: the sentence, the instruction, and the proof of the fix.

Placeholders: {column}, {source}, {records} ('8,255 records', '1 record'), {texts} ("'NA'"),
{a_type} ('a number'), {conflict}, {age} and {limit}; {repeat}, {carry} and {have} agree with
{records}.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["blocks", "misleads", "look"]
"""The system cannot work with it; it works and answers wrongly; somebody should look."""

SEVERITIES: tuple[Severity, ...] = ("blocks", "misleads", "look")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One kind of finding."""

    kind: str
    metric: str
    """The metric that finds it, and that shows on the next audit that it is gone."""
    severity: Severity
    sentence: str
    """What is wrong, with its size."""
    instruction: str
    """What to do at the source."""
    verification: str
    """When it counts as fixed."""
    counts_good: bool = False
    """The metric is the share of records that are in order, not of those that are not."""


_NEXT = "The next audit shows "
UNREADABLE_DOCUMENTS = Instruction(
    kind="unreadable-documents",
    metric="readiness.rejects",
    severity="blocks",
    sentence="{records} of {source} cannot be read as text at all",
    instruction="Say who reads them instead, or have them sent in a form that holds text: mail, "
    "PDF that is no scan, .docx, web page or plain text, without a password. Scans take text "
    "recognition first (ocrmypdf IN.pdf OUT.pdf).",
    verification=_NEXT + "no documents of {source} without text.",
)

INSTRUCTIONS: tuple[Instruction, ...] = (
    Instruction(
        kind="unreadable-rows",
        metric="readiness.rejects",
        severity="blocks",
        sentence="{records} of {source} cannot be read at all",
        instruction="Correct these rows where the file is made: quoting, number of columns, "
        "encoding.",
        verification=_NEXT + "no rejects for {source}.",
    ),
    Instruction(
        kind="missing-required",
        metric="readiness.required_completeness",
        severity="blocks",
        sentence="{column} is empty in {records}, and the system needs it",
        instruction="Make {column} mandatory where it is entered, and fill in the old records. "
        "Where it cannot be known yet, agree what the system does without it.",
        verification=_NEXT + "{column} filled in every record.",
        counts_good=True,
    ),
    Instruction(
        kind="wrong-type",
        metric="readiness.type_conformance",
        severity="blocks",
        sentence="{column} holds something else than {a_type} in {records}",
        instruction="Have {column} checked on entry, and correct what stands in it; keep remarks "
        "in a field of their own.",
        verification=_NEXT + "every value of {column} to be of its type.",
        counts_good=True,
    ),
    Instruction(
        kind="duplicate-key",
        metric="readiness.duplicate_keys",
        severity="blocks",
        sentence="{records} of {source} {carry} a key that another record already has",
        instruction="Find out which of them is right, remove the others, and let the database "
        "refuse a key that is taken.",
        verification=_NEXT + "every key of {source} once.",
    ),
    Instruction(
        kind="unresolved-reference",
        metric="readiness.unresolved_references",
        severity="blocks",
        sentence="{column} names something that its list does not hold, in {records}",
        instruction="Add the missing entries to the list, or correct the records; then let "
        "{column} be chosen from the list only.",
        verification=_NEXT + "every {column} in the list.",
    ),
    Instruction(
        kind="timestamp-conflict",
        metric="readiness.timestamp_conflicts",
        severity="misleads",
        sentence="{records} of {source} {have} dates or times that cannot be right{conflict}",
        instruction="Agree on one date format and one time zone for {source}, and correct these "
        "records.",
        verification=_NEXT + "no conflicting times in {source}.",
    ),
    Instruction(
        kind="out-of-range",
        metric="readiness.out_of_range",
        severity="misleads",
        sentence="{column} breaks its declared limits in {records}",
        instruction="Correct these values, or correct the limits in the charter where they are "
        "real; then check them on entry.",
        verification=_NEXT + "no {column} outside its limits.",
    ),
    Instruction(
        kind="duplicate-row",
        metric="readiness.duplicate_rows",
        severity="misleads",
        sentence="{records} of {source} {repeat} another one exactly",
        instruction="Remove the copies, and find out which transfer makes them.",
        verification=_NEXT + "no repeated records in {source}.",
    ),
    Instruction(
        kind="near-duplicate",
        metric="readiness.near_duplicates",
        severity="misleads",
        sentence="{records} of {source} {have} probably been entered before, in another spelling",
        instruction="Have somebody who knows the records go through the clusters (proveout audit "
        "--duplicates lists them), keep one of each, and look for an existing one before a new "
        "one is entered.",
        verification=_NEXT + "no near duplicates in {source}.",
    ),
    Instruction(
        kind="suspect-cells",
        metric="readiness.suspect_cells",
        severity="look",
        sentence="{column} holds a value that is probably wrong in {records}",
        instruction="Go through the list of single values (proveout audit --cells lists each with "
        "its reason), correct those of {column} that are wrong, and check on entry what made them.",
        verification=_NEXT + "no value of {column} that is probably wrong.",
    ),
    Instruction(
        kind="spelling",
        metric="readiness.category_variants",
        severity="misleads",
        sentence="{column} is spelled otherwise than usual in {records}",
        instruction="Change these to the usual spelling, and let {column} be chosen from a list "
        "instead of typed.",
        verification=_NEXT + "one spelling for each {column}.",
    ),
    Instruction(
        kind="missing",
        metric="readiness.completeness",
        severity="look",
        sentence="{column} is empty in {records}",
        instruction="Say whether the system needs {column}. If so, declare it as required and "
        "have it filled in where it is entered.",
        verification=_NEXT + "{column} filled in, or declared as not needed.",
        counts_good=True,
    ),
    Instruction(
        kind="outlier",
        metric="readiness.outliers",
        severity="look",
        sentence="{column} lies far outside its usual figures in {records}",
        instruction="Look at the examples: where they are real, declare the limits of {column}; "
        "where they are slips or other units, correct them.",
        verification=_NEXT + "no {column} outside the limits that are then declared.",
    ),
)

MIXED_FORMATS = Instruction(
    kind="mixed-formats",
    metric="readiness.format_consistency",
    # Two forms may both be right, as of a licence plate; only its owner can tell.
    severity="look",
    sentence="{column} is written in another form than {usual} in {records}",
    instruction="Where both forms are right, declare the pattern of {column}; where not, agree on "
    "one, convert what is there, and check it on entry.",
    verification=_NEXT + "one form of {column}, or all its forms as declared.",
)

DIVERGENT_FORMATS = Instruction(
    kind="formats-differ",
    metric="readiness.format_divergence",
    severity="misleads",
    sentence="{column} is written in other forms {where} than elsewhere",
    instruction="Agree on one form for {column}, and convert the others where they are exported.",
    verification=_NEXT + "one form of {column} everywhere.",
)

ABSENT_FIELD = Instruction(
    kind="absent-field",
    metric="readiness.sandbox_gap",
    severity="blocks",
    sentence="{column} was in the pilot sample, and production does not have it",
    instruction="Deliver {column} in production, or build the system without it.",
    verification=_NEXT + "{column} in production.",
)

STAND_IN = Instruction(
    kind="stand-in",
    metric="readiness.completeness",
    severity="misleads",
    sentence="{column} says {texts} in {records}, which stands for no value",
    instruction="Leave {column} empty where it is not known, or declare {texts} as missing "
    "(null_values of {source}); then decide what the system does without it.",
    verification=_NEXT + "these records of {column} as empty, or filled.",
)

ONE_TEXT = Instruction(
    kind="stand-in",
    metric="readiness.type_conformance",
    severity="blocks",
    sentence="{column} says {texts} instead of {a_type} in {records}",
    instruction="Leave {column} empty where it is not known, or declare {texts} as missing "
    "(null_values of {source}); then decide what the system does without it.",
    verification=_NEXT + "every value of {column} to be of its type.",
)
"""All values of another type are one and the same text."""

NUMBER_FORMAT = Instruction(
    kind="number-format",
    metric="readiness.type_conformance",
    severity="blocks",
    sentence="{column} is written in another number format in {records}; usual is {usual}",
    instruction="Agree on one decimal mark and one way to write {column}, convert these records, "
    "and export with it everywhere.",
    verification=_NEXT + "every value of {column} to be of its type.",
)

TWO_READINGS = Instruction(
    kind="two-readings",
    metric="readiness.type_conformance",
    severity="misleads",
    sentence="{column} can be read in two ways in {records}: {texts} is {one} or {other}",
    instruction="Say which is meant (of figures: decimal of {source} in the charter), or export "
    "figures with a decimal point and no thousands marks, and dates as YYYY-MM-DD.",
    verification=_NEXT + "{column} as a figure or a date.",
)

STALE = Instruction(
    kind="too-old",
    metric="readiness.newest_age",
    severity="blocks",
    sentence="The newest record of {source} is {age} old; at most {limit} was agreed",
    instruction="Deliver {source} as often as the system needs it.",
    verification=_NEXT + "{source} within {limit}.",
)


_CHANGES = "readiness.schema_changes"
_ASK = "Ask whoever delivers {source} what was changed {when}"

CHANGES: dict[str, Instruction] = {
    each.kind: each
    for each in (
        Instruction(
            kind="column-renamed",
            metric=_CHANGES,
            severity="blocks",
            sentence="{When}, {column} {what}",
            instruction="Have {column} delivered under one name. Where the new name is to stay, "
            "put both together in the charter, under {source}: {charter}",
            verification=_NEXT + "{column} under one name in every delivery.",
        ),
        Instruction(
            kind="column-gone",
            metric=_CHANGES,
            severity="blocks",
            sentence="{When}, {column} {what}",
            instruction=_ASK + ". Have {column} delivered again, or agree what the system does "
            "without it.",
            verification=_NEXT + "{column} in every delivery.",
        ),
        Instruction(
            kind="column-new",
            metric=_CHANGES,
            severity="look",
            sentence="{When}, {column} {what}",
            instruction="Say whether the system needs {column}, and what it means. If so, have "
            "the earlier deliveries completed.",
            verification=_NEXT + "{column} in every delivery, or taken out.",
        ),
        Instruction(
            kind="type-changed",
            metric=_CHANGES,
            severity="blocks",
            sentence="{When}, {column} {what}",
            instruction=_ASK + ", and have {column} delivered as before.",
            verification=_NEXT + "{column} of one type in every delivery.",
        ),
        Instruction(
            kind="format-changed",
            metric=_CHANGES,
            severity="misleads",
            sentence="{When}, {column} {what}",
            instruction="Agree on one form of {column} with whoever delivers {source}, and have "
            "the other deliveries sent again in that form.",
            verification=_NEXT + "one form of {column} in every delivery.",
        ),
        Instruction(
            kind="unit-changed",
            metric=_CHANGES,
            severity="misleads",
            sentence="{When}, {column} {what}",
            instruction=_ASK + ". Where the unit is another one, convert {column} before "
            "deliveries are put together, and declare its unit and limits.",
            verification=_NEXT + "{column} in one unit in every delivery.",
        ),
        Instruction(
            kind="codes-changed",
            metric=_CHANGES,
            severity="misleads",
            sentence="{When}, {column} {what}",
            instruction=_ASK + ". Translate the codes of {column} into those the system knows, "
            "or teach it the new ones.",
            verification=_NEXT + "one set of codes of {column} in every delivery.",
        ),
        Instruction(
            kind="filling-changed",
            metric=_CHANGES,
            severity="misleads",
            sentence="{When}, {column} {what}",
            instruction=_ASK + ", and have {column} filled as before.",
            verification=_NEXT + "{column} filled alike in every delivery.",
        ),
        Instruction(
            kind="layout-changed",
            metric=_CHANGES,
            severity="look",
            sentence="{When}, {what}",
            instruction=_ASK + ". The files were read all the same; other programs may not.",
            verification=_NEXT + "one layout in every delivery.",
        ),
    )
}
"""What changed from one delivery of a series to the next."""

MISSING_DELIVERY = Instruction(
    kind="missing-delivery",
    metric="readiness.missing_deliveries",
    severity="blocks",
    sentence="{source} comes {rhythm}, and {which} missing",
    instruction="Have delivered what is missing, or say in the charter that {source} does not "
    "come {rhythm}.",
    verification=_NEXT + "no gap between the deliveries of {source}.",
)

LATE_DELIVERY = Instruction(
    kind="late-delivery",
    metric="readiness.late_deliveries",
    severity="blocks",
    sentence="{source} is to come {rhythm}, and {which} late",
    instruction="Find out where these deliveries got stuck, and agree who is told next time.",
    verification=_NEXT + "no delivery of {source} overdue.",
)

REPEATED_DELIVERY = Instruction(
    kind="repeated-delivery",
    metric="readiness.repeated_deliveries",
    severity="misleads",
    sentence="{source} brings records more than once: {which}",
    instruction="Say which of the two holds, take the other out of the folder, and have a "
    "correction replace the file that it corrects.",
    verification=_NEXT + "each record of {source} in one delivery.",
)

ODD_DELIVERY = Instruction(
    kind="odd-delivery",
    metric="readiness.odd_deliveries",
    severity="misleads",
    sentence="{source} has deliveries that cannot be whole: {which}",
    instruction="Ask whoever delivers {source} whether these are complete and under their right "
    "names, and have them sent again where not.",
    verification=_NEXT + "deliveries of {source} of their usual size, for their own period.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """The same kind of finding in several fields of one source."""

    sentence: str
    """What is wrong; the fields with their sizes follow."""
    instruction: str


SEVERAL: dict[str, Several] = {
    "missing-required": Several(
        sentence="fields that the system needs are empty",
        instruction="Make them mandatory where they are entered, and fill in the old records. "
        "Where they cannot be known yet, agree what the system does without them.",
    ),
    "wrong-type": Several(
        sentence="fields hold values of another type",
        instruction="Have them checked on entry, and correct what stands in them; keep remarks in "
        "a field of their own.",
    ),
    "suspect-cells": Several(
        sentence="fields hold values that are probably wrong",
        instruction="Go through the list of single values (proveout audit --cells lists each with "
        "its reason), correct those that are wrong, and check on entry what made them.",
    ),
    "stand-in": Several(
        sentence="fields hold texts that stand for no value",
        instruction="Leave them empty where they are not known, or declare these texts as missing "
        "(null_values of {source}); then decide what the system does without them.",
    ),
    "number-format": Several(
        sentence="fields are written in more than one number format",
        instruction="Agree on one decimal mark, convert what is there, and export with it "
        "everywhere.",
    ),
    "two-readings": Several(
        sentence="fields can be read in two ways",
        instruction="Say which is meant (of figures: decimal of {source} in the charter), or "
        "export figures with a decimal point and no thousands marks, and dates as YYYY-MM-DD.",
    ),
    "unresolved-reference": Several(
        sentence="fields name what their list does not hold",
        instruction="Add the missing entries to the lists, or correct the records; then let these "
        "fields be chosen from the lists only.",
    ),
    "out-of-range": Several(
        sentence="fields break their declared limits",
        instruction="Correct these values, or the limits in the charter where they are real; then "
        "check them on entry.",
    ),
    "spelling": Several(
        sentence="fields are written in more than one spelling",
        instruction="Change these to the usual spelling, and let the fields be chosen from lists "
        "instead of typed.",
    ),
    "mixed-formats": Several(
        sentence="fields are written in more than one form",
        instruction="Agree on one form for each, convert what is there, and check it on entry.",
    ),
    "formats-differ": Several(
        sentence="fields are written in other forms by site or period",
        instruction="Agree on one form for each, and convert the others where they are exported.",
    ),
    "missing": Several(
        sentence="fields are not always filled",
        instruction="Say which of them the system needs, and declare those as required; have them "
        "filled in where they are entered.",
    ),
    "outlier": Several(
        sentence="fields hold figures far outside their usual ones",
        instruction="Look at the largest and smallest: where they are real, declare the limits; "
        "where they are slips or other units, correct them.",
    ),
}
"""By kind."""
