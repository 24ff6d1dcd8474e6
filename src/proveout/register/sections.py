"""The sections that there are; each has a module of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proveout.register.act import Section
from proveout.register.auditing import AUDITING
from proveout.register.diagnosing import DIAGNOSING
from proveout.register.fixes import FIXES
from proveout.register.handoff import HANDOFF
from proveout.register.incentives import INCENTIVES
from proveout.register.inventory import INVENTORY
from proveout.register.leadership import LEADERSHIP
from proveout.register.legal import LEGAL
from proveout.register.managers import MANAGERS
from proveout.register.preparing import PREPARING
from proveout.register.refresh import REFRESHES
from proveout.register.reviews import REVIEWS
from proveout.register.signoffs import SIGNOFFS
from proveout.register.spending import SPENDING
from proveout.register.training import TRAINING

_ALL: tuple[Section[Any], ...] = (
    SIGNOFFS,
    LEGAL,
    HANDOFF,
    REVIEWS,
    REFRESHES,
    INVENTORY,
    AUDITING,
    FIXES,
    PREPARING,
    TRAINING,
    MANAGERS,
    INCENTIVES,
    LEADERSHIP,
    SPENDING,
    DIAGNOSING,
)

SECTIONS: Mapping[str, Section[Any]] = {each.name: each for each in _ALL}
"""By name, in the order in which they are told."""

HEARS: Mapping[str, tuple[str, ...]] = {LEADERSHIP.name: (MANAGERS.name, "review")}
"""Sections that read acts of others beside their own."""


def readers_of(kind: str) -> list[Section[Any]]:
    """Return the sections that read acts of a kind: its own first; none of a newer Proveout's."""
    word = kind.partition(".")[0]
    own = [SECTIONS[word]] if word in SECTIONS else []
    return own + [SECTIONS[name] for name, heard in HEARS.items() if word in heard]
