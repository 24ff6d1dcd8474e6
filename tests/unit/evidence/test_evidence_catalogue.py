"""The metric catalogue and its reference page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proveout.evidence.catalogue import SHIPPED, Catalogue, Metric
from proveout.evidence.catalogue.page import reference_page

COMPLETENESS = Metric(
    name="readiness.completeness",
    unit="fraction",
    direction="higher",
    family="technical",
    meaning="The share of records in which a field is filled.",
    computed="Filled cells over rows.",
    source="R202",
    dimensions=("source", "column"),
)
VALUE = Metric(
    name="value.kpi",
    unit="*",
    direction="neither",
    family="business",
    meaning="What the outcome came to.",
    computed="As the charter says.",
    source="R701",
)


def test_a_metric_is_declared_once() -> None:
    """Saying the same twice does no harm; saying two things under one name does."""
    assert len(Catalogue([COMPLETENESS, COMPLETENESS])) == 1

    with pytest.raises(
        ValueError, match=r"^metric 'readiness.completeness' is declared twice, differently$"
    ):
        Catalogue([COMPLETENESS, replace(COMPLETENESS, unit="rows")])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("readiness.completness", "readiness.completeness"), ("nothing alike", None)],
)
def test_the_nearest_name_is_offered(typed: str, meant: str | None) -> None:
    """For 'did you mean'; nothing is offered where nothing is near."""
    assert Catalogue([COMPLETENESS, VALUE]).nearest(typed) == meant


def test_the_shipped_metrics_are_one_catalogue() -> None:
    """Each declared once, with the name of its check in front and all its fields filled."""
    for metric in Catalogue(SHIPPED):
        assert metric.name.partition(".")[2]
        assert all((metric.unit, metric.meaning, metric.computed, metric.source)), metric.name


def test_the_reference_page_shows_every_metric_under_its_check() -> None:
    """Whole, so that a change of wording is seen."""
    assert reference_page([VALUE, COMPLETENESS]) == (
        """\
# Metrics

Every figure that Proveout measures or lets a person attest, declared once.
A criterion in a charter names a metric by its name here, and may narrow it to a subject (one \
source, column, site, slice …).
A fraction lies between 0 and 1; a flag is 1 (yes) or 0 (no).

This page is generated from the catalogue: `proveout metrics --markdown > docs/metrics.md`

- [readiness](#readiness): 1
- [value](#value): 1

## readiness

### `readiness.completeness`

The share of records in which a field is filled.

- unit `fraction`; higher is better; per source, column; technical
- Computed: Filled cells over rows.
- Source: R202

## value

### `value.kpi`

What the outcome came to.

- unit given by the subject; neither way is better; for the pilot as a whole; business
- Computed: As the charter says.
- Source: R701
"""
    )
