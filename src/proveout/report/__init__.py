"""Verdict and evidence as terminal text, HTML, JSON and JUnit."""

from proveout.report.document import render_json, report_schema
from proveout.report.html import render_breaks, render_html
from proveout.report.junit import render_junit
from proveout.report.model import Report
from proveout.report.terminal import render_terminal

__all__ = [
    "Report",
    "render_breaks",
    "render_html",
    "render_json",
    "render_junit",
    "render_terminal",
    "report_schema",
]
