"""The verdict as JUnit XML, for CI: one test case per criterion."""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree as ET

from proveout.gate.model import Ruling, State
from proveout.report.model import Report

_FAILURES: Final[frozenset[State]] = frozenset({"failed", "missing", "stale", "inconclusive"})


def render_junit(report: Report) -> str:
    """Return the XML. A check that could not run is an error, a waived criterion is skipped."""
    verdict = report.verdict
    broken = [outcome for outcome in verdict.outcomes if outcome.status != "done"]
    held = [ruling for ruling in verdict.rulings if ruling.state in _FAILURES]
    waived = [ruling for ruling in verdict.rulings if ruling.state == "waived"]
    suite = ET.Element(
        "testsuite",
        name=f"proveout {verdict.stage} gate of {_printable(verdict.pilot)}",
        tests=str(len(verdict.rulings) + len(broken)),
        failures=str(len(held)),
        errors=str(len(broken)),
        skipped=str(len(waived)),
        timestamp=verdict.decided_at.isoformat(),
    )
    for ruling in verdict.rulings:
        _add_case(suite, ruling)
    for outcome in broken:
        case = ET.SubElement(suite, "testcase", classname="proveout.checks", name=outcome.check)
        text = _printable(f"{outcome.status}: {outcome.reason}")
        ET.SubElement(case, "error", message=text, type=outcome.status).text = _printable(
            outcome.next_step
        )
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _add_case(suite: ET.Element, ruling: Ruling) -> None:
    criterion = ruling.criterion
    case = ET.SubElement(
        suite,
        "testcase",
        classname=f"proveout.{criterion.stage}.{criterion.family}",
        name=_printable(f"{criterion.id}: {criterion.title}"),
    )
    reason = _printable(ruling.deciding.reason)
    if ruling.state in _FAILURES:
        failure = ET.SubElement(case, "failure", message=reason, type=ruling.state)
        failure.text = _printable(f"{reason}\nTo do: {criterion.fix}\nOwner: {ruling.owner}")
    elif ruling.state == "waived" and ruling.waiver is not None:
        waiver = ruling.waiver
        message = f"waived by {waiver.who} until {waiver.until.date()}: {waiver.why}"
        ET.SubElement(case, "skipped", message=_printable(message))


def _printable(text: str) -> str:
    """Replace what XML 1.0 cannot hold."""
    return "".join(c if c in "\t\n\r" or (c >= " " and _is_xml(c)) else "�" for c in text)


def _is_xml(character: str) -> bool:
    code = ord(character)
    return not (0xD800 <= code <= 0xDFFF or code in (0xFFFE, 0xFFFF))
