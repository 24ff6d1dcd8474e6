"""A plain set of tests under one Bonferroni budget, as one would write it in an afternoon."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

ALPHA = 0.05


def named(reference: pd.DataFrame, window: pd.DataFrame) -> frozenset[str]:
    """Name the columns that changed: KS, chi-square, range, unseen values, missing, duplicates."""
    budget = ALPHA / (3 * len(reference.columns) + 1)
    found = {column for column in reference if _changed(reference[column], window[column], budget)}
    before, now = int(reference.duplicated().sum()), int(window.duplicated().sum())
    if (
        stats.binomtest(
            now, len(window), (before + 1) / len(reference), alternative="greater"
        ).pvalue
        < budget
    ):
        found.add("")
    return frozenset(found)


def _changed(before: pd.Series, now: pd.Series, budget: float) -> bool:
    missing = stats.fisher_exact(
        [[before.isna().sum(), before.notna().sum()], [now.isna().sum(), now.notna().sum()]]
    ).pvalue
    if missing < budget:
        return True
    before, now = before.dropna(), now.dropna()
    if pd.api.types.is_numeric_dtype(before):
        figures = pd.to_numeric(now, errors="coerce")
        if figures.isna().any() or not len(figures):
            return True
        outside = int(((figures < before.min()) | (figures > before.max())).sum())
        if stats.poisson.sf(outside - 1, len(figures) / len(before)) < budget:
            return True
        return bool(stats.ks_2samp(before, figures).pvalue < budget)
    unseen = int((~now.isin(set(before))).sum())
    if stats.poisson.sf(unseen - 1, len(now) / len(before)) < budget:
        return True
    counts = pd.concat([before.value_counts(), now.value_counts()], axis=1).fillna(0).to_numpy()
    kept = counts[counts.sum(axis=1) >= 10]
    return len(kept) > 1 and bool(
        stats.chi2_contingency(np.asarray(kept, dtype=float)).pvalue < budget
    )
