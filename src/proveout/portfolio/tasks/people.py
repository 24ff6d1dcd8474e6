"""What the change asks of people: speak, lead, practise, change rules, clear the way. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from proveout.charter.sealing.signing import folded
from proveout.portfolio.tasks.ground import Ground
from proveout.portfolio.tasks.making import short, task
from proveout.portfolio.tasks.task import Task
from proveout.register.incentives import INCENTIVES, rules
from proveout.register.leadership import LEADERSHIP
from proveout.register.managers import MANAGERS
from proveout.register.preparing import PREPARING, has_spoken
from proveout.register.trained import OfOne
from proveout.register.training import TRAINING, training_names


def representatives(ground: Ground) -> Iterator[Task]:
    """Yield who is to confirm having spoken for a role."""
    book = ground.book
    state = book.register.of(PREPARING)
    for role in book.charter.change.roles:
        if role.representative is None or has_spoken(state, role) is not None:
            continue
        yield task(
            book, "confirm", f"spoke/{short(role.role)}/{short(role.representative)}",
            who=role.representative, role="speaks for a role",
            what=f"Confirm that you spoke for: {role.role}",
            why="What is good enough is agreed with those who live with it.", page="/people",
        )  # fmt: skip


def managers(ground: Ground) -> Iterator[Task]:
    """Yield the managers who have not said that they can lead the change."""
    state = ground.book.register.of(MANAGERS)
    for manager in state.named.values():
        if state.word_of(manager.name) is not None:
            continue
        yield task(
            ground.book, "confirm", f"manager/{short(manager.name)}", who=manager.name,
            role="manager", what="Say whether you have what you need to lead the change",
            why="People follow their manager sooner than an announcement.", page="/people",
        )  # fmt: skip


def trainings(ground: Ground) -> Iterator[Task]:
    """Yield the trainings that somebody is invited to and has not completed."""
    book = ground.book
    state = book.register.of(TRAINING)
    for name, plan in training_names(book.charter).items():
        known = state.get(name, OfOne())
        finished = known.finished
        due = plan.by if known.due is None else known.due.by
        for invitation in known.named.values():
            if folded(invitation.name) in finished:
                continue
            yield task(
                book, "training", f"{short(name)}/{short(invitation.name)}",
                who=invitation.name, role="is trained", what=f"Practise on real cases: {name}",
                why="Who has seen it go wrong knows when not to follow it.",
                page="/training", since=invitation.at, due=due,
            )  # fmt: skip


def incentives(ground: Ground) -> Iterator[Task]:
    """Yield the rules that still reward the old way, for who changes them."""
    book = ground.book
    for rule in rules(book.register.of(INCENTIVES), book.charter):
        if rule.rewards != "old" or rule.is_done or rule.changed_by is None:
            continue
        yield task(
            book, "incentive", short(rule.rule), who=rule.changed_by, role="changes the rule",
            what=f"Change the rule: {rule.rule}",
            why="It rewards the old way, and people do what is rewarded.",
            page="/people", due=rule.by,
        )  # fmt: skip


def obstacles(ground: Ground) -> Iterator[Task]:
    """Yield what stands in the way, for who is to remove it."""
    book = ground.book
    for obstacle in book.register.of(LEADERSHIP).obstacles:
        if obstacle.removed is None:
            yield task(
                book, "obstacle", obstacle.id, who=obstacle.owner, role="removes the obstacle",
                what=f"Remove the obstacle: {obstacle.what}",
                why=f"{obstacle.raised_by} raised it.",
                page="/leadership", since=obstacle.at, due=obstacle.due,
            )  # fmt: skip
