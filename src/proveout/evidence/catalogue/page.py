"""The reference page of the metric catalogue, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from proveout.evidence.catalogue.metric import Catalogue, Direction, Metric

_BETTER: dict[Direction, str] = {
    "higher": "higher is better",
    "lower": "lower is better",
    "neither": "neither way is better",
}
_INTRODUCTION = """\
# Metrics

Every figure that Proveout measures or lets a person attest, declared once.
A criterion in a charter names a metric by its name here, and may narrow it to a subject \
(one source, column, site, slice …).
A fraction lies between 0 and 1; a flag is 1 (yes) or 0 (no).

This page is generated from the catalogue: `proveout metrics --markdown > docs/metrics.md`
"""


def reference_page(metrics: Iterable[Metric]) -> str:
    """Return the page: a table of contents, then each metric under its check."""
    ordered = list(Catalogue(metrics))
    sections = [
        (check, list(group))
        for check, group in groupby(ordered, key=lambda metric: metric.name.partition(".")[0])
    ]
    contents = [f"- [{check}](#{check}): {len(group)}" for check, group in sections]
    parts = [_INTRODUCTION, "\n".join(contents) + "\n"]
    for check, group in sections:
        parts.append(f"## {check}\n")
        parts.extend(_entry(metric) for metric in group)
    return "\n".join(parts)


def _entry(metric: Metric) -> str:
    unit = "unit given by the subject" if metric.unit == "*" else f"unit `{metric.unit}`"
    per = f"per {', '.join(metric.dimensions)}" if metric.dimensions else "for the pilot as a whole"
    return (
        f"### `{metric.name}`\n\n"
        f"{metric.meaning}\n\n"
        f"- {unit}; {_BETTER[metric.direction]}; {per}; {metric.family}\n"
        f"- Computed: {metric.computed}\n"
        f"- Source: {metric.source}\n"
    )
