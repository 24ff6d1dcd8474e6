"""The two acts: to seal a charter, and to amend a sealed one in the open (R104)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from proveout.charter.loaded import LoadedCharter
from proveout.charter.loading import content
from proveout.charter.sealing.diff import diff_text
from proveout.charter.sealing.effects import Defaults
from proveout.charter.sealing.model import Amendment, Change, Seal
from proveout.charter.sealing.standing import Standing, standing, unsealed_changes
from proveout.errors import CharterError, InputError, LedgerMovedError
from proveout.evidence.catalogue import Catalogue
from proveout.evidence.ledger.port import Expected, Ledger, NewEntry


def seal(
    loaded: LoadedCharter,
    ledger: Ledger,
    *,
    who: str,
    now: datetime,
    catalogue: Catalogue | None = None,
) -> Seal:
    """Fix a charter in the ledger and return its seal.

    A charter that is sealed already, with this content, keeps the seal that it has: that one is
    returned, and its `at` tells. Raises CharterError when it is sealed with other content, and
    InputError when nobody is named.
    """
    name = _named(who)
    present = standing_in(ledger, loaded.charter.pilot)
    if present.seal is None:
        mine = Seal(
            pilot=loaded.charter.pilot,
            who=name,
            at=now,
            content_hash=loaded.content_hash,
            content=content(loaded.charter),
        )
        entry = NewEntry(pilot=mine.pilot, kind="seal", body=mine.as_dict())
        # Somebody else may have sealed between our look and our append: the first seal counts.
        with suppress(LedgerMovedError):
            ledger.append([entry], expected=Expected(pilot=mine.pilot, kind="seal", last_seq=0))
        present = standing_in(ledger, loaded.charter.pilot)
    if present.seal is None or present.content_hash_in_force != loaded.content_hash:
        raise _sealed_otherwise(loaded, present, catalogue)
    return present.seal


def amend(
    loaded: LoadedCharter,
    ledger: Ledger,
    *,
    who: str,
    why: str,
    now: datetime,
    catalogue: Catalogue | None = None,
    defaults: Defaults | None = None,
    follows: Sequence[NewEntry] = (),
    read: Sequence[Expected] = (),
) -> Amendment:
    """Record what the file says otherwise than the charter in force, by whom and why.

    What `follows` from it is appended with it, or nothing is; `read` says what that rests on.

    Raises CharterError when the charter is not sealed or nothing has changed, InputError when who
    or why is empty, and LedgerMovedError when somebody else has just amended it.
    """
    name, reason = _named(who), why.strip()
    if not reason:
        raise InputError(
            "An amendment needs a reason.", hint="Say why: --why 'the old threshold was a typo'"
        )
    before = [each.seq for each in ledger.entries(pilot=loaded.charter.pilot, kinds=("amendment",))]
    changes = pending(loaded, ledger, catalogue=catalogue, defaults=defaults)
    amendment = Amendment(
        pilot=loaded.charter.pilot,
        who=name,
        why=reason,
        at=now,
        content_hash=loaded.content_hash,
        content=content(loaded.charter),
        changes=changes,
    )
    entry = NewEntry(pilot=amendment.pilot, kind="amendment", body=amendment.as_dict())
    mine = Expected(pilot=amendment.pilot, kind="amendment", last_seq=before[-1] if before else 0)
    ledger.append([entry, *follows], expected=(mine, *read))
    return amendment


def pending(
    loaded: LoadedCharter,
    ledger: Ledger,
    *,
    catalogue: Catalogue | None = None,
    defaults: Defaults | None = None,
) -> tuple[Change, ...]:
    """Return what an amendment would record now, with whether results are known.

    Raises CharterError when the charter is not sealed or nothing has changed.
    """
    pilot = loaded.charter.pilot
    present = standing_in(ledger, pilot)
    if present.seal is None:
        raise CharterError(
            f"The charter of pilot '{pilot}' is not sealed, so there is nothing to amend.",
            hint=f"Seal it first: proveout seal {loaded.path} --who 'Your Name'",
        )
    if present.content_hash_in_force == loaded.content_hash:
        raise CharterError(
            f"{loaded.path} says what is in force already: nothing to amend.",
            hint="Edit the charter first, then amend it.",
        )
    known = _metrics_with_results(ledger, pilot)
    changes = unsealed_changes(loaded, present, catalogue, defaults=defaults)
    return tuple(
        replace(change, results_known=not known.isdisjoint(change.concerns)) for change in changes
    )


def standing_in(ledger: Ledger, pilot: str) -> Standing:
    """Return what the ledger holds about the charter of a pilot."""
    return standing(ledger.entries(pilot=pilot, kinds=("seal", "amendment")))


def _metrics_with_results(ledger: Ledger, pilot: str) -> set[str]:
    return {str(entry.body["metric"]) for entry in ledger.entries(pilot=pilot, kinds=("evidence",))}


def _sealed_otherwise(
    loaded: LoadedCharter, present: Standing, catalogue: Catalogue | None
) -> CharterError:
    seal = present.seal
    by = "" if seal is None else f" by {seal.who} on {seal.at:%Y-%m-%d}"
    changes = unsealed_changes(loaded, present, catalogue)
    return CharterError(
        f"The charter of pilot '{loaded.charter.pilot}' was sealed{by}, and {loaded.path} says "
        f"something else:\n{diff_text(changes)}",
        hint=f"Change a sealed charter in the open: proveout amend {loaded.path} "
        "--who 'Your Name' --why 'the reason'",
    )


def _named(who: str) -> str:
    name = who.strip()
    if not name:
        raise InputError("Nobody is named.", hint="Name a person: --who 'Ada Byron'")
    return name
