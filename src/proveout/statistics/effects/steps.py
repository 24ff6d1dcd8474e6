"""The step in a series on a known day, among trends, seasons, memory and other steps.

A regression with a line before and a line after the day, and errors that remember: a first-order
autoregression plus what chance adds to each period. How long the memory is, how much of the noise
is chance, how large a season is, and whether something else had set in earlier (a step or a bend)
are not chosen: the result is the average over all of these, weighted by how well each foretells the
series (Bayesian model averaging on a grid; coefficients and scale are integrated exactly, which
gives a mixture of t distributions; Raftery, Madigan and Hoeting 1997; West and Harrison 1997).
A line of its own after the day keeps what moves slowly out of the step.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from proveout.statistics.effects.cases import Floats

MEMORIES = (0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.88, 0.97)
"""Correlation of one period's error with the next."""
CHANCE = (0.0, 0.5)
"""Share of the variance that chance adds to each period alone."""
SEASONS = (1e-4, 0.5, 1.5, 5.0)
"""Size of a season's waves, in standard deviations of a period's error; the first is none."""
SEASON_WEIGHTS = (0.4, 0.2, 0.2, 0.2)
STEP = 3.0
"""Size of another step, likewise."""
BEND = 0.25
"""Change of slope per week of a bend, likewise."""
PLACES = (2, 3, 4, 5, 6, 8, 10, 13, 17, 22, 28, 36, 46)
"""Weeks before the day where another step or bend may have been."""
SMALLEST_WEIGHT = 2e-6
"""Models with less are left out; all of them together hardly move an interval."""
NEAR = 17
"""Weeks before the day within which another step or bend would be taken for one on the day."""
LEAST_AROUND = 3
"""Periods that there have to be before another step or bend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a series says of a step: a mixture of t distributions for each of the figures."""

    weight: Floats
    """Of each model; sums to 1."""
    centre: Floats
    """models × figures."""
    scale: Floats
    """models × figures."""
    freedom: float
    memory: float
    """Mean of the posterior."""
    season: float
    """Probability of a season whose waves are larger than the noise of a period."""
    other: dict[str, float]
    """Probability that in the last months before the day there was 'none', a 'step', a 'bend'."""
    other_at: int
    """Weeks before the day: the likeliest place of another step or bend."""
    evidence: float
    """Log of how well the series is foretold, to weigh it against others with the same prior."""

    def mean(self, figure: int) -> float:
        """Return the mean of one figure."""
        return float(self.weight @ self.centre[:, figure])

    def interval(self, figure: int, confidence: float) -> tuple[float, float]:
        """Return the central interval of one figure."""
        tail = (1 - confidence) / 2
        return self.quantile(figure, tail), self.quantile(figure, 1 - tail)

    def quantile(self, figure: int, share: float) -> float:
        """Return the value below which the figure lies with that probability."""
        from scipy.optimize import brentq
        from scipy.special import stdtr, stdtrit

        centre, scale = self.centre[:, figure], self.scale[:, figure]

        def beyond(at: float) -> float:
            return float(self.weight @ stdtr(self.freedom, (at - centre) / scale)) - share

        # The mixture's quantile lies between those of its parts.
        ends = centre + scale * stdtrit(self.freedom, share)
        low, high = float(ends.min()), float(ends.max())
        near = 1e-5 * float(scale.max()) + 1e-300
        return float(brentq(beyond, low - near, high + near, xtol=near))


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A series, and what is asked of it."""

    at: Floats
    """Middle of each period, in weeks from the day."""
    value: Floats
    noise: Floats
    """Variance by chance alone, up to a factor."""
    figures: Floats
    """figures × (4 + periods): how much of intercept, slope, step and change of slope a figure
    takes, and then of the fitted value of each period."""
    seasons: tuple[float, ...]
    """Lengths in weeks."""
    other: float
    """Prior probability that something else had set in earlier."""


def find_step(asked: Question) -> Found:
    """Return what the series says of the step at time 0."""
    columns = _columns(asked.at, asked.seasons)
    memory, chance = (each.ravel() for each in np.meshgrid(MEMORIES, CHANCE, indexing="ij"))
    everything = np.column_stack([columns.all, asked.value])
    cross, log_det = _crossed(everything, asked.at, asked.noise, memory, chance)
    takes = asked.figures[:, 4:] @ columns.all
    takes[:, :4] += asked.figures[:, :4]

    n, lines, waves = len(columns.places), [0, 1, 2], columns.waves
    share = asked.other / 3 / max(n, 1)
    sizes = np.array(SEASONS if waves else SEASONS[:1])
    known = _Known(cross=cross, takes=takes, n_flat=4, rows=len(asked.at), sizes=sizes)
    parts = [
        _models(known, [*lines, 3, *waves], [], np.empty(0), np.log(1 - asked.other)),
        *(
            _models(known, base, each, np.full(n, size), np.log(share))
            for base, each, size in (
                ([*lines, 3, *waves], columns.steps, STEP),
                ([*lines, 3, *waves], columns.bends, BEND),
                ([*lines, *waves], columns.turns, np.inf),
            )
            if n
        ),
    ]
    prior = np.array(SEASON_WEIGHTS if waves else (1.0,))
    log_weight = np.concatenate([each.log_weight for each in parts], axis=2)
    log_weight += -0.5 * log_det[:, None, None] + np.log(prior)[None, :, None]
    top = float(log_weight.max())
    weight = np.exp(log_weight - top)
    total = float(weight.sum())
    models = _Models(
        log_weight=weight / total,
        centre=np.concatenate([each.centre for each in parts], axis=2),
        scale=np.concatenate([each.scale for each in parts], axis=2),
    )
    return _told(
        asked, sizes, memory, models,
        places=columns.places, evidence=top + float(np.log(total)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """The columns of all models, and which are what."""

    all: Floats
    waves: list[int]
    places: tuple[int, ...]
    steps: list[int]
    bends: list[int]
    """Another slope until then, and a line of its own after the day."""
    turns: list[int]
    """Another slope from then on, which goes on after the day as if there had been none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    cross: Floats
    takes: Floats
    n_flat: int
    rows: int
    sizes: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class _Models:
    """Noise × seasons × places (× figures)."""

    log_weight: Floats
    centre: Floats
    scale: Floats


