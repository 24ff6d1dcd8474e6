"""Assessments as processes of their own, one at a time for each pilot."""

from proveout.web.jobs.job import Job, State
from proveout.web.jobs.progress import CheckLine, Progress, followed
from proveout.web.jobs.running import start, stop_all
from proveout.web.jobs.store import LOST_AFTER_S, ask_to_stop, give_up_lost, job, jobs_of

__all__ = [
    "LOST_AFTER_S",
    "CheckLine",
    "Job",
    "Progress",
    "State",
    "ask_to_stop",
    "followed",
    "give_up_lost",
    "job",
    "jobs_of",
    "start",
    "stop_all",
]
