"""To whom it goes when somebody does not do it: reviewer → owner → sponsor. Pure."""

from __future__ import annotations

from proveout.charter.schema import Charter
from proveout.portfolio.tasks.task import same_person


def next_up(who: str, charter: Charter) -> str | None:
    """Return who is told next; None above the sponsor, and where nobody is named."""
    people = charter.people
    ladder = [people.reviewer, people.production_owner, people.executive_sponsor]
    names = [None if each is None else each.name for each in ladder]
    held = [place for place, name in enumerate(names) if same_person(name, who)]
    # Who is on no rung, an engineer or somebody of the legal department, is followed by the owner.
    start = max(held) + 1 if held else 1
    return next(
        (name for name in names[start:] if name is not None and not same_person(name, who)), None
    )