def _models(
    known: _Known, base: list[int], added: list[int], width: Floats, log_prior: float
) -> _Models:
    """Fit the base columns, or with each of the added columns in turn.

    The fit with one more column follows from that without by one step of elimination.
    """
    cross, sizes = known.cross, known.sizes
    waves = np.array([each >= 4 for each in base])
    penalty = np.where(waves[None, :], 1 / sizes[:, None] ** 2, 0.0)
    inside = cross[:, base][:, :, base][:, None] + (penalty[:, :, None] * np.eye(len(base)))[None]
    inverse = np.linalg.inv(inside)
    outer = cross[:, base, -1][:, None]
    solved = (inverse @ outer[..., None])[..., 0]
    rest = cross[:, None, -1, -1] - np.sum(solved * outer, axis=-1)
    log_base = -waves.sum() * np.log(sizes) - 0.5 * np.linalg.slogdet(inside)[1]
    held = known.takes[:, base]
    centre = solved @ held.T
    spread = np.einsum("vsfc,fc->vsf", held @ inverse, held)
    freedom = known.rows - known.n_flat
    least = 1e-14 * max(float(cross[0, -1, -1]), 1e-200)
    if not added:
        rest, centre, spread = rest[..., None], centre[:, :, None], spread[:, :, None]
        log_weight = log_prior + log_base[..., None]
    else:
        middle = np.swapaxes(cross[:, base][:, :, added], 1, 2)
        swept = middle[:, None] @ inverse
        own = cross[:, added, added][:, None] + 1 / width**2
        left = own - np.sum(swept * middle[:, None], axis=-1)
        gain = (cross[:, added, -1][:, None] - (middle[:, None] @ solved[..., None])[..., 0]) / left
        moved = known.takes[:, added].T - swept @ held.T
        centre = centre[:, :, None] + gain[..., None] * moved
        spread = spread[:, :, None] + moved**2 / left[..., None]
        rest = rest[:, :, None] - gain**2 * left
        size = np.where(np.isfinite(width), width, 1.0)
        log_weight = log_prior + log_base[..., None] - np.log(size) - 0.5 * np.log(left)
    rest = np.maximum(rest, least)
    return _Models(
        log_weight=log_weight - 0.5 * freedom * np.log(rest),
        centre=centre,
        scale=np.sqrt(np.maximum(spread, 1e-300) * (rest / freedom)[..., None]),
    )


