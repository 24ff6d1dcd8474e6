"""Metrics of the readiness family."""

from __future__ import annotations

from proveout.evidence.catalogue.metric import Metric

METRICS: tuple[Metric, ...] = ()
