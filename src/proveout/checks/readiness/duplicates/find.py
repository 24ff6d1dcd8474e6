"""Near duplicates, within and across sources, without being told anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from proveout.checks.readiness.duplicates.clusters import cluster
from proveout.checks.readiness.duplicates.comparing import comparison_of
from proveout.checks.readiness.duplicates.fields import Chosen, choose
from proveout.checks.readiness.duplicates.grouping import group_fields
from proveout.checks.readiness.duplicates.keys import ALL_PAIRS, choose_keys, write_keys
from proveout.checks.readiness.duplicates.members import with_members
from proveout.checks.readiness.duplicates.model import (
    NAMING,
    Duplicates,
    Field,
    Untold,
)
from proveout.checks.readiness.duplicates.scoring import THRESHOLD, require_splink, score
from proveout.checks.readiness.duplicates.stacking import Stacked, stacked
from proveout.checks.readiness.duplicates.telling_apart import untold
from proveout.intake.table import OpenTable


def find_duplicates(sources: Sequence[OpenTable], *, seed: int = 0) -> Duplicates:
    """Look for records that are probably about one thing, in all sources taken together.

    Raises MissingExtraError without the extra 'duplicates'.
    """
    require_splink()
    with stacked(sources) as stack:
        n_records = _per_source(stack, "SELECT source, count(*) FROM records GROUP BY 1")
        n_copies = _per_source(
            stack, "SELECT source, count(*) FROM records WHERE copy_of IS NOT NULL GROUP BY 1"
        )
        chosen = choose(stack)
        told = {name: untold(stack, name, chosen.fields) for name in stack.sources}
        found = {name: reason for name, reason in told.items() if reason is not None}
        for name in found:
            stack.engine.execute("DELETE FROM compared WHERE source = ?", [name])
        nothing = Duplicates(
            n_records=n_records,
            n_copies=n_copies,
            untold=found,
            skipped=chosen.skipped,
            fields=chosen.fields,
            naming=_naming(chosen.fields),
        )
        n = int(stack.row("SELECT count(*) FROM compared")[0])
        if n < 2:
            return nothing
        return _looked(stack, chosen, nothing, n, seed)


def _per_source(stack: Stacked, counted: str) -> Mapping[str, int]:
    return dict.fromkeys(stack.sources, 0) | dict(stack.rows(counted))


def _naming(fields: Sequence[Field]) -> tuple[str, ...]:
    naming = [field for field in fields if field.role in NAMING]
    return tuple(field.name for field in sorted(naming, key=lambda field: field.position))


def _looked(stack: Stacked, chosen: Chosen, so_far: Duplicates, n: int, seed: int) -> Duplicates:
    groups = group_fields(stack, chosen.fields, n)
    comparisons = [comparison_of(group) for group in groups]
    keys = [] if n * (n - 1) // 2 <= ALL_PAIRS else choose_keys(stack, chosen.fields, n)
    if not keys and n * (n - 1) // 2 > ALL_PAIRS:
        return replace(so_far, untold={**so_far.untold, **_too_much_alike(stack, so_far, n)})
    n_unreached = write_keys(stack, keys) if keys else 0
    scored = score(stack, comparisons, keys, n, seed=seed)
    return Duplicates(
        n_records=so_far.n_records,
        n_copies=so_far.n_copies,
        untold=so_far.untold,
        clusters=with_members(stack, cluster(scored.pairs), chosen.fields),
        threshold=THRESHOLD,
        fields=chosen.fields,
        skipped=chosen.skipped,
        keys=tuple(key.told for key in keys),
        n_pairs=scored.n_pairs,
        n_unreached=n_unreached,
        naming=so_far.naming,
        distinguishing=scored.distinguishing,
    )


def _too_much_alike(stack: Stacked, so_far: Duplicates, n: int) -> dict[str, Untold]:
    reason = (
        f"no value of theirs is rare enough to choose by which of {n:,} records to compare, and "
        "all of them with all others would be too many"
    )
    return {
        name: Untold(reason=f"{name}: {reason}", next_step="Bring a field that tells more.")
        for name in stack.sources
        if name not in so_far.untold
    }
