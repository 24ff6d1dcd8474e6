"""Which charter is in force, by what the ledger holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from proveout.charter.loaded import LoadedCharter
from proveout.charter.loading import content
from proveout.charter.sealing.comparing import compare
from proveout.charter.sealing.effects import Defaults
from proveout.charter.sealing.model import Amendment, Change, Seal
from proveout.evidence.catalogue import Catalogue
from proveout.evidence.ledger.port import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The seal of a pilot and every change since."""

    seal: Seal | None = None
    amendments: tuple[Amendment, ...] = ()

    @property
    def content_hash_in_force(self) -> str | None:
        """Return the hash of the seal or of the last amendment; None before the seal."""
        in_force = self._in_force
        return None if in_force is None else in_force.content_hash

    @property
    def content_in_force(self) -> Mapping[str, Any] | None:
        """Return the charter in force as plain JSON; None before the seal."""
        in_force = self._in_force
        return None if in_force is None else in_force.content

    @property
    def loosened(self) -> tuple[tuple[Amendment, Change], ...]:
        """Return every change that made the standard easier, with the amendment that made it."""
        return tuple(
            (amendment, change)
            for amendment in self.amendments
            for change in amendment.changes
            if change.effect == "looser"
        )

    @property
    def _in_force(self) -> Seal | Amendment | None:
        return self.amendments[-1] if self.amendments else self.seal


def standing(entries: Iterable[Entry]) -> Standing:
    """Gather seal and amendments from the entries of one pilot. The first seal is the seal."""
    seal: Seal | None = None
    amendments: list[Amendment] = []
    for entry in entries:
        if entry.kind == "seal" and seal is None:
            seal = Seal.from_dict(entry.body)
        elif entry.kind == "amendment" and seal is not None:
            amendments.append(Amendment.from_dict(entry.body))
    return Standing(seal=seal, amendments=tuple(amendments))


def unsealed_changes(
    loaded: LoadedCharter,
    standing: Standing,
    catalogue: Catalogue | None = None,
    *,
    defaults: Defaults | None = None,
) -> tuple[Change, ...]:
    """Return what the file says otherwise than the charter in force; nothing before the seal."""
    in_force = standing.content_in_force
    if in_force is None or standing.content_hash_in_force == loaded.content_hash:
        return ()
    return compare(in_force, content(loaded.charter), catalogue, defaults=defaults)
