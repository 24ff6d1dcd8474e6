"""The report as one self-contained HTML file: no network, no script, light, dark and print."""

from __future__ import annotations

import re
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from proveout.checks.readiness.remediation import remediation
from proveout.evidence.figures import day, evidence_figure, figure, minute, span
from proveout.report.breaks import what_breaks
from proveout.report.charts import axis_svg, track_svg
from proveout.report.glance import at_a_glance
from proveout.report.html.rooms import breaks_first, in_use, views
from proveout.report.html.sections import (
    gap,
    missing,
    organisation,
    quality,
    readiness,
    series,
    stress,
)
from proveout.report.html.sections.scorecard import scorecard
from proveout.report.model import Report
from proveout.report.words import DECISIONS, STATE_MEANINGS, STATE_SIGNS

_NUMBER_AND_UNIT = re.compile(r"(?<=\d) (?=%)|(?<=\bn) (?== \d)|(?<=\bn =) (?=\d)")
_NO_BREAK = "\N{NO-BREAK SPACE}"


def render_html(report: Report) -> str:
    """Return the page. All that comes from data is escaped."""
    verdict = report.verdict
    environment = _environment()
    template = environment.get_template("page.html.j2")
    breakdowns = [
        quality.breakdown_chart(report, "period", "By month, in order of time", "Month"),
        quality.breakdown_chart(report, "site", "By site, worst first", "Site"),
        quality.breakdown_chart(report, "slice", "By kind of record, worst first", "Slice"),
    ]
    silent = stress.silent_words(report.of("stress.silent_failure"))
    page = template.render(
        report=report,
        v=verdict,
        decision=DECISIONS[verdict.decision],
        title=report.loaded.charter.title or verdict.pilot,
        charter_path=report.loaded.path.name,
        style=_style(),
        glance=at_a_glance(report),
        scores=scorecard(report),
        waivers=[ruling for ruling in verdict.rulings if ruling.waiver is not None],
        drop=quality.drop_sentence(report),
        comparison=quality.comparison_chart(report),
        worst_slice=quality.worst_slice_sentence(report),
        breakdowns=[chart for chart in breakdowns if chart is not None],
        worst=stress.worst_three(report),
        smallest_damage=stress.smallest(report),
        grew_surer=stress.grew_surer(report),
        damage_curve=stress.curve_chart(report),
        damage_pairs=stress.pairs_chart(report),
        broken_files=stress.broken_files(report),
        late_labels=stress.late_labels(report),
        silent_words=silent,
        notes=report.other_notes,
        silent=stress.stress_chart(
            report,
            "stress.silent_failure",
            f"{silent.capitalize()} (silent failure)",
            "Silent failure",
        ),
        quality_drop=stress.stress_chart(
            report, "stress.quality_drop", "Loss of quality on the same records", "Drop"
        ),
        refusals=stress.stress_chart(
            report,
            "stress.refusal_rate",
            "Refused, failed or malformed answers",
            "No answer",
            only_harmful=True,
        ),
        overall_exceptions=readiness.overall_exceptions(report),
        completeness=readiness.completeness_chart(report),
        exceptions=readiness.exception_rows(report),
        remediation=remediation(report.evidence, report.loaded.charter),
        stories=series.stories(report),
        trend=series.trend_sentence(report),
        left=series.left(report),
        auc=gap.auc_sentence(report),
        uncovered=gap.uncovered(report),
        effect=gap.effect_sentence(report),
        together=gap.moved_together(report),
        gap=gap.gap_chart(report),
        declared=organisation.declarations(report),
        rooms=views(report),
        breaks_first=breaks_first.view(report),
        in_use=in_use.view(report),
        gaps=missing.not_measured(report),
        inputs=sorted({item for e in report.evidence for item in e.inputs.items()}),
    )
    return _NUMBER_AND_UNIT.sub(_NO_BREAK, page)


def render_breaks(report: Report) -> str:
    """Return the single page "What breaks first". All that comes from data is escaped."""
    page = (
        _environment()
        .get_template("breaks.html.j2")
        .render(
            view=what_breaks(report),
            title=report.loaded.charter.title or report.verdict.pilot,
            pilot=report.verdict.pilot,
            decision=DECISIONS[report.verdict.decision],
            decided_at=report.verdict.decided_at,
            verdict=report.verdict.decision,
            head=report.ledger_head,
            style=_style(),
        )
    )
    return _NUMBER_AND_UNIT.sub(_NO_BREAK, page)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("proveout.report", "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    environment.globals.update(
        write=figure, value=evidence_figure, span=span, day=day, minute=minute,
        track=lambda *given: Markup(track_svg(*given)),  # noqa: S704 - numbers only
        axis=lambda *given: Markup(axis_svg(*given)),  # noqa: S704 - escapes its labels
        signs=STATE_SIGNS, meanings=STATE_MEANINGS,
    )  # fmt: skip
    return environment


def _style() -> Markup:
    text = files("proveout.report.html").joinpath("static/report.css").read_text("utf-8")
    return Markup(text)  # noqa: S704 - our own file
