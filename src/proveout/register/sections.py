"""The sections that there are; each has a module of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proveout.register.act import Section
from proveout.register.fixes import FIXES
from proveout.register.handoff import HANDOFF
from proveout.register.signoffs import SIGNOFFS

_ALL: tuple[Section[Any], ...] = (
    SIGNOFFS,
    HANDOFF,
    FIXES,
)

SECTIONS: Mapping[str, Section[Any]] = {each.name: each for each in _ALL}
"""By name, in the order in which they are told."""
