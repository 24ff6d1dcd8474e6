"""What a reader of a verdict must know besides the criteria and how the checks ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from proveout.charter.loaded import LoadedCharter
from proveout.charter.loading import content
from proveout.charter.schema.system import KINDS
from proveout.evidence.figures import minute
from proveout.evidence.model import CHARTER_INPUT, DATA_INPUT, WINDOW_INPUT, Evidence
from proveout.gate.bench import Bench
from proveout.gate.hands import notes_on_hands
from proveout.gate.judge import CLOCKS_APART, is_surely_broken
from proveout.gate.model import Ruling
from proveout.gate.standards import SEALED

PREDICTED = ("load.predicted_", "load.needed_", "drift.estimated_")
"""So begin the metrics that are models of what was measured, whatever they were measured on."""


def notes_on(bench: Bench, loaded: LoadedCharter, rulings: Sequence[Ruling]) -> list[str]:
    """Return the notes, the gravest kind first."""
    return [
        *_broken_limits_waived(rulings),
        *_on_simulations(bench),
        *_on_the_seal(bench),
        *notes_on_hands(bench),
        *_on_relatives(bench, loaded),
        *_loosened_by_the_charter(rulings),
        *_on_waivers(bench, rulings),
        *_on_the_charter_then(bench, loaded),
        *_on_the_data(bench),
        *_on_the_clock(bench),
    ]


def _broken_limits_waived(rulings: Sequence[Ruling]) -> Iterator[str]:
    for ruling in rulings:
        waiver = ruling.waiver
        if waiver is None or not ruling.criterion.is_limit:
            continue
        if any(is_surely_broken(finding, ruling.criterion) for finding in ruling.findings):
            yield (
                f"A broken limit is waived: {ruling.criterion.id}, by {waiver.who} until "
                f"{waiver.until:%Y-%m-%d}. {waiver.why}"
            )


def is_rehearsed(found: Evidence) -> bool:
    """Tell whether a simulated system gave it; a prediction from a real one is no rehearsal."""
    return found.basis == "simulated" and not found.metric.startswith(PREDICTED)


def _on_simulations(bench: Bench) -> Iterator[str]:
    """Name checks that met a simulated system; what is predicted from a real one is no such."""
    simulated = {found.check.name for found in bench.dossier.evidence if is_rehearsed(found)}
    if simulated:
        yield (
            f"Found through a simulated system, which is a rehearsal and never a pass: "
            f"{', '.join(sorted(simulated))}."
        )


def _on_the_seal(bench: Bench) -> Iterator[str]:
    dossier = bench.dossier
    if dossier.sealed_hash is None:
        yield "The charter is not sealed: its thresholds can still be bent to the results."
        return
    if dossier.has_results_before_seal:
        yield "The charter was sealed after the first results were in the ledger."
    for loosening in dossier.loosenings:
        known = "after results were known" if loosening.results_known else "before any result"
        yield (
            f"Loosened since the seal, {known}: {loosening.what} from {loosening.before} to "
            f"{loosening.after}, by {loosening.who} on {loosening.at:%Y-%m-%d}. {loosening.why}"
        )
    for late in dossier.late_changes:
        yield (
            f"Changed since the seal, after results were known: {', '.join(late.what)}, by "
            f"{late.who} on {late.at:%Y-%m-%d}. {late.why}"
        )


def _on_relatives(bench: Bench, loaded: LoadedCharter) -> Iterator[str]:
    """Name pilots that this one may be under another name: a seal does not follow a renaming."""
    mine = _stands_on(content(loaded.charter))
    for other in bench.dossier.sealed_elsewhere:
        theirs = _stands_on(other.content)
        shared = [part for part in mine if mine[part] and mine[part] == theirs[part]]
        if shared:
            yield (
                f"The same {' and '.join(shared)} stood in a charter before: pilot "
                f"'{other.pilot}', sealed by {other.sealed_by} on {other.sealed_at:%Y-%m-%d}. "
                "What was found, amended or waived there does not count here."
            )


def _stands_on(charter: Mapping[str, Any]) -> dict[str, Any]:
    """Return what names the system and the data of production, which a renaming leaves alone."""
    system = charter.get("system") or {}
    return {
        "system": next((system[kind] for kind in KINDS if system.get(kind)), None),
        "data": (charter.get("data") or {}).get("production"),
    }


def _loosened_by_the_charter(rulings: Sequence[Ruling]) -> Iterator[str]:
    """Name what other parts of the charter loosened; adjustments bring their own note."""
    for ruling in rulings:
        criterion = ruling.criterion
        if criterion.origin == "loosened" and criterion.note.startswith("The charter's "):
            yield (
                f"Looser than the default standard: {criterion.id} ({criterion.title}). "
                f"{criterion.note}"
            )


def _on_waivers(bench: Bench, rulings: Sequence[Ruling]) -> Iterator[str]:
    ids = {ruling.criterion.id for ruling in rulings}
    used = {ruling.waiver for ruling in rulings}
    for waiver in bench.dossier.waivers:
        if waiver in used or waiver.criterion not in ids:
            continue
        if waiver.until <= bench.latest:
            yield (
                f"A waiver has expired: {waiver.criterion}, by {waiver.who} until "
                f"{waiver.until:%Y-%m-%d}. {waiver.why}"
            )
    yield from (
        f"The seal cannot be waived: {waiver.criterion}, by {waiver.who}."
        for waiver in bench.dossier.waivers
        for ruling in rulings
        if ruling.criterion.metric == SEALED and ruling.criterion.id == waiver.criterion
    )


def _on_the_charter_then(bench: Bench, loaded: LoadedCharter) -> Iterator[str]:
    """Name checks whose measurements were made under another version of the charter."""
    earlier = {
        found.check.name
        for found in bench.dossier.evidence
        if found.basis == "measured"
        and found.inputs.get(CHARTER_INPUT, loaded.content_hash) != loaded.content_hash
    }
    if earlier:
        yield (
            f"Measured under an earlier version of the charter: {', '.join(sorted(earlier))}. "
            "What was measured with other data, another system or other stress does not pass."
        )


def _on_the_data(bench: Bench) -> Iterator[str]:
    """Name sources that were not the same for all checks: live data move on, files are changed."""
    states: dict[str, dict[str, set[str]]] = {}
    for found in bench.dossier.evidence:
        if WINDOW_INPUT in found.inputs:  # traffic is another one in every window
            continue
        for name, fingerprint in found.inputs.items():
            if name.startswith(DATA_INPUT):
                checks = states.setdefault(name, {}).setdefault(fingerprint, set())
                checks.add(found.check.name)
    for name, seen in sorted(states.items()):
        if len(seen) > 1:
            groups = sorted(", ".join(sorted(checks)) for checks in seen.values())
            yield (
                f"Checks saw '{name.removeprefix(DATA_INPUT)}' in different states: "
                f"{' | '.join(groups)}."
            )


def _on_the_clock(bench: Bench) -> Iterator[str]:
    last = bench.dossier.last_recorded_at
    if last is not None and last - bench.now > CLOCKS_APART:
        yield (
            f"The clock says {minute(bench.now)}, and the ledger was written to at {minute(last)}: "
            "one of the two was wrong. Waivers are judged by the later."
        )
