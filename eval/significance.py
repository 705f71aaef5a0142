"""Significance: how far a difference between two systems may be chance.

- `resamples`, `interval`: the percentile interval of the paired bootstrap over documents (Efron and Tibshirani 1993,
  ch. 13; for systems of language processing Berg-Kirkpatrick et al. 2012). Both systems are read on the same draws.
- `swaps`, `tail`: approximate randomisation (Noreen 1989; Yeh 2000): if the systems did not differ, which of them a
  document's output came from would be a coin's choice.
- `holm`: correction for several tests (Holm 1979).
- `almost_stochastic_order`: whether the runs of one system are better than those of another, all of them taken
  together (del Barrio et al. 2018; Dror et al. 2019; Ulmer et al. 2022).

Documents are the units that are drawn and swapped: where several tell one story, intervals are narrower than they
should be.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from rasad.eval.measures import Array

LEVEL = 0.95
# Two ways to add the same numbers may differ by this much; it must not decide whether they are equal.
EQUAL = 1e-12


def resamples(documents: int, samples: int, rng: np.random.Generator) -> Array:
    """Return how often each document is in each bootstrap sample, (samples, documents); rows sum to `documents`."""
    return rng.multinomial(documents, np.full(documents, 1 / documents), size=samples).astype(np.float64)


def swaps(documents: int, samples: int, rng: np.random.Generator) -> Array:
    """Return 1.0 for each document whose outputs are swapped in a sample, else 0.0, (samples, documents)."""
    return rng.integers(0, 2, size=(samples, documents)).astype(np.float64)


def interval(values: Array) -> tuple[float, float]:
    """Return the bounds of the middle 95% of bootstrapped values.

    Of B values in order they are the k-th from either end, k = ⌊0.025 (B + 1)⌋ (Efron and Tibshirani 1993, 12.5), so
    that the interval of the negated values is the negated interval.
    """
    ordered = np.sort(values)
    at = max(0, math.floor((len(values) + 1) * (1 - LEVEL) / 2) - 1)
    return float(ordered[at]), float(ordered[-1 - at])


def tail(observed: float, shuffled: Array) -> float:
    """Return the two-sided p value: the share of differences, the observed one among them, that are as large."""
    as_large = int(np.sum(np.abs(shuffled) >= abs(observed) - EQUAL))
    return (as_large + 1) / (len(shuffled) + 1)


def holm(values: Sequence[float]) -> list[float]:
    """Return p values corrected for their number, in the order given."""
    corrected = [0.0] * len(values)
    highest = 0.0
    for rank, i in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        highest = max(highest, min(1.0, (len(values) - rank) * values[i]))
        corrected[i] = highest
    return corrected


def almost_stochastic_order(
    first: Sequence[float], second: Sequence[float], samples: int, seed: int
) -> tuple[float, float]:
    """Return ε_min of `first` over `second`, and of `second` over `first`, from the scores of their runs.

    ε is the share of the squared Wasserstein distance that speaks against the order, and ε_min its upper bound at 95%,
    by the spread of ε over bootstrapped runs: below 0.5 the one is almost stochastically better, the surer the nearer
    to 0. As both have their own bound, neither may be better. Where all runs score the same, ε is 0.5.
    """
    # In an order of their own, so that the draws do not go by which of the two is named first.
    low, high = sorted((sorted(first), sorted(second)))
    rng = np.random.default_rng(seed)
    drawn = [rng.choice(np.array(runs), size=(samples, len(runs))) for runs in (low, high)]
    spread = float(np.std(violation(*drawn)))
    observed = float(violation(np.array([low]), np.array([high]))[0])
    margin = NormalDist().inv_cdf(LEVEL) * spread
    of_low, of_high = (min(1.0, ratio + margin) for ratio in (observed, 1 - observed))
    return (of_low, of_high) if sorted(first) == low else (of_high, of_low)


def violation(first: Array, second: Array) -> Array:
    """Return the violation ratio ε of `first` over `second`, arrays (samples, runs) that may differ in runs.

    The quantile functions are steps, so the integrals are sums over the steps of both. 0/0, two equal distributions,
    is 0.5: neither is better.
    """
    steps = math.lcm(first.shape[1], second.shape[1])
    ours, theirs = (np.repeat(np.sort(runs, axis=1), steps // runs.shape[1], axis=1) for runs in (first, second))
    apart = theirs - ours
    whole, against = np.sum(apart**2, axis=1), np.sum(np.maximum(apart, 0) ** 2, axis=1)
    ratio: Array = np.divide(against, whole, out=np.full_like(whole, 0.5), where=whole > EQUAL**2)
    return ratio
