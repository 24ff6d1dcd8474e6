"""What people add to the ledger by name: waivers and attested facts."""

from __future__ import annotations

import difflib
import math
import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import get_args

from proveout.assess.workspace import Workspace
from proveout.charter.schema import Stage
from proveout.charter.sealing.signing import digest, folded, holders
from proveout.errors import InputError
from proveout.evidence.catalogue import Metric
from proveout.evidence.ledger.port import NewEntry
from proveout.evidence.model import CHARTER_INPUT, PART_INPUT, CheckRef, Evidence, Subject
from proveout.evidence.waiver import Waiver
from proveout.gate import ATTEST, inherited_ids, standard_for
from proveout.gate.standards import QUALITY_AGREED, SEALED
from proveout.register import Act, record, register_of
from proveout.register.signoffs import SIGNING_ROLES

SIGN_OFF = "governance.signoff"

_HELD_BY_ONE = ("production-owner", "executive-sponsor", "reviewer")
"""Roles for which a charter names one person; legal and owners of data may be departments."""

_PART_OF = {
    "governance.handoff_accepted": "handoff",
    "governance.legal_signed": "legal-questions",
    "governance.refresh_practised": "refresh",
    "governance.reviews_kept": "reviews",
    "governance.owner_attendance": "reviews",
    "governance.inventory_confirmed": "inventory",
    "people.informed": "roles",
    "people.represented": "roles",
    "people.trained": "training",
    "people.incentives_changed": "incentives",
}
"""Metric to the part of the charter that it is about."""

_FOUND_OTHERWISE = {
    SEALED: "it is found in the ledger: proveout seal --who NAME",
    QUALITY_AGREED: "it is read from the charter: agree on a line under acceptance",
    **dict.fromkeys(
        ("people.feedback_answered", "people.feedback_days", "people.favourable"),
        "it is measured from what people said in the dashboard: proveout check feedback",
    ),
    "diagnosis.activity": "record what was found: proveout diagnose --record --by NAME",
    "diagnosis.condition_met": "say what shows it: proveout diagnose --met CONDITION --shows WHAT "
    "--by NAME",
    "diagnosis.cause_known": "name the failures under predecessors, or record a diagnosis: "
    "proveout diagnose --record --by NAME",
    "diagnosis.design_changed": "it is found by comparing the two charters",
    "governance.declared": "it is read from the charter: write there what is agreed, and run "
    "proveout check governance",
}


def waive(workspace: Workspace, criterion: str, *, who: str, why: str, until: date) -> Waiver:
    """Record a waiver, which counts to the end of its last day (UTC)."""
    waiver = waiver_of(workspace, criterion, who=who, why=why, until=until)
    entry = NewEntry(pilot=waiver.pilot, kind="waiver", body=waiver.as_dict())
    workspace.ledger.append([entry])
    return waiver


def waiver_of(workspace: Workspace, criterion: str, *, who: str, why: str, until: date) -> Waiver:
    """Make a waiver, and record nothing.

    Raises InputError on a criterion that the standard does not have or that cannot be waived, a
    day that is over, or a missing name or reason.
    """
    name = _said(who, "Nobody is named.", "Name a person: --who 'Ada Byron'")
    reason = _said(why, "A waiver needs a reason.", "Say why: --why '…'")
    _refuse_unknown_criterion(workspace, criterion)
    now, end = workspace.clock(), _end_of(until)
    if end <= now:
        raise InputError(
            f"{until} is over, so the waiver would never count.",
            hint="Give a day to come: --until YYYY-MM-DD",
        )
    pilot = workspace.loaded.charter.pilot
    return Waiver(pilot=pilot, criterion=criterion, who=name, why=reason, granted_at=now, until=end)


