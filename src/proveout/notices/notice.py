"""What people are called for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["note", "warning", "alarm"]
"""To be known; to be looked at soon; to be acted on now."""

_SAID: dict[Severity, str] = {"note": "Note", "warning": "Warning", "alarm": "Alarm"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message to people. Free of secrets, and of what requests and answers hold."""

    pilot: str
    what: str
    """One sentence: what has happened, with its figures."""
    severity: Severity = "warning"
    acts: str | None = None
    """Who acts on it; None where nobody is named, which is said."""
    next_step: str | None = None
    """What to do: a command, or a step of the protocol."""
    link: str | None = None
    """Where to see more."""
    about: str | None = None
    """Notices about the same thing are told once in a while: 'budget:team:claims'. What it says
    when unset."""

    @property
    def key(self) -> tuple[str, str]:
        """What it is about, for telling it once."""
        return self.pilot, self.what if self.about is None else self.about

    @property
    def title(self) -> str:
        """The line that a telephone shows."""
        return f"{_SAID[self.severity]}: {self.pilot}"

    def text(self, *, repeated: int = 0) -> str:
        """Write the message; `repeated` of its kind were not told since the last one."""
        lines = [self.what, f"Who acts: {self.acts or 'nobody is named for it'}"]
        if self.next_step is not None:
            lines.append(f"What to do: {self.next_step}")
        if self.link is not None:
            lines.append(f"More: {self.link}")
        if repeated:
            lines.append(f"{repeated:,} more of this kind since the last message were held back.")
        return "\n".join(lines)
