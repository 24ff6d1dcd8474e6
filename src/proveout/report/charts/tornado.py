"""What a net present value hangs on: one bar an input, the widest first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proveout.evidence.figures import figure, span
from proveout.evidence.model import Interval
from proveout.report.charts.chart import Chart, Mark, Reference, Row

MOST_BARS = 10
"""Below the tenth a bar is a hair."""


def tornado(details: Mapping[str, Any]) -> Chart | None:
    """Draw the drivers that stand in the details of `value.npv`; None where nothing is unsure.

    A bar reaches from the net present value with the input at its low end (one in twenty below) to
    that with it at its high end, the others at their middle. One that reaches from gain to loss is
    marked.
    """
    drivers = details.get("drivers") or []
    if not drivers:
        return None
    currency = str(details["currency"])
    return Chart(
        title="What the net present value depends on, the input that moves it most first",
        rows=tuple(_row(each, currency) for each in drivers[:MOST_BARS]),
        label_heading="Input",
        figure_headings=("From … to", "Worth today, from … to", "Share of the spread"),
        unit=currency,
        references=(
            Reference(value=_short(details["npv"]["value"]), label="all at their middle",
                      kind="overall"),
            Reference(value=0.0, label="neither gain nor loss"),
        ),
        note=_note(len(drivers)),
    )  # fmt: skip


def _row(driver: Mapping[str, Any], currency: str) -> Row:
    at_low, at_high = float(driver["npv_at_low"]), float(driver["npv_at_high"])
    unit = str(driver["unit"])
    turns = min(at_low, at_high) < 0 < max(at_low, at_high)
    return Row(
        label=str(driver["label"]),
        marks=(
            Mark(value=at_high, start=at_low, is_bar=True, tone="bad" if turns else "plain"),
        ),
        figures=(
            _range(driver, unit),
            f"{figure(_short(at_low), '')} to {figure(_short(at_high), currency)}",
            _share(float(driver["share"])),
        ),
        tone="bad" if turns else "plain",
        note="alone it can turn gain into loss" if turns else "",
    )  # fmt: skip


def _note(n_drivers: int) -> str:
    said = (
        "Each bar shows what it is worth with this one input at its low and at its high end, "
        "between which it lies nine times in ten, and all others at their middle. The dashed line "
        "is neither gain nor loss: a bar that crosses it is red."
    )
    hidden = n_drivers - MOST_BARS
    return said if hidden <= 0 else f"{said} {hidden} more move it less."


def _range(driver: Mapping[str, Any], unit: str) -> str:
    """A change of a share is told in points."""
    if unit == "fraction" and str(driver.get("name")).startswith("effect:"):
        return span(_between(100 * driver["low"], 100 * driver["high"]), "points")
    return span(_between(driver["low"], driver["high"]), unit)


def _between(low: float, high: float) -> Interval:
    return Interval(low=_short(low), high=_short(high), level=0.9, method="")


def _share(share: float) -> str:
    return "under 1 %" if share < 0.01 else figure(round(share, 2), "fraction")


def _short(value: float) -> float:
    """Round to three digits: the ends of a range are no more exact than that."""
    return float(f"{float(value):.3g}")
