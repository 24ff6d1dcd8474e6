"""Which part of the charter a person signs, or vouches for, and its fingerprint. Pure.

Whoever signs answers for what is his: a lawyer's signature outlives a change of the budget, and
none of the data.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from typing import Any

from proveout.charter.loading import content
from proveout.charter.schema import Charter
from proveout.evidence.canonical import canonical_json

Place = tuple[str, ...]

WHOLE_CHARTER: tuple[Place, ...] = ((),)

PARTS: Mapping[str, tuple[Place, ...]] = {
    "production-owner": WHOLE_CHARTER,
    "executive-sponsor": WHOLE_CHARTER,
    "reviewer": (
        ("people", "reviewer"),
        ("governance", "exceptions"),
        ("governance", "output_audit"),
        ("monitoring",),
    ),
    "data-owner": (("people", "data_owners"), ("data",)),
    "legal": (
        ("outcome",),
        ("process",),
        ("data",),
        ("legal",),
        ("change", "will_do"),
        ("change", "will_not_do"),
    ),
    "legal-questions": (("legal",),),
    "handoff": (("governance", "handoff", "to"),),
    "reviews": (
        ("governance", "reviews"),
        ("milestones",),
        ("people", "production_owner"),
    ),
    "refresh": (
        ("governance", "refresh", "every_days"),
        ("governance", "refresh", "done_by"),
        ("governance", "refresh", "how"),
    ),
    "inventory": (("governance", "inventory"),),
    "roles": (("change", "roles"),),
    "training": (("change", "training"),),
    "incentives": (("change", "incentives"),),
}
"""By name: the paths of the charter that belong to it. The first five are signed by their role."""

_DONE: Mapping[str, str] = {
    "legal": "signed",
    "change.training": "completed",
    "change.incentives": "done",
}
"""Keys of items that say what was done by now, not what was agreed: to note it changes nothing."""


def part_of(name: str, charter: Charter) -> dict[str, Any]:
    """Return a part of the charter in plain JSON, by path: {'governance.exceptions': …}.

    What the charter does not say is not there. Raises KeyError for a part that there is not.
    """
    said = content(charter)
    found = {".".join(path): _at(said, path) for path in PARTS[name]}
    return {path: value for path, value in found.items() if value is not None}


def digest(name: str, charter: Charter) -> str:
    """Return 'sha256:…' over a part of the charter; '' for one that there is not.

    The whole is taken as it is sealed; of a part, what it says was done by now does not count.
    """
    if name not in PARTS:
        return ""
    known = _DIGESTS.get((name, id(charter)))
    if known is not None and known[0] is charter:
        return known[1]
    if len(_DIGESTS) >= _MOST_DIGESTS:
        _DIGESTS.clear()
    found = _digest(name, charter)
    _DIGESTS[name, id(charter)] = charter, found
    return found


_DIGESTS: dict[tuple[str, int], tuple[Charter, str]] = {}
"""Of charters that were asked for; each is kept with its own, so that no other takes its place."""
_MOST_DIGESTS = 4_096


def _digest(name: str, charter: Charter) -> str:
    is_whole = PARTS[name] == WHOLE_CHARTER
    said = content(charter)
    if not is_whole:
        said = {path: _agreed(path, value) for path, value in part_of(name, charter).items()}
    return f"sha256:{hashlib.sha256(canonical_json(said).encode()).hexdigest()}"


def holders(role: str, charter: Charter) -> tuple[str, ...]:
    """Return whom the charter names for a role that signs, each once."""
    people = charter.people
    single = {
        "production-owner": people.production_owner,
        "executive-sponsor": people.executive_sponsor,
        "reviewer": people.reviewer,
    }
    if role in single:
        person = single[role]
        return () if person is None else (person.name,)
    if role == "data-owner":
        named = [owner.name for owner in people.data_owners]
        named += [source.owner for source in charter.data.production if source.owner]
    elif role == "legal":
        named = [each.asked_of for each in charter.legal if each.asked_of]
        named += [each.signed.who for each in charter.legal if each.signed is not None]
    else:
        named = []
    return tuple({folded(name): name for name in reversed(named)}.values())[::-1]


def folded(name: str) -> str:
    """Return a name as it is compared: case, spaces, and how accents are written, are all one."""
    return unicodedata.normalize("NFC", " ".join(name.casefold().split()))


def _at(said: Any, path: Place) -> Any:
    for key in path:
        said = said.get(key) if isinstance(said, Mapping) else None
    return said


def _agreed(path: str, value: Any) -> Any:
    if path not in _DONE:
        return value
    return [{key: said for key, said in item.items() if key != _DONE[path]} for item in value]
