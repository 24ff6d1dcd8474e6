"""Charts are well-formed, inside their track, and escaped."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from proveout.report.charts import Mark, Reference, Row, axis_svg, nice_scale, tornado, track_svg

finite = st.floats(-1e12, 1e12, allow_nan=False)


@given(st.lists(finite, max_size=8), st.booleans())
def test_a_scale_holds_all_values_with_few_round_ticks(
    values: list[float], from_zero: bool
) -> None:
    """Every value lies on the scale; there are at most eight ticks, in order."""
    scale = nice_scale(values, from_zero=from_zero)

    slack = 1e-6 * max(map(abs, values), default=0) + 1e-9
    assert all(scale.low - slack <= v <= scale.high + slack for v in values)
    assert 2 <= len(scale.ticks) <= 8
    assert list(scale.ticks) == sorted(set(scale.ticks))


def test_nothing_but_zeroes_is_drawn_from_zero() -> None:
    """A chart of shares that are all nought has no negative half."""
    assert nice_scale([0.0, 0.0], from_zero=True).low == 0.0


@given(st.lists(st.tuples(finite, finite, finite), min_size=1, max_size=4), st.booleans())
def test_any_finite_data_gives_a_well_formed_drawing_inside_its_track(
    values: list[tuple[float, float, float]], is_bar: bool
) -> None:
    """All x positions are between 0 and 100 per cent."""
    marks = tuple(Mark(value=sorted(v)[1], low=min(v), high=max(v), is_bar=is_bar) for v in values)
    scale = nice_scale([x for v in values for x in v], from_zero=is_bar)
    references = (Reference(value=values[0][0], label="limit"),)

    drawing = ET.fromstring(track_svg(Row(label="", marks=marks, figures=()), scale, references))

    positions = [
        float(found.removesuffix("%"))
        for element in drawing
        for name in ("x", "x1", "x2", "cx")
        if (found := element.get(name)) is not None
    ]
    assert positions
    assert all(0 <= position <= 100 for position in positions)


def test_an_axis_escapes_its_unit() -> None:
    """A unit from a plug-in cannot break out of the drawing."""
    drawing = ET.fromstring(axis_svg(nice_scale([0, 1]), "<script>&"))

    assert "<script>&" in (drawing[0].text or "")


def test_a_tornado_has_one_bar_an_input_from_its_low_end_to_its_high_one() -> None:
    """Widest first; what reaches from gain to loss is marked, and said in words."""
    drivers = [
        {"label": "how much waiting improves", "unit": "minutes", "low": 1.0, "high": 5.0,
         "npv_at_low": -20_000.0, "npv_at_high": 140_000.0, "share": 0.9},
        {"label": "share of cases that people look at", "unit": "fraction", "low": 0.01,
         "high": 0.06, "npv_at_low": 65_000.0, "npv_at_high": 55_000.0, "share": 0.004},
    ]  # fmt: skip

    chart = tornado({"currency": "EUR", "npv": {"value": 60_123.4}, "drivers": drivers})

    assert chart is not None
    waiting, looked_at = chart.rows
    assert waiting.figures == ("1 to 5 minutes", "-20,000 to 140,000 EUR", "90 %")
    assert looked_at.figures == ("1 to 6 %", "65,000 to 55,000 EUR", "under 1 %")
    assert (waiting.note, looked_at.note) == ("alone it can turn gain into loss", "")
    assert (chart.scale.low, chart.scale.high) == (-50_000, 150_000)
    bar = ET.fromstring(track_svg(looked_at, chart.scale, chart.references))[-1]
    assert (bar.get("x"), bar.get("width")) == ("52.500%", "5.000%")
    assert tornado({"currency": "EUR", "npv": {"value": 1.0}, "drivers": []}) is None
