"""What to fix so that a source can be read as it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from proveout.checks.readiness.remediation.instructions import Instruction
from proveout.evidence.model import Evidence

if TYPE_CHECKING:
    from proveout.checks.readiness.remediation.items import RemediationItem
    from proveout.checks.readiness.remediation.series_items import MakeItem

_FAULTY, _REPAIRS, _UNREAD, _PAGES = (
    f"readiness.{what}" for what in ("faulty_cells", "repairs", "unread_tables", "unread_pages")
)
_NEXT = "The next audit shows "
_INSTRUCTIONS = {
    (each.metric, each.kind): each
    for each in (
        Instruction(
            kind="error-value",
            metric=_FAULTY,
            severity="blocks",
            sentence="{cells} of {source} {hold} an error, such as #N/A, instead of a value",
            instruction="Correct the formulas, or what they refer to, where {source} is made; "
            "leave a cell empty where nothing is known.",
            verification=_NEXT + "no cell of {source} with an error.",
        ),
        Instruction(
            kind="formula-not-computed",
            metric=_FAULTY,
            severity="blocks",
            sentence="{cells} of {source} {hold} a formula whose value was never worked out",
            instruction="Open {source} in a spreadsheet program and save it, or have the program "
            "that exports it write values.",
            verification=_NEXT + "a value in these cells of {source}.",
        ),
        Instruction(
            kind="scanned-page",
            metric=_PAGES,
            severity="misleads",
            sentence="{pages} of {source} {are} a scan, and what stands there {was} not read",
            instruction="Fetch these data from the system that printed {source}, or run text "
            "recognition over it (ocrmypdf IN.pdf OUT.pdf) and have its result checked.",
            verification=_NEXT + "no scanned page in {source}.",
        ),
        Instruction(
            kind="unreadable-page",
            metric=_PAGES,
            severity="misleads",
            sentence="{pages} of {source} could not be read, and what stands there is in no figure",
            instruction="Export {source} again, or open it in a viewer and save a copy.",
            verification=_NEXT + "every page of {source} read.",
        ),
        Instruction(
            kind="unreadable-text",
            metric=_PAGES,
            severity="misleads",
            sentence="{pages} of {source} {are} written in a font that does not say which letters "
            "it shows, and {was} not read",
            instruction="Export {source} again with its fonts embedded, or fetch the data from the "
            "system that printed it.",
            verification=_NEXT + "every page of {source} read.",
        ),
        Instruction(
            kind="attachment",
            metric=_PAGES,
            severity="misleads",
            sentence="{attachments} of mails of {source} could not be read, and {are} missing from "
            "their text",
            instruction="Say who looks at what is attached, or have it sent in a form that holds "
            "text: PDF that is no scan, .docx, web page or plain text, without a password.",
            verification=_NEXT + "every attachment of {source} read.",
        ),
        Instruction(
            kind="document-cut",
            metric=_PAGES,
            severity="misleads",
            sentence="{documents} of {source} {are} too long, and {was} cut",
            instruction="Divide them, or say that what comes after the first million characters "
            "does not matter.",
            verification=_NEXT + "no document of {source} that was cut.",
        ),
        Instruction(
            kind="number-as-text",
            metric=_REPAIRS,
            severity="look",
            sentence="{cells} of {source} {hold} a number as text, and {was} read as one",
            instruction="Turn them into numbers where {source} is kept, and let these columns take "
            "numbers only.",
            verification=_NEXT + "no numbers as text in {source}.",
        ),
        Instruction(
            kind="merged-cells",
            metric=_REPAIRS,
            severity="look",
            sentence="{cells} of {source} {have} no value of {its} own but {are} merged with the "
            "one above, whose value was taken",
            instruction="Write the value into every row of {source}, and merge no cells in tables.",
            verification=_NEXT + "no merged cells among the records of {source}.",
        ),
    )
}
_OTHER_REPAIR = Instruction(
    kind="put-right",
    metric=_REPAIRS,
    severity="look",
    sentence="{rows} of {source} had to be put right to be read: {what}",
    instruction="Correct how {source} is written where it is exported. Each repair is kept with "
    "the row as it stood: proveout read lists them all with --rejects.",
    verification=_NEXT + "no such repairs for {source}.",
)
_SAID = {
    "stray-quote": "a quotation mark in them opens or closes nothing",
    "unescaped-quote": "quotation marks within a quoted field are not doubled",
    "missing-delimiter": "a delimiter is missing",
    "extra-delimiter": "there is a delimiter too many",
    "unquoted-delimiter": "a delimiter stands within a field that is not quoted",
    "other-delimiter": "another delimiter is used than in the rest of the file",
}
_UNREAD_TABLES = Instruction(
    kind="unread-table",
    metric=_UNREAD,
    severity="misleads",
    sentence="{tables} of {source} {was} not read",
    instruction="{steps}",
    verification=_NEXT + "every table of {source} read, or named as none of its business.",
)


def reading_items(found: Sequence[Evidence], make: MakeItem) -> Iterator[RemediationItem]:
    """List what to fix of how sources are written, among the evidence."""
    for each in found:
        kind, n = each.subject.get("kind"), int(each.value)
        if each.metric == _UNREAD and n:
            steps = str(each.details.get("next_step", ""))
            tables, was = ("1 table", "was") if n == 1 else (f"{n:,} tables", "were")
            yield make(_UNREAD_TABLES, each, n, tables=tables, was=was, steps=steps,
                       examples=_listed(each))  # fmt: skip
        elif each.metric in (_FAULTY, _REPAIRS, _PAGES) and kind is not None and n:
            yield _of_cells(each, kind, n, make)


def _of_cells(each: Evidence, kind: str, n: int, make: MakeItem) -> RemediationItem:
    own = _INSTRUCTIONS.get((each.metric, kind))
    one = n == 1
    words = {
        "cells": "1 cell" if one else f"{n:,} cells",
        "attachments": "1 attachment" if one else f"{n:,} attachments",
        "documents": "1 document" if one else f"{n:,} documents",
        "pages": "1 page" if one else f"{n:,} pages",
        "hold": "holds" if one else "hold",
        "have": "has" if one else "have",
        "its": "its" if one else "their",
        "are": "is" if one else "are",
        "was": "was" if one else "were",
    }
    if own is not None:
        return make(own, each, n, examples=_listed(each), **words)
    rows = "1 row" if one else f"{n:,} rows"
    what = _SAID.get(kind, kind.replace("-", " "))
    return make(_OTHER_REPAIR, each, n, mark=kind, examples=_listed(each), rows=rows, what=what)


def _listed(each: Evidence) -> list[str]:
    return [str(example) for example in each.details.get("examples") or ()]
