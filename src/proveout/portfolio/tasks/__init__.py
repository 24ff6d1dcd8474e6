"""What each person has to do now, over all pilots: told from books, without asking anything."""

from proveout.portfolio.tasks.gathering import KnownTasks, tasks_in, tasks_of
from proveout.portfolio.tasks.going_up import next_up
from proveout.portfolio.tasks.ground import Counted, Waiting
from proveout.portfolio.tasks.task import Task, TaskKind, in_order, of_person

__all__ = [
    "Counted", "KnownTasks", "Task", "TaskKind", "Waiting", "in_order",
    "next_up", "of_person", "tasks_in", "tasks_of",
]  # fmt: skip
