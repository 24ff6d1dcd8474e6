"""Who walked along the chain of the ledger, when, and up to where it was whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from proveout.charter.schema import Charter
from proveout.register.act import Act, Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The latest walk."""

    who: str
    at: datetime
    n_entries: int
    head: str
    """Hash of the last entry: kept elsewhere, it later proves that nothing before was changed."""


@dataclass(frozen=True, slots=True)
class Auditing:
    """The section. Act: 'audit.verified' {n_entries, head}. A broken chain takes no act."""

    name: str = "audit"

    def empty(self) -> Verified | None:
        """Nobody has verified it."""
        return None

    def taken(self, state: Verified | None, act: Act) -> Verified | None:
        """Keep the latest."""
        return Verified(
            who=act.who, at=act.at, n_entries=act.says["n_entries"], head=act.says["head"]
        )

    def refuse(self, state: Verified | None, act: Act, charter: Charter) -> None:
        """Refuse nothing: whoever may look may verify."""

    def facts(self, state: Verified | None, charter: Charter, now: datetime) -> Iterator[Fact]:
        """Yield nothing: the gate verifies the chain itself."""
        yield from ()


AUDITING = Auditing()
