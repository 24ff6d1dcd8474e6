"""Decide: charter, standard, evidence and time in, verdict out. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from proveout.charter.loaded import LoadedCharter
from proveout.charter.loading import content, measured_hash
from proveout.charter.schema import Charter, Stage
from proveout.charter.sealing import compare, diff_text
from proveout.charter.sealing.signing import digest
from proveout.errors import CharterError
from proveout.evidence.model import WHOLE
from proveout.evidence.waiver import Waiver
from proveout.gate.bench import Bench, lay_out
from proveout.gate.inheriting import answered, or_instead
from proveout.gate.judge import is_surely_broken
from proveout.gate.model import Criterion, Decision, Dossier, Finding, Ruling, Verdict
from proveout.gate.notes import notes_on
from proveout.gate.owners import owner
from proveout.gate.standards import SEALED
from proveout.gate.summary import summarise
from proveout.gate.weight import rank, share, shortfall, weights


def decide(
    loaded: LoadedCharter,
    stage: Stage,
    criteria: Iterable[Criterion],
    dossier: Dossier,
    now: datetime,
    *,
    notes: Sequence[str] = (),
    measured_by: Mapping[str, str] | None = None,
) -> Verdict:
    """Hold a pilot to the standard of one gate.

    `notes` are what the standard itself wants said; `measured_by` tells which installed check
    yields which metric, for the reason where one is missing. The gate is open (`go`) when every
    criterion is passed or waived in the open, and there is at least one; it is `stop` when a
    criterion marked as a limit is broken for sure, `hold` otherwise.

    Raises CharterError when a sealed charter was edited without an amendment.
    """
    refuse_unsealed_changes(loaded, dossier)
    bench = lay_out(
        dossier,
        now=now,
        charter_hash=loaded.content_hash,
        measured_hash=partial(measured_hash, loaded.charter),
        part_hash=partial(digest, charter=loaded.charter),
        measured_by=measured_by or {},
    )
    rulings = _weighed([_rule(criterion, bench, loaded.charter) for criterion in criteria])
    holding = [ruling for ruling in rulings if ruling.weight > 0]
    fix_first = tuple(sorted(holding, key=lambda ruling: -ruling.weight))
    decision = _decision(rulings)
    return Verdict(
        pilot=loaded.charter.pilot,
        stage=stage,
        decision=decision,
        summary=summarise(decision, stage, rulings, fix_first),
        decided_at=now,
        rulings=rulings,
        fix_first=fix_first,
        outcomes=dossier.outcomes,
        charter_hash=loaded.content_hash,
        sealed_at=dossier.sealed_at,
        sealed_by=dossier.sealed_by,
        loosenings=dossier.loosenings,
        notes=(*notes, *notes_on(bench, loaded, rulings)),
        counts=dict(Counter(ruling.state for ruling in rulings)),
    )


def refuse_unsealed_changes(loaded: LoadedCharter, dossier: Dossier) -> None:
    """Raise CharterError, with what differs, when the charter is not the one in force."""
    if dossier.sealed_hash in (None, loaded.content_hash):
        return
    changes = compare(dossier.sealed_content or {}, content(loaded.charter))
    raise CharterError(
        f"{loaded.path.name} is not the charter that was sealed, and no amendment says why:\n"
        f"{diff_text(changes)}",
        hint=f"Record the change in the open: proveout amend {loaded.path.name} "
        "--who NAME --why REASON. Or undo it.",
    )


def is_broken_limit(ruling: Ruling) -> bool:
    """Tell whether a ruling ends the pilot."""
    return (
        ruling.state != "waived"
        and ruling.criterion.is_limit
        and any(is_surely_broken(finding, ruling.criterion) for finding in ruling.findings)
    )


def _decision(rulings: Sequence[Ruling]) -> Decision:
    if any(is_broken_limit(ruling) for ruling in rulings):
        return "stop"
    is_open = bool(rulings) and all(ruling.state in ("passed", "waived") for ruling in rulings)
    return "go" if is_open else "hold"


def _rule(criterion: Criterion, bench: Bench, charter: Charter) -> Ruling:
    if criterion.metric == SEALED:
        findings = _on_the_seal(bench)
    else:
        findings = or_instead(criterion, answered(criterion, bench, charter), bench, charter)
    deciding = findings[0]
    waiver = None
    if deciding.state != "passed" and criterion.metric != SEALED:
        waiver = _waiver(criterion, bench)
    return Ruling(
        criterion=criterion,
        state=deciding.state if waiver is None else "waived",
        deciding=deciding,
        findings=findings,
        owner=owner(criterion.role, deciding.subject, charter),
        waiver=waiver,
    )


def _on_the_seal(bench: Bench) -> tuple[Finding, ...]:
    """Answer from the ledger itself; the seal is what waivers and thresholds stand on."""
    dossier = bench.dossier
    is_sealed = dossier.sealed_hash is not None
    reason = (
        f"sealed by {dossier.sealed_by} on {dossier.sealed_at:%Y-%m-%d}"
        if is_sealed
        else "nobody has sealed it, so nothing shows that the standard came before the results"
    )
    return (
        Finding(
            subject=WHOLE,
            state="passed" if is_sealed else "failed",
            evidence=None,
            bound=float(is_sealed),
            margin=float(is_sealed) - 1,
            reason=f"{reason}.",
        ),
    )


def _waiver(criterion: Criterion, bench: Bench) -> Waiver | None:
    """Return the waiver in force that was granted last."""
    in_force = [
        waiver
        for waiver in bench.dossier.waivers
        if waiver.criterion == criterion.id and waiver.granted_at <= bench.latest < waiver.until
    ]
    return max(in_force, key=lambda waiver: (waiver.granted_at, waiver.until), default=None)


def _weighed(rulings: Sequence[Ruling]) -> tuple[Ruling, ...]:
    judged = []
    for ruling in rulings:
        holds = ruling.state not in ("passed", "waived")
        broken = is_broken_limit(ruling)
        its_rank = rank(ruling.deciding, breaks_limit=broken) if holds else 0
        short = shortfall(ruling.criterion, ruling.deciding)
        judged.append((ruling.criterion, its_rank, share(ruling.criterion, short)))
    return tuple(
        replace(ruling, weight=weight)
        for ruling, weight in zip(rulings, weights(judged), strict=True)
    )
