"""Calibration: whether a score of 0.9 is right nine times in ten, and whether scores tell right from wrong.

All of it is made of (score, right) pairs, one for each claim of the prediction: a span or relation is right if gold has
its equal, as in the strict scores. SAME_AS has no pair, as it is scored by clusters. What a prediction does not say has
no score: calibration says nothing of recall.

Expected calibration error (Naeini et al. 2015, Guo et al. 2017): the claims are put into bins by score, and the gap
between mean score and share of right ones is averaged over bins, weighted by how many claims each has. Its bins are of
equal width (Guo et al.) or of equal mass (adaptive, Nixon et al. 2019). The Brier score (1950) is the mean of
(score - right)². The risk–coverage curve (El-Yaniv and Wiener 2010) shows, if only the claims of the highest scores are
kept, which share is wrong; the area under it (Geifman and El-Yaniv 2017) is the mean of that over keeping 1, 2, … all.

No measure depends on the order of pairs. Equal scores never fall into different bins, and on the curve, which cannot
tell them apart either, each of them counts as their mean.
"""

from __future__ import annotations

import bisect
import itertools
import math
import operator
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError
from rasad.annotations.scheme import Scheme
from rasad.eval.claims import Claim, family, relation_claims, scores, span_claims
from rasad.eval.counts import ratio

BINS = 10
_EDGES = tuple(i / BINS for i in range(1, BINS + 1))


@dataclass(frozen=True, slots=True)
class Bin:
    """A row of the reliability table: the claims with a score from `low` to `high`.

    `score_sum` is the exact sum of the scores of its `n` claims, of which `right` are right.
    """

    low: float
    high: float
    n: int
    right: int
    score_sum: Fraction

    @property
    def mean_score(self) -> float:
        """What the scores promise: the mean of them."""
        return ratio(self.score_sum, self.n)

    @property
    def accuracy(self) -> float:
        """Share of right claims."""
        return ratio(self.right, self.n)

    @property
    def gap(self) -> float:
        """`mean_score - accuracy`, above 0 where the scores promise too much."""
        return ratio(self.score_sum - self.right, self.n)


@dataclass(frozen=True, slots=True)
class Kept:
    """A point of the risk–coverage curve: what keeping the claims with at least `score` comes to."""

    score: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Judged:
    """Scores of claims and whether each is right, in order of score; those of several documents add."""

    pairs: tuple[tuple[float, bool], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "pairs", tuple(sorted(self.pairs)))

    def __add__(self, other: Judged) -> Judged:
        return Judged(self.pairs + other.pairs)

    @property
    def n(self) -> int:
        """The number of claims."""
        return len(self.pairs)

    @property
    def right(self) -> int:
        """The number of right claims."""
        return sum(right for _, right in self.pairs)

    @property
    def by_width(self) -> tuple[Bin, ...]:
        """Ten bins of equal width, those without claims too; an edge belongs to the bin below it, 0 to the first."""
        homes: dict[int, list[tuple[float, bool]]] = defaultdict(list)
        for pair in self.pairs:
            homes[bisect.bisect_left(_EDGES, pair[0])].append(pair)
        return tuple(_bin((0.0, *_EDGES)[i], edge, homes[i]) for i, edge in enumerate(_EDGES))

    @property
    def by_mass(self) -> tuple[Bin, ...]:
        """At most ten bins of as near as can be equally many claims, from the lowest to the highest score of each.

        Claims of one score go to the bin in whose tenth of all claims the middle of them lies.
        """
        homes: dict[int, list[tuple[float, bool]]] = defaultdict(list)
        before = 0
        for tied in self._tied():
            homes[(2 * before + len(tied)) * BINS // (2 * self.n)] += tied
            before += len(tied)
        return tuple(_bin(pairs[0][0], pairs[-1][0], pairs) for _, pairs in sorted(homes.items()))

    @property
    def ece_by_width(self) -> float:
        """Expected calibration error with bins of equal width."""
        return self._ece(self.by_width)

    @property
    def ece_by_mass(self) -> float:
        """Expected calibration error with bins of equal mass."""
        return self._ece(self.by_mass)

    @property
    def brier(self) -> float:
        """Mean squared difference between score and right (1) or wrong (0)."""
        return ratio(sum(((Fraction(score) - right) ** 2 for score, right in self.pairs), Fraction()), self.n)

    @property
    def curve(self) -> tuple[Kept, ...]:
        """The risk–coverage curve, one point for each score that occurs, from the highest on."""
        points = []
        kept = wrong = 0
        for tied in self._tied(highest_first=True):
            kept += len(tied)
            wrong += sum(not right for _, right in tied)
            points.append(Kept(tied[0][0], ratio(kept, self.n), ratio(wrong, kept)))
        return tuple(points)

    @property
    def area(self) -> float:
        """Area under the risk–coverage curve: the mean risk of keeping the 1, 2, … `n` claims of the highest scores.

        Where only some claims of a score are kept, the risk is the mean over all choices of them.
        """
        risks: list[float] = []
        kept, wrong = 0, Fraction()
        for tied in self._tied(highest_first=True):
            each = Fraction(sum(not right for _, right in tied), len(tied))
            risks += (ratio(wrong + each * i, kept + i) for i in range(1, len(tied) + 1))
            kept, wrong = kept + len(tied), wrong + each * len(tied)
        return math.fsum(risks) / self.n if risks else 0.0

    def _tied(self, *, highest_first: bool = False) -> Iterator[list[tuple[float, bool]]]:
        """Yield the pairs of each score that occurs."""
        ordered = reversed(self.pairs) if highest_first else self.pairs
        for _, tied in itertools.groupby(ordered, key=operator.itemgetter(0)):
            yield list(tied)

    def _ece(self, bins: Sequence[Bin]) -> float:
        return ratio(sum((abs(one.score_sum - one.right) for one in bins), Fraction()), self.n)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The judged claims of a document, or of many: they add."""

    entities: Judged
    triggers: Judged
    relations: Judged

    def __add__(self, other: Calibration) -> Calibration:
        return Calibration(
            self.entities + other.entities, self.triggers + other.triggers, self.relations + other.relations
        )


def calibration(gold: Document, predicted: Document, scheme: Scheme) -> Calibration:
    """Judge every predicted span and relation; what is predicted twice counts once, at its highest score.

    Raises:
        RasadError: where a span or a relation has no score, or one that is not from 0 to 1.
    """
    known = span_claims(gold) | relation_claims(gold)
    judged: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for claim, score in scores(predicted).items():
        kind = family(claim, scheme)
        if kind != "same_as":
            judged[kind].append((_checked(score, claim, predicted), claim in known))
    return Calibration(*(Judged(tuple(judged[kind])) for kind in ("entities", "triggers", "relations")))


def _bin(low: float, high: float, pairs: Sequence[tuple[float, bool]]) -> Bin:
    total = sum((Fraction(score) for score, _ in pairs), Fraction())
    return Bin(low, high, len(pairs), sum(right for _, right in pairs), total)


def _checked(score: float | None, claim: Claim, document: Document) -> float:
    if score is not None and 0 <= score <= 1:
        return score
    words = " and ".join(repr(document.text[start:end]) for start, end, _ in claim.mentions)
    had = "no score" if score is None else f"the score {score}"
    raise RasadError(
        f"{document.id} (predicted): {claim.label} on {words} has {had}; calibration takes a score from 0 to 1 on "
        "every span and relation"
    )
