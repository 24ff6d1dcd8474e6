"""How probably two records are one: a Fellegi-Sunter model, trained and applied by Splink.

How often records agree by chance is counted on pairs drawn at random, how often records of one
thing agree is learned by expectation-maximisation, held near what is usual; how many records are
of one thing follows from the scores themselves. Sources: Fellegi and Sunter (1969), JASA 64,
1183-1210; Winkler (1988), Proc. ASA Survey Research Methods, 667-671; Splink 5.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from proveout.checks.readiness.duplicates.comparing import (
    Comparison,
    columns_of,
    prior_of,
    settings_of,
)
from proveout.checks.readiness.duplicates.keys import Key
from proveout.checks.readiness.duplicates.model import Pair
from proveout.checks.readiness.duplicates.stacking import Stacked
from proveout.errors import MissingExtraError

if TYPE_CHECKING:
    from numpy.typing import NDArray

THRESHOLD = 0.9
"""Probability from which two records are taken for one."""
_RANDOM_PAIRS = 200_000
_TRAINING_PAIRS = 500_000
_TRAININGS = 3
_LEARNED = 0.7
"""How far what was learned counts, beside what is usual."""
_ITERATIONS = 50
_WORTH_KEEPING = -10.0
"""Match weight below which a pair will not come up to the threshold, whatever the prior."""
_FIRST_GUESS = 0.1
"""Pairs of one thing, per record, to begin with."""
_FEWEST_TO_JUDGE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """The pairs taken for one, and what came of the model."""

    pairs: tuple[Pair, ...]
    n_pairs: int
    """Pairs compared."""
    distinguishing: tuple[str, ...]
    """Names in which records that agree in all else mostly differ; they must at least be alike."""


def require_splink() -> None:
    """Raise MissingExtraError where Splink is not installed."""
    try:
        import splink  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(
            extra="duplicates", wanted_for="Looking for near duplicates"
        ) from error


def score(
    stack: Stacked, comparisons: Sequence[Comparison], keys: Sequence[Key], n: int, *, seed: int
) -> Scored:
    """Score the pairs that the keys give, or all where there are none."""
    from splink import DuckDBAPI, Linker

    with _quiet():
        by_chance = [_by_chance(stack, each, n, seed) for each in comparisons]
        api = DuckDBAPI(stack.engine)
        records = api.register("compared", table_name="records_compared")
        usual = [prior_of(each) for each in comparisons]
        settings = _settings(comparisons, usual, by_chance, keys, n)
        learned = _learned(lambda: Linker(records, settings, log_level=None), comparisons, keys)
        settings = _settings(comparisons, learned, by_chance, keys, n)
        linker = Linker(records, settings, log_level=None)
        found = linker.inference.predict(
            threshold_match_weight=_WORTH_KEEPING, warning_mode="never"
        )
        gammas = ", ".join(f"gamma_{each.name}" for each in comparisons)
        scored = stack.engine.execute(
            f"SELECT unique_id_l, unique_id_r, match_weight, {gammas} "  # noqa: S608
            f"FROM {found.physical_name} ORDER BY 1, 2"
        ).fetchnumpy()
    n_pairs = n * (n - 1) // 2 if not keys else sum(key.told.n_pairs for key in keys)
    return _judged(scored, comparisons, n, n_pairs)


def _judged(
    scored: dict[str, Any], comparisons: Sequence[Comparison], n: int, n_pairs: int
) -> Scored:
    """Set the prior right, see which names tell records apart, and keep the probable pairs."""
    weights = np.asarray(scored["match_weight"], dtype=float)
    weights = weights - _logit2(_first_prior(n))
    kept = _mostly_alike(scored, comparisons)
    told_apart: list[str] = []
    while True:
        prior = _prior(weights[kept], n)
        probability = _probability(weights + _logit2(prior))
        matched = kept & (probability >= THRESHOLD)
        worst = _distinguishing(scored, comparisons, matched, told_apart)
        if worst is None:
            break
        told_apart.append(worst.group.lead.name)
        kept &= ~_differs(scored, worst)
    at = np.flatnonzero(matched)
    return Scored(
        pairs=tuple(
            Pair(
                one=int(scored["unique_id_l"][i]),
                other=int(scored["unique_id_r"][i]),
                probability=float(probability[i]),
                weight=float(weights[i] + _logit2(prior)),
            )
            for i in at
        ),
        n_pairs=n_pairs,
        distinguishing=tuple(told_apart),
    )


def _mostly_alike(scored: dict[str, Any], comparisons: Sequence[Comparison]) -> NDArray[np.bool_]:
    """Tell which pairs agree, at least partly, in more fields than they differ in.

    A namesake with an address made of the same name agrees in two fields that are really one.
    """
    agree = np.zeros(len(scored["match_weight"]), dtype=np.int64)
    for each in comparisons:
        if all(field.role in ("category", "number") for field in each.group.fields):
            continue
        gamma = _gamma(scored, each)
        agree += np.where(gamma > 0, 1, np.where(gamma == 0, -1, 0))
    return agree > 0


def _distinguishing(
    scored: dict[str, Any],
    comparisons: Sequence[Comparison],
    matched: NDArray[np.bool_],
    known: Sequence[str],
) -> Comparison | None:
    """Find a name in which most of the pairs differ: it is what tells these records apart."""
    if matched.sum() < _FEWEST_TO_JUDGE:
        return None
    for each in comparisons:
        if each.group.lead.role not in ("name", "text") or each.group.lead.name in known:
            continue
        both = matched & (_gamma(scored, each) >= 0)
        differ = matched & _differs(scored, each)
        if both.sum() >= _FEWEST_TO_JUDGE and differ.sum() > both.sum() / 2:
            return each
    return None


def _gamma(scored: dict[str, Any], comparison: Comparison) -> NDArray[np.int64]:
    return np.asarray(scored[f"gamma_{comparison.name}"], dtype=np.int64)


def _differs(scored: dict[str, Any], comparison: Comparison) -> NDArray[np.bool_]:
    """Tell where the lead itself differs, whatever follows from it. -1 is empty, 0 is all else."""
    n_own = sum(
        1 for level in comparison.levels[:-1] if f"c{comparison.group.lead.position}_l" in level.sql
    )
    gamma = _gamma(scored, comparison)
    return (gamma >= 0) & (gamma <= len(comparison.levels) - 1 - n_own)


def _prior(weights: NDArray[np.float64], n: int) -> float:
    """Find the share of all pairs that are of one thing, at which the scores add up to it."""
    n_all = max(n * (n - 1) / 2, 1.0)
    prior = _first_prior(n)
    for _ in range(_ITERATIONS):
        expected = float(_probability(weights + _logit2(prior)).sum())
        prior = min(max(expected, 0.5) / n_all, 0.5)
    return prior


def _first_prior(n: int) -> float:
    return min(0.5, 2 * _FIRST_GUESS / max(n - 1, 1))


def _probability(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp2(-np.clip(weights, -100, 100)))


def _logit2(probability: float) -> float:
    return float(np.log2(probability / (1 - probability)))


def _by_chance(stack: Stacked, comparison: Comparison, n: int, seed: int) -> list[float]:
    """Count on which level two records taken at random stand.

    All records are put in an order at random, and each is compared with the next few: the same
    pairs on every run, which a sample drawn by the engine on several threads is not.
    """
    shifts = int(max(1, min(n - 1, _RANDOM_PAIRS // max(n, 1))))
    columns = columns_of(comparison)
    filled = [c for c in columns if c.startswith("c")]
    left = ", ".join(f"l.{c} AS {c}_l" for c in columns)
    right = ", ".join(f"r.{c} AS {c}_r" for c in columns)
    cases = " ".join(
        f"WHEN {level.sql} THEN {at}" for at, level in enumerate(comparison.levels[:-1])
    )
    most = min(n, _RANDOM_PAIRS)
    counted = stack.rows(
        f"WITH o AS (SELECT *, row_number() OVER (ORDER BY hash(unique_id + {int(seed)}), "  # noqa: S608
        f"unique_id) - 1 AS at FROM compared) SELECT CASE {cases} "
        f"ELSE {len(comparison.levels) - 1} END AS level, count(*) FROM (SELECT {left}, {right} "
        f"FROM o AS l JOIN range(1, {shifts + 1}) AS s(s) ON l.at < {most} "
        f"JOIN o AS r ON r.at = (l.at + s.s) % {n}) WHERE "
        + " OR ".join(f"({c}_l IS NOT NULL AND {c}_r IS NOT NULL)" for c in filled)
        + " GROUP BY 1"
    )
    found = dict(counted)
    counts = np.array([found.get(at, 0) for at in range(len(comparison.levels))], dtype=float)
    shares = (counts + 0.5) / (counts.sum() + 0.5 * len(counts))
    return [float(share) for share in shares]


def _settings(
    comparisons: Sequence[Comparison],
    alike: Sequence[Sequence[float]],
    by_chance: Sequence[Sequence[float]],
    keys: Sequence[Key],
    n: int,
) -> dict[str, Any]:
    told = [settings_of(each) for each in comparisons]
    for each, m, u in zip(told, alike, by_chance, strict=True):
        for level, m_level, u_level in zip(each["comparison_levels"][1:], m, u, strict=True):
            level.update(m_probability=m_level, u_probability=u_level)
    rules = [f"l.k{i} = r.k{i}" for i in range(len(keys))] or ["1=1"]
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "unique_id",
        "comparisons": told,
        "blocking_rules_to_generate_predictions": [{"blocking_rule": rule} for rule in rules],
        "probability_two_random_records_match": _first_prior(n),
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": False,
        "linker_uid": "proveout",
    }


def _learned(
    linker_of: Callable[[], Any], comparisons: Sequence[Comparison], keys: Sequence[Key]
) -> list[Sequence[float]]:
    """Learn how often records of one thing stand on each level, from the narrowest keys."""
    narrow = sorted(range(len(keys)), key=lambda i: (keys[i].told.n_pairs, i))[:_TRAININGS]
    lessons: dict[str, list[NDArray[np.float64]]] = {each.name: [] for each in comparisons}
    chosen: list[tuple[int, Key] | None] = [(i, keys[i]) for i in narrow]
    for key in chosen or [None]:
        taught = _lesson(linker_of(), comparisons, key)
        for name, levels in taught.items():
            lessons[name].append(levels)
    found: list[Sequence[float]] = []
    for each in comparisons:
        usual = np.asarray(prior_of(each))
        learned = np.mean(lessons[each.name], axis=0) if lessons[each.name] else usual
        mixed = _LEARNED * learned + (1 - _LEARNED) * usual
        found.append([float(m) for m in mixed / mixed.sum()])
    return found


def _lesson(
    linker: Any, comparisons: Sequence[Comparison], key: tuple[int, Key] | None
) -> dict[str, NDArray[np.float64]]:
    """Learn from the pairs of one key; nothing of the fields that the key is made of.

    A level on which no pair stands comes to probability 0, at which Splink gives up, and leaves
    the model half done: then nothing is learned from this key.
    """
    from splink.internals.exceptions import SplinkException

    rule, of_key = "1=1", set[int]()
    if key is not None:
        of_key = set(key[1].positions)
        # Naming the columns keeps Splink from learning of them.
        rule = " AND ".join([f"l.k{key[0]} = r.k{key[0]}", *(f"l.c{p} = l.c{p}" for p in of_key)])
    try:
        linker.training.estimate_parameters_using_expectation_maximisation(
            rule,
            max_pairs=None if key is None else _TRAINING_PAIRS,
            record_sample_proportion=1.0,
        )
        model = linker.misc.save_model_to_json()
    except (ValueError, SplinkException):
        return {}
    told = {each["output_column_name"]: each["comparison_levels"] for each in model["comparisons"]}
    found = {}
    for each in comparisons:
        if each.name not in told or of_key & {field.position for field in each.group.fields}:
            continue
        levels = [float(level.get("m_probability") or 0.0) for level in told[each.name][1:]]
        learned = np.array(levels)
        if len(learned) == len(each.levels) and np.isfinite(learned).all() and learned.sum() > 0:
            found[each.name] = learned / learned.sum()
    return found


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Splink from speaking; what it would say is for those who set a model up by hand."""
    logger = logging.getLogger("splink")
    level, propagate = logger.level, logger.propagate
    silent = logging.NullHandler()
    logger.addHandler(silent)
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(silent)
        logger.setLevel(level)
        logger.propagate = propagate
