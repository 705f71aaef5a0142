"""Comparison: several systems, each of one or more runs, on the same gold, with how far the differences may be chance.

For each measure and pair of systems: the difference of their means over runs, its 95% interval by paired bootstrap
over documents, a p value by approximate randomisation, corrected by Holm's method over all pairs of the measure, almost
stochastic order where both have runs enough, and the documents that one reads better than the other. The methods and
their sources are in `significance`. The same seed gives the same figures, whatever order documents and systems are in.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError
from rasad.annotations.scheme import Scheme
from rasad.eval.measures import Array, Measure, Tally, standard_measures
from rasad.eval.pairing import pair
from rasad.eval.signature import fields, sign
from rasad.eval.significance import EQUAL, almost_stochastic_order, holm, interval, resamples, swaps, tail

if TYPE_CHECKING:
    from rasad.eval.errors import Causes

FEWEST_RUNS = 3  # of each system, for almost stochastic order
FEWEST_SAMPLES = 100  # fewer leave the ends of an interval to one or two values

Runs = Sequence[Sequence[Document]]


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What is known of a run beside its documents: its signature, seconds of prediction, bytes of memory at most."""

    signature: str
    seconds: float | None = None
    memory: int | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """Where a system stands on a measure: the score of each run, in their order."""

    measure: str
    system: str
    scores: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Mean over runs."""
        return statistics.fmean(self.scores)

    @property
    def deviation(self) -> float | None:
        """Sample standard deviation over runs; None for a single one."""
        return statistics.stdev(self.scores) if len(self.scores) > 1 else None


@dataclass(frozen=True, slots=True)
class Change:
    """A document and how much better the first system scores on it than the second, by the means over runs."""

    document: str
    difference: float


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two systems on a measure, always the first less the second.

    `low` and `high` bound the 95% interval of `difference`; `p` is two-sided, `corrected` by Holm's method. `order` is
    ε_min of the first over the second and of the second over the first; where it is None, `no_order` says why. `won`
    has the documents on which the first scores better, `lost` those on which it scores worse, the largest difference
    first; `even` counts those that neither wins although what the systems found there differs.
    """

    measure: str
    first: str
    second: str
    difference: float
    low: float
    high: float
    p: float
    corrected: float
    order: tuple[float, float] | None
    no_order: str | None
    won: tuple[Change, ...]
    lost: tuple[Change, ...]
    even: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Systems compared: `signature` says under what conditions, for all of them alike.

    `levels` go by measure and system, `contrasts` by measure and pair, systems in the order they were given in. `runs`
    and `causes` (errors by their causes) have what the caller told of each system.
    """

    signature: str
    measures: tuple[str, ...]
    systems: tuple[str, ...]
    levels: tuple[Level, ...]
    contrasts: tuple[Contrast, ...]
    runs: Mapping[str, tuple[RunInfo, ...]] = field(default_factory=dict)
    causes: Mapping[str, Causes] = field(default_factory=dict)


def compare(
    systems: Mapping[str, Runs],
    gold: Sequence[Document],
    scheme: Scheme,
    *,
    samples: int = 1000,
    seed: int = 0,
    split: str = "unnamed",
    runs: Mapping[str, Sequence[RunInfo]] | None = None,
    causes: Mapping[str, Causes] | None = None,
) -> Comparison:
    """Compare two systems or more.

    Args:
        systems: the runs of each by its name, a run being one predicted document for each of gold. Runs of the same
            place in two systems are swapped for one another, so give runs of one training seed the same place.
        gold: the documents to reach.
        scheme: whose labels all are in.
        samples: of the bootstrap, and of randomisation.
        seed: of what is drawn at random.
        split: the name of the split, for the signature.
        runs: what is known of runs; a signature that it gives must be that of this comparison.
        causes: the errors of systems by cause, passed on.

    Raises:
        RasadError: where there are not two systems, one has no run, `samples` or `seed` is out of bounds, documents do
            not answer gold (see `pair`), or a run was scored on other gold, by another split, scheme or scorer.
    """
    _check(systems, samples, seed)
    infos = {name: tuple(found) for name, found in (runs or {}).items()}
    for what, told in (("runs", infos), ("causes", causes or {})):
        if unknown := sorted(set(told) - set(systems)):
            raise RasadError(f"{what}: {', '.join(unknown)} is none of the systems ({', '.join(systems)})")
    signature = _signature(systems, gold, scheme, split, infos)
    measures = standard_measures(scheme, (document.lang for document in gold))
    tallies = {
        name: [Tally.of(gold, predicted, scheme, measures) for predicted in its] for name, its in systems.items()
    }
    chance = _Chance.of(sorted(document.id for document in gold), samples, seed)
    levels, contrasts = [], []
    for measure in measures:
        counts = {name: np.stack([tally.counts[measure.name] for tally in its]) for name, its in tallies.items()}
        found = {name: _Counted.of(measure, its, chance) for name, its in counts.items()}
        levels += [Level(measure.name, name, one.scores) for name, one in found.items()]
        contrasts += _contrasts(measure, found, chance)
    names = tuple(measure.name for measure in measures)
    conditions = f"{signature}|samples:{samples}|seed:{seed}"
    return Comparison(conditions, names, tuple(systems), tuple(levels), tuple(contrasts), infos, dict(causes or {}))


@dataclass(frozen=True)
class _Chance:
    """What is drawn once for all measures and systems: `drawn` and `swapped` are arrays (samples, documents)."""

    ids: Sequence[str]
    drawn: Array
    swapped: Array
    samples: int
    seed: int

    @classmethod
    def of(cls, ids: Sequence[str], samples: int, seed: int) -> _Chance:
        drawing, swapping = (np.random.default_rng([seed, part]) for part in (0, 1))
        return cls(ids, resamples(len(ids), samples, drawing), swaps(len(ids), samples, swapping), samples, seed)


@dataclass(frozen=True)
class _Counted:
    """A system on a measure: counts (runs, documents, width), the score of each run, means over runs.

    `resampled` (samples) has the means on each bootstrap sample, `single` (documents) those on each document alone.
    """

    counts: Array
    scores: tuple[float, ...]
    resampled: Array
    single: Array

    @classmethod
    def of(cls, measure: Measure, counts: Array, chance: _Chance) -> _Counted:
        scores = measure.value(counts.sum(axis=1))
        resampled = measure.value(chance.drawn @ counts).mean(axis=0)
        return cls(counts, tuple(map(float, scores)), resampled, measure.value(counts).mean(axis=0))


def _check(systems: Mapping[str, Runs], samples: int, seed: int) -> None:
    if len(systems) < 2:
        raise RasadError(f"systems: {', '.join(systems) or 'none'}; a comparison takes two or more")
    for name, its in systems.items():
        if not its:
            raise RasadError(f"{name}: no runs; a system is one run or more")
    if samples < FEWEST_SAMPLES:
        raise RasadError(f"samples is {samples}; take {FEWEST_SAMPLES} or more")
    if seed < 0:
        raise RasadError(f"seed is {seed}; take a whole number from 0")


def _signature(
    systems: Mapping[str, Runs],
    gold: Sequence[Document],
    scheme: Scheme,
    split: str,
    infos: Mapping[str, Sequence[RunInfo]],
) -> str:
    """Return the signature that the runs have in common, without a checkpoint; refuse a run that has another."""
    shared: dict[str, str] = {}
    for name, its in systems.items():
        told = infos.get(name, ())
        if told and len(told) != len(its):
            raise RasadError(
                f"{name}: {len(its)} runs, but what is known is of {len(told)}; tell it of each or of none"
            )
        for number, predicted in enumerate(its, 1):
            pair(gold, predicted, scheme)  # before anything is scored, which takes longer
            shared = fields(str(sign(gold, predicted, scheme, split)))
            if told:
                _require(fields(told[number - 1].signature), shared, f"{name}, run {number}")
    return "|".join(f"{key}:{value}" for key, value in shared.items() if key != "checkpoint")


def _require(said: Mapping[str, str], here: Mapping[str, str], where: str) -> None:
    for key in (*here, *said):
        ours, theirs = here.get(key, "nothing"), said.get(key, "nothing")
        if ours != theirs:
            raise RasadError(
                f"{where}: scored with {key}:{theirs}, this comparison has {key}:{ours}; "
                "systems are compared on the same gold, split and scheme, by the same scorer"
            )


def _contrasts(measure: Measure, found: Mapping[str, _Counted], chance: _Chance) -> list[Contrast]:
    made = [_contrast(measure, *pair_of, found, chance) for pair_of in itertools.combinations(found, 2)]
    corrected = holm([one.p for one in made])
    return [replace(one, corrected=p) for one, p in zip(made, corrected, strict=True)]


def _contrast(measure: Measure, first: str, second: str, found: Mapping[str, _Counted], chance: _Chance) -> Contrast:
    """Set two systems against each other; `corrected` is as yet `p`."""
    ours, theirs = found[first], found[second]
    difference = statistics.fmean(ours.scores) - statistics.fmean(theirs.scores)
    low, high = interval(ours.resampled - theirs.resampled)
    p = tail(difference, _shuffled(measure, ours.counts, theirs.counts, chance.swapped))
    few = [f"{name} has {len(found[name].scores)}" for name in (first, second) if len(found[name].scores) < FEWEST_RUNS]
    no_order = f"it takes {FEWEST_RUNS} runs of each system; {', '.join(few)}" if few else None
    order = None if few else almost_stochastic_order(ours.scores, theirs.scores, chance.samples, chance.seed)
    won, lost, even = _changes(ours, theirs, chance.ids)
    return Contrast(measure.name, first, second, difference, low, high, p, p, order, no_order, won, lost, even)


def _shuffled(measure: Measure, ours: Array, theirs: Array, swapped: Array) -> Array:
    """Return the difference of the means over runs for each way to swap documents, (samples).

    A document is swapped in all runs at once. Where systems differ in runs, each set is repeated until they are even,
    which leaves its mean as it was.
    """
    length = math.lcm(len(ours), len(theirs))
    one, other = (np.tile(counts, (length // len(counts), 1, 1)) for counts in (ours, theirs))
    moved = swapped @ (other - one)  # (runs, samples, width)
    first, second = one.sum(axis=1)[:, None] + moved, other.sum(axis=1)[:, None] - moved
    return np.asarray(measure.value(first).mean(axis=0) - measure.value(second).mean(axis=0))


def _changes(
    ours: _Counted, theirs: _Counted, ids: Sequence[str]
) -> tuple[tuple[Change, ...], tuple[Change, ...], int]:
    """Return the documents won and lost, and the number of those that are even although their counts differ."""
    changes = [Change(name, float(d)) for name, d in zip(ids, ours.single - theirs.single, strict=True)]
    won = sorted((c for c in changes if c.difference > EQUAL), key=lambda c: (-c.difference, c.document))
    lost = sorted((c for c in changes if c.difference < -EQUAL), key=lambda c: (c.difference, c.document))
    differ = np.any(np.abs(ours.counts.mean(axis=0) - theirs.counts.mean(axis=0)) > EQUAL, axis=1)
    even = differ & (np.abs(ours.single - theirs.single) <= EQUAL)
    return tuple(won), tuple(lost), int(even.sum())