def attest(
    workspace: Workspace,
    metric: str,
    value: str,
    *,
    who: str,
    note: str,
    subject: Sequence[str],
    valid_until: date | None,
) -> Evidence:
    """Record what a person vouches for; it replaces what was attested on the same before.

    Raises InputError on a metric that is not known or must be measured, a value that is none of
    its unit, a subject that the metric does not have, a day that is over, or a missing name or
    note.
    """
    declared = _attestable(workspace, metric)
    now = workspace.clock()
    end = None if valid_until is None else _end_of(valid_until)
    if end is not None and end <= now:
        raise InputError(f"{valid_until} is over.", hint="Give a day to come, or none.")
    about, figure = _subject(declared, subject), _value(declared, value)
    name = _said(who, "Nobody is named.", "Name a person: --who 'Ada Byron'")
    reason = _said(note, "A note is missing.", "Say on what occasion: --note '…'")
    if metric == SIGN_OFF and about.get("role") in SIGNING_ROLES:
        role = str(about.get("role"))
        return _sign(workspace, role, is_given=bool(figure), who=name, why=reason, until=end)
    _refuse_what_is_noted(workspace, metric, about)
    fact = Evidence(
        pilot=workspace.loaded.charter.pilot,
        metric=metric,
        subject=about,
        value=figure,
        unit=declared.unit,
        n=1,
        basis="attested",
        scope="production",
        observed_at=now,
        valid_until=end,
        check=CheckRef(name=ATTEST, version="1"),
        run=ATTEST,
        inputs=_said_of(workspace, metric),
        person=name,
        details={"note": reason},
    )
    entry = NewEntry(pilot=fact.pilot, kind="evidence", body=fact.as_dict())
    workspace.ledger.append([entry])
    return fact


def _said_of(workspace: Workspace, metric: str) -> dict[str, str]:
    """Return what of the charter it was said of: once that is amended, it is to be said anew."""
    if metric == SIGN_OFF:
        return {CHARTER_INPUT: workspace.loaded.content_hash}
    part = _PART_OF.get(metric)
    if part is None:
        return {}
    return {f"{PART_INPUT}{part}": digest(part, workspace.loaded.charter)}


def _refuse_what_is_noted(workspace: Workspace, metric: str, about: Subject) -> None:
    """Raise InputError where people's acts already tell it: a word must not go before them."""
    loaded, pilot = workspace.loaded, workspace.loaded.charter.pilot
    register = register_of(workspace.ledger.entries(pilot=pilot, kinds=("act", "seal")))
    for noted in register.facts(loaded.charter, workspace.clock()):
        if (noted.metric, noted.subject) == (metric, about):
            raise InputError(
                f"'{metric}' is counted from what people noted in the dashboard, last by "
                f"{noted.person}.",
                hint="Note there what is missing; what was noted wrongly is taken back there.",
            )


def _sign(
    workspace: Workspace, role: str, *, is_given: bool, who: str, why: str, until: datetime | None
) -> Evidence:
    """Record the act that the dashboard records for a signature, with what follows from it."""
    loaded, now = workspace.loaded, workspace.clock()
    named = holders(role, loaded.charter) if role in _HELD_BY_ONE else ()
    if named and folded(who) not in map(folded, named):
        raise InputError(
            f"{who} does not hold this role: the charter names {named[0]} as "
            f"{role.replace('-', ' ')}.",
            hint=f"Have {named[0]} sign, or name another in the charter: proveout amend.",
        )
    act = Act(
        id=secrets.token_urlsafe(12),
        pilot=loaded.charter.pilot,
        kind="signoff.given" if is_given else "signoff.withdrawn",
        who=who,
        at=now,
        says={
            "role": role,
            "why": why,
            "charter": loaded.content_hash,
            "signed": digest(role, loaded.charter),
            **({} if until is None else {"until": until.isoformat()}),
        },
    )
    recorded = record(
        act, loaded=loaded, ledger=workspace.ledger,
        catalogue=workspace.registry.catalogue, now=now,
    )  # fmt: skip
    about = Subject.of(role=role)
    return next(
        each for each in recorded.evidence if (each.metric, each.subject) == (SIGN_OFF, about)
    )


