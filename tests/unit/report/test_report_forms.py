"""The same report as terminal text, page, JSON and JUnit."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from sample_report import ruling, sample_report
from syrupy.assertion import SnapshotAssertion

from proveout.report import (
    Report,
    render_html,
    render_json,
    render_junit,
    render_terminal,
    report_schema,
)


class Page(HTMLParser):
    """Collects what a test asks about: tags, headings, links to elsewhere."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.headings: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "br", "link", "img"):
            self.open.append(tag)
        if tag in ("h1", "h2", "h3"):
            self.headings.append(tag)
        self.loaded += [v for k, v in attrs if k in ("src", "href") and v and not v.startswith("#")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def report() -> Report:
    return sample_report()


def text_of(report: Report, width: int) -> str:
    console = Console(width=width, file=io.StringIO(), force_terminal=False)
    console.print(render_terminal(report))
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", [80, 120])
def test_the_terminal_shows_verdict_reasons_and_who_acts(
    report: Report, width: int, snapshot: SnapshotAssertion
) -> None:
    """The terminal text as a whole, without colour."""
    assert text_of(report, width) == snapshot


def test_a_gate_that_lets_pass_shows_no_fix_list(report: Report) -> None:
    """Where nothing holds the gate, there is nothing to fix first."""
    passed = replace(report, verdict=replace(report.verdict, decision="go", fix_first=()))

    assert "Fix first" not in text_of(passed, 80)


def test_the_page_loads_nothing_from_elsewhere_and_runs_no_script(report: Report) -> None:
    """One file, no network, no script."""
    page = Page(render_html(report))

    assert page.loaded == []
    assert "script" not in page.tags


def test_the_page_is_well_formed_with_headings_in_order(report: Report) -> None:
    """Every tag is closed where it belongs, and no heading level is skipped."""
    page = Page(render_html(report))

    assert page.open == []
    assert page.headings[0] == "h1"
    assert page.headings[1] == "h2"
    assert page.headings.count("h1") == 1


def test_the_verdict_and_what_decides_come_before_everything_else(report: Report) -> None:
    """The first screen holds the decision, three reasons and their owners."""
    html = render_html(report)

    # A number and its unit are kept on one line.
    first = html[: html.index("One scorecard")].replace("\N{NO-BREAK SPACE}", " ")
    assert "HOLD" in first
    for ruled in report.verdict.fix_first[:3]:
        assert ruled.criterion.title in first
        assert ruled.deciding.reason in first
        assert ruled.owner in first


def test_what_comes_from_data_is_escaped(report: Report) -> None:
    """A value that looks like a tag is shown, not obeyed."""
    html = render_html(report)

    assert "<b>9E</b>" not in html
    assert "&lt;b&gt;9E&lt;/b&gt;" in html
    assert "Re-plan &lt;crews&gt; &amp; gates" in html


def test_a_section_without_evidence_says_so(report: Report) -> None:
    """Nothing vanishes for want of evidence."""
    html = render_html(replace(report, evidence=()))

    assert "No quality was measured" in html
    assert "The system was not tried on corrupted data" in html
    assert "The data was not audited" in html
    assert "The pilot's sample was not compared with production" in html or (
        "The pilot&#39;s sample was not compared with production" in html
    )
    assert "Nothing has been declared." in html


def test_evidence_of_a_plug_in_is_in_the_provenance(report: Report) -> None:
    """Every piece of evidence is in the page, whoever found it."""
    html = render_html(report)

    assert all(found.id in html for found in report.evidence)
    assert "forms.legible" in html


def test_attested_is_never_shown_as_measured(report: Report) -> None:
    """What people state stands under its own words."""
    html = render_html(report)

    section = html[html.index('id="h-org"') :]
    assert "Stated by people, not measured." in section
    assert "attested: Maria Alvarez" in section


def test_json_follows_the_published_schema(report: Report) -> None:
    """The document validates, and survives a round trip through text."""
    document = json.loads(json.dumps(render_json(report), allow_nan=False))

    jsonschema.Draft202012Validator(report_schema()).validate(document)
    assert document["verdict"]["decision"] == "hold"
    assert document["verdict"]["fix_first"] == [r.criterion.id for r in report.verdict.fix_first]
    assert {e["id"] for e in document["evidence"]} == {e.id for e in report.evidence}


def test_the_published_schema_is_current() -> None:
    """The file in the package is what the code writes."""
    published = files("proveout.report").joinpath("report.schema.json").read_text("utf-8")

    assert json.loads(published) == report_schema()


def test_junit_has_a_case_per_criterion_and_an_error_per_broken_check(report: Report) -> None:
    """Missing and inconclusive are failures; waived is skipped with its reason."""
    suite = ET.fromstring(render_junit(report))

    assert suite.attrib | {"timestamp": ""} == {
        "name": "proveout production gate of flights-replan",
        "tests": "6", "failures": "3", "errors": "1", "skipped": "1", "timestamp": "",
    }  # fmt: skip
    assert [
        case.find("failure").get("type") for case in suite if case.find("failure") is not None
    ] == [  # type: ignore[union-attr]
        "failed",
        "missing",
        "inconclusive",
    ]
    skipped = suite.find(".//skipped")
    assert skipped is not None
    assert skipped.get("message") == (
        "waived by David Chen until 2026-04-30: The next course is in April"
    )


@settings(max_examples=60)
@given(st.text())
def test_junit_is_well_formed_whatever_the_texts_hold(text: str) -> None:
    """Control characters and lone surrogates in data do not break the file."""
    report = sample_report()
    rulings = (ruling("failed", text or "x", reason=text),)

    ET.fromstring(render_junit(replace(report, verdict=replace(report.verdict, rulings=rulings))))
