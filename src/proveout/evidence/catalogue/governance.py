"""Metrics of the governance family."""

from __future__ import annotations

from proveout.evidence.catalogue.metric import Metric

METRICS: tuple[Metric, ...] = ()
