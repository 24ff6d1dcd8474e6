"""What is known of each case from before the rollout, and foretells it (CUPED).

Source: Deng, Xu, Kohavi and Walker (2013), "Improving the sensitivity of online controlled
experiments by utilizing pre-experiment data", WSDM.
"""

from __future__ import annotations

import numpy as np

from proveout.statistics.effects.cases import Cases, Floats

SHRINK = 5.0
"""So many cases of the team stand beside those of a person, where what they did before the rollout
is taken to foretell what they do after it."""


def known_before(cases: Cases, early: Cases) -> Floats | None:
    """Return what each case's person or team did on average before the rollout (CUPED).

    A person of few cases is taken to be like the team. None where nothing is known.
    """
    if early.is_open is not None:
        early = early.where(~early.is_open)
    if not len(early):
        return None
    whole = _mean(early)
    found = np.full(len(cases), whole)
    known = np.zeros(len(cases), dtype=bool)
    for codes, codes_early in ((cases.team, early.team), (cases.person, early.person)):
        if codes is None or codes_early is None:
            continue
        n_codes = int(max(codes.max(initial=-1), codes_early.max(initial=-1))) + 2
        there = codes_early >= 0
        weights = early.value[there]
        per = np.ones(len(weights)) if early.exposure is None else early.exposure[there]
        total = np.bincount(codes_early[there], weights=weights, minlength=n_codes)
        counted = np.bincount(codes_early[there], weights=per, minlength=n_codes)
        typical = float(per.mean()) if len(per) else 1.0
        n, shrink = counted[codes], SHRINK * typical
        mean = (total[codes] + shrink * found) / (n + shrink)
        found = np.where(codes >= 0, mean, found)
        known |= (codes >= 0) & (n > 0)
    return found if known.any() else None


def _mean(cases: Cases) -> float:
    if cases.exposure is None:
        return float(cases.value.mean())
    return float(cases.value.sum() / cases.exposure.sum())
