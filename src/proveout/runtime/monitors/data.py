"""What a check may open, when it looks at a window of traffic."""

from __future__ import annotations

from dataclasses import dataclass

from proveout.charter.schema import Source
from proveout.checks import DataAccess, Served
from proveout.intake.table import OpenTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The pilot's data as they were, with the window beside them: for what compares the two."""

    agreed: DataAccess
    window: Served

    def pilot(self) -> OpenTable | None:
        """Open the curated sample."""
        return self.agreed.pilot()

    def production(self) -> list[OpenTable]:
        """Open production as it was before the launch."""
        return self.agreed.production()

    def references(self) -> list[OpenTable]:
        """Open the lists that records refer to."""
        return self.agreed.references()

    def labels(self) -> OpenTable | None:
        """Open the file of true answers."""
        return self.agreed.labels()

    def served(self) -> Served:
        """Return the window."""
        return self.window

    def open(self, source: Source) -> OpenTable:
        """Open a file."""
        return self.agreed.open(source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instead(Beside):
    """The window in the place of production: for checks that know nothing of a launch."""

    def pilot(self) -> None:
        """Return nothing: the curated sample was answered before the launch."""

    def production(self) -> list[OpenTable]:
        """Return the rows of the window."""
        return [self.window.rows]
