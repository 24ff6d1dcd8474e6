"""What goes on beside the pages: messages, digests, feedback recorded, monitors, escalations.

`proveout serve` runs it in a thread of its first process. Of several processes and hosts over one
database, one is the keeper at a time, by a lease; another takes over when it ends.
"""

from __future__ import annotations

from proveout.web.asked import Parts
from proveout.web.keeping.composing import Composing
from proveout.web.keeping.escalating import EscalatingExceptions
from proveout.web.keeping.hearing import Hearing
from proveout.web.keeping.keeper import Job, Keeper, Turn
from proveout.web.keeping.monitoring import Monitors
from proveout.web.keeping.refreshing import Refreshing
from proveout.web.keeping.sending import Sending
from proveout.web.keeping.verifying import Verifying

__all__ = ["Job", "Keeper", "Turn", "background"]


def background(parts: Parts) -> tuple[Keeper, ...]:
    """Return what works in the background until it is told to end."""
    jobs: dict[str, Job] = {
        "tell": Composing(parts),
        "send": Sending(parts),
        "exceptions": EscalatingExceptions(parts),
        "feedback": Hearing(parts),
        "register": Refreshing(parts),
        "monitors": Monitors(parts),
        "ledgers": Verifying(parts),
    }
    return (Keeper(parts.desk, jobs, clock=parts.clock),)
