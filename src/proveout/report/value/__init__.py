"""What the business has of it, as sentences: the same in dashboard, report and terminal."""

from proveout.report.value.beside import Beside, Cell, beside
from proveout.report.value.kpis import KpiStory, Statement, kpi_stories
from proveout.report.value.returns import ReturnStory, Scenario, return_story
from proveout.report.value.told import Told

__all__ = [
    "Beside", "Cell", "KpiStory", "ReturnStory", "Scenario", "Statement", "Told", "beside",
    "kpi_stories", "return_story",
]  # fmt: skip