def _refuse_unknown_criterion(workspace: Workspace, criterion: str) -> None:
    stages: tuple[Stage, ...] = get_args(Stage)
    known = {
        line.id: line
        for stage in stages
        for line in standard_for(stage, workspace.loaded.charter, workspace.registry.catalogue)[0]
    }
    line = known.get(criterion)
    if criterion in inherited_ids():
        return
    if line is None:
        close = difflib.get_close_matches(criterion, known, n=1, cutoff=0.5)
        meant = f"Did you mean '{close[0]}'? " if close else ""
        raise InputError(
            f"The standard has no criterion '{criterion}'.",
            hint=f"{meant}`proveout gate --json` lists the ids.",
        )
    if line.metric == SEALED:
        raise InputError(
            "The seal cannot be waived: without it nothing shows that the standard was there "
            "before the results.",
            hint="Seal the charter: proveout seal --who NAME",
        )


def _attestable(workspace: Workspace, name: str) -> Metric:
    catalogue = workspace.registry.catalogue
    if name not in catalogue:
        near = catalogue.nearest(name)
        hint = f"Did you mean '{near}'?" if near else "proveout metrics lists all names."
        raise InputError(f"There is no metric '{name}'.", hint=hint)
    metric = catalogue[name]
    if name in _FOUND_OTHERWISE:
        raise InputError(f"'{name}' cannot be attested.", hint=f"Instead, {_FOUND_OTHERWISE[name]}")
    if metric.family != "organisational":
        may = [
            known.name
            for known in catalogue
            if known.family == "organisational" and known.name not in _FOUND_OTHERWISE
        ]
        raise InputError(
            f"'{name}' cannot be attested: it must be measured.",
            hint=f"What a person may vouch for: {', '.join(may)}",
        )
    return metric


def _subject(metric: Metric, given: Sequence[str]) -> Subject:
    parts: dict[str, str] = {}
    for text in given:
        dimension, equals, value = text.partition("=")
        if not equals or not value or dimension not in metric.dimensions:
            allowed = ", ".join(f"{name}=…" for name in metric.dimensions) or "no subject"
            raise InputError(
                f"'{text}' is no subject of '{metric.name}'.", hint=f"It takes {allowed}."
            )
        if value == "*":
            raise InputError(
                f"'{text}' names nobody in particular.",
                hint=f"Attest for one {dimension} at a time.",
            )
        parts[dimension] = value
    lacking = [name for name in metric.dimensions if name not in parts]
    if lacking:
        raise InputError(
            f"'{metric.name}' is about one {lacking[0]}, and none is named.",
            hint=f"Name it: --subject {lacking[0]}=…",
        )
    return Subject.of(**parts)


def _value(metric: Metric, text: str) -> float:
    plain = text.strip().casefold()
    words = {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}
    try:
        if plain.endswith("%"):
            value = float(plain.removesuffix("%")) / 100
        else:
            value = words[plain] if plain in words else float(plain)
    except ValueError:
        value = math.nan
    fits = {
        "flag": value in (0.0, 1.0) and not plain.endswith("%"),
        "fraction": 0 <= value <= 1 and plain not in words,
    }
    if not math.isfinite(value) or not fits.get(metric.unit, plain not in words):
        allowed = {"flag": "yes or no", "fraction": "a share, such as 0.95 or 95%"}
        raise InputError(
            f"'{text}' is no value of '{metric.name}'.",
            hint=f"Give {allowed.get(metric.unit, f'a number, in {metric.unit}')}.",
        )
    return value


def _said(text: str, otherwise: str, hint: str) -> str:
    stripped = text.strip()
    if not stripped:
        raise InputError(otherwise, hint=hint)
    return stripped


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, tzinfo=UTC)
