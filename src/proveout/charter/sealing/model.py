"""What the ledger keeps of a charter: the seal, and every change since (R104)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal, Self

Effect = Literal["looser", "tighter", "other"]
"""Whether a change makes the standard easier to meet, harder, or neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One value of the charter that differs between two versions."""

    path: str
    """Where: 'acceptance[0].threshold'."""
    before: Any
    """Plain JSON; None where it was not there."""
    after: Any
    """Plain JSON; None where it is gone."""
    effect: Effect
    concerns: tuple[str, ...] = ()
    """Metrics whose judgement depends on it."""
    results_known: bool = False
    """Evidence on one of these metrics was in the ledger when the change was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """The charter as agreed, fixed before the pilot began."""

    pilot: str
    who: str
    at: datetime
    content_hash: str
    content: Mapping[str, Any]
    """The charter in plain JSON, so that any later version can be compared with it."""

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form which is stored."""
        return {**asdict(self), "at": self.at.isoformat()}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Rebuild from the plain form."""
        return cls(**{**plain, "at": datetime.fromisoformat(plain["at"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A change of a sealed charter, made in the open."""

    pilot: str
    who: str
    why: str
    at: datetime
    content_hash: str
    """Hash in force from now on."""
    content: Mapping[str, Any]
    changes: tuple[Change, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form which is stored."""
        return {
            **asdict(self),
            "at": self.at.isoformat(),
            "changes": [{**asdict(c), "concerns": list(c.concerns)} for c in self.changes],
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Rebuild from the plain form."""
        return cls(
            **{
                **plain,
                "at": datetime.fromisoformat(plain["at"]),
                "changes": tuple(
                    Change(**{**change, "concerns": tuple(change["concerns"])})
                    for change in plain["changes"]
                ),
            }
        )
