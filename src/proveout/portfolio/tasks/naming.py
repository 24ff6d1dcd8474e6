"""Who holds which role by name, for tasks."""

from __future__ import annotations

from proveout.charter.schema import Charter


def holders(charter: Charter) -> dict[str, tuple[str, ...]]:
    """Return who signs, by the role that signs; nobody where the charter names nobody."""
    people = charter.people
    sources = {each.source: each.name for each in people.data_owners}
    for source in charter.data.production:
        if source.owner is not None:
            sources.setdefault(source.name or "", source.owner)
    legal = [each.asked_of for each in charter.legal if each.asked_of]
    one = {
        "production-owner": people.production_owner,
        "executive-sponsor": people.executive_sponsor,
        "reviewer": people.reviewer,
    }
    return {
        **{role: () if who is None else (who.name,) for role, who in one.items()},
        "data-owner": tuple(dict.fromkeys(sources.values())),
        "legal": tuple(dict.fromkeys(legal)),
    }
