"""The main job: run checks as a stream of events, record what they find, decide."""

from proveout.assess.assess import Assessment, assess, exit_code, judge
from proveout.assess.record import record
from proveout.assess.registry import Registry, installed
from proveout.assess.run import RunPlan, run_checks
from proveout.assess.shortfalls import shortfalls
from proveout.assess.workspace import Workspace, open_workspace

__all__ = [
    "Assessment",
    "Registry",
    "RunPlan",
    "Workspace",
    "assess",
    "exit_code",
    "installed",
    "judge",
    "open_workspace",
    "record",
    "run_checks",
    "shortfalls",
]
