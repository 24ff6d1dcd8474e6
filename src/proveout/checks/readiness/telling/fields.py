"""The findings about single fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from proveout.checks.contract import Finding
from proveout.checks.readiness.audit import SourceAudit
from proveout.checks.readiness.patterns import Patterns
from proveout.checks.readiness.tally import ColumnTally, Misfits
from proveout.checks.readiness.telling.writer import SHOWN, Writer, plain
from proveout.evidence.model import Subject


def column(write: Writer, tally: ColumnTally) -> Iterator[Finding]:
    column, audit = tally.column, write.audit
    subject = write.subject(column=column.name)
    report = audit.variants.get(column.name)
    # Texts of few values are counted for their spellings, also where these are not compared.
    counted = None if report is None else report.n_distinct
    yield write.share(
        "completeness", tally.n_present, tally.n_rows, subject=subject,
        missing=tally.n_missing,
        stored=column.stored,
        distinct_about=counted if tally.n_distinct is None else tally.n_distinct,
        low=plain(tally.low),
        high=plain(tally.high),
        mean=plain(tally.mean),
        stand_ins=dict(audit.stand_ins.get(column.name, {})),
        examples=audit.empties.get(column.name),
    )  # fmt: skip
    yield write.share(
        "type_conformance", tally.n_present - tally.wrong_type.n, tally.n_present, subject=subject,
        **_misfits(tally.wrong_type),
        **_written(write, tally),
        stored=column.stored,
        declared=column.declared.type,
        found=tally.wanted or column.kind,
    )  # fmt: skip
    if tally.out_of_range is not None:
        yield write.share(
            "out_of_range", tally.out_of_range.n, tally.n_present, subject=subject,
            **_misfits(tally.out_of_range),
            low=plain(tally.low),
            high=plain(tally.high),
            declared=column.declared.model_dump(
                mode="json", include={"min", "max", "values", "pattern"}, exclude_defaults=True
            ),
        )  # fmt: skip
    yield from _outliers(write, tally, subject)
    yield from _format(write, tally, subject)
    if report is not None and report.applicable:
        yield write.share(
            "category_variants", report.n_variants, report.n_values, subject=subject,
            distinct=report.n_distinct,
            variants=[
                {"text": v.text, "n": v.n, "of": v.of, "n_of": v.n_of, "why": v.why}
                for v in report.variants[:SHOWN]
            ],
        )  # fmt: skip


def _written(write: Writer, tally: ColumnTally) -> dict[str, Any]:
    """Say how figures and dates of a text column are written, where not all the same."""
    look = write.audit.rules.looks[tally.column.name]
    found: dict[str, Any] = {}
    if tally.other_form is not None and tally.other_form.n and look.writing is not None:
        found["figures"] = {
            "usual": look.writing.shown,
            "otherwise": tally.other_form.n,
            "examples": list(tally.other_form.examples),
        }
    if look.two_ways is not None:
        found["two_ways"] = {
            "texts": list(look.two_ways.texts),
            "readings": list(look.two_ways.readings),
        }
    return found


def _misfits(misfits: Misfits) -> dict[str, Any]:
    return {"misfits": misfits.n, "examples": list(misfits.examples)}


def _outliers(write: Writer, tally: ColumnTally, subject: Subject) -> Iterator[Finding]:
    look = write.audit.rules.looks[tally.column.name]
    if tally.outliers is None:
        if look.n_figures:
            yield write.missed(
                "outliers", "most figures of the field are equal: no spread to judge by",
                subject=subject,
            )  # fmt: skip
        return
    fences = look.fences
    yield write.share(
        "outliers", tally.outliers.n, tally.n_present - tally.wrong_type.n, subject=subject,
        examples=list(tally.outliers.examples),
        fences=None if fences is None else [plain(fences.low), plain(fences.high)],
        quartiles=None if look.quartiles is None else [plain(q) for q in look.quartiles],
        quartiles_from=look.n_figures,
    )  # fmt: skip


def _format(write: Writer, tally: ColumnTally, subject: Subject) -> Iterator[Finding]:
    found = write.audit.patterns.get(tally.column.name)
    dominant = None if found is None else found.dominant
    if found is None or dominant is None:
        return
    yield write.share(
        "format_consistency", dominant[1], found.n, subject=subject,
        dominant=dominant[0],
        patterns=_patterns(found),
        counted_on="all values" if found.exact else "a sample of the values",
    )  # fmt: skip


def _patterns(found: Patterns) -> list[dict[str, Any]]:
    masks = found.masks()
    return [
        {"pattern": mask, "n": n, "share": n / found.n, "example": masks.examples[mask][:200]}
        for mask, n in masks.counts.most_common(SHOWN)
    ]


def required(write: Writer) -> Iterator[Finding]:
    audit = write.audit
    if not audit.rules.data.required_columns:
        yield write.missed(
            "required_completeness",
            "no field is declared as required",
            "Name under data.required what the system needs in every record.",
        )
    for problem in audit.problems:
        if problem.kind != "missing-required":
            continue
        name = problem.columns[0]
        absent = name in audit.rules.absent
        yield write.share(
            "required_completeness", audit.n_rows - problem.n, audit.n_rows,
            subject=write.subject(column=name),
            missing=problem.n,
            why="the source has no column of this name" if absent else None,
            examples=audit.empties.get(name),
        )  # fmt: skip
        for site, n in _sites(audit).items():
            n_missing = problem.by_site.get(site, problem.n)
            yield write.share(
                "required_completeness", n - n_missing, n,
                subject=write.subject(column=name, site=site),
                missing=n_missing,
            )  # fmt: skip


def _sites(audit: SourceAudit) -> Mapping[str, int]:
    """Return the records of each site, from the column of sites or the source as a whole."""
    if audit.exceptions is not None and audit.exceptions.rows_by_site:
        return audit.exceptions.rows_by_site
    site = audit.opened.source.site
    return {} if site is None else {site: audit.n_rows}