def shape_evidence(asked: Question, shapes: Floats) -> Floats:
    """Return the log evidence of each shape (a column) in the place of the step on the day.

    All come with the same line, change of slope, seasons and memories.
    """
    columns = _columns(asked.at, asked.seasons)
    memory, chance = (each.ravel() for each in np.meshgrid(MEMORIES, CHANCE, indexing="ij"))
    first = columns.waves[-1] + 1 if columns.waves else 4
    kept = columns.all[:, :first]
    everything = np.column_stack([kept, shapes, asked.value])
    cross, log_det = _crossed(everything, asked.at, asked.noise, memory, chance)
    waves, n = columns.waves, shapes.shape[1]
    sizes = np.array(SEASONS if waves else SEASONS[:1])
    none = np.zeros((1, first + n))
    known = _Known(cross=cross, takes=none, n_flat=4, rows=len(asked.at), sizes=sizes)
    added = list(range(first, first + n))
    found = _models(known, [0, 1, 3, *waves], added, np.full(n, np.inf), 0.0).log_weight
    prior = np.log(np.array(SEASON_WEIGHTS if waves else (1.0,)))
    found = found - 0.5 * log_det[:, None, None] + prior[None, :, None]
    return np.asarray(np.logaddexp.reduce(found.reshape(-1, n), axis=0))


def merged(found: list[Found]) -> Found:
    """Return the average over several series for one thing, by how well each is foretold."""
    top = max(each.evidence for each in found)
    share = np.array([np.exp(each.evidence - top) for each in found])
    share /= share.sum()
    return replace(
        found[int(np.argmax(share))],
        weight=np.concatenate([s * each.weight for s, each in zip(share, found, strict=True)]),
        centre=np.concatenate([each.centre for each in found]),
        scale=np.concatenate([each.scale for each in found]),
    )


def _columns(at: Floats, seasons: tuple[float, ...]) -> _Columns:
    after = (at >= 0).astype(np.float64)
    waves = [
        wave(2 * np.pi * harmonic * at / length) / harmonic
        for length in seasons
        for harmonic in (1, 2)
        for wave in (np.cos, np.sin)
    ]
    places = tuple(each for each in PLACES if np.sum(at < -each) >= LEAST_AROUND)
    first, n = 4 + len(waves), len(places)
    return _Columns(
        all=np.column_stack(
            [np.ones_like(at), at, after, at * after, *waves]
            + [(at < -each).astype(np.float64) for each in places]
            + [np.minimum(at + each, 0.0) for each in places]
            + [np.maximum(at + each, 0.0) for each in places]
        ),
        waves=list(range(4, first)),
        places=places,
        steps=list(range(first, first + n)),
        bends=list(range(first + n, first + 2 * n)),
        turns=list(range(first + 2 * n, first + 3 * n)),
    )


def _crossed(
    columns: Floats, at: Floats, noise: Floats, memory: Floats, chance: Floats
) -> tuple[Floats, Floats]:
    """Return cross products of the columns in each kind of noise, and its log determinant."""
    apart = np.abs(at[:, None] - at[None, :]) / float(np.median(np.diff(at)))
    own = np.diag(noise / noise.mean())
    cross = np.empty((len(memory), columns.shape[1], columns.shape[1]))
    log_det = np.empty(len(memory))
    for index, (long, alone) in enumerate(zip(memory, chance, strict=True)):
        related = np.where(apart == 0, 1.0, long**apart)
        covariance = (1 - alone) * related + alone * own
        cross[index] = columns.T @ np.linalg.inv(covariance) @ columns
        log_det[index] = np.linalg.slogdet(covariance)[1]
    return cross, log_det


def _told(
    asked: Question, sizes: Floats, memory: Floats, models: _Models, *,
    places: tuple[int, ...], evidence: float,
) -> Found:  # fmt: skip
    weight = models.log_weight
    # Each place: step, bend, turn. What lies further back hardly moves a step on the day.
    by_place = weight.sum(axis=(0, 1))[1:].reshape(3 if places else 0, len(places))
    by_place = by_place * (np.array(places) <= NEAR)
    flat = weight.ravel()
    kept = flat > SMALLEST_WEIGHT
    return Found(
        weight=flat[kept] / flat[kept].sum(),
        centre=models.centre.reshape(-1, len(asked.figures))[kept],
        scale=models.scale.reshape(-1, len(asked.figures))[kept],
        freedom=float(len(asked.at) - 4),
        memory=float(weight.sum(axis=(1, 2)) @ memory),
        season=float(weight[:, sizes >= 1].sum()),
        other={
            "none": 1 - float(by_place.sum()),
            "step": float(by_place[:1].sum()),
            "bend": float(by_place[1:].sum()),
        },
        other_at=places[int(np.argmax(by_place.sum(axis=0)))] if places else 0,
        evidence=evidence,
    )
