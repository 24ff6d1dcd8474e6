"""Which pilot follows which, and what was done about the failure before it (R1002). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pydantic import BaseModel

from proveout.charter.schema import Charter

FAILURES: Mapping[str, str] = {
    "experiment-framing": "it was framed as an experiment",
    "data-gap": "its data were not those of production",
    "no-governance-bridge": "nothing led from the pilot to production",
    "no-change-management": "nobody was prepared for the change",
    "wrong-metrics": "the wrong things were measured",
}


class Relation(BaseModel):
    """A pilot before or after another one."""

    name: str
    """As the charter calls it, or its title where it is known."""
    pilot: str | None
    """Its id, where it is one of those that are shown."""
    result: str
    """How the earlier of the two ended: failed, stalled, succeeded."""
    failures: list[str]
    """Why, in words."""
    addressed: str | None
    """What the later of the two does about it; None where its charter does not say."""


class Lineage(BaseModel):
    """What came before a pilot, and what after it."""

    before: list[Relation]
    after: list[Relation]


def lineages(pilots: Sequence[tuple[str, str, Charter]]) -> dict[str, Lineage]:
    """Return, by pilot, what came before and after it; given id, title and charter of all."""
    by_name: dict[str, tuple[str, str]] = {}
    for pilot, title, _ in pilots:
        by_name.setdefault(_key(title), (pilot, title))
    for pilot, title, _ in pilots:
        by_name[_key(pilot)] = pilot, title
    found = {pilot: Lineage(before=[], after=[]) for pilot, _, _ in pilots}
    for pilot, title, charter in pilots:
        for each in charter.predecessors or ():
            known = by_name.get(_key(each.pilot))
            known = None if known is None or known[0] == pilot else known
            told = _words(each.failures)
            found[pilot].before.append(
                Relation(
                    name=each.pilot if known is None else known[1],
                    pilot=None if known is None else known[0],
                    result=each.result,
                    failures=told,
                    addressed=each.addressed,
                )
            )
            if known is not None:
                found[known[0]].after.append(
                    Relation(
                        name=title,
                        pilot=pilot,
                        result=each.result,
                        failures=told,
                        addressed=each.addressed,
                    )
                )
    return found


def _words(failures: Iterable[str]) -> list[str]:
    return [FAILURES[each] for each in failures]


def _key(name: str) -> str:
    return " ".join(name.casefold().split())
