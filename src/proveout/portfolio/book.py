"""What is known of one pilot, but for its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from proveout.charter.loaded import LoadedCharter
from proveout.charter.schema import Charter, Stage
from proveout.charter.sealing import Standing
from proveout.evidence.alarm import Alarm
from proveout.evidence.ledger.port import Ledger
from proveout.evidence.waiver import Waiver
from proveout.portfolio.stage import Stands
from proveout.register import Register


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotBook:
    """A pilot as its ledger and its charter tell of it. Immutable; a later one replaces it."""

    pilot: str
    loaded: LoadedCharter
    """The charter in force: as it was sealed and amended; before the seal, the file."""
    file: LoadedCharter | None
    """The charter's file, where one was given; it may differ from what is in force."""
    ledger: Ledger
    sealing: Standing
    register: Register
    verdicts: Mapping[Stage, Mapping[str, Any]] = field(default_factory=dict)
    """By gate, the latest verdict as the ledger keeps it (see assess.verdict_entry)."""
    history: tuple[Mapping[str, Any], ...] = ()
    """All verdicts, the oldest first."""
    stands: Stands = field(default_factory=Stands)
    """Before which gate, in which phase, and since when."""
    waivers: tuple[Waiver, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    """Those that nobody has resolved."""
    since: datetime | None = None
    """When the ledger first told of it."""
    last_entry_at: datetime | None = None
    last_seq: int = 0
    """Position of its last entry."""
    last_act: int = 0
    """Position of its last act; 0 where nobody has done anything by name."""
    switches: tuple[Mapping[str, Any], ...] = ()
    """Who answers in production, as it was changed; the oldest first."""
    trouble: str | None = None
    """Why its ledger cannot be relied on now; then there is no verdict."""
    file_problem: str | None = None
    """Why the charter's file as it is now could not be read; then `file` is what it was before."""

    @property
    def charter(self) -> Charter:
        """The charter in force."""
        return self.loaded.charter

    @property
    def title(self) -> str:
        """Its name for people."""
        return self.charter.title or self.pilot

    @property
    def is_sealed(self) -> bool:
        """Whether the standard was fixed."""
        return self.sealing.seal is not None
